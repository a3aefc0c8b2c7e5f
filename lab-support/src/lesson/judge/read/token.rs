//! Words, numbers and signs of a sentence, and how each is meant.

use super::forms::is_form_of;
use super::numbers::Number;
use super::what::What;

#[derive(Clone, Debug)]
pub(in super::super) struct Token {
    pub what: What,
    /// Said not to be so, or named as the opposite.
    pub negated: bool,
    /// Of what would or could be.
    pub supposed: bool,
    /// Of an example.
    pub example: bool,
    /// Which part of the sentence it stands in, from 0.
    pub clause: usize,
}

impl Token {
    /// Said to be so: neither denied nor supposed.
    pub fn asserted(&self) -> bool {
        !self.negated && !self.is_assumed()
    }

    pub fn is_assumed(&self) -> bool {
        self.supposed || self.example
    }

    pub fn word(&self) -> Option<&str> {
        match &self.what {
            What::Word(word) => Some(word),
            _ => None,
        }
    }

    pub fn number(&self) -> Option<&Number> {
        match &self.what {
            What::Number(number) => Some(number),
            _ => None,
        }
    }

    pub fn is(&self, list: &str) -> bool {
        self.word().is_some_and(|word| is_form_of(word, list))
    }

    pub fn is_word(&self, word: &str) -> bool {
        self.word() == Some(word)
    }

    pub fn is_sign(&self, sign: char) -> bool {
        self.what == What::Sign(sign)
    }
}

pub(super) fn plain(what: &What) -> &str {
    match what {
        What::Word(word) => word,
        What::Number(number) if number.value == 1.0 => "1",
        _ => "",
    }
}

/// Where a phrase begins.
pub(super) fn place(words: &[&str], phrase: &str) -> Option<usize> {
    (0..words.len()).find(|i| follow(&words[*i..], phrase))
}

pub(super) fn follow(words: &[&str], phrase: &str) -> bool {
    let fillers = ["the", "a", "an", "at", "all", "really"];
    let mut words = words.iter().filter(|word| !fillers.contains(*word));
    phrase.split(' ').all(|word| words.next() == Some(&word))
}
