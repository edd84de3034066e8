//! How a name becomes a search key; `scripts/gazetteer/fold.py` made the keys by the same rules.

use super::store::Store;

/// Whole words with two spellings; the right one is the key's.
const SAME_WORD: [(&str, &str); 4] =
    [("saint", "st"), ("sainte", "ste"), ("mount", "mt"), ("fort", "ft")];

impl Store {
    /// Lower case, no marks or punctuation, single spaces, short forms:
    /// "The U.S.A." is `usa`, "Saint-Étienne" is `st etienne`.
    pub(super) fn key(&self, name: &str) -> String {
        let mut letters = String::with_capacity(name.len());
        // Letters since the last separator: a dot after a single one continues the word.
        let mut run = 0;
        for char in name.chars() {
            match char {
                'a'..='z' | '0'..='9' => {
                    letters.push(char);
                    run += 1;
                }
                'A'..='Z' => {
                    letters.push(char.to_ascii_lowercase());
                    run += 1;
                }
                '.' => {
                    if run != 1 {
                        letters.push(' ');
                    }
                    run = 0;
                }
                '&' => {
                    letters.push_str(" and ");
                    run = 0;
                }
                '\'' | '`' => {}
                '\0'..='\x7f' => {
                    letters.push(' ');
                    run = 0;
                }
                _ => run = self.fold_into(&mut letters, char, run),
            }
        }
        join_words(&letters)
    }

    fn fold_into(&self, letters: &mut String, char: char, run: usize) -> usize {
        match self.folded(char) {
            None => {
                letters.push(char);
                run + 1
            }
            Some("") => run,
            Some(" ") => {
                letters.push(' ');
                0
            }
            Some(folded) => {
                letters.push_str(folded);
                run + 1
            }
        }
    }
}

fn join_words(letters: &str) -> String {
    let mut out = String::with_capacity(letters.len());
    let words = letters.split_whitespace();
    let several = words.clone().nth(1).is_some();
    for (place, word) in words.enumerate() {
        if place == 0 && several && word == "the" {
            continue;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        let short = SAME_WORD.iter().find(|(long, _)| *long == word);
        out.push_str(short.map_or(word, |(_, short)| *short));
    }
    out
}
