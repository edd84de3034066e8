//! Which passwords are refused, and why.

use super::*;

fn code(password: &str) -> Option<&'static str> {
    check(password, "mary@example.com").err().map(|it| it.code)
}

#[test]
fn long_and_uncommon_is_good_enough() {
    for password in
        ["four unrelated words", "kUx9!tt0qLm2", "пароль у двери семь", "1 horse ate 9 hats"]
    {
        assert_eq!(code(password), None, "{password}");
    }
    assert_eq!(code(&format!("{}ab cd", "xyz ".repeat(250))), None);
}

#[test]
fn what_is_guessed_first_is_refused() {
    let common = [
        "password1234",
        "Password2024!",
        "P4ssw0rd!!!!",
        "123456789012",
        "987654321098",
        "aaaaaaaaaaaaaaaa",
        "abababababab",
        "abcdefghijkl",
        "qwertyuiop12",
        "letmein12345",
        "Welcome_2026",
        "whereabouts1",
        "passwordpassword",
        "111111222222",
        "correct horse battery staple",
    ];
    for password in common {
        assert_eq!(code(password), Some("too_common"), "{password}");
    }
}

#[test]
fn the_length_is_counted_in_characters_and_bounded_in_bytes() {
    assert_eq!(code("kUx9!tt0qLm"), Some("too_short"));
    assert_eq!(code("лампаокноме"), Some("too_short"));
    assert_eq!(code(&"four unrelated words ".repeat(49)), Some("too_long"));
}

#[test]
fn the_login_name_is_no_part_of_a_password() {
    assert_eq!(code("MARY is at home"), Some("contains_name"));
    assert_eq!(code("xx mary@example.com"), Some("contains_name"));
    assert!(check("al at the window", "al").is_ok(), "two letters are in too many words");
}
