pub mod changed;

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use lab_base::{Error, Source, home, verdicts};
use lab_kernel::Temporary;
use lab_kernel::{Toolchain, in_words};
use nbformat::v4::Output;

use crate::notebook::Notebook;
use crate::paths::Paths;
use crate::setup::Kernel;
use crate::turns::{Done, Queue, in_turns};
use crate::{answers, data, editions, run, setup, terminal};

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
                println!("FAILED  {what}: {}", terminal::text(&defect));
                self.failed += 1;
            }
        }
    }
}

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
    let editions = Editions { kernel, notebooks, limit };
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

/// Both editions of the notebooks, as many at once as there are cores: most of a notebook's time is compiling, on
/// one core. Each training then has one thread, which gives the same bits.
struct Editions {
    kernel: Kernel,
    notebooks: Vec<PathBuf>,
    limit: Duration,
}

/// Notebooks whose answers and tables build on one another are run in order, in one folder of outputs.
const FIRST: usize = 6;

impl Editions {
    async fn run(&self, output: &Path, tally: &mut Tally) -> Result<(), Error> {
        let solved: Vec<Notebook> =
            self.notebooks.iter().map(|path| Notebook::load(path)).collect::<Result<_, _>>()?;
        let blank = blank_edition(&solved)?;
        // What one edition has trained, the other need not train again where it does the same.
        let trainings = tempfile::tempdir().map_err(|e| failed("a temporary folder", e))?;
        let first = solved.len().min(FIRST);
        let rest = (first..solved.len()).map(|i| i..i + 1);
        let groups: Vec<Range<usize>> = std::iter::once(0..first).chain(rest).collect();
        let task = |range: &Range<usize>, output: PathBuf, notebooks: Vec<PathBuf>, blank: bool| {
            let trainings = Some(trainings.path().to_path_buf());
            let kernel = Kernel { output: Some(output), threads: Some(1), trainings, ..self.kernel.clone() };
            Task { kernel, range: range.clone(), notebooks, limit: self.limit, blank }
        };
        let mut tasks = Vec::new();
        for group in &groups {
            let output = output.join((group.start + 1).to_string());
            tasks.push(task(group, output, self.notebooks[group.clone()].to_vec(), false));
        }
        for group in &groups {
            let output = blank.path().join(format!("data-{}", group.start + 1));
            let books = solved[group.clone()].iter();
            let notebooks = books.map(|book| blank.path().join("notebooks").join(book.name())).collect();
            tasks.push(task(group, output, notebooks, true));
        }
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let run = async |task: Task| {
            let results = task.run().await;
            (task, results)
        };
        let results = in_turns(tasks, cores.min(4), next, run).await;
        for (task, result) in results {
            let edition = if task.blank { "blank" } else { "solved" };
            let verdicts = verdicts(task.kernel.output.as_deref().unwrap_or(&self.kernel.root))?.all;
            for ((notebook, book), ran) in task.notebooks.iter().zip(&solved[task.range.clone()]).zip(result)
            {
                let name = format!("{} ({edition})", notebook.file_name().unwrap_or_default().display());
                let defect = match ran {
                    Err(defect) => Some(defect),
                    Ok(()) => editions::defect(book, &verdicts, task.blank),
                };
                tally.add(&name, defect);
            }
        }
        Ok(())
    }
}

/// Notebooks that one worker runs in turn.
struct Task {
    kernel: Kernel,
    range: Range<usize>,
    notebooks: Vec<PathBuf>,
    limit: Duration,
    blank: bool,
}

impl Task {
    /// What kept each notebook from running to its end, if anything did.
    async fn run(&self) -> Vec<Result<(), String>> {
        let mut results = Vec::new();
        for path in &self.notebooks {
            let ran = run::run_quietly(&self.kernel, path, self.limit).await;
            println!(
                "        {}{}",
                path.file_name().unwrap_or_default().display(),
                ran.as_ref().map_or(": failed".into(), |time| format!(" in {}", in_words(*time)))
            );
            results.push(ran.map(drop));
        }
        results
    }
}

type Ran = (Task, Vec<Result<(), String>>);

/// The place in the queue of what to do next: a task whose trainings may be there already waits for them, unless there is
/// nothing else to do.
fn next(queue: &Queue<Task>, done: &Done<Ran>) -> usize {
    let is_trained = |task: &Task| done.values().any(|(other, _)| other.range == task.range);
    queue.iter().position(|(_, task)| !task.blank || is_trained(task)).unwrap_or(0)
}

/// A folder like a worked copy, with the edition for students.
fn blank_edition(solved: &[Notebook]) -> Result<Temporary, Error> {
    let folder = Temporary::new().map_err(|e| failed("a temporary folder", e))?;
    for notebook in solved {
        notebook.student_edition().save(&folder.path().join("notebooks").join(notebook.name()))?;
    }
    let support = home::root()?.join("lab-support");
    let link = std::os::unix::fs::symlink(support, folder.path().join("lab-support"));
    link.map_err(|e| failed("a link in a temporary folder", e))?;
    Ok(folder)
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

fn failed(expected: &str, found: impl std::fmt::Display) -> Error {
    Error::new("testing the lab", expected, found, "`cargo lab doctor` says what is missing")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(range: Range<usize>, blank: bool) -> Task {
        let kernel = Kernel {
            binary: PathBuf::new(),
            root: PathBuf::new(),
            output: None,
            retrain: false,
            threads: None,
            room: None,
            trainings: None,
        };
        Task { kernel, range, notebooks: Vec::new(), limit: Duration::ZERO, blank }
    }

    #[test]
    fn what_is_trained_already_comes_before_what_is_being_trained() {
        let mut queue = Queue::from([(2, task(0..6, true)), (3, task(6..7, true))]);
        let mut done = Done::from([(1, (task(6..7, false), Vec::new()))]);
        assert_eq!(next(&queue, &done), 1, "the first group is still in training");
        queue.remove(1);
        assert_eq!(next(&queue, &done), 0, "nothing else is left to do");
        queue.push_back((1, task(6..7, false)));
        assert_eq!(next(&queue, &Done::new()), 1, "to train is always useful");
        done.insert(0, (task(0..6, false), Vec::new()));
        assert_eq!(next(&queue, &done), 0);
    }
}
