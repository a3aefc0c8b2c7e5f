//! How far a student is: what the notebooks ask for, what is done of it, and where to go on.

use std::env;
use std::fmt;
use std::path::Path;

use lab_base::{Verdict, home, verdicts};

use crate::lesson::asked::{BOOKS, Book};
use crate::lesson::check;
use crate::notebook::display;

/// What is asked for in this notebook, done or open, with the next open one as a link; and the score over all notebooks.
/// Shows itself; `cargo lab check` counts by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// The place in [`BOOKS`] of the notebook that this is shown in, where that is known.
    here: Option<usize>,
    /// Of each notebook, what is asked for.
    states: Vec<Vec<State>>,
    /// What is said where the results can't be read.
    note: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Done,
    ToRead,
    Open,
}

/// How far you are, in this notebook and in all of them: by the latest result of each check, guess and answer.
pub fn progress() -> Overview {
    let found = home::output_folder().and_then(|folder| verdicts(&folder));
    let (verdicts, note) = match found {
        Ok(found) => (found.all, found.left_out.map(|left_out| format!("{}: {left_out}.", home::CHECKS))),
        Err(error) => (Vec::new(), Some(error.to_string())),
    };
    let session = env::var("JPY_SESSION_NAME").unwrap_or_default();
    let here = by_file(&session).or_else(|| check::latest().and_then(|name| by_check(&name)));
    Overview { here, states: BOOKS.iter().map(|book| states(book, &verdicts)).collect(), note }
}

/// The notebook of this file, which may be a copy: `4-train-Copy1.ipynb`.
fn by_file(path: &str) -> Option<usize> {
    let name = Path::new(path).file_name()?.to_str()?;
    BOOKS.iter().position(|book| name.starts_with(book.file.trim_end_matches(".ipynb")))
}

fn by_check(name: &str) -> Option<usize> {
    BOOKS.iter().position(|book| book.checks.iter().any(|(check, _)| *check == name))
}

fn states(book: &Book, verdicts: &[Verdict]) -> Vec<State> {
    let state = |name: &str| match verdicts.iter().find(|verdict| verdict.name == name) {
        Some(verdict) if verdict.passed => State::Done,
        Some(verdict) if verdict.please_read => State::ToRead,
        _ => State::Open,
    };
    book.checks.iter().map(|(name, _)| state(name)).collect()
}

impl State {
    /// Mark, word, and the colour of both: JupyterLab's own, which is readable in its light and its dark theme.
    fn look(self) -> (&'static str, &'static str, &'static str) {
        match self {
            State::Done => ("\u{2713}", "done", "var(--jp-success-color0,#1b5e20)"),
            State::ToRead => ("?", "for a teacher to read", "var(--jp-warn-color0,#b34700)"),
            State::Open => ("\u{2717}", "open", "var(--jp-error-color0,#b71c1c)"),
        }
    }
}

/// "5 of 31 done, 1 for a teacher to read, 25 open".
fn score<'a>(states: impl Iterator<Item = &'a State> + Clone) -> String {
    let count = |state: State| states.clone().filter(|one| **one == state).count();
    let others = [State::ToRead, State::Open].map(|state| (count(state), state.look().1));
    let others = others.iter().filter(|(count, _)| *count > 0);
    let others: String = others.map(|(count, word)| format!(", {count} {word}")).collect();
    format!("{} of {} done{others}", count(State::Done), states.clone().count())
}

impl Overview {
    /// The first that is open: in this notebook, or else in the first that has one.
    fn next(&self) -> Option<(&'static Book, &'static str, &'static str)> {
        let all = self.here.into_iter().chain(0..BOOKS.len());
        all.into_iter().find_map(|book| {
            let open = self.states[book].iter().position(|state| *state == State::Open)?;
            let (name, cell) = BOOKS[book].checks[open];
            Some((&BOOKS[book], name, cell))
        })
    }

    /// Name and state of each that this notebook asks for; none where it asks for nothing, or is not known.
    fn rows(&self) -> Vec<(&'static str, State)> {
        let rows =
            |here: usize| BOOKS[here].checks.iter().map(|(name, _)| *name).zip(self.states[here].clone());
        self.here.into_iter().flat_map(rows).collect()
    }

    /// "4 · Train: 1 of 2 done, 1 open".
    fn head(&self) -> Option<String> {
        self.here.map(|here| format!("{}: {}", BOOKS[here].title, score(self.states[here].iter())))
    }

    fn html(&self) -> String {
        let mut html = String::from(r#"<div style="line-height:1.5;max-width:720px">"#);
        if let Some(head) = self.head() {
            html += &format!("<b>{head}</b>");
        }
        let row = |(name, state): (&str, State)| {
            let (mark, word, colour) = state.look();
            format!(r#"<li>{name}: <span style="color:{colour}">{mark} {word}</span></li>"#)
        };
        let rows: String = self.rows().into_iter().map(row).collect();
        if !rows.is_empty() {
            html += &format!(r#"<ul style="list-style:none;margin:4px 0;padding:0">{rows}</ul>"#);
        }
        match self.next() {
            Some((book, name, cell)) => {
                let file = book.file;
                // Another notebook is begun at its top: its cells need those above them.
                let is_begun = self.here.is_some_and(|here| BOOKS[here].file == file);
                let place = if is_begun { format!("{file}#cell-id={cell}") } else { file.to_string() };
                html += &format!(r#"Next: <a href="{place}">{name}, in {}</a><br>"#, book.title);
            }
            None => html += "Nothing is open any more.<br>",
        }
        html += &format!("All notebooks: <b>{}</b>", score(self.states.iter().flatten()));
        if let Some(note) = &self.note {
            html += &format!("<br>{}", display::escaped(note));
        }
        html + "</div>"
    }

    /// Shows it in a notebook.
    pub fn evcxr_display(&self) {
        display::show(&[("text/html", &self.html()), ("text/plain", &self.to_string())]);
    }
}

/// As the notebook shows it, for a terminal.
impl fmt::Display for Overview {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if let Some(head) = self.head() {
            writeln!(f, "{head}")?;
        }
        for (name, state) in self.rows() {
            let (mark, word, _) = state.look();
            writeln!(f, "  {mark} {name}: {word}")?;
        }
        match self.next() {
            Some((book, name, _)) => writeln!(f, "Next: {name}, in {}", book.file)?,
            None => writeln!(f, "Nothing is open any more.")?,
        }
        write!(f, "All notebooks: {}", score(self.states.iter().flatten()))?;
        self.note.iter().try_for_each(|note| write!(f, "\n{note}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(name: &str, passed: bool, please_read: bool) -> Verdict {
        Verdict { name: name.into(), passed, please_read, message: String::new(), when: String::new() }
    }

    fn overview(here: Option<usize>, verdicts: &[Verdict]) -> Overview {
        Overview { here, states: BOOKS.iter().map(|book| states(book, verdicts)).collect(), note: None }
    }

    #[test]
    fn done_and_open_in_words_with_the_next_as_a_link() {
        let guessed = verdict("guess: accuracy on the test images", true, false);
        let here = overview(by_file("/somewhere/notebooks/4-train.ipynb"), &[guessed]);
        let text = here.to_string();
        assert!(text.starts_with("4 · Train: 1 of 2 done, 1 open\n  \u{2713} guess"), "{text}");
        assert!(text.contains("  \u{2717} answer 4: open\nNext: answer 4, in 4-train.ipynb\n"), "{text}");
        let html = here.html();
        assert!(
            html.contains(r##"<a href="4-train.ipynb#cell-id=48c486e4">answer 4, in 4 · Train</a>"##),
            "{html}"
        );
        assert!(html.contains("\u{2713} done</span>") && html.contains("\u{2717} open</span>"), "{html}");
    }

    #[test]
    fn what_is_done_here_leads_to_another_notebook_and_in_the_end_nowhere() {
        let all: Vec<Verdict> =
            BOOKS.iter().flat_map(|book| book.checks).map(|(name, _)| verdict(name, true, false)).collect();
        let total = all.len();
        let done = overview(Some(4), &all).to_string();
        assert!(
            done.ends_with(&format!("Nothing is open any more.\nAll notebooks: {total} of {total} done")),
            "{done}"
        );
        let mut but_one = all;
        but_one[1] = verdict("answer 1", false, true);
        but_one[3].passed = false;
        let text = overview(Some(4), &but_one).to_string();
        assert!(text.contains("Next: answer 2, in 2-normalize.ipynb"), "{text}");
        assert!(
            text.ends_with(&format!("{} of {total} done, 1 for a teacher to read, 1 open", total - 2)),
            "{text}"
        );
    }

    #[test]
    fn where_a_notebook_asks_for_nothing_or_is_not_known_all_of_them_are_counted() {
        for file in ["notebooks/my own.ipynb", "notebooks/12-look-inside.ipynb"] {
            let text = overview(by_file(file), &[]).to_string();
            let total = BOOKS.iter().map(|book| book.checks.len()).sum::<usize>();
            let expected = format!("in 1-load.ipynb\nAll notebooks: 0 of {total} done, {total} open");
            assert!(text.starts_with("Next: ") && text.ends_with(&expected), "{text}");
        }
        assert_eq!(by_file("my/10-tune-Copy2.ipynb"), by_check("batch sizes"));
        assert_eq!(by_file("1.ipynb"), None);
    }
}
