//! What must hold of the two editions: the solved one passes every check, the blank one those that are given.

use std::path::{Path, PathBuf};
use std::time::Duration;

use lab_base::{Error, verdicts};

use crate::kernel_build::Kernel;
use crate::notebook::Notebook;
use crate::submission::{self, Row};

/// The checks that the notebooks, whose outputs lie in `output`, have not passed; all in one text.
pub fn solved_defect(notebooks: &[PathBuf], output: &Path) -> Result<Option<String>, Error> {
    let verdicts = verdicts(output)?;
    let mut defects = Vec::new();
    for path in notebooks {
        for check in Notebook::load(path)?.checks() {
            match verdicts.iter().find(|verdict| verdict.name == check.name) {
                Some(verdict) if verdict.passed => (),
                Some(verdict) => defects.push(format!("{}: {}", check.name, verdict.message)),
                None => defects.push(format!("{}: not made", check.name)),
            }
        }
    }
    Ok(one_text(defects))
}

/// Runs the blank edition: the checks that it passes although the work is not done, that don't say what to
/// do, or that it fails although nothing was asked; and cells that fail.
pub async fn blank_defect(
    kernel: &Kernel,
    notebooks: &[PathBuf],
    limit: Duration,
) -> Result<Option<String>, Error> {
    let solved: Vec<Notebook> =
        notebooks.iter().map(|path| Notebook::load(path)).collect::<Result<_, _>>()?;
    let folder = tempfile::tempdir().map_err(|e| {
        Error::new(
            "testing the edition for students",
            "a temporary folder",
            e,
            "free some space on this disk",
        )
    })?;
    for notebook in &solved {
        notebook.student_edition().save(&folder.path().join(notebook.name()))?;
    }
    let report = submission::examine(kernel, folder.path(), &solved, limit).await?;
    let wrong = report.rows.iter().filter(|row| !is_as_it_should(row));
    let defects = wrong.map(|row| format!("{}: {}", row.check, row.open.as_deref().unwrap_or("passed")));
    Ok(one_text(defects.chain(report.notes.clone()).collect()))
}

/// Passed where the step is given; else open, with what was expected and a hint.
fn is_as_it_should(row: &Row) -> bool {
    match &row.open {
        None => row.is_given,
        Some(message) => !row.is_given && message.starts_with("expected "),
    }
}

fn one_text(defects: Vec<String>) -> Option<String> {
    (!defects.is_empty()).then(|| defects.join("\n    "))
}
