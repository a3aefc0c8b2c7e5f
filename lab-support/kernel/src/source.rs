use crate::tokens::tokens;

/// A cell's text, and the file that evcxr made of it and of the cells before.
#[derive(Debug)]
pub struct Source {
    cell: String,
    compiled: String,
}

/// Lines shown on either side of the one that failed.
const AROUND: usize = 2;

impl Source {
    pub fn new(cell: impl Into<String>, compiled: impl Into<String>) -> Source {
        Source { cell: cell.into(), compiled: compiled.into() }
    }

    /// The line of the compiled file, from 1, where `place`, `file:line:column`, lies in it.
    pub fn line_of(&self, place: &str) -> Option<usize> {
        place.strip_prefix("src/lib.rs:")?.split(':').next()?.parse().ok()
    }

    /// What stands in a line of the compiled file, from 1.
    pub fn compiled_line(&self, line: usize) -> Option<&str> {
        self.compiled.lines().nth(line.checked_sub(1)?).map(str::trim)
    }

    /// The student's lines about a panic in a line of the compiled file, from 1, if it lies in this cell.
    pub fn of_panic(&self, line: usize) -> Option<Vec<String>> {
        let at = self.line(line)?;
        let lines = self.cell.lines().enumerate();
        let near = lines.filter(|(i, _)| i.abs_diff(at) <= AROUND);
        Some(near.map(|(i, line)| numbered(i, line, i == at)).collect())
    }

    /// The lines of the cell by which an error can have left it: its end, where there is no question mark.
    pub fn of_question_marks(&self) -> Vec<String> {
        let code = |line: &str| line.split("//").next().unwrap_or_default().contains('?');
        let lines = self.cell.lines().enumerate();
        let marked: Vec<String> =
            lines.filter(|(_, line)| code(line)).map(|(i, line)| numbered(i, line, true)).collect();
        if marked.is_empty() { self.last_line().into_iter().collect() } else { marked }
    }

    /// The line of a cell that has no other one with code.
    pub fn only_line(&self) -> Option<String> {
        let mut lines = self.cell.lines().enumerate().filter(|(_, line)| !tokens(line).is_empty());
        let (i, line) = lines.next()?;
        lines.next().is_none().then(|| numbered(i, line, true))
    }

    /// The line with which the cell ends.
    pub fn last_line(&self) -> Option<String> {
        let lines = self.cell.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        lines.last().map(|(i, line)| numbered(i, line, true))
    }

    /// The line and the character, from 0, where a text begins that does not end in its line, the first of them.
    pub fn open_text(&self) -> Option<(usize, usize)> {
        without_raw_texts(&self.cell).lines().enumerate().find_map(|(at, line)| {
            let is_open =
                |token: &&str| token.starts_with('"') && (token.len() == 1 || !token.ends_with('"'));
            let token = tokens(line).into_iter().find(is_open)?;
            let byte = token.as_ptr() as usize - line.as_ptr() as usize;
            Some((at, line[..byte].chars().count()))
        })
    }

    /// The line and the character, from 0, of the first bracket that nothing closes.
    pub fn open_bracket(&self) -> Option<(usize, usize)> {
        let mut open = Vec::new();
        for (at, line) in without_raw_texts(&self.cell).lines().enumerate() {
            for token in tokens(line) {
                let byte = token.as_ptr() as usize - line.as_ptr() as usize;
                match token {
                    "(" | "[" | "{" => open.push((at, line[..byte].chars().count())),
                    ")" | "]" | "}" => {
                        open.pop();
                    }
                    _ => (),
                }
            }
        }
        open.first().copied()
    }

    /// The lines of the cell with an index in brackets, or an axis.
    pub fn of_indices(&self) -> Vec<String> {
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | ')' | ']');
        let is_index = |before: &str| before.ends_with(is_name) || before.ends_with("s!");
        let has_index = |line: &str| {
            line.contains("Axis(") || line.match_indices('[').any(|(at, _)| is_index(&line[..at]))
        };
        self.lines_where(has_index)
    }

    /// The lines of the cell with a matrix product.
    pub fn of_products(&self) -> Vec<String> {
        self.lines_where(|line| line.contains("dot("))
    }

    fn lines_where(&self, holds: impl Fn(&str) -> bool) -> Vec<String> {
        let lines = self.cell.lines().enumerate().filter(|(_, line)| holds(line));
        lines.map(|(i, line)| numbered(i, line, true)).collect()
    }

    /// The first line that begins with these characters.
    pub fn that_begins_with(&self, begin: &str) -> Option<String> {
        let mut lines = self.cell.lines().enumerate();
        lines.find(|(_, line)| line.trim_start().starts_with(begin)).map(|(i, line)| numbered(i, line, true))
    }

    /// A line that begins what is repeated or done under a condition as Python has it.
    pub fn that_ends_in_a_colon(&self) -> Option<String> {
        let begins = |line: &str| {
            ["for ", "while ", "if ", "elif ", "else", "def "].iter().any(|word| line.starts_with(word))
        };
        let mut lines = self.cell.lines().enumerate();
        let found = lines.find(|(_, line)| begins(line.trim_start()) && line.trim_end().ends_with(':'));
        found.map(|(i, line)| numbered(i, line, true))
    }

    /// The last line that can't be the end of anything: behind a point comes a name, behind `=` a value.
    pub fn that_ends_open(&self) -> Option<String> {
        let is_open =
            |line: &str| line.trim_end().ends_with(['.', '=', '+', '-', '*', '/', '(', ',', '&', '|']);
        let lines = self.cell.lines().enumerate().filter(|(_, line)| is_open(line));
        lines.last().map(|(i, line)| numbered(i, line, true))
    }

    /// The line in which the cell defines a variable.
    pub fn of_variable(&self, name: &str) -> Option<String> {
        let is_word = |word: &str| word == name;
        let defines = |line: &str| {
            let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
            words.clone().any(|word| word == "let") && words.any(is_word)
        };
        self.cell.lines().enumerate().find(|(_, line)| defines(line)).map(|(i, line)| numbered(i, line, true))
    }

    /// The line of the cell, from 0, and the character in it, from 0, that stand at a line and column of the compiled file,
    /// both from 1.
    pub fn place(&self, line: usize, column: usize) -> Option<(usize, usize)> {
        let at = self.line(line)?;
        let compiled = self.compiled.lines().nth(line - 1)?;
        let found = self.cell.lines().nth(at)?;
        let begin = found.find(compiled.trim()).map_or(0, |byte| found[..byte].chars().count());
        let indent = compiled.chars().take_while(|c| c.is_whitespace()).count();
        Some((at, (begin + column).saturating_sub(indent + 1)))
    }

    pub fn cell(&self) -> &str {
        &self.cell
    }

    /// Whether a line of the compiled file, from 1, stands before the function that runs the cell: in an item.
    pub fn is_in_item(&self, line: usize) -> bool {
        let runs = ["pub extern \"C\" fn run_user_code_", "async fn evcxr_analysis_wrapper("];
        let lines: Vec<&str> = self.compiled.lines().collect();
        let begin = lines.iter().rposition(|line| runs.iter().any(|start| line.starts_with(start)));
        begin.is_some_and(|begin| line <= begin)
    }

    /// The line of the cell, from 0, that is line `number` of the compiled file, from 1. evcxr keeps the order of a cell's
    /// statements and puts each on lines of its own. Among equal lines it is the one whose neighbours are equal, too, and
    /// else the last ones are this cell's.
    fn line(&self, number: usize) -> Option<usize> {
        let compiled: Vec<&str> = self.compiled.lines().map(str::trim).collect();
        let number = number.checked_sub(1)?;
        let wanted = *compiled.get(number)?;
        if wanted.is_empty() {
            return None;
        }
        let lines: Vec<&str> = self.cell.lines().map(str::trim).collect();
        let neighbours = |at: usize| {
            let before = lines[..at].iter().rev().zip(compiled[..number].iter().rev());
            let after = lines[at + 1..].iter().zip(&compiled[number + 1..]);
            before.take_while(|(a, b)| a == b).count() + after.take_while(|(a, b)| a == b).count()
        };
        // Of what looks like brackets of evcxr's, only that is the cell's which stands beside other lines of it.
        let is_word = wanted.contains(char::is_alphanumeric);
        let equal: Vec<usize> =
            (0..lines.len()).filter(|&at| lines[at] == wanted && (is_word || neighbours(at) > 0)).collect();
        // evcxr splits a line that it can't read.
        let before = number.checked_sub(1).map_or("", |before| compiled[before]);
        let is_split = |at: usize| before.contains(char::is_alphanumeric) && lines[at].contains(before);
        let fits = |at: usize| is_word || neighbours(at) > 0 || is_split(at);
        let within: Vec<usize> =
            (0..lines.len()).filter(|&at| lines[at].contains(wanted) && fits(at)).collect();
        let found = if equal.is_empty() { within } else { equal };
        let most = found.iter().map(|&at| neighbours(at)).max()?;
        let best: Vec<usize> = found.into_iter().filter(|&at| neighbours(at) == most).collect();
        let after = compiled[number + 1..].iter().filter(|line| **line == wanted).count();
        let is_clear = best.len() == 1 && most > 0;
        best.iter().rev().nth(after).or(best.first().filter(|_| is_clear)).copied()
    }
}

/// The cell with letters in the place of its raw texts, `r##"…"##`, which may hold quotation marks and many lines; one that
/// does not end stays.
fn without_raw_texts(cell: &str) -> String {
    let mut kept = String::new();
    let mut rest = cell;
    while let Some(at) = rest.find("r#") {
        let signs = rest[at + 1..].len() - rest[at + 1..].trim_start_matches('#').len();
        let begin = at + 1 + signs;
        let end = format!("\"{}", "#".repeat(signs));
        let length = match rest[begin..].strip_prefix('"').and_then(|text| text.find(&end)) {
            Some(length) => 1 + length + end.len(),
            None => 0,
        };
        kept += &rest[..begin];
        kept.extend(rest[begin..begin + length].chars().map(|c| if c == '\n' { c } else { 'x' }));
        rest = &rest[begin + length..];
    }
    kept + rest
}

fn numbered(i: usize, line: &str, is_it: bool) -> String {
    let arrow = if is_it { "-->" } else { "   " };
    format!("{arrow} {:>2} | {line}", i + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_compiled_file_is_found_in_the_cell() {
        let source = Source::new(
            "step();\nlet a = 1;\nstep();\n",
            "fn old() {\nstep();\n}\n{\nstep();\nlet a = 1;\nstep();\n}",
        );
        let lines = source.of_panic(5).unwrap();
        assert_eq!(lines[0], "-->  1 | step();");
        assert_eq!(source.of_panic(7).unwrap()[2], "-->  3 | step();");
        assert_eq!(Source::new("step();", "fn old() {\nstep();\n}\n{\nstep();\n}").of_panic(2), None);
        let two = Source::new("let a = 1; a.step();", "{\nlet a = 1;\n a.step();\n}");
        assert_eq!(two.of_panic(3).unwrap(), ["-->  1 | let a = 1; a.step();"]);
        assert_eq!(source.of_panic(99), None);
        assert_eq!(source.line_of("src/lib.rs:5:1"), Some(5));
        assert_eq!(source.line_of("library/core/src/option.rs:7:1"), None);
    }

    #[test]
    fn a_place_is_found_in_the_line() {
        let source =
            Source::new("let a = 1; a.step();\n    b.go();\n}", "}\na.step();\n{\n        b.go();\n}");
        assert_eq!(source.place(2, 3), Some((0, 13)));
        assert_eq!(source.place(4, 11), Some((1, 6)));
        assert_eq!(source.place(5, 1), Some((2, 0)), "beside a line of the cell");
        assert_eq!(source.place(1, 1), None, "a bracket of evcxr's");
        let split = Source::new("for i in 3:\n  a", "for i in 3\n:\n  a\n:");
        assert_eq!(split.place(2, 1), Some((0, 10)));
        let items = Source::new("", "fn f() {}\npub extern \"C\" fn run_user_code_1(\n1");
        assert!(items.is_in_item(1) && !items.is_in_item(3));
    }

    #[test]
    fn the_line_that_defines_a_variable_is_found() {
        let source = Source::new("let ab = 1;\nlet (mut b, c) = d();\nb", "");
        assert_eq!(source.of_variable("b").unwrap(), "-->  2 | let (mut b, c) = d();");
        assert_eq!(source.of_variable("d"), Some("-->  2 | let (mut b, c) = d();".into()));
        assert_eq!(source.of_variable("e"), None);
    }

    #[test]
    fn a_raw_text_is_not_open() {
        let open = |cell: &str| Source::new(cell, "").open_text();
        assert_eq!(open("answer(1, &data, r##\"It is \"grey\",\nand\n\"##"), None);
        assert_eq!(open("answer(1, &data, r##\"It is\n\"##)?; \"a"), Some((1, 7)));
        assert_eq!(open("let a = r#\"b"), Some((0, 10)));
        assert_eq!(open("let a = \"b"), Some((0, 8)));
    }

    #[test]
    fn a_bracket_that_nothing_closes_is_found() {
        let open = |cell: &str| Source::new(cell, "").open_bracket();
        assert_eq!(open("let a = (1);\nanswer(1, r##\"\n(\"##"), Some((1, 6)));
        assert_eq!(open("f(\"(\") // ("), None);
    }

    #[test]
    fn lines_with_a_question_mark_are_shown() {
        let source = Source::new("let a = 1; // why?\nload()?;\nsave()?;", "");
        assert_eq!(source.of_question_marks(), ["-->  2 | load()?;", "-->  3 | save()?;"]);
        assert_eq!(Source::new("let a = 1;\nload()\n", "").of_question_marks(), ["-->  2 | load()"]);
    }
}
