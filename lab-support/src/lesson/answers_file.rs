//! The file that collects the answers: each section between two marks, and whatever else its owner wrote.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::Path;

use lab_base::Error;
use lab_base::{files, home};

use crate::lesson::questions::QUESTIONS;

/// Bytes that the file may have: a thousand times what six answers take.
const LIMIT: u64 = 16 << 20;

/// Puts a section in the place of the one before it, and changes nothing else. Returns what is to be said of marks
/// without their counterpart.
pub(super) fn write(file: &Path, number: usize, section: &str) -> Result<Option<String>, Error> {
    let _lock = lock(file)?;
    let before = match files::read_text(file, LIMIT) {
        Ok(before) => before,
        Err(e) if e.kind() == ErrorKind::NotFound => "# Answers\n".to_string(),
        Err(e) => {
            let doing = format!("writing the answer to question {number}");
            return Err(Error::new(doing, "a file of text", e, "check answers.md"));
        }
    };
    let after = replace(&before, number, section);
    if after != before {
        files::write_atomically(file, after.as_bytes())?;
    }
    Ok(unpaired(&after).map(|marks| {
        let name = home::display(file);
        format!(
            "{name} has {marks} without its counterpart. No text was taken out beside it.\n\
             -> delete the mark, and what you don't need of the text beside it"
        )
    }))
}

/// The answer to question `number` that the file holds, without its heading.
pub(super) fn held(file: &Path, number: usize) -> Option<String> {
    let text = files::read_text(file, LIMIT).ok()?;
    let (start, stop) = find(&text, number)?;
    let (_, section) = text[start..stop].split_once('\n')?;
    let answer = section.rsplit_once("<!--")?.0.trim();
    let (head, rest) = answer.split_once('\n').unwrap_or((answer, ""));
    let answer = if head.starts_with("## ") { rest } else { answer };
    Some(answer.trim().into()).filter(|answer: &String| !answer.is_empty())
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

/// A mark, where it lies, and the mark that has to follow it, where it begins a block.
struct Mark {
    text: String,
    start: usize,
    end: Option<String>,
}

/// All marks in the order of their places.
fn marks(text: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    for number in 1..=QUESTIONS.len() {
        for (mark, end) in [(begin(number), Some(end(number))), (end(number), None)] {
            let places = text.match_indices(&mark);
            marks.extend(places.map(|(start, _)| Mark { text: mark.clone(), start, end: end.clone() }));
        }
    }
    marks.sort_by_key(|mark| mark.start);
    marks
}

/// Whether two marks, one behind the other, hold a block between them. With a third between them, nobody knows
/// whose text it is.
fn is_block(first: &Mark, second: &Mark) -> bool {
    first.end.as_ref() == Some(&second.text)
}

/// Where the block of question `number` lies: from its first mark to behind its last.
fn find(text: &str, number: usize) -> Option<(usize, usize)> {
    let marks = marks(text);
    let [first, second] = marks
        .array_windows()
        .find(|[first, second]| first.text == begin(number) && is_block(first, second))?;
    let stop = second.start + second.text.len();
    let newline = usize::from(text[stop..].starts_with('\n'));
    Some((first.start, stop + newline))
}

/// The marks that belong to no block, with their lines.
fn unpaired(text: &str) -> Option<String> {
    let marks = marks(text);
    let pairs = |i: usize| marks.get(i).zip(marks.get(i + 1)).is_some_and(|(a, b)| is_block(a, b));
    let alone = (0..marks.len()).filter(|&i| !(pairs(i) || i > 0 && pairs(i - 1)));
    let named = alone.map(|i| {
        let line = text[..marks[i].start].matches('\n').count() + 1;
        format!("{} in line {line}", marks[i].text)
    });
    Some(named.collect::<Vec<_>>().join(", ")).filter(|named| !named.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_was_run_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("answers.md");
        assert_eq!(held(&file, 4), None);
        let block = |number, text: &str| format!("{}\n{text}{}\n", begin(number), end(number));
        let text =
            OTHERS.to_string() + &block(2, "## 2. Why?\n\nIt is\nfaster.\n") + &block(3, "## 3. What?\n\n\n");
        fs::write(&file, text).unwrap();
        assert_eq!((held(&file, 4).as_deref(), held(&file, 5)), (Some("four"), None));
        assert_eq!((held(&file, 2).as_deref(), held(&file, 3)), (Some("It is\nfaster."), None));
    }

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
    fn nothing_between_unpaired_marks_is_erased() {
        let deleted = OTHERS.replace("<!-- end of answer 1 -->\n", "");
        let after = replace(&deleted, 1, "## 1. new\n");
        let again = replace(&after, 1, "## 1. newer\n");
        for lost in ["\none\n", "A note.", "\nfour\n", "My name.", "The end."] {
            assert!(after.contains(lost) && again.contains(lost), "{lost} is not in {again}");
        }
        assert_eq!(
            again,
            after.replace("## 1. new\n", "## 1. newer\n"),
            "the second write replaces the first"
        );
        assert_eq!(unpaired(&again).unwrap(), "<!-- answer 1 --> in line 5");
        assert_eq!(unpaired(OTHERS), None);
    }

    #[test]
    fn whichever_marks_are_missing_every_word_of_a_student_stays() {
        let whole: String =
            (1..=6).map(|n| format!("note {n}\n{}\nold {n}\n{}\n", begin(n), end(n))).collect();
        let lines: Vec<&str> = whole.lines().collect();
        for missing in 0..1 << 12_u32 {
            let mut mark = 0;
            let kept = lines.iter().filter(|line| {
                let is_mark = line.starts_with("<!--");
                mark += u32::from(is_mark);
                !is_mark || missing & 1 << (mark - 1) == 0
            });
            let mut text: String = kept.map(|line| format!("{line}\n")).collect();
            for round in 0..2 {
                for n in [1, 6, 3] {
                    text = replace(&text, n, &format!("new {n} {round}\n"));
                }
            }
            let is_there = |what: String| text.lines().filter(|line| *line == what).count() == 1;
            assert!((1..=6).all(|n| is_there(format!("note {n}"))), "{text}");
            assert!([1, 3, 6].iter().all(|n| is_there(format!("new {n} 1"))), "{text}");
            assert!([2, 4, 5].iter().all(|n| is_there(format!("old {n}"))), "{text}");
            for n in [1, 3, 6] {
                let was_whole = missing >> (2 * (n - 1)) & 3 == 0;
                assert_eq!(is_there(format!("old {n}")), !was_whole, "{missing:b}: {text}");
            }
        }
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
