//! What became of the checks of a worked copy.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A check that a solved notebook makes, and what became of it in a worked copy.
#[derive(Debug, Serialize, Deserialize)]
pub struct Row {
    /// The notebook's file name.
    pub notebook: String,
    pub check: String,
    /// Whether it passes in the blank edition, too.
    pub is_given: bool,
    pub outcome: Outcome,
    /// What its cell showed, where it is an answer.
    pub answer: Option<Answer>,
}

/// An answer as its cell showed it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Answer {
    pub text: String,
    /// Figures, as PNG in base64.
    pub figures: Vec<String>,
}

/// What became of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    Passed,
    /// Nothing is found to be missing, but a teacher has to judge it: why.
    PleaseRead(String),
    /// What is missing.
    Open(String),
}

impl Outcome {
    pub fn mark(&self) -> char {
        match self {
            Outcome::Passed => '\u{2713}',
            Outcome::PleaseRead(_) => '?',
            Outcome::Open(_) => '\u{2717}',
        }
    }

    pub fn message(&self) -> &str {
        match self {
            Outcome::Passed => "",
            Outcome::PleaseRead(message) | Outcome::Open(message) => message,
        }
    }
}

/// All checks of a hand-in. What is given in the blank edition is shown, and counts for nothing.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    pub name: String,
    pub rows: Vec<Row>,
    /// What else went wrong: a notebook that could not be run, a cell that failed.
    pub notes: Vec<String>,
}

impl Report {
    /// The checks that count and have passed.
    pub fn passed(&self) -> usize {
        self.counted().filter(|row| row.outcome == Outcome::Passed).count()
    }

    /// The checks that count.
    pub fn counted(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| !row.is_given)
    }

    /// The checks that are open.
    pub fn open(&self) -> Vec<&str> {
        self.names(|outcome| matches!(outcome, Outcome::Open(_)))
    }

    /// The checks that a teacher has to read.
    pub fn to_read(&self) -> Vec<&str> {
        self.names(|outcome| matches!(outcome, Outcome::PleaseRead(_)))
    }

    fn names(&self, of: impl Fn(&Outcome) -> bool) -> Vec<&str> {
        self.rows.iter().filter(|row| of(&row.outcome)).map(|row| row.check.as_str()).collect()
    }

    pub fn is_complete(&self) -> bool {
        self.rows.iter().all(|row| row.outcome == Outcome::Passed)
    }

    pub fn json(&self) -> Value {
        let row = |row: &Row| {
            json!({
                "notebook": row.notebook, "check": row.check, "passed": row.outcome == Outcome::Passed,
                "please_read": matches!(row.outcome, Outcome::PleaseRead(_)), "message": row.outcome.message(),
                "given": row.is_given, "answer": row.answer.as_ref().map(|answer| &answer.text),
            })
        };
        json!({
            "name": self.name, "passed": self.passed(), "open": self.open().len(),
            "please_read": self.to_read().len(), "checks": self.counted().count(),
            "results": self.rows.iter().map(row).collect::<Vec<_>>(), "notes": self.notes,
        })
    }
}
