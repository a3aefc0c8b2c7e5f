//! The file that collects the answers: each section between two marks, and whatever else its owner wrote.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;

use lab_base::Error;
use lab_base::{files, home};

use crate::lesson::questions::QUESTIONS;

/// Puts a section in the place of the one before it, and changes nothing else.
pub(super) fn write(file: &Path, number: usize, section: &str) -> Result<(), Error> {
    let _lock = lock(file)?;
    let before = match fs::read_to_string(file) {
        Ok(before) => before,
        Err(e) if e.kind() == ErrorKind::NotFound => "# Answers\n".to_string(),
        Err(e) => {
            let doing = format!("writing the answer to question {number}");
            return Err(Error::new(doing, "a file of text", e, "check answers.md"));
        }
    };
    let after = replace(&before, number, section);
    if after == before { Ok(()) } else { files::write_atomically(file, after.as_bytes()) }
}

/// Held until it is dropped: no other notebook writes the same file until then.
fn lock(file: &Path) -> Result<File, Error> {
    let folder = home::output_folder()?;
    let locked = || {
        fs::create_dir_all(&folder)?;
        let lock = File::create(folder.join(".answers.lock"))?;
        lock.lock()?;
        Ok(lock)
    };
    locked().map_err(|e: std::io::Error| {
        let doing = format!("writing {}", home::display(file));
        Error::new(doing, "a data folder that can be written", e, "check its permissions")
    })
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
            forth = replace(&forth, n, "text\n");
            back = replace(&back, 7 - n, "text\n");
        }
        let order = |text: &str| (1..=6).map(|n| text.find(&begin(n)).unwrap()).collect::<Vec<_>>();
        assert!(order(&forth).is_sorted() && order(&back).is_sorted());
    }
}
