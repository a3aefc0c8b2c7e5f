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

    /// The student's lines about a panic at `place`, `file:line:column`, if it lies in this cell.
    pub fn of_panic(&self, place: &str) -> Option<Vec<String>> {
        let line = place.strip_prefix("src/lib.rs:")?.split(':').next()?.parse().ok()?;
        let at = self.line(line)?;
        let lines = self.cell.lines().enumerate();
        let near = lines.filter(|(i, _)| i.abs_diff(at) <= AROUND);
        Some(near.map(|(i, line)| numbered(i, line, i == at)).collect())
    }

    /// The lines of the cell by which an error can have left it.
    pub fn of_question_marks(&self) -> Vec<String> {
        let code = |line: &str| line.split("//").next().unwrap_or_default().contains('?');
        let lines = self.cell.lines().enumerate().filter(|(_, line)| code(line));
        lines.map(|(i, line)| numbered(i, line, true)).collect()
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

    /// The line of the cell, from 0, that is line `number` of the compiled file, from 1. evcxr keeps the
    /// order of a cell's statements and puts each on lines of its own; among equal lines the last ones are
    /// this cell's.
    fn line(&self, number: usize) -> Option<usize> {
        let compiled: Vec<&str> = self.compiled.lines().map(str::trim).collect();
        let wanted = *compiled.get(number.checked_sub(1)?)?;
        let after = compiled[number..].iter().filter(|line| **line == wanted).count();
        let lines: Vec<&str> = self.cell.lines().map(str::trim).collect();
        let last =
            |is_it: &dyn Fn(&str) -> bool| (0..lines.len()).rev().filter(|&i| is_it(lines[i])).nth(after);
        if wanted.is_empty() {
            return None;
        }
        last(&|line| line == wanted).or_else(|| last(&|line| line.contains(wanted)))
    }
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
        let lines = source.of_panic("src/lib.rs:5:1").unwrap();
        assert_eq!(lines[0], "-->  1 | step();");
        assert_eq!(source.of_panic("src/lib.rs:7:1").unwrap()[2], "-->  3 | step();");
        assert_eq!(source.of_panic("src/lib.rs:2:1"), None, "a line of an earlier cell");
        let two = Source::new("let a = 1; a.step();", "{\nlet a = 1;\n a.step();\n}");
        assert_eq!(two.of_panic("src/lib.rs:3:2").unwrap(), ["-->  1 | let a = 1; a.step();"]);
        assert_eq!(source.of_panic("src/lib.rs:99:1"), None);
        assert_eq!(source.of_panic("library/core/src/option.rs:7:1"), None);
    }

    #[test]
    fn the_line_that_defines_a_variable_is_found() {
        let source = Source::new("let ab = 1;\nlet (mut b, c) = d();\nb", "");
        assert_eq!(source.of_variable("b").unwrap(), "-->  2 | let (mut b, c) = d();");
        assert_eq!(source.of_variable("d"), Some("-->  2 | let (mut b, c) = d();".into()));
        assert_eq!(source.of_variable("e"), None);
    }

    #[test]
    fn lines_with_a_question_mark_are_shown() {
        let source = Source::new("let a = 1; // why?\nload()?;\nsave()?;", "");
        assert_eq!(source.of_question_marks(), ["-->  2 | load()?;", "-->  3 | save()?;"]);
    }
}
