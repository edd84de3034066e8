//! Login names: letters and digits of any script, unique whatever their case.

use crate::error::FieldError;

/// Most characters of a login name.
pub const NAME_CHARS_MAX: usize = 100;
/// Fewest characters of a login name.
const NAME_CHARS_MIN: usize = 2;
/// What a name may hold besides letters and digits; enough for e-mail addresses.
const NAME_SIGNS: &str = "._@+-'";

/// A login name in the form that must be unique.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LoginName(String);

impl LoginName {
    /// What stands in the names of an issuer's people and in no name that is typed.
    pub(super) const ISSUED: char = '#';

    /// A name that was made here or taken before.
    pub(super) fn kept(name: &str) -> Self {
        Self(name.trim().chars().flat_map(char::to_lowercase).collect())
    }

    /// Whether a name may hold it.
    pub(super) fn takes(char: char) -> bool {
        is_allowed(char)
    }

    /// Takes a name as it was typed.
    pub(super) fn new(typed: &str) -> Result<Self, FieldError> {
        let invalid =
            |code, detail: String| Err(FieldError { pointer: "/name".to_owned(), code, detail });
        let name = typed.trim();
        let count = name.chars().count();
        if !(NAME_CHARS_MIN..=NAME_CHARS_MAX).contains(&count) {
            let detail = format!("a name has {NAME_CHARS_MIN} to {NAME_CHARS_MAX} characters");
            return invalid("length", detail);
        }
        // Marks that combine with a letter are refused: the same name could be
        // written in two ways.
        if let Some(wrong) = name.chars().find(|it| !is_allowed(*it)) {
            let detail = format!("{wrong:?} is not allowed: letters, digits and {NAME_SIGNS}");
            return invalid("characters", detail);
        }
        Ok(Self(name.chars().flat_map(char::to_lowercase).collect()))
    }

    /// A name that nobody can have.
    pub(super) fn nobodys() -> Self {
        Self("?".to_owned())
    }

    /// The form that must be unique.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_allowed(char: char) -> bool {
    char.is_alphanumeric() || NAME_SIGNS.contains(char)
}

#[cfg(test)]
mod tests;
