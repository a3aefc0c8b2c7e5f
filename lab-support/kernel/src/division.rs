//! Python's division of whole numbers, `7 // 2`, of which Rust reads the first number alone: `//` begins a comment.

use crate::bindings;
use crate::history::History;

/// One that a student has written.
#[derive(Debug, PartialEq)]
pub struct Division {
    /// The line of the cell, from 0, and the character in it, from 0, where the comment begins.
    pub place: (usize, usize),
    /// All that stands before it in its line.
    before: String,
    divided: String,
    by: String,
    /// Brackets or a semicolon stand behind it, as they do behind code.
    is_closed: bool,
}

/// Those of a cell: a number or a name before `//`, and nothing but a number or a name behind it.
fn divisions(cell: &str) -> impl Iterator<Item = Division> {
    cell.lines().zip(0..).filter_map(|(line, at)| {
        let (before, behind) = line.split_once("//")?;
        let by = behind.trim().trim_end_matches([';', ')', ']', ' ']);
        let divided = last_operand(before.trim_end());
        let is_in_text = before.matches('"').count() % 2 == 1;
        let is_one = !is_in_text && !divided.is_empty() && !by.is_empty() && last_operand(by) == by;
        is_one.then(|| Division {
            place: (at, before.chars().count()),
            before: before.trim().into(),
            divided: divided.into(),
            by: by.into(),
            is_closed: by.len() < behind.trim().len(),
        })
    })
}

/// The number or the name in which a text ends.
fn last_operand(text: &str) -> &str {
    let begin = text.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_' || c == '.').len();
    &text[begin..]
}

fn is_number(operand: &str) -> bool {
    operand.starts_with(|c: char| c.is_ascii_digit())
}

/// One for which a cell may not be readable: it ends as code does, or divides by a number.
pub fn that_breaks(cell: &str) -> Option<Division> {
    divisions(cell).find(|division| division.is_closed || is_number(&division.by))
}

/// What is said beside the value of a cell whose last line is one, and nothing else. A number behind `//` that is the value
/// may be a note of it.
pub fn told(cell: &str, value: &str, history: &History) -> Option<String> {
    let mut lines: Vec<(usize, &str)> =
        (0..).zip(cell.lines()).filter(|(_, line)| !line.trim().is_empty()).collect();
    let (last, _) = lines.pop()?;
    let division = divisions(cell).last().filter(|division| division.place.0 == last)?;
    let begins = |line: &str| line.ends_with([';', '}']) || line.trim_start().starts_with([':', '/']);
    let is_all = division.before == division.divided
        && !division.is_closed
        && lines.pop().is_none_or(|(_, line)| begins(line.trim_end()));
    let is_known = |operand: &str| {
        is_number(operand) || history.has_made(operand) || bindings::made(cell, operand).is_some()
    };
    let is_certain = is_all && is_known(&division.divided) && is_known(&division.by) && division.by != value;
    is_certain.then(|| division.help())
}

impl Division {
    pub fn help(&self) -> String {
        let Division { divided, by, .. } = self;
        let instead = match divided.contains('.') || by.contains('.') {
            true => format!("`f64::floor({divided} / {by})`"),
            false => format!("`{divided} / {by}`, which leaves out the remainder of whole numbers"),
        };
        format!("`//` begins a comment in Rust: `{by}` was not read. To divide, write {instead}.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Came;

    #[test]
    fn a_value_that_was_to_be_divided_is_told() {
        let mut history = History::default();
        history.add(1, "let total = 7;\nlet half = 2;".into(), None, Came::Worked);
        for (cell, value, words) in [
            ("5 // 2", "5", "`5 / 2`, which"),
            ("total // 2", "7", "`total / 2`, which"),
            ("let a = 3;\n\ntotal // half\n", "7", "`half` was not read"),
            ("let n = 9;\nn // 4", "9", "`n / 4`"),
            ("7.5 // 2.0", "7.5", "`f64::floor(7.5 / 2.0)`"),
        ] {
            let told = told(cell, value, &history).unwrap_or_default();
            assert!(told.contains(words), "{cell}: {told}");
        }
        for (cell, value) in [
            ("5 // 5", "5"),
            ("5 // five", "5"),
            ("total // the sum of all", "7"),
            ("total // 7", "7"),
            ("let n = 5; // 2\nn", "5"),
            ("model.params() // 2", "101770"),
            ("total // 2\n    + half", "9"),
            ("[\n1,\n5 // 2\n]", "[1, 5]"),
            ("total +\n5 // 2", "12"),
            ("\"5 // 2\"", "\"5 // 2\""),
            ("let n = \"\n5 // 2\n\";", ""),
        ] {
            assert_eq!(told(cell, value, &history), None, "{cell}");
        }
    }

    #[test]
    fn one_that_breaks_a_cell_is_found() {
        let place = |cell: &str| that_breaks(cell).map(|division| division.place);
        assert_eq!(place("let a = 1;\nlet half = total // 2;"), Some((1, 17)));
        assert_eq!(place("println!(\"{}\", total // half);"), Some((0, 21)));
        assert_eq!(place("let half = 7 // 2"), Some((0, 13)));
        assert_eq!(place("let half = total // half of it\nlet x = 1"), None);
        assert_eq!(place("let a = \"5 // 2;"), None);
        assert_eq!(place("let a = 5; // 2\nlet"), None);
    }
}
