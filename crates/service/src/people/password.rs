//! Which passwords are good enough. Length does most of the work; what is
//! refused besides is what is guessed first.

use crate::error::FieldError;

/// Fewest characters of a password.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// Most bytes of a password: hashing must not become anybody's tool.
pub const PASSWORD_LEN_MAX: usize = 1024;
/// Fewest different characters.
const DIFFERENT_MIN: usize = 5;

/// What the most common long passwords are made of: the words that remain when
/// digits and signs are dropped and letters that are written as digits are restored.
const COMMON: &[&str] = &[
    "abcdefghijkl",
    "abcdefghijklm",
    "admin",
    "administrator",
    "adminadmin",
    "asdfasdfasdf",
    "asdfghjkl",
    "basketball",
    "changeit",
    "changeme",
    "changemenow",
    "correcthorsebatterystaple",
    "default",
    "defaultpassword",
    "football",
    "godisgood",
    "guest",
    "hello",
    "helloworld",
    "iloveyou",
    "iloveyousomuch",
    "iloveyouforever",
    "internet",
    "jesuschrist",
    "letmein",
    "letmeinnow",
    "liverpool",
    "manchesterunited",
    "master",
    "masterpassword",
    "monkey",
    "mypassword",
    "mypasswordis",
    "nopassword",
    "opensesame",
    "package",
    "packages",
    "passphrase",
    "password",
    "passwordpassword",
    "passwort",
    "princess",
    "qazwsxedc",
    "qazwsxedcrfv",
    "qwerty",
    "qwertyqwerty",
    "qwertyui",
    "qwertyuiop",
    "qwertyuiopasdfghjkl",
    "qwertz",
    "qwertzuiop",
    "root",
    "rootroot",
    "secret",
    "secretpassword",
    "starwars",
    "summer",
    "sunshine",
    "superman",
    "supersecret",
    "temporary",
    "temppassword",
    "testing",
    "testpassword",
    "testtest",
    "thisismypassword",
    "tracking",
    "trustno",
    "unknown",
    "welcome",
    "welcomehome",
    "whatever",
    "whereabouts",
    "winter",
    "zxcvbnm",
    "zxcvbnmasdfghjkl",
];

/// Refuses a password that somebody with this login name should not have.
pub(super) fn check(password: &str, login_name: &str) -> Result<(), FieldError> {
    let weak =
        |code, detail: String| Err(FieldError { pointer: "/password".to_owned(), code, detail });
    if password.chars().count() < PASSWORD_CHARS_MIN {
        return weak(
            "too_short",
            format!("a password has at least {PASSWORD_CHARS_MIN} characters"),
        );
    }
    if password.len() > PASSWORD_LEN_MAX {
        return weak("too_long", format!("a password has at most {PASSWORD_LEN_MAX} bytes"));
    }
    let lower = password.to_lowercase();
    if names_within(login_name).any(|it| lower.contains(it)) {
        return weak("contains_name", "a password does not contain the login name".to_owned());
    }
    if is_common(&lower) || is_monotonous(&lower) {
        let detail = "this is among the first that are guessed: take a few unrelated words";
        return weak("too_common", detail.to_owned());
    }
    Ok(())
}

/// The login name, and the part of it before the @.
fn names_within(login_name: &str) -> impl Iterator<Item = &str> {
    let local = login_name.split('@').next().unwrap_or_default();
    [login_name, local].into_iter().filter(|it| it.chars().count() >= 3)
}

fn is_common(lower: &str) -> bool {
    let restored: String = lower.chars().filter_map(restored).collect();
    let letters: String = lower.chars().filter(|it| it.is_alphabetic()).collect();
    // Digits between the letters may be meant as letters, or not.
    [restored.trim_end_matches(|it: char| "olieastbg".contains(it)), &restored, &letters]
        .iter()
        .any(|it| COMMON.contains(it))
}

/// The letter that is meant: `p4ssw0rd`.
fn restored(char: char) -> Option<char> {
    match char {
        '0' => Some('o'),
        '1' | '!' => Some('i'),
        '3' => Some('e'),
        '4' | '@' => Some('a'),
        '5' | '$' => Some('s'),
        '7' => Some('t'),
        it => it.is_alphabetic().then_some(it),
    }
}

/// Few different characters, or each following the one before: `123456789012`.
fn is_monotonous(lower: &str) -> bool {
    let chars: Vec<char> = lower.chars().collect();
    let mut different = chars.clone();
    different.sort_unstable();
    different.dedup();
    let follows = |pair: &&[char]| {
        let (a, b) = (pair[0] as i64, pair[1] as i64);
        (b - a).abs() <= 1
            || (pair[0] == '9' && pair[1] == '0')
            || (pair[0] == '0' && pair[1] == '9')
    };
    let following = chars.windows(2).filter(follows).count();
    different.len() < DIFFERENT_MIN || following * 4 >= (chars.len() - 1) * 3
}

#[cfg(test)]
mod tests;
