//! What a text is taken apart into.

use super::numbers::Number;

#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum What {
    /// In small letters.
    Word(String),
    Number(Number),
    /// `/`, `=`, `×`, `+`, `-` between numbers, `→`.
    Sign(char),
    /// A comma, a colon, a bracket, the end of a line.
    Break(char),
    /// `.`, `!`, `?` or `;` at the end of a sentence.
    End(char),
}

pub(super) fn word(token: &What) -> Option<&str> {
    match token {
        What::Word(word) => Some(word),
        _ => None,
    }
}
