pub mod changed;
mod in_two_editions;
mod tally;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use lab_base::{Error, Source, home};
use lab_kernel::Temporary;
use lab_kernel::{Toolchain, in_words};
use nbformat::v4::Output;

use crate::notebook::Notebook;
use crate::paths::Paths;
use crate::{answers, data, run, setup};
use in_two_editions::InTwoEditions;
use tally::{Tally, failed};

/// Everything that must hold: tests, notebooks and answers. Nothing in the checkout is changed.
pub async fn all(limit: Duration) -> Result<bool, Error> {
    let start = Instant::now();
    let mut tally = Tally::default();
    let root = home::root()?;
    heading("What is missing to run notebooks", start);
    let kernel = setup::ensure()?;
    heading("Tests of the crates, and of the kernel on cells that work and cells that fail", start);
    let packages = ["lab-base", "lab-support", "lab-rivals", "lab-kernel", "lab-cli"];
    let packages = packages.iter().flat_map(|package| ["--package", package]);
    let arguments: Vec<&str> = packages.chain(["--no-fail-fast", "--", "--include-ignored"]).collect();
    tally.add("cargo test", cargo_test(Command::new("cargo"), &root, &arguments)?);
    tally.add("cargo test, evaluator", evaluator_test(&root)?);
    let notebooks = run::notebooks(&root)?;
    heading("Saved notebooks", start);
    let paths = Paths::of_this_machine(&root);
    for path in &notebooks {
        tally.add(&home::display(path), saved_defect(&Notebook::load(path)?, &paths));
    }
    heading("Notebooks run from top to bottom, and in the edition for students", start);
    let editions = InTwoEditions { kernel, notebooks, limit };
    let output = Temporary::new().map_err(|e| failed("a temporary folder", e))?;
    editions.run(output.path(), &mut tally).await?;
    heading("answers.md", start);
    match data::source()? {
        Source::FashionMnist => {
            let written = output.path().join("1").join("answers.md");
            tally.add("in step with the notebooks", answers_defect(&root, &written));
        }
        source => println!("not compared: these were answers about the {} set", source.name()),
    }
    println!("\nin {}", in_words(start.elapsed()));
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(tally.failed == 0)
}

fn heading(text: &str, start: Instant) {
    println!("\n== {text} (at {}) ==", in_words(start.elapsed()));
}

fn cargo_test(mut command: Command, root: &Path, arguments: &[&str]) -> Result<Option<String>, Error> {
    command.arg("test").args(arguments).current_dir(root);
    // The tests look for the folders of this project, not for those of whoever runs them.
    command.env_remove("LAB_HOME").env_remove("LAB_OUTPUT").env_remove("LAB_TRAININGS");
    let status = command.status().map_err(|e| failed("cargo to start", e))?;
    Ok((!status.success()).then(|| status.to_string()))
}

/// Built as it is for the kernel, by the same cargo, whose crates are there already.
fn evaluator_test(root: &Path) -> Result<Option<String>, Error> {
    let cargo = Toolchain::find().map_err(|e| failed("a Rust toolchain", format!("{e:#}")))?.cargo(root);
    cargo_test(cargo, root, &["--profile", "evaluator", "--package", "lab-evaluator"])
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

fn answers_defect(root: &Path, written: &Path) -> Option<String> {
    let read = |path: &Path| fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()));
    match (read(&root.join("answers.md")), read(written)) {
        (Ok(committed), Ok(new)) => {
            let (old, new) = answers::difference(&committed, &new)?;
            Some(format!("`cargo lab run` would change it\n    - {old}\n    + {new}"))
        }
        (Err(defect), _) | (_, Err(defect)) => Some(defect),
    }
}
