//! The six questions of the lab, and the file that collects their answers.

use std::fs::{self, File};
use std::path::Path;

use crate::Error;
use crate::data::{FashionMnist, home};
use crate::display;

/// The questions, in the order in which the notebooks ask them; question 1 is `QUESTIONS[0]`.
pub const QUESTIONS: [&str; 6] = [
    "What is the Fashion-MNIST dataset?",
    "Why do we normalize image pixel values before training?",
    "List the layers used in the neural network and their functions.",
    "What does an epoch mean in model training?",
    "Compare the predicted label and the actual label for the first test image.",
    "What could be done to improve the model's accuracy?",
];

/// An answer as a notebook shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    section: String,
}

/// Answers question `number` (1 to 6) in Markdown: shows the answer, and writes it into `answers.md`,
/// where it replaces this question's answer and nothing else.
///
/// Answers about the practice set go to `data/practice/answers.md`.
///
/// # Errors
/// When there is no such question, when the text is empty, or when the file can't be written.
pub fn answer(number: usize, data: &FashionMnist, text: impl AsRef<str>) -> Result<Answer, Error> {
    let doing = format!("writing the answer to question {number}");
    let text = text.as_ref().trim();
    if !(1..=QUESTIONS.len()).contains(&number) {
        return Err(Error::new(
            doing,
            "a question from 1 to 6",
            number,
            "see the questions in the notebooks",
        ));
    }
    if text.is_empty() {
        return Err(Error::new(doing, "an answer", "an empty text", "write it between the quotes"));
    }
    if text.contains("<!--") {
        return Err(Error::new(doing, "Markdown without HTML comments", "\"<!--\"", "leave the comment out"));
    }
    let file = home::answers_file(data.train.source)?;
    let section = section(number, text);
    locked(&file, || {
        let before = match fs::read_to_string(&file) {
            Ok(before) => before,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => "# Answers\n".to_string(),
            Err(e) => return Err(Error::new(&doing, "a file of text", e, "check answers.md")),
        };
        let after = replace(&before, number, &section);
        if after == before { Ok(()) } else { home::write_atomically(&file, after.as_bytes()) }
    })?;
    Ok(Answer { section })
}

impl Answer {
    /// Shows the answer in a notebook.
    pub fn evcxr_display(&self) {
        display::show(&[("text/markdown", &self.section), ("text/plain", &self.section)]);
    }
}

fn section(number: usize, text: &str) -> String {
    format!("## {number}. {}\n\n{text}\n", QUESTIONS[number - 1])
}

fn begin(number: usize) -> String {
    format!("<!-- answer {number} -->")
}

fn end(number: usize) -> String {
    format!("<!-- end of answer {number} -->")
}

/// `text` with the section of question `number` replaced, or added in its place among the others.
fn replace(text: &str, number: usize, section: &str) -> String {
    let block = format!("{}\n{section}{}\n", begin(number), end(number));
    if let Some((start, stop)) = find(text, number) {
        return format!("{}{block}{}", &text[..start], &text[stop..]);
    }
    let next = (number + 1..=QUESTIONS.len()).find_map(|n| find(text, n));
    match next {
        Some((start, _)) => format!("{}{block}\n{}", &text[..start], &text[start..]),
        None => format!("{}\n\n{block}", text.trim_end()),
    }
}

/// Where the block of question `number` lies: from its first mark to behind its last.
fn find(text: &str, number: usize) -> Option<(usize, usize)> {
    let start = text.find(&begin(number))?;
    let stop = start + text[start..].find(&end(number))? + end(number).len();
    let newline = usize::from(text[stop..].starts_with('\n'));
    Some((start, stop + newline))
}

/// Runs `work` while no other notebook writes the same file.
fn locked(file: &Path, work: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
    let folder = home::data_dir()?;
    let lock = || {
        fs::create_dir_all(&folder)?;
        let lock = File::create(folder.join(".answers.lock"))?;
        lock.lock()?;
        Ok(lock)
    };
    let _held = lock().map_err(|e: std::io::Error| {
        let doing = format!("writing {}", home::display(file));
        Error::new(doing, "a data folder that can be written", e, "check its permissions")
    })?;
    work()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OTHERS: &str = "# Answers\n\nMy name.\n\n<!-- answer 1 -->\none\n<!-- end of answer 1 -->\n\nA note.\n\n\
                          <!-- answer 4 -->\nfour\n<!-- end of answer 4 -->\nThe end.\n";

    #[test]
    fn a_section_is_replaced_and_nothing_else() {
        let after = replace(OTHERS, 1, "## 1. new\n");
        assert_eq!(after, OTHERS.replace("\none\n", "\n## 1. new\n"));
        assert_eq!(replace(&after, 1, "## 1. new\n"), after, "again changes nothing");
    }

    #[test]
    fn a_new_section_stands_in_its_place() {
        let after = replace(OTHERS, 2, "## 2. two\n");
        let places: Vec<usize> = ["answer 1", "A note", "answer 2", "answer 4", "The end"]
            .iter()
            .map(|mark| after.find(mark).unwrap_or_else(|| panic!("{mark} in {after}")))
            .collect();
        assert!(places.is_sorted(), "{places:?} in {after}");
        let last = replace(OTHERS, 6, "## 6. six\n");
        assert!(
            last.starts_with(OTHERS.trim_end()) && last.ends_with("<!-- end of answer 6 -->\n"),
            "{last}"
        );
    }

    #[test]
    fn six_answers_in_any_order_are_one_file() {
        let mut forth = "# Answers\n".to_string();
        let mut back = forth.clone();
        for n in 1..=6 {
            forth = replace(&forth, n, &section(n, "text"));
            back = replace(&back, 7 - n, &section(7 - n, "text"));
        }
        let order = |text: &str| (1..=6).map(|n| text.find(&begin(n)).unwrap()).collect::<Vec<_>>();
        assert!(order(&forth).is_sorted() && order(&back).is_sorted());
    }
}
