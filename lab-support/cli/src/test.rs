pub mod changed;
mod in_two_editions;
mod tally;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::rc::Rc;
use std::time::{Duration, Instant};

use lab_base::{Error, Source, home};
use lab_kernel::Temporary;
use lab_kernel::{Toolchain, in_words};
use nbformat::v4::Output;

use crate::notebook::Notebook;
use crate::paths::Paths;
use crate::setup::Kernel;
use crate::{answers, data, output, run, setup};
use in_two_editions::{InTwoEditions, Lines};
use tally::{Tally, failed};

/// Everything that must hold: tests, notebooks and answers. Nothing in the checkout is changed.
///
/// Tests wait for much: for a cell to be stopped, for a kernel that nobody watches to end. So the notebooks run beside them,
/// on the cores that they leave idle.
pub async fn all(limit: Duration) -> Result<bool, Error> {
    let start = Instant::now();
    let mut tally = Tally::default();
    let root = home::root()?;
    heading("What is missing to run notebooks", start);
    let kernel = Kernel { gives_way: true, ..setup::ensure()? };
    let notebooks = run::notebooks(&root)?;
    heading("Saved notebooks", start);
    let paths = Paths::of_this_machine(&root);
    for path in &notebooks {
        tally.add(&home::display(path), saved_defect(&Notebook::load(path)?, &paths));
    }
    heading("Tests of the crates, and of the kernel on cells that work and cells that fail", start);
    let lines = Rc::new(Lines::default());
    let editions = InTwoEditions { kernel, notebooks, limit, lines: lines.clone() };
    let output = Temporary::new().map_err(|e| failed("a temporary folder", e))?;
    let tests = async {
        let packages =
            ["lab-base", "lab-kernel", "lab-cli", "lab-support", "lab-exchange", "lab-photo", "lab-rivals"];
        test_packages(&root, &packages, true, &mut tally).await?;
        tally.add("cargo test, evaluator", evaluator_test(&root).await?);
        heading("Notebooks run from top to bottom, and in the edition for students", start);
        lines.release();
        Ok(())
    };
    let (tested, ran) = tokio::join!(tests, editions.run(output.path()));
    tested?;
    ran?.into_iter().for_each(|(name, defect)| tally.add(&name, defect));
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

/// Of which the command line is made.
const COMMAND_LINE: [&str; 3] = ["lab-base", "lab-kernel", "lab-cli"];

/// Tests packages; `live`: on a live kernel, too. What is compiled for the command line is there already: with lab-support
/// beside it, cargo would compile what both use a second time, with the features that either wants.
async fn test_packages(root: &Path, packages: &[&str], live: bool, tally: &mut Tally) -> Result<(), Error> {
    let (own, others): (Vec<&str>, Vec<&str>) =
        packages.iter().partition(|package| COMMAND_LINE.contains(package));
    for packages in [own, others].into_iter().filter(|packages| !packages.is_empty()) {
        let mut arguments: Vec<&str> =
            packages.iter().flat_map(|package| ["--package", package]).chain(["--no-fail-fast"]).collect();
        if live {
            arguments.extend(["--", "--include-ignored"]);
        }
        let defect = cargo_test(Command::new("cargo"), root, &arguments).await?;
        tally.add(&format!("cargo test, {}", packages.join(", ")), defect);
    }
    Ok(())
}

async fn cargo_test(mut command: Command, root: &Path, arguments: &[&str]) -> Result<Option<String>, Error> {
    command.arg("test").args(arguments).current_dir(root);
    // The tests look for the folders of this project, not for those of whoever runs them.
    command.env_remove("LAB_HOME").env_remove("LAB_OUTPUT").env_remove("LAB_TRAININGS");
    let status =
        tokio::process::Command::from(command).status().await.map_err(|e| failed("cargo to start", e))?;
    Ok((!status.success()).then(|| status.to_string()))
}

/// Built as it is for the kernel, by the same cargo, whose crates are there already.
async fn evaluator_test(root: &Path) -> Result<Option<String>, Error> {
    let cargo = Toolchain::find().map_err(|e| failed("a Rust toolchain", format!("{e:#}")))?.cargo(root);
    cargo_test(cargo, root, &["--profile", "evaluator", "--package", "lab-evaluator"]).await
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
    if let Some(defect) = outputs.iter().find_map(|outputs| output::unseen(outputs)) {
        return Some(defect.into());
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
