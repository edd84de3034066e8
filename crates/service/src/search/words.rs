//! What a package can be found by: words and numbers, and where each stands.

use std::fmt;

use domain::{
    private::Private,
    record::{PackageRecord, normalise_reference},
};

/// Longest word that is told apart, in characters.
const WORD_CHARS_MAX: usize = 40;
/// Longest end of a number that is told apart, in characters.
const NUMBER_CHARS_MAX: usize = 64;
/// Most words that one package is found by.
const WORDS_MAX: usize = 64;
/// Most numbers that one package is found by.
const NUMBERS_MAX: usize = 500;
/// Longest e-mail address that is kept here, in bytes.
const ADDRESS_LEN_MAX: usize = 320;
/// Fewest characters of a number's end that find it.
pub const ENDING_CHARS_MIN: usize = 4;
/// Words that say nothing of a package: not kept, and not asked for.
const EMPTY_WORDS: &[&str] = &[
    "an", "and", "at", "by", "das", "de", "der", "die", "du", "el", "et", "for", "from", "in",
    "la", "le", "les", "mit", "of", "on", "or", "the", "to", "und", "von", "with",
];

/// Where a word or number stands that a package was found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// One of the numbers people know it by.
    Reference,
    /// The order it belongs to.
    Order,
    /// A serial number of something inside.
    Serial,
    /// What it is.
    Description,
    /// What is inside.
    Items,
    /// Whose goods.
    Client,
    /// The shipping company.
    Carrier,
    /// Who gets it.
    Recipient,
}

impl Field {
    /// Every word, in the order of the fields.
    pub const WORDS: &'static [&'static str] =
        &["reference", "order", "serial", "description", "items", "client", "carrier", "recipient"];
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::WORDS[*self as usize])
    }
}

/// Everything that one package is found by, each once.
#[derive(Clone, Debug, Default)]
pub struct Findable {
    /// Words everybody may search, in lower case.
    pub words: Vec<(String, Field)>,
    /// Words of the recipient's name and the whole e-mail address, in lower case.
    pub personal: Vec<String>,
    /// Numbers, last character first, so that an ending is a beginning.
    pub numbers: Vec<(String, Field)>,
}

impl Findable {
    /// Of what is known of a package.
    #[must_use]
    pub fn of(record: &PackageRecord) -> Self {
        let mut all = Self::default();
        let items = record.items.iter().flatten();
        for reference in record.references.iter().flatten() {
            all.add_number(&reference.value, Field::Reference);
        }
        all.add_number(record.order.as_deref().unwrap_or_default(), Field::Order);
        for serial in items.clone().flat_map(|it| &it.serials) {
            all.add_number(serial, Field::Serial);
        }
        all.add_words(record.description.as_deref().unwrap_or_default(), Field::Description);
        items.for_each(|it| all.add_words(&it.name, Field::Items));
        if let Some(recipient) = &record.recipient {
            let name = recipient.name.as_ref().and_then(Private::text).unwrap_or_default();
            for word in words(name).take(WORDS_MAX) {
                if !all.personal.contains(&word) {
                    all.personal.push(word);
                }
            }
            let email = recipient.email.as_ref().and_then(Private::text);
            all.personal.extend(
                email.map(address).filter(|it| it.contains('@') && it.len() <= ADDRESS_LEN_MAX),
            );
        }
        all
    }

    fn add_words(&mut self, text: &str, field: Field) {
        for word in words(text) {
            if self.words.len() < WORDS_MAX && self.words.iter().all(|(it, _)| *it != word) {
                self.words.push((word, field));
            }
        }
    }

    fn add_number(&mut self, text: &str, field: Field) {
        let number = reversed(text);
        let new = !number.is_empty() && self.numbers.iter().all(|(it, _)| *it != number);
        if new && self.numbers.len() < NUMBERS_MAX {
            self.numbers.push((number, field));
        }
    }
}

/// The words of a text as they are kept and asked for.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|it: char| !it.is_alphanumeric())
        .map(|it| it.chars().flat_map(char::to_lowercase).take(WORD_CHARS_MAX).collect::<String>())
        .filter(|it| 1 < it.chars().count() && !EMPTY_WORDS.contains(&it.as_str()))
}

/// A number as it is kept and asked for: letters and digits in capitals, the
/// last first.
#[must_use]
pub fn reversed(text: &str) -> String {
    normalise_reference(text).chars().rev().take(NUMBER_CHARS_MAX).collect()
}

/// An e-mail address as addresses are compared.
#[must_use]
pub fn address(text: &str) -> String {
    text.trim().to_lowercase()
}

#[cfg(test)]
mod tests;
