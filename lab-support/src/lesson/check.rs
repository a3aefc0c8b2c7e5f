//! What a check found out, and how it says so.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use lab_base::Error;
use lab_base::{Verdict, home, records};

use crate::notebook::display;
use crate::notebook::live::Output;

/// What is said where only a reader can tell.
const READ: &str = "please read; nothing is found to be missing, but a teacher has to judge this";

/// The name of the check that was made last by this process.
static LATEST: Mutex<Option<String>> = Mutex::new(None);

/// The check that was made last in this notebook.
pub(super) fn latest() -> Option<String> {
    LATEST.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Something that must be so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Point {
    /// As "an accuracy above 0.8".
    expected: String,
    state: State,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Holds,
    /// What is there instead, and what to do about it.
    Open(String, String),
    /// Why only a reader can tell.
    Unclear(String),
}

impl Point {
    /// `found` and `hint` are told when it does not hold.
    pub fn new(holds: bool, expected: impl fmt::Display, found: impl fmt::Display, hint: &str) -> Point {
        let state = if holds { State::Holds } else { State::Open(found.to_string(), hint.to_string()) };
        Point { expected: expected.to_string(), state }
    }

    /// Nothing can be said of it without a reader, and `why`.
    pub fn unclear(expected: impl fmt::Display, why: impl fmt::Display) -> Point {
        Point { expected: expected.to_string(), state: State::Unclear(why.to_string()) }
    }

    /// Whether it says that this is open.
    pub fn is_open(&self, expected: &str) -> bool {
        self.expected == expected && matches!(self.state, State::Open(..))
    }
}

/// What a check found: shows a tick, or what it expected, what it found and one hint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    name: String,
    points: Vec<Point>,
    said: Said,
}

/// What a notebook is to see, be it a cell's value or not: a semicolon behind it hides nothing. Shown when it is made,
/// and again, in the same place while the cell is the same, when its value is.
#[derive(Clone, Debug, Default)]
pub(super) struct Said(Option<Output>);

/// Where it was shown makes no difference.
impl PartialEq for Said {
    fn eq(&self, _: &Said) -> bool {
        true
    }
}

impl Eq for Said {}

impl Said {
    /// Shows it at once, where outputs can be replaced.
    pub fn at_once(markdown: &str, plain: &str) -> Said {
        let said = Said(Output::new());
        if said.0.is_some() {
            said.show(markdown, plain);
        }
        said
    }

    /// Shows it as a value.
    pub fn show(&self, markdown: &str, plain: &str) {
        let forms = [("text/markdown", markdown), ("text/plain", plain)];
        match &self.0 {
            Some(output) => output.show(&forms),
            None => display::show(&forms),
        }
    }
}

impl Check {
    /// In a notebook, shows the result and notes it for `cargo lab check`. Where the folder can't be written, it is only
    /// shown.
    pub(super) fn new(name: &str, points: Vec<Point>) -> Check {
        let check = Check::noted(name, points);
        Check { said: Said::at_once(&check.markdown(), &check.to_string()), ..check }
    }

    /// The same for what is shown as a part of something else.
    pub(super) fn noted(name: &str, points: Vec<Point>) -> Check {
        let check = Check { name: name.into(), points, said: Said::default() };
        if display::in_notebook() {
            *LATEST.lock().unwrap_or_else(PoisonError::into_inner) = Some(name.into());
            let _ = home::checks_file().and_then(|file| records::append(&file, &check.verdict()));
        }
        check
    }

    /// Whether nothing is open.
    pub fn passed(&self) -> bool {
        self.points.iter().all(|point| point.state == State::Holds)
    }

    /// Whether a teacher has to read it: nothing is open, but not everything could be judged.
    pub fn needs_reading(&self) -> bool {
        self.open().next().is_none() && !self.passed()
    }

    /// For a step without which going on makes no sense: an error that stops the notebook where something is
    /// open. An answer that a teacher has to read stops nothing.
    ///
    /// # Errors
    /// When something is open.
    pub fn required(&self) -> Result<Check, Error> {
        match self.open().next() {
            None => Ok(self.clone()),
            Some((expected, found, hint)) => {
                Err(Error::new(format!("checking \"{}\"", self.name), expected, found, hint))
            }
        }
    }

    /// Shows the result in a notebook.
    pub fn evcxr_display(&self) {
        self.said.show(&self.markdown(), &self.to_string());
    }

    pub(super) fn markdown(&self) -> String {
        let Some((_, _, hint)) = self.open().next() else {
            let unclear: String = self.unclear().map(|(what, why)| format!("\n- {what}: {why}")).collect();
            return match self.passed() {
                true => format!("\u{2713} **{}**: {}", self.name, self.all()),
                false => format!("**? {}**: {READ}\n{unclear}", self.name),
            };
        };
        let open = self.open().map(|(expected, found, _)| format!("- expected {expected}; found {found}\n"));
        let head = format!("\u{2717} **{}**: {}", self.name, self.score());
        format!("{head}\n\n{}\n*Hint:* {hint}", open.collect::<String>())
    }

    /// What doesn't hold: expected, found, hint.
    fn open(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.points.iter().filter_map(|point| {
            let State::Open(found, hint) = &point.state else { return None };
            Some((point.expected.as_str(), found.as_str(), hint.as_str()))
        })
    }

    /// What couldn't be judged, and why.
    fn unclear(&self) -> impl Iterator<Item = (&str, &str)> {
        self.points.iter().filter_map(|point| match &point.state {
            State::Unclear(why) => Some((point.expected.as_str(), why.as_str())),
            _ => None,
        })
    }

    fn score(&self) -> String {
        format!("{} of {} open", self.open().count(), self.points.len())
    }

    fn all(&self) -> String {
        self.points.iter().map(|point| point.expected.as_str()).collect::<Vec<_>>().join("; ")
    }

    fn verdict(&self) -> Verdict {
        let open = self.open().next();
        let message = match self.unclear().next().filter(|_| self.needs_reading()) {
            Some((what, why)) => Some(format!("please read, {what}: {why}")),
            None => open
                .map(|(expected, found, hint)| format!("expected {expected}; found {found}; hint: {hint}")),
        };
        Verdict {
            name: self.name.clone(),
            passed: self.passed(),
            please_read: self.needs_reading(),
            message: message.unwrap_or_default(),
            when: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        }
    }
}

/// As Markdown says it, for a terminal.
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Some((_, _, hint)) = self.open().next() else {
            if self.passed() {
                return write!(f, "\u{2713} {}: {}", self.name, self.all());
            }
            write!(f, "? {}: {READ}", self.name)?;
            return self.unclear().try_for_each(|(what, why)| write!(f, "\n  {what}: {why}"));
        };
        writeln!(f, "\u{2717} {}: {}", self.name, self.score())?;
        self.open()
            .try_for_each(|(expected, found, _)| writeln!(f, "  expected {expected}\n  found    {found}"))?;
        write!(f, "  hint: {hint}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(holds: [bool; 2]) -> Check {
        let points = vec![
            Point::new(holds[0], "60,000 images", "55,000 images", "load them again"),
            Point::new(holds[1], "pixels from 0 to 1", "pixels from 0 to 255", "divide by 255"),
        ];
        Check { name: "normalized".into(), points, said: Said::default() }
    }

    #[test]
    fn a_tick_or_what_is_open_with_one_hint() {
        assert_eq!(check([true; 2]).to_string(), "\u{2713} normalized: 60,000 images; pixels from 0 to 1");
        assert_eq!(
            check([true, false]).markdown(),
            "\u{2717} **normalized**: 1 of 2 open\n\n- expected pixels from 0 to 1; found pixels from 0 to 255\n\n\
             *Hint:* divide by 255"
        );
        let both = check([false; 2]).to_string();
        assert!(both.contains("55,000") && both.contains("0 to 255") && both.matches("hint").count() == 1);
    }

    #[test]
    fn only_a_required_check_is_an_error() {
        assert!(check([true; 2]).required().is_ok() && check([true; 2]).passed());
        let error = check([true, false]).required().unwrap_err().to_string();
        assert!(error.contains("While checking \"normalized\": expected pixels from 0 to 1"), "{error}");
        let verdict = check([true, false]).verdict();
        assert!(
            !verdict.passed && verdict.message.ends_with("found pixels from 0 to 255; hint: divide by 255")
        );
    }

    #[test]
    fn what_only_a_reader_can_tell_is_neither_passed_nor_open() {
        let holds = Point::new(true, "an answer", "", "");
        let unclear = || Point::unclear("an answer in English", "it is in another language");
        let read = Check { name: "answer 1".into(), points: vec![holds, unclear()], said: Said::default() };
        assert!(!read.passed() && read.needs_reading() && read.required().is_ok());
        assert!(read.to_string().starts_with("? answer 1: please read"), "{read}");
        assert!(read.markdown().ends_with("- an answer in English: it is in another language"));
        let verdict = read.verdict();
        assert!(!verdict.passed && verdict.please_read && verdict.message.contains("another language"));
        let open = Point::new(false, "60,000 images", "none", "load them");
        let both = Check { name: "answer 1".into(), points: vec![unclear(), open], said: Said::default() };
        assert!(!both.needs_reading() && both.required().is_err() && !both.verdict().please_read);
    }
}
