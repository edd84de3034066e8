//! What was asked for: a text cut into terms, each of which a package must match
//! in one of several ways.

use domain::{id::ClientId, record::PackageRecord};
use futures::future::try_join_all;
use table::Scan;

use super::{
    postings::Mark,
    words::{ENDING_CHARS_MIN, Field, Findable, address, reversed, words},
};
use crate::{
    Service,
    error::Result,
    keys::{Row, client_words_shard, posted_prefix},
};

/// Most terms of one question; further ones are refused by their number.
pub const TERMS_MAX: usize = 12;
/// Most clients that one word stands for.
pub const CLIENTS_MAX: usize = 16;

/// A part of the text between blanks.
#[derive(Clone, Debug)]
pub(super) struct Term {
    /// The words that must all be there, unless it is one of what follows.
    pub words: Vec<Word>,
    /// A number's end, last character first.
    pub number: Option<String>,
    /// Whether the number is so short that only the whole of it counts.
    pub whole: bool,
    /// An e-mail address.
    pub address: Option<String>,
    /// A carrier's name.
    pub carrier: Option<String>,
    /// Whether the last word is the beginning of one: asked when nothing has it
    /// as it is.
    pub begins: bool,
}

/// One word, and the clients whose names have it.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub text: String,
    pub clients: Vec<ClientId>,
    /// Whether more clients have it than are looked through.
    pub too_many: bool,
}

/// What a package is compared with: its record, cut up once.
#[derive(Debug)]
pub(super) struct Candidate<'a> {
    pub record: &'a PackageRecord,
    pub findable: Findable,
    /// Whether who asks may find it by its recipient.
    pub personal: bool,
}

impl Term {
    /// A number as a whole: the text with its blanks.
    pub fn number(text: &str, whole: bool) -> Self {
        let number = Some(reversed(text));
        Self { words: vec![], number, whole, address: None, carrier: None, begins: false }
    }

    /// Where a package has it; `None` when it does not.
    pub fn matched(&self, package: &Candidate<'_>) -> Option<Field> {
        let numbers = &package.findable.numbers;
        let number = self.number.as_ref().and_then(|number| {
            let is = |it: &&(String, Field)| {
                if self.whole { it.0 == *number } else { it.0.starts_with(number.as_str()) }
            };
            numbers.iter().find(is).map(|it| it.1)
        });
        number.or_else(|| self.matched_words(package)).or_else(|| {
            let address = self.address.as_ref().filter(|_| package.personal);
            let carrier = self.carrier.is_some() && self.carrier == package.record.carrier;
            if address.is_some_and(|it| package.findable.personal.contains(it)) {
                Some(Field::Recipient)
            } else {
                carrier.then_some(Field::Carrier)
            }
        })
    }

    fn matched_words(&self, package: &Candidate<'_>) -> Option<Field> {
        let last = self.words.len().checked_sub(1)?;
        let fields = self.words.iter().enumerate().map(|(index, word)| {
            let begins = self.begins && index == last;
            let same = |it: &str| {
                if begins { it.starts_with(word.text.as_str()) } else { it == word.text }
            };
            let words = &package.findable.words;
            if let Some((_, field)) = words.iter().find(|(it, _)| same(it)) {
                return Some(*field);
            }
            if package.record.client.is_some_and(|it| word.clients.contains(&it)) {
                return Some(Field::Client);
            }
            let personal = package.personal && package.findable.personal.iter().any(|it| same(it));
            personal.then_some(Field::Recipient)
        });
        fields.collect::<Option<Vec<_>>>()?.first().copied()
    }

    /// Whether a posting's marks leave it open that its package has the words.
    /// Numbers and beginnings are in no mark: their pool knows.
    pub fn may_be_marked(&self, marks: &[u8], personal: bool) -> bool {
        let all = || {
            self.words.iter().all(|word| {
                Mark::Word(&word.text).is_in(marks)
                    || word.clients.iter().any(|it| Mark::Client(*it).is_in(marks))
                    || personal && Mark::Personal(&word.text).is_in(marks)
            })
        };
        !self.begins && !self.words.is_empty() && all()
            || self.carrier.as_ref().is_some_and(|it| Mark::Carrier(it).is_in(marks))
            || self.address.as_ref().is_some_and(|it| Mark::Personal(it).is_in(marks))
    }
}

impl Service {
    /// The terms of a text.
    pub(super) async fn terms(&self, text: &str) -> Result<Vec<Term>> {
        let parts = text.split_whitespace().take(TERMS_MAX);
        let each: Vec<_> = parts.map(|it| self.term(it)).collect();
        let mut terms = try_join_all(each).await?;
        terms.retain(|it| {
            !it.words.is_empty()
                || it.number.is_some()
                || it.address.is_some()
                || it.carrier.is_some()
        });
        Ok(terms)
    }

    async fn term(&self, part: &str) -> Result<Term> {
        let each: Vec<_> = words(part).take(TERMS_MAX).map(|it| self.word(it)).collect();
        let carrier = part.to_lowercase();
        let known = async {
            let held = (1..=200).contains(&carrier.len());
            let key = Row::Carrier(&carrier).key();
            Ok(held && self.table.get(&key).await?.is_some())
        };
        let (words, known) = futures::future::try_join(try_join_all(each), known).await?;
        let number = Some(reversed(part)).filter(|_| has_digit(part));
        Ok(Term {
            words,
            whole: number.as_ref().is_some_and(|it| it.chars().count() < ENDING_CHARS_MIN),
            number,
            address: part.contains('@').then(|| address(part)),
            carrier: known.then_some(carrier),
            begins: false,
        })
    }

    /// A word with the clients whose names have it.
    async fn word(&self, text: String) -> Result<Word> {
        let prefix = posted_prefix(text.as_bytes());
        let scan = Scan::prefix(client_words_shard(&text), &prefix, CLIENTS_MAX);
        let page = self.table.scan(scan).await?;
        let id = |it: &table::Entry| it.key.sort.last_chunk().copied().map(ClientId::from_bytes);
        let clients = page.entries.iter().filter_map(id).collect();
        Ok(Word { text, clients, too_many: page.rest.is_some() })
    }
}

/// Whether a text may be a number or the end of one.
pub(super) fn has_digit(text: &str) -> bool {
    text.chars().any(char::is_numeric)
}
