//! What beginners write, and the sentence that helps. Each entry says by what it is recognized: the compiler's code, what
//! it says, and what stands in the student's line. The first entry that fits is taken, so those that are about one thing come
//! before those that are about many.

mod arrays;
mod calls;
mod lab;
mod lists;
mod operators;
mod python;
mod results;
mod rust;
mod signs;
mod similar;
mod syntax;
mod types;
mod words;

use super::diagnostic::Diagnostic;
use super::pattern::{said, written};

/// A slip that is known.
#[derive(Debug)]
pub struct Slip {
    /// The compiler's code; several with `|` between them; nothing where the code does not matter, `-` where there must be
    /// none.
    pub code: &'static str,
    /// In what the compiler says, as `pattern::said` reads it.
    pub said: &'static str,
    /// In the line, as `pattern::written` reads it; `{0}` and so on are what was found in what the compiler says.
    pub wrote: &'static str,
    /// One sentence or two, in which `{0}`, `{1}` stand for what was found, that of `said` first, and `{it}` for what
    /// is underlined.
    pub help: &'static str,
}

const fn slip(code: &'static str, said: &'static str, wrote: &'static str, help: &'static str) -> Slip {
    Slip { code, said, wrote, help }
}

/// All of them, in the order in which they are tried.
pub fn all() -> impl Iterator<Item = &'static Slip> {
    [
        python::SLIPS,
        signs::SLIPS,
        words::SLIPS,
        arrays::SLIPS,
        lab::SLIPS,
        results::SLIPS,
        syntax::SLIPS,
        types::SLIPS,
        lists::SLIPS,
        operators::SLIPS,
        rust::SLIPS,
        similar::SLIPS,
        calls::SLIPS,
    ]
    .into_iter()
    .flatten()
}

/// The sentence that helps with what the compiler says of these lines of the cell.
pub fn help(diagnostic: &Diagnostic, lines: &[&str]) -> Option<String> {
    let words = diagnostic.words();
    all().find_map(|slip| slip.help(diagnostic.code(), &words, lines))
}

/// The sentence that helps with a habit from another language.
pub fn habit(diagnostic: &Diagnostic, lines: &[&str]) -> Option<String> {
    let words = diagnostic.words();
    let habits = [python::SLIPS, signs::SLIPS, words::SLIPS];
    habits.into_iter().flatten().find_map(|slip| slip.help(diagnostic.code(), &words, lines))
}

/// The sentence that helps with what evcxr says of these lines of a cell.
pub fn help_with(words: &str, lines: &[&str]) -> Option<String> {
    all().find_map(|slip| slip.help("evcxr", words, lines))
}

impl Slip {
    fn help(&self, code: &str, words: &str, lines: &[&str]) -> Option<String> {
        let is_code = match self.code {
            "" => code != "evcxr",
            "-" => code.is_empty(),
            codes => codes.split('|').any(|one| one == code),
        };
        if !is_code {
            return None;
        }
        let mut found = if self.said.is_empty() { Vec::new() } else { said(self.said, words)? };
        if !self.wrote.is_empty() {
            let wrote = filled(self.wrote, &found);
            found.extend(lines.iter().find_map(|line| written(&wrote, line))?);
        }
        Some(filled(self.help, &found))
    }
}

/// A text with what was found in the place of `{0}`, `{1}` and so on.
fn filled(text: &str, found: &[&str]) -> String {
    let texts = found.iter().enumerate();
    texts.fold(text.to_string(), |text, (i, found)| text.replace(&format!("{{{i}}}"), found))
}
