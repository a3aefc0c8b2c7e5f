//! One worked copy: its notebooks run in a folder of their own, whatever is in them.

mod counted;

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lab_base::{Error, home, processes};
use lab_kernel::Temporary;
use nbformat::v4::Output;
use tokio::time::timeout;

use crate::declared::Declared;
use crate::handins::HandIn;
use crate::limits::Limits;
use crate::notebook::Notebook;
use crate::report::{Outcome, Report, Row};
use crate::session::Session;
use crate::setup::Kernel;
use crate::shut_in::Room;
use crate::{answers, output, terminal};
use counted::Counted;

/// How a hand-in is run.
pub struct Rules {
    pub limits: Limits,
    /// Whether its kernels are shut in.
    pub shut_in: bool,
    /// The folder in which the hand-ins of others lie.
    pub others: Option<PathBuf>,
    /// The places of the lab's notebooks that are run, and what each may take.
    pub chosen: Vec<(usize, Duration)>,
    /// Trainings of the solved notebooks, which need not be made again where a hand-in does the same.
    pub trainings: Option<PathBuf>,
}

/// Runs a hand-in's notebooks. A check counts when a cell of its own makes it, as it stands in the solved notebook; what
/// else a hand-in checks does not. Nothing in the hand-in is changed.
///
/// # Errors
/// When there is no room to run them. What is wrong with the hand-in itself is in its report.
pub async fn examine(
    kernel: &Kernel,
    hand_in: HandIn,
    solved: &[Notebook],
    rules: &Rules,
) -> Result<Report, Error> {
    let no_room =
        |e| Error::new("checking a worked copy", "a temporary folder", e, "free some space on this disk");
    let folder = workplace(kernel).map_err(no_room)?;
    let made = folder.path().join("data");
    let mut kernel = Kernel { output: Some(made.clone()), ..kernel.clone() };
    if rules.shut_in {
        let room = Room::new(folder.path(), &kernel.root, &kernel.binary).map_err(no_room)?;
        kernel.room = Some(match &rules.others {
            Some(others) => room.hide(others),
            None => room,
        });
    }
    if let Some(trainings) = &rules.trainings {
        // A copy of its own: what a hand-in puts there is found by no other.
        let own = folder.path().join("trainings");
        copy_files(trainings, &own).map_err(no_room)?;
        kernel.trainings = Some(own);
    }
    let HandIn { name, mut notebooks, answers, notes } = hand_in;
    let mut report = Report { name, rows: Vec::new(), notes };
    for &(number, limit) in &rules.chosen {
        let lab = &solved[number];
        let declared = lab.checks();
        let mut counted = Counted { file: made.join(home::CHECKS), made: HashMap::new(), damage: None };
        let note = match notebooks.remove(&number) {
            None => Err("missing".to_string()),
            Some(notebook) => {
                eprintln!("{} ...", terminal::line(&format!("{}: {}", report.name, lab.name())));
                let running = run(&kernel, &notebook, folder.path(), &declared, &mut counted, rules, limit);
                let ran = running.await;
                // Nothing that a hand-in has started goes on.
                processes::end_descendants();
                ran
            }
        };
        let unmade = note.clone().err();
        for check in declared {
            let unmade = || (Outcome::Open(unmade.clone().unwrap_or(check.not_found().into())), None);
            let (outcome, answer) = counted.made.remove(&check.name).unwrap_or_else(unmade);
            let (notebook, is_given) = (lab.name(), check.is_given);
            report.rows.push(Row { notebook, check: check.name, is_given, outcome, answer });
        }
        let notes = note.unwrap_or_else(Some).into_iter().chain(counted.damage);
        report.notes.extend(notes.map(|note| format!("{}: {note}", lab.name())));
    }
    let written = fs::read_to_string(made.join("answers.md")).unwrap_or_default();
    if let Some(handed) = answers
        && rules.chosen.len() == solved.len()
        && let Some((handed, made)) = answers::difference(&handed, &written)
    {
        report
            .notes
            .push(format!("answers.md says other things than the notebooks: \"{handed}\" for \"{made}\""));
    }
    Ok(report)
}

/// Copies the files of a folder, which has no folders in it.
fn copy_files(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        if path.is_file() {
            fs::copy(&path, to.join(path.file_name().unwrap_or_default()))?;
        }
    }
    Ok(())
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

/// Runs all cells for at most `limit`, also those behind one that fails, then those of checks that the notebook has lost.
/// The first failure, or what keeps the notebook from running at all.
async fn run(
    kernel: &Kernel,
    notebook: &Notebook,
    folder: &Path,
    declared: &[Declared],
    counted: &mut Counted,
    rules: &Rules,
    limit: Duration,
) -> Result<Option<String>, String> {
    let started = Session::start(kernel, &folder.join("notebooks").join(notebook.name())).await;
    let mut session = started.map_err(|e| e.to_string())?;
    let ran = tokio::select! {
        ran = timeout(limit, run_cells(&mut session, notebook, declared, counted)) => ran,
        why = rules.limits.watch(folder) => {
            // It must not go on with it while it is asked to end.
            processes::end_descendants();
            Ok(Err(why))
        }
    };
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
        match session.execute(&with_our_crates(source), Duration::MAX).await {
            Ok(answer) => {
                if let Some(check) = check {
                    counted.count(check, answer.failure.is_none(), &answer.outputs);
                }
                let what = || format!("cell {number} fails{}", reason(&answer.outputs));
                failure = failure.or_else(|| answer.failure.map(|_| what()));
            }
            Err(_) => return Err(format!("cell {number} ended the kernel")),
        }
    }
    for check in declared.iter().filter(|check| check.student.is_none()) {
        if !counted.made.contains_key(&check.name) {
            counted.forget();
            let answer = session.execute(&check.source, Duration::MAX).await;
            let answer = answer.map_err(|_| format!("checking \"{}\" ended the kernel", check.name))?;
            counted.count(check, answer.failure.is_none(), &answer.outputs);
        }
    }
    Ok(failure)
}

/// The cell with the lab's crates from where they lie here, wherever they lay where it was written.
fn with_our_crates(source: &str) -> String {
    let line = |line: &str| {
        let ours = [
            ("lab-support", "../lab-support"),
            ("lab-rivals", "../lab-support/rivals"),
            ("lab-photo", "../lab-support/photo"),
            ("lab-exchange", "../lab-support/exchange"),
        ];
        let named = |(name, _): &&(&str, &str)| {
            let rest = line.trim_start().strip_prefix(":dep").map(str::trim_start);
            let rest = rest.and_then(|rest| rest.strip_prefix(name)).map(str::trim_start);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
        };
        match ours.iter().find(named) {
            Some((name, path)) => format!(":dep {name} = {{ path = \"{path}\" }}"),
            None => line.to_string(),
        }
    };
    source.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crates_of_the_lab_are_found_wherever_they_lay() {
        for written in [
            ":dep lab-support = { path = \"/home/anna/lab/lab-support\" }",
            "  :dep lab-support={path=\"C:\\\\lab\"}",
            ":dep lab-support",
        ] {
            let cell = format!("// first\n{written}\nuse lab_support::prelude::*;");
            let expected =
                "// first\n:dep lab-support = { path = \"../lab-support\" }\nuse lab_support::prelude::*;";
            assert_eq!(with_our_crates(&cell), expected);
        }
        let rivals = with_our_crates(":dep lab-rivals = { path = \"x\" }");
        assert_eq!(rivals, ":dep lab-rivals = { path = \"../lab-support/rivals\" }");
        for other in [":dep lab-supporter = \"1\"", "let dep = 1;", ":dep rand = \"0.8\"\n\nlet a = 1;"] {
            assert_eq!(with_our_crates(other), other);
        }
    }
}
