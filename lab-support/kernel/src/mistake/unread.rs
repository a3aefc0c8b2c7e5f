//! What keeps a cell from being read as Rust, and is seen in its text.

use crate::division;
use crate::source::Source;
use crate::tokens::all_tokens;

pub struct Unread {
    /// The line of the cell, from 0.
    pub line: usize,
    /// The characters in it, from 0, that are underlined.
    pub range: (usize, usize),
    pub what: &'static str,
    pub help: String,
}

/// A text that nothing ends.
pub fn text(source: &Source) -> Option<Unread> {
    let (line, from) = source.open_text()?;
    let range = (from, length(source.cell(), line));
    Some(Unread {
        line,
        range,
        what: "a text without an end",
        help: "A `\"` is missing in this line.".into(),
    })
}

/// A raw text that ends at a quotation mark which was to stand in it: a word follows.
pub fn raw_text(cell: &str) -> Option<Unread> {
    let tokens = all_tokens(cell);
    let raw = tokens.iter().filter(|token| token.text.starts_with("r#") && token.text.ends_with('#'));
    raw.into_iter().find_map(|token| {
        let signs = token.text.len() - token.text.trim_end_matches('#').len();
        let end = token.at + token.text.len();
        let rest = cell[end..].trim_start_matches(' ');
        let word: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
        if word.is_empty() || ["with", "as"].contains(&word.as_str()) {
            return None;
        }
        let line = cell[..end].matches('\n').count();
        let to = cell[..end].chars().rev().take_while(|c| *c != '\n').count();
        let help = format!(
            "`\"{}` ends the text: where it stands in the text itself, leave out one of its signs.",
            "#".repeat(signs)
        );
        Some(Unread {
            line,
            range: (to.saturating_sub(signs + 1), to),
            what: "the text ends here, and a word follows",
            help,
        })
    })
}

/// A bracket that nothing closes.
pub fn bracket(source: &Source) -> Option<Unread> {
    let (line, from) = source.open_bracket()?;
    let help = "The bracket that closes it is missing, at the end of the cell perhaps.".into();
    Some(Unread { line, range: (from, from + 1), what: "a bracket that is not closed", help })
}

/// A `//` that was to divide.
pub fn division(cell: &str) -> Option<Unread> {
    let division = division::that_breaks(cell)?;
    let (line, from) = division.place;
    let range = (from, length(cell, line));
    Some(Unread { line, range, what: "a comment, and no division", help: division.help() })
}

fn length(cell: &str, line: usize) -> usize {
    cell.lines().nth(line).map_or(0, |line| line.chars().count())
}
