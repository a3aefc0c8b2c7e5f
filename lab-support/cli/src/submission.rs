//! One worked copy: its notebooks run in a folder of their own, whatever is in them.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lab_base::records::Records;
use lab_base::{Error, Verdict, home, verdicts};
use nbformat::v4::Output;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::notebook::{Declared, Notebook};
use crate::output;
use crate::session::Session;
use crate::setup::Kernel;
use crate::temporary::Temporary;

/// A check that a solved notebook makes, and what became of it in a worked copy.
pub struct Row {
    /// The notebook's file name.
    pub notebook: String,
    pub check: String,
    /// Whether it passes in the blank edition, too.
    pub is_given: bool,
    pub outcome: Outcome,
}

/// What became of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
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

pub struct Report {
    pub name: String,
    pub rows: Vec<Row>,
    /// What else went wrong: a notebook that could not be run, a cell that failed.
    pub notes: Vec<String>,
}

impl Report {
    pub fn passed(&self) -> usize {
        self.rows.iter().filter(|row| row.outcome == Outcome::Passed).count()
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
        self.passed() == self.rows.len()
    }

    pub fn json(&self) -> Value {
        let row = |row: &Row| {
            json!({
                "notebook": row.notebook, "check": row.check, "passed": row.outcome == Outcome::Passed,
                "please_read": matches!(row.outcome, Outcome::PleaseRead(_)), "message": row.outcome.message(),
            })
        };
        json!({
            "name": self.name, "passed": self.passed(), "open": self.open().len(),
            "please_read": self.to_read().len(), "checks": self.rows.len(),
            "results": self.rows.iter().map(row).collect::<Vec<_>>(), "notes": self.notes,
        })
    }
}

/// Where a worked copy has the notebook of this name.
pub fn place(copy: &Path, name: &str) -> Option<PathBuf> {
    [copy.join("notebooks").join(name), copy.join(name)].into_iter().find(|path| path.exists())
}

/// Runs the copy's notebooks, each for at most `limit`, and compares what they have checked with what the
/// solved ones check. Nothing in the copy is changed.
///
/// # Errors
/// When there is no room to run them. What is wrong with the copy itself is in its report.
pub async fn examine(
    kernel: &Kernel,
    copy: &Path,
    solved: &[Notebook],
    limit: Duration,
) -> Result<Report, Error> {
    let folder = workplace(kernel).map_err(|e| {
        Error::new("checking a worked copy", "a temporary folder", e, "free some space on this disk")
    })?;
    let made = folder.path().join("data");
    let kernel = Kernel { output: Some(made.clone()), ..kernel.clone() };
    let name = copy.file_name().unwrap_or(copy.as_os_str()).to_string_lossy().into_owned();
    let mut report = Report { name, rows: Vec::new(), notes: Vec::new() };
    let mut is_damaged = false;
    for notebook in solved {
        eprintln!("{}: {} ...", report.name, notebook.name());
        let note = match place(copy, &notebook.name()) {
            None => Err("missing".to_string()),
            Some(path) => match timeout(limit, run(&kernel, &path, folder.path())).await {
                Ok(result) => result,
                Err(_) => Err(format!("stopped after {} s", limit.as_secs())),
            },
        };
        // What can't be read, or not all of it, is said beside the checks that are open for that reason.
        let (verdicts, damage) = match verdicts(&made) {
            Ok(Records { all, left_out }) => (all, left_out),
            Err(e) => (Vec::new(), Some(e.to_string())),
        };
        if let Some(damage) = damage.filter(|_| !is_damaged) {
            is_damaged = true;
            report.notes.push(format!("{}: {}: {}", notebook.name(), home::CHECKS, first_line(&damage)));
        }
        let unmade = note.clone().err().unwrap_or("the check was not reached".into());
        report
            .rows
            .extend(notebook.checks().into_iter().map(|check| row(notebook, check, &verdicts, &unmade)));
        report.notes.extend(note.unwrap_or_else(Some).map(|note| format!("{}: {note}", notebook.name())));
    }
    Ok(report)
}

fn row(notebook: &Notebook, check: Declared, verdicts: &[Verdict], unmade: &str) -> Row {
    let outcome = match verdicts.iter().find(|verdict| verdict.name == check.name) {
        Some(verdict) if verdict.passed => Outcome::Passed,
        Some(verdict) if verdict.please_read => {
            // The mark says it.
            let message = verdict.message.strip_prefix("please read, ").unwrap_or(&verdict.message);
            Outcome::PleaseRead(message.into())
        }
        Some(verdict) => Outcome::Open(verdict.message.clone()),
        None => Outcome::Open(unmade.to_string()),
    };
    Row { notebook: notebook.name(), check: check.name, is_given: check.is_given, outcome }
}

/// What was found, without the advice.
fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_string()
}

/// A folder like a worked copy, where the code of a copy can run.
fn workplace(kernel: &Kernel) -> std::io::Result<Temporary> {
    let folder = Temporary::new()?;
    fs::create_dir(folder.path().join("notebooks"))?;
    symlink(kernel.root.join("lab-support"), folder.path().join("lab-support"))?;
    Ok(folder)
}

/// What a failing cell says first.
fn reason(outputs: &[Output]) -> String {
    let text = output::text(outputs);
    let line = text.lines().find(|line| line.to_lowercase().contains("error")).or(text.lines().next());
    line.map_or(String::new(), |line| format!(": {}", line.chars().take(100).collect::<String>().trim()))
}

/// Runs all cells, also those behind one that fails. The first failure, or what keeps the notebook from
/// running at all.
async fn run(kernel: &Kernel, path: &Path, folder: &Path) -> Result<Option<String>, String> {
    let notebook =
        Notebook::load(path).map_err(|e| format!("not a notebook: {}", first_line(&e.to_string())))?;
    let started = Session::start(kernel, &folder.join("notebooks")).await;
    let mut session = started.map_err(|e| e.to_string())?;
    let mut failure = None;
    for (source, number) in notebook.code().iter().zip(1..) {
        match session.execute(source, Duration::MAX).await {
            Ok(answer) if answer.failure.is_none() => (),
            Ok(answer) => {
                failure = failure.or(Some(format!("cell {number} fails{}", reason(&answer.outputs))))
            }
            Err(_) => return Err(format!("cell {number} ended the kernel")),
        }
    }
    session.shut_down().await;
    Ok(failure)
}
