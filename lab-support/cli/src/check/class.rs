//! The hand-ins of a class, each checked in a process of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use lab_base::Error;
use lab_kernel::Temporary;
use tokio::process::Command;

use super::arguments::{Arguments, LIMIT, number};
use super::lines;
use crate::notebook::Notebook;
use crate::report::Report;
use crate::setup::Kernel;
use crate::turns::{self, in_turns};
use crate::{handins, run, terminal};

/// What a notebook of a hand-in may take where the solved one took so long: twenty times that, but three minutes at least,
/// and no more than ten minutes or, on a slow machine, five times that.
fn limit(solved: Duration) -> Duration {
    (solved * 20).clamp(Duration::from_secs(180), LIMIT.max(solved * 5))
}

/// What a cell of a solved notebook may take.
const LONGEST: Duration = Duration::from_secs(3600);

/// From so many hand-ins on it pays to run the solved notebooks first.
const CLASS: usize = 4;

/// Each hand-in in a process of its own, several at once; a line for each as it is done.
pub(super) async fn check(
    arguments: &Arguments,
    kernel: &Kernel,
    places: &[PathBuf],
    solved: &[Notebook],
    mut chosen: Vec<(usize, Duration)>,
) -> Result<Vec<Report>, Error> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = arguments.jobs.unwrap_or(cores).clamp(1, places.len());
    let folder = Temporary::new().map_err(|e| failed("a temporary folder", e))?;
    let trainings = folder.path().join("trainings");
    fs::create_dir(&trainings).map_err(|e| failed("a temporary folder", e))?;
    let threads = (cores / jobs).max(1);
    if places.len() >= CLASS {
        let output = folder.path().join("solved");
        let took = solved_first(kernel, solved, &chosen, &output, &trainings).await;
        if arguments.time_limit.is_empty() {
            chosen.iter_mut().zip(took).for_each(|((_, may_take), took)| *may_take = limit(took));
        }
    }
    let numbers = chosen.iter().filter_map(|&(i, _)| number(&solved[i]));
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    let limits: Vec<String> = chosen.iter().map(|(_, limit)| limit.as_secs().to_string()).collect();
    let task = |(number, place): (usize, &PathBuf)| {
        let into = folder.path().join(format!("{number}.json"));
        let mut command = Command::new(&kernel.binary);
        command.arg("check").arg(place).arg("--into").arg(&into).arg("--trainings").arg(&trainings);
        command.args(["--notebooks", &numbers.join(","), "--time-limit", &limits.join(",")]);
        command.args(arguments.not_shut_in.then_some("--not-shut-in"));
        command.args(["--memory-limit", &(arguments.limits(jobs).memory >> 20).to_string()]);
        command.env("LAB_THREADS", threads.to_string()).stdin(Stdio::null()).kill_on_drop(true);
        (place.clone(), into, command)
    };
    let tasks = places.iter().enumerate().map(task).collect();
    let json = arguments.json;
    let done = in_turns(
        tasks,
        jobs,
        turns::first,
        async move |(place, into, mut command): (PathBuf, PathBuf, Command)| {
            let status = command.status().await;
            let found =
                fs::read(&into).ok().and_then(|bytes| serde_json::from_slice::<Vec<Report>>(&bytes).ok());
            let report = found.and_then(|mut reports| reports.pop()).unwrap_or_else(|| {
                let how = status.map_or_else(|e| e.to_string(), |status| status.to_string());
                let note = format!("could not be checked: its process ended with {how}");
                Report { name: handins::name(&place), rows: Vec::new(), notes: vec![note] }
            });
            if !json {
                println!("{}", lines::of_one(&report));
            }
            report
        },
    );
    Ok(done.await)
}

/// Runs the solved notebooks, each from a start of its own, and keeps what they train: the time that each took, as far as
/// one that does not run here; from there on hand-ins train by themselves.
async fn solved_first(
    kernel: &Kernel,
    solved: &[Notebook],
    chosen: &[(usize, Duration)],
    output: &Path,
    trainings: &Path,
) -> Vec<Duration> {
    // With all cores: the bits are the same for any number of threads.
    let kernel = Kernel { output: Some(output.into()), trainings: Some(trainings.into()), ..kernel.clone() };
    let mut took = Vec::new();
    for &(i, _) in chosen {
        eprintln!("the solved notebooks first: {} ...", solved[i].name());
        match run::run_quietly(&kernel, &solved[i].path, LONGEST).await {
            Ok(time) => took.push(time),
            Err(defect) => {
                eprintln!("the solved {} does not run here: {}", solved[i].name(), terminal::text(&defect));
                break;
            }
        }
    }
    took
}

fn failed(expected: &str, found: impl std::fmt::Display) -> Error {
    Error::new("checking a class", expected, found, "`cargo lab doctor` says what is missing")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notebook_has_time_that_suits_the_solved_one() {
        for (solved, may_take) in [(4, 180), (9, 180), (15, 300), (30, 600), (100, 600), (300, 1500)] {
            assert_eq!(limit(Duration::from_secs(solved)).as_secs(), may_take, "{solved} s");
        }
    }
}
