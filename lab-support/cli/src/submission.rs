//! One worked copy: its notebooks run in a folder of their own, whatever is in them.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lab_base::records::{self, Records};
use lab_base::{Error, Verdict, home};
use lab_kernel::{Temporary, descendants};
use nbformat::v4::Output;
use tokio::time::timeout;

use crate::declared::Declared;
use crate::notebook::Notebook;
use crate::report::{Outcome, Report, Row};
use crate::session::Session;
use crate::setup::Kernel;
use crate::{output, terminal};

/// Where a worked copy has the notebook of this name.
pub fn place(copy: &Path, name: &str) -> Option<PathBuf> {
    [copy.join("notebooks").join(name), copy.join(name)].into_iter().find(|path| path.exists())
}

/// Runs the copy's notebooks, each for at most `limit`. A check counts when a cell of its own makes it, as it stands
/// in the solved notebook; what else a copy checks does not. Nothing in the copy is changed.
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
    for notebook in solved {
        eprintln!("{} ...", terminal::line(&format!("{}: {}", report.name, notebook.name())));
        let declared = notebook.checks();
        let mut counted = Counted { file: made.join(home::CHECKS), outcomes: HashMap::new(), damage: None };
        let note = match place(copy, &notebook.name()) {
            None => Err("missing".to_string()),
            Some(path) => {
                let ran = run(&kernel, &path, folder.path(), &declared, &mut counted, limit).await;
                // Nothing that a copy has started goes on.
                descendants::end();
                ran
            }
        };
        let unmade = note.clone().err();
        for check in declared {
            let unmade = || Outcome::Open(unmade.clone().unwrap_or(check.not_found().into()));
            let outcome = counted.outcomes.remove(&check.name).unwrap_or_else(unmade);
            let (notebook, is_given) = (notebook.name(), check.is_given);
            report.rows.push(Row { notebook, check: check.name, is_given, outcome });
        }
        let notes = note.unwrap_or_else(Some).into_iter().chain(counted.damage);
        report.notes.extend(notes.map(|note| format!("{}: {note}", notebook.name())));
    }
    Ok(report)
}

/// The checks of a notebook that have been made by cells of their own.
struct Counted {
    file: PathBuf,
    outcomes: HashMap<String, Outcome>,
    /// What is said of a file that can't be read, or not all of it.
    damage: Option<String>,
}

impl Counted {
    /// What other cells have written does not count.
    fn forget(&self) {
        let _ = fs::remove_file(&self.file);
    }

    /// Counts what the cell of this check has written, and nothing that it has written beside it.
    fn count(&mut self, check: &Declared, succeeded: bool) {
        let verdicts = match records::scan::<Verdict>(&self.file) {
            Ok(Records { all, left_out }) => {
                let told = left_out.map(|left_out| format!("{}: {left_out}", home::CHECKS));
                self.damage = self.damage.take().or(told);
                all
            }
            Err(e) => {
                self.damage.get_or_insert(first_line(&e.to_string()));
                Vec::new()
            }
        };
        let own: Vec<&Verdict> = verdicts.iter().filter(|verdict| verdict.name == check.name).collect();
        let outcome = match own.as_slice() {
            [] => Outcome::Open("the check was not reached".into()),
            [verdict] if !verdict.passed && !verdict.please_read => Outcome::Open(verdict.message.clone()),
            [_] if !succeeded => Outcome::Open("its cell fails".into()),
            [verdict] if verdict.passed => Outcome::Passed,
            [verdict] => {
                // The mark says that it is to be read.
                let message = verdict.message.strip_prefix("please read, ").unwrap_or(&verdict.message);
                Outcome::PleaseRead(message.into())
            }
            several => Outcome::Open(format!("its cell makes it {} times, where once counts", several.len())),
        };
        self.outcomes.insert(check.name.clone(), outcome);
    }
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

/// Runs all cells for at most `limit`, also those behind one that fails, then those of checks that the notebook has lost. The first failure,
/// or what keeps the notebook from running at all.
async fn run(
    kernel: &Kernel,
    path: &Path,
    folder: &Path,
    declared: &[Declared],
    counted: &mut Counted,
    limit: Duration,
) -> Result<Option<String>, String> {
    let notebook =
        Notebook::load(path).map_err(|e| format!("not a notebook: {}", first_line(&e.to_string())))?;
    let started = Session::start(kernel, &folder.join("notebooks")).await;
    let mut session = started.map_err(|e| e.to_string())?;
    let ran = timeout(limit, run_cells(&mut session, &notebook, declared, counted)).await;
    session.shut_down().await;
    ran.unwrap_or_else(|_| Err(format!("stopped after {} s", limit.as_secs())))
}

async fn run_cells(
    session: &mut Session,
    notebook: &Notebook,
    declared: &[Declared],
    counted: &mut Counted,
) -> Result<Option<String>, String> {
    let mut failure = None;
    for (source, number) in notebook.code().iter().zip(1..) {
        let check = declared.iter().find(|check| check.is_made_by(source));
        counted.forget();
        match session.execute(source, Duration::MAX).await {
            Ok(answer) => {
                if let Some(check) = check {
                    counted.count(check, answer.failure.is_none());
                }
                let what = || format!("cell {number} fails{}", reason(&answer.outputs));
                failure = failure.or_else(|| answer.failure.map(|_| what()));
            }
            Err(_) => return Err(format!("cell {number} ended the kernel")),
        }
    }
    for check in declared.iter().filter(|check| check.student.is_none()) {
        if !counted.outcomes.contains_key(&check.name) {
            counted.forget();
            let answer = session.execute(&check.source, Duration::MAX).await;
            let answer = answer.map_err(|_| format!("checking \"{}\" ended the kernel", check.name))?;
            counted.count(check, answer.failure.is_none());
        }
    }
    Ok(failure)
}
