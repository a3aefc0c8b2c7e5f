use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use lab_base::{Error, Source, home};
use nbformat::v4::Output;

use crate::kernel_build::Kernel;
use crate::notebook::Notebook;
use crate::paths::Paths;
use crate::{answers, data, editions, run, setup};

/// What has been found so far.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
}

impl Tally {
    fn add(&mut self, what: &str, defect: Option<String>) {
        match defect {
            None => {
                println!("ok      {what}");
                self.passed += 1;
            }
            Some(defect) => {
                println!("FAILED  {what}: {defect}");
                self.failed += 1;
            }
        }
    }
}

/// Everything that must hold: tests, notebooks and answers. Nothing in the checkout is changed.
pub async fn all(limit: Duration) -> Result<bool, Error> {
    let mut tally = Tally::default();
    heading("Unit, property and documentation tests");
    let root = home::root()?;
    cargo_test(&root, &["--workspace", "--no-fail-fast"], &mut tally)?;
    let mut kernel = setup::ensure()?;
    heading("The kernel, on cells that work and cells that fail");
    let tests = ["--package", "lab", "--test", "kernel", "--test", "protocol", "--", "--ignored"];
    cargo_test(&root, &tests, &mut tally)?;
    // Built as the kernel is, whose crates are there already.
    let own = ["--release", "--package", "lab", "--no-default-features", "--features", "kernel", "--bins"];
    cargo_test(&root, &own, &mut tally)?;
    let notebooks = run::notebooks(&root)?;
    heading("Saved notebooks");
    let paths = Paths::of_this_machine(&root);
    for path in &notebooks {
        tally.add(&home::display(path), saved_defect(&Notebook::load(path)?, &paths));
    }
    heading("Notebooks run from top to bottom");
    let output = tempfile::tempdir().map_err(|e| failed("a temporary folder", e))?;
    kernel.output = Some(output.path().into());
    for path in &notebooks {
        let ran = run::run(&kernel, path, limit).await?.is_some();
        tally.add(&home::display(path), (!ran).then(|| "a cell failed (see above)".into()));
    }
    heading("Checks");
    tally.add("all pass in the solved notebooks", editions::solved_defect(&notebooks, output.path())?);
    let blank = editions::blank_defect(&kernel, &notebooks, limit).await?;
    tally.add("all are open, with a hint, in the blank ones", blank);
    heading("answers.md");
    match data::source()? {
        Source::FashionMnist => tally.add("in step with the notebooks", answers_defect(&kernel)),
        Source::Practice => println!("not compared: these were answers about the practice set"),
    }
    println!("\n{} passed, {} failed", tally.passed, tally.failed);
    Ok(tally.failed == 0)
}

fn heading(text: &str) {
    println!("\n== {text} ==");
}

/// Runs `cargo test`, shows what it prints, and adds up its results.
fn cargo_test(root: &Path, arguments: &[&str], tally: &mut Tally) -> Result<(), Error> {
    let mut command = Command::new("cargo");
    command.arg("test").args(arguments).current_dir(root).stdout(Stdio::piped());
    let mut cargo = command.spawn().map_err(|e| failed("cargo to start", e))?;
    let output = cargo.stdout.take().expect("stdout is piped");
    let failed_before = tally.failed;
    for line in BufReader::new(output).lines() {
        let line = line.map_err(|e| failed("the output of cargo", e))?;
        println!("{line}");
        tally.passed += count(&line, " passed");
        tally.failed += count(&line, " failed");
    }
    let status = cargo.wait().map_err(|e| failed("cargo to end", e))?;
    if !status.success() && tally.failed == failed_before {
        tally.add("cargo test", Some(status.to_string()));
    }
    Ok(())
}

/// The number before `word` in a line such as `test result: ok. 12 passed; 0 failed; ...`.
fn count(line: &str, word: &str) -> usize {
    let before = line.strip_prefix("test result: ").and_then(|line| Some(line.split_once(word)?.0));
    before.and_then(|text| text.rsplit(' ').next()?.parse().ok()).unwrap_or(0)
}

/// What is wrong with the outputs that a notebook is published with.
fn saved_defect(notebook: &Notebook, paths: &Paths) -> Option<String> {
    if let Some(cell) = notebook.first_not_run() {
        return Some(format!("cell {cell} has not been run in order: `cargo lab run` saves its outputs"));
    }
    let outputs = notebook.outputs();
    if outputs.iter().flat_map(|outputs| outputs.iter()).any(|output| matches!(output, Output::Error(_))) {
        return Some("an error message is saved in it".into());
    }
    let folder = outputs.iter().find_map(|outputs| paths.find(outputs))?;
    Some(format!("its outputs name a folder of this machine, {folder}"))
}

fn answers_defect(kernel: &Kernel) -> Option<String> {
    let read = |path: PathBuf| fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()));
    let written = kernel.output.as_ref().unwrap_or(&kernel.root);
    match (read(kernel.root.join("answers.md")), read(written.join("answers.md"))) {
        (Ok(committed), Ok(new)) => {
            let (old, new) = answers::difference(&committed, &new)?;
            Some(format!("`cargo lab run` would change it\n    - {old}\n    + {new}"))
        }
        (Err(defect), _) | (_, Err(defect)) => Some(defect),
    }
}

fn failed(expected: &str, found: impl std::fmt::Display) -> Error {
    Error::new("testing the lab", expected, found, "`cargo lab doctor` says what is missing")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_of_cargo_test_are_counted() {
        let line = "test result: FAILED. 12 passed; 3 failed; 1 ignored; 0 measured";
        assert_eq!((count(line, " passed"), count(line, " failed")), (12, 3));
        assert_eq!(count("test it::has_1 passed ... ok", " passed"), 0);
    }
}
