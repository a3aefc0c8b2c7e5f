//! What is done and what is open in a worked copy, or in a folder of them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use lab_base::{Error, home};
use serde_json::Value;

use crate::notebook::Notebook;
use crate::submission::{self, Report};
use crate::{run, setup};

/// True when every check of every copy has passed.
pub async fn all(folder: &Path, limit: Duration, json: bool) -> Result<bool, Error> {
    let notebooks = run::notebooks(&home::root()?)?;
    let solved: Vec<Notebook> =
        notebooks.iter().map(|path| Notebook::load(path)).collect::<Result<_, _>>()?;
    let copies = copies(folder, &solved)?;
    let kernel = setup::ensure()?;
    let mut reports = Vec::new();
    for copy in &copies {
        let report = submission::examine(&kernel, copy, &solved, limit).await?;
        match (json, copies.len()) {
            (true, _) => (),
            (false, 1) => print_table(&report),
            (false, _) => println!("{}", line(&report)),
        }
        reports.push(report);
    }
    if json {
        println!("{:#}", Value::Array(reports.iter().map(Report::json).collect()));
    }
    Ok(reports.iter().all(Report::is_complete))
}

/// The folder itself, when it has one of the notebooks; else every folder in it, in the order of their names.
fn copies(folder: &Path, solved: &[Notebook]) -> Result<Vec<PathBuf>, Error> {
    let doing = "looking for worked copies";
    let folder = std::path::absolute(folder)
        .map_err(|e| Error::new(doing, "a folder", e, "name the folder of a worked copy"))?;
    let is_copy = |folder: &Path| solved.iter().any(|book| submission::place(folder, &book.name()).is_some());
    if is_copy(&folder) {
        return Ok(vec![folder]);
    }
    let entries = folder.read_dir().map_err(|e| {
        Error::new(doing, format!("the folder {}", folder.display()), e, "name the folder of a worked copy")
    })?;
    let mut folders: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    match folders.is_empty() {
        true => {
            let found = format!("no notebooks and no folders in {}", folder.display());
            Err(Error::new(
                doing,
                "a worked copy, or a folder of them",
                found,
                "`cargo lab student DIR` makes one",
            ))
        }
        false => Ok(folders),
    }
}

fn print_table(report: &Report) {
    let width = report.rows.iter().map(|row| row.check.chars().count()).max().unwrap_or(0);
    for row in &report.rows {
        let mark = if row.open.is_none() { '\u{2713}' } else { '\u{2717}' };
        let open = row.open.as_deref().unwrap_or_default();
        println!("{:<26} {mark} {:<width$}  {open}", row.notebook, row.check);
    }
    report.notes.iter().for_each(|note| println!("{note}"));
    println!("\n{} of {} checks passed", report.passed(), report.rows.len());
}

/// A copy among many.
fn line(report: &Report) -> String {
    let open: Vec<&str> =
        report.rows.iter().filter(|row| row.open.is_some()).map(|row| row.check.as_str()).collect();
    let score = format!("{:<24} {:>3} of {}", report.name, report.passed(), report.rows.len());
    let why = match (report.notes.as_slice(), open.is_empty()) {
        ([note], _) => note.clone(),
        ([note, others @ ..], _) => format!("{note}, and {} more", others.len()),
        ([], false) => format!("open: {}", open.join(", ")),
        ([], true) => "complete".into(),
    };
    format!("{score}  {why}")
}
