//! A student's text as sentences: what is said, denied, supposed or quoted.

mod code;
mod forms;
mod language;
mod numbers;
mod plain;
mod references;
mod scopes;
mod sentences;
mod signs;
mod spelled;
mod token;
mod what;
mod words;

pub(super) use language::{is_english, is_in_phrases, is_in_sentences, speaks_of_grading, takes_back};
pub(super) use numbers::{Fit, Number};
pub(super) use sentences::{Sentence, sentences};
pub(super) use token::Token;
pub(super) use what::What;
