//! The six questions of the lab and their answers.

use lab_base::Error;
use lab_base::home;

use crate::data::ImageSet;
use crate::lesson::check::{Check, Said};
use crate::lesson::evidence::evidence;
use crate::lesson::questions::QUESTIONS;
use crate::lesson::with::without_value;
use crate::lesson::{answers_file, judge};

/// An answer as a notebook shows it: the text, and under it what its check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    section: String,
    check: Check,
    said: Said,
}

/// Answers question `number` (1 to 6) in Markdown: shows the answer, checks it, and writes it into
/// `answers.md`, where it replaces this question's answer and nothing else. An answer that is not complete
/// yet is written, too; an empty one is not.
///
/// Answers about the practice set go to `data/practice/answers.md`, those about another data set to a folder of its own; what
/// is asked of Fashion-MNIST alone is not judged there.
///
/// ```no_run
/// # use lab_support::prelude::*;
/// let data = FashionMnist::load()?;
/// let said = answer(2, &data, "Pixels are divided by 255: inputs between 0 and 1 let gradient descent converge faster.")?;
/// assert!(said.check().passed());
/// # Ok::<(), lab_support::Error>(())
/// ```
///
/// # Errors
/// When there is no such question, when the text has an HTML comment, or when a file can't be read or
/// written.
pub fn answer(number: usize, data: &ImageSet, text: impl AsRef<str>) -> Result<Answer, Error> {
    let doing = format!("writing the answer to question {number}");
    let text = unindented(text.as_ref());
    let text = text.trim();
    if !(1..=QUESTIONS.len()).contains(&number) {
        let advice = "see the questions in the notebooks";
        return Err(Error::new(doing, "a question from 1 to 6", number, advice));
    }
    if text.contains("<!--") {
        return Err(Error::new(doing, "Markdown without HTML comments", "\"<!--\"", "leave the comment out"));
    }
    let section = format!("## {number}. {}\n\n{text}\n", QUESTIONS[number - 1]);
    if let Some(name) = without_value(text) {
        println!(
            "{{{name}}} stands in the answer as it is: its value goes in by `.with(\"{name}\", \u{2026})` behind the text."
        );
    }
    let file = home::answers_file(data.train.source)?;
    if !text.is_empty() {
        let note = answers_file::write(&file, number, &section)?;
        note.inspect(|note| println!("{note}"));
    } else if let Some(held) = answers_file::held(&file, number) {
        // As after a page was reloaded that had not been saved.
        println!(
            "Nothing stands between the quotes. What you have run before is kept in {}; to go on with it, copy it back:\n\n{held}",
            home::display(&file)
        );
    }
    let points = judge::judge(number, text, &evidence(number, data)?);
    let check = Check::noted(&format!("answer {number}"), points);
    let answer = Answer { section, check, said: Said::default() };
    Ok(Answer { said: Said::at_once(&answer.markdown(), &answer.plain()), ..answer })
}

impl Answer {
    /// Shows the answer in a notebook.
    pub fn evcxr_display(&self) {
        self.said.show(&self.markdown(), &self.plain());
    }

    fn markdown(&self) -> String {
        format!("{}\n---\n\n{}", self.section, self.check.markdown())
    }

    fn plain(&self) -> String {
        format!("{}\n{}", self.section, self.check)
    }

    /// What its check found; `.check().required()?` stops the notebook where it is not complete.
    pub fn check(&self) -> Check {
        self.check.clone()
    }
}

/// Without the indent that an editor has put before each line, or before each but the first: to Markdown, lines that begin with
/// four spaces are code, or go on with what stands above them.
fn unindented(text: &str) -> String {
    let lines: Vec<&str> = text.split('\n').collect();
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let begin = lines.iter().position(|line| !line.trim().is_empty()).unwrap_or(0);
    let least = |lines: &[&str]| {
        lines.iter().filter(|line| !line.trim().is_empty()).map(|line| indent(line)).min().unwrap_or(0)
    };
    let all = least(&lines);
    let below = least(lines.get(begin + 1..).unwrap_or_default());
    let below = if below - all.min(below) > 3 { below } else { all };
    let cut = |(i, line): (usize, &&str)| {
        let wanted = if i > begin { below } else { all };
        line[wanted.min(indent(line))..].to_string()
    };
    lines.iter().enumerate().map(cut).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_indent_of_the_editor_s_makes_no_code() {
        for (typed, meant) in [
            ("The layers:\n- one\n  - its part\n\n- two", "The layers:\n- one\n  - its part\n\n- two"),
            (
                "\n       The layers:\n       - one\n         - its part\n\n       - two\n",
                "\nThe layers:\n- one\n  - its part\n\n- two",
            ),
            (
                "The layers:\n       - one\n         - its part\n       - two",
                "The layers:\n- one\n  - its part\n- two",
            ),
            ("\nThe layers:\n       1. one\n       2. two", "\nThe layers:\n1. one\n2. two"),
            ("  - one\n  - two", "- one\n- two"),
            ("- one\n  - its part\n  - another", "- one\n  - its part\n  - another"),
            ("\ta tab", "\ta tab"),
            ("", ""),
            (" \u{a0}\n    \n", " \u{a0}\n    "),
        ] {
            assert_eq!(unindented(typed).trim(), meant.trim(), "{typed:?}");
        }
    }
}
