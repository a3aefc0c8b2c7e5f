//! What is done and what is open in a worked copy, or in a class of them.

use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use lab_base::{Error, files, home, processes};
use lab_kernel::Temporary;
use serde_json::Value;
use tokio::process::Command;

use crate::handins;
use crate::limits::Limits;
use crate::notebook::Notebook;
use crate::points::{self, Points};
use crate::report::Report;
use crate::setup::Kernel;
use crate::submission::Rules;
use crate::turns::{self, in_turns};
use crate::{page, run, setup, shut_in, submission, terminal};

/// What `cargo lab check` is asked for.
#[derive(clap::Args)]
pub struct Arguments {
    /// The worked copy (a folder or a .zip file), or the folder that holds those of a class; without it, this folder.
    #[arg(default_value = ".")]
    place: PathBuf,
    /// Only these notebooks, as in `4` or `1-6,8`.
    #[arg(long, value_name = "NUMBERS")]
    notebooks: Option<String>,
    /// How many hand-ins are run at once; without it, as many as there are cores.
    #[arg(long)]
    jobs: Option<usize>,
    /// Seconds that one notebook may take; without it, ten minutes, or longer where this machine took longer for the solved one.
    #[arg(long)]
    time_limit: Option<u64>,
    /// Megabytes of memory that the processes of one hand-in may have together; without it, three quarters of this machine's,
    /// shared among those that run at once.
    #[arg(long, value_name = "MB")]
    memory_limit: Option<u64>,
    /// Run hand-ins with all that you may do yourself, also where bubblewrap is installed.
    #[arg(long)]
    not_shut_in: bool,
    /// What checks are worth, as in "answer 6=3, notebook 8=0.5"; without it, a point each.
    #[arg(long, value_name = "POINTS")]
    points: Option<String>,
    /// Print JSON in place of the table.
    #[arg(long)]
    json: bool,
    /// Write a table for a gradebook.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write a page with all answers side by side; without it, one copy alone gets `data/check.html`.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Where trainings of the solved notebooks lie.
    #[arg(long, hide = true)]
    trainings: Option<PathBuf>,
    /// Write all that is known into this file: how a class is checked by one process for each hand-in.
    #[arg(long, hide = true)]
    into: Option<PathBuf>,
}

/// Ten minutes, within which the longest of the notebooks runs several times on two cores.
const LIMIT: Duration = Duration::from_secs(600);

/// How many times as long as the solved notebook one of a hand-in may take.
const SLOWER: u32 = 5;

/// What a cell of a solved notebook may take.
const LONGEST: Duration = Duration::from_secs(3600);

/// From so many hand-ins on it pays to run the solved notebooks first.
const CLASS: usize = 4;

/// True when every check of every copy has passed.
pub async fn all(arguments: Arguments) -> Result<bool, Error> {
    let mut paths = run::notebooks(&home::root()?)?;
    paths.retain(|path| !path.ends_with(run::SHEET));
    let solved: Vec<Notebook> = paths.iter().map(|path| Notebook::load(path)).collect::<Result<_, _>>()?;
    let chosen = chosen(arguments.notebooks.as_deref(), &solved)?;
    let points = arguments.points.as_deref().map_or(Ok(Points::default()), Points::parse)?;
    let (kernel, (places, left_out)) = match arguments.into {
        // Whoever started this has set up the lab, and knows that the place is one hand-in.
        Some(_) => (Kernel::of(&home::root()?)?, (vec![arguments.place.clone()], Vec::new())),
        None => {
            let found = handins::find(&arguments.place, &solved)?;
            (setup::ensure()?, found)
        }
    };
    left_out.iter().for_each(|note| eprintln!("{}", terminal::line(note)));
    let limit = arguments.time_limit.map_or(LIMIT, Duration::from_secs);
    let shut_in = match arguments.not_shut_in {
        true => Err("--not-shut-in says so".into()),
        false => shut_in::check(),
    };
    if arguments.into.is_none()
        && let Err(why) = &shut_in
    {
        eprintln!("hand-ins run with all that you may do yourself, since {}", terminal::line(why));
    }
    let reports = match places.as_slice() {
        [place] => {
            // Also what leaves its session ends with its check.
            processes::adopt();
            let limits = arguments.limits(1);
            limits.bound_this_process();
            let trainings = arguments.trainings.clone();
            let others = arguments.into.as_ref().and_then(|_| Some(place.parent()?.to_path_buf()));
            let rules = Rules { limit, limits, shut_in: shut_in.is_ok(), others, chosen, trainings };
            vec![submission::examine(&kernel, handins::read(place, &solved), &solved, &rules).await?]
        }
        _ => class(&arguments, &kernel, &places, &solved, &chosen, limit).await?,
    };
    if let Some(into) = &arguments.into {
        let text = serde_json::to_vec(&reports).unwrap_or_default();
        files::write_atomically(into, &text)?;
        return Ok(true);
    }
    match reports.as_slice() {
        _ if arguments.json => {
            println!("{}", terminal::json(&Value::Array(reports.iter().map(Report::json).collect())));
        }
        [report] => print_table(report),
        _ => (),
    }
    let file = arguments.html.clone().or_else(|| own_page(&places));
    if let Some(file) = file {
        let title = format!("Checks of {}", handins::name(&places[0]));
        let title = if places.len() > 1 { format!("Checks of {} hand-ins", places.len()) } else { title };
        files::write_atomically(&file, page::html(&title, &reports, &points, &left_out).as_bytes())?;
        eprintln!("side by side, for a browser: {}", terminal::line(&home::display(&file)));
    }
    if let Some(file) = &arguments.csv {
        files::write_atomically(file, points::csv(&reports, &points).as_bytes())?;
        eprintln!("for a gradebook: {}", terminal::line(&home::display(file)));
    }
    Ok(reports.iter().all(Report::is_complete))
}

impl Arguments {
    /// Of one among so many hand-ins that run at once.
    fn limits(&self, jobs: usize) -> Limits {
        let shared = Limits::shared_by(jobs);
        Limits { memory: self.memory_limit.map_or(shared.memory, |megabytes| megabytes << 20), ..shared }
    }
}

/// Where one copy's own page goes: to what its notebooks make.
fn own_page(places: &[PathBuf]) -> Option<PathBuf> {
    let [place] = places else { return None };
    let data = place.join("data");
    data.is_dir().then(|| data.join("check.html"))
}

/// The places of the notebooks that are meant: `4`, `1-6,8`.
fn chosen(text: Option<&str>, solved: &[Notebook]) -> Result<Vec<usize>, Error> {
    let Some(text) = text else { return Ok((0..solved.len()).collect()) };
    let range = |part: &str| -> Option<RangeInclusive<usize>> {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
    };
    let mut all = Vec::new();
    for part in text.split(',') {
        let meant = |range: &RangeInclusive<usize>| {
            let is_meant = |book| number(book).is_some_and(|number| range.contains(&number));
            (0..solved.len()).filter(|&i| is_meant(&solved[i])).collect::<Vec<_>>()
        };
        match range(part).as_ref().map(meant) {
            Some(places) if !places.is_empty() => all.extend(places),
            _ => {
                let expected =
                    format!("numbers of notebooks from 1 to {}, as in `4` or `1-6,8`", solved.len());
                return Err(Error::new("reading --notebooks", expected, format!("`{part}`"), "name others"));
            }
        }
    }
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// The number that a notebook's name begins with.
fn number(notebook: &Notebook) -> Option<usize> {
    notebook.name().split('-').next()?.parse().ok()
}

/// Each hand-in in a process of its own, several at once; a line for each as it is done.
async fn class(
    arguments: &Arguments,
    kernel: &Kernel,
    places: &[PathBuf],
    solved: &[Notebook],
    chosen: &[usize],
    limit: Duration,
) -> Result<Vec<Report>, Error> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let jobs = arguments.jobs.unwrap_or(cores).clamp(1, places.len());
    let folder = Temporary::new().map_err(|e| failed("a temporary folder", e))?;
    let trainings = folder.path().join("trainings");
    fs::create_dir(&trainings).map_err(|e| failed("a temporary folder", e))?;
    let threads = (cores / jobs).max(1);
    let mut limit = limit;
    if places.len() >= CLASS {
        let output = folder.path().join("solved");
        let longest = solved_first(kernel, solved, chosen, &output, &trainings).await;
        if arguments.time_limit.is_none() {
            limit = limit.max(longest * SLOWER);
        }
    }
    let numbers = chosen.iter().filter_map(|&i| number(&solved[i]));
    let numbers: Vec<String> = numbers.map(|number| number.to_string()).collect();
    let task = |(number, place): (usize, &PathBuf)| {
        let into = folder.path().join(format!("{number}.json"));
        let mut command = Command::new(&kernel.binary);
        command.arg("check").arg(place).arg("--into").arg(&into).arg("--trainings").arg(&trainings);
        command.args(["--notebooks", &numbers.join(","), "--time-limit", &limit.as_secs().to_string()]);
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
                println!("{}", line(&report));
            }
            report
        },
    );
    Ok(done.await)
}

/// Runs the solved notebooks, each from a start of its own, and keeps what they train: the longest time that one took. Where
/// one does not run here, hand-ins train by themselves.
async fn solved_first(
    kernel: &Kernel,
    solved: &[Notebook],
    chosen: &[usize],
    output: &Path,
    trainings: &Path,
) -> Duration {
    // With all cores: the bits are the same for any number of threads.
    let kernel = Kernel { output: Some(output.into()), trainings: Some(trainings.into()), ..kernel.clone() };
    let mut longest = Duration::ZERO;
    for &i in chosen {
        eprintln!("the solved notebooks first: {} ...", solved[i].name());
        match run::run_quietly(&kernel, &solved[i].path, LONGEST).await {
            Ok(time) => longest = longest.max(time),
            Err(defect) => {
                eprintln!("the solved {} does not run here: {}", solved[i].name(), terminal::text(&defect));
                break;
            }
        }
    }
    longest
}

fn failed(expected: &str, found: impl std::fmt::Display) -> Error {
    Error::new("checking a class", expected, found, "`cargo lab doctor` says what is missing")
}

fn print_table(report: &Report) {
    let width = report.rows.iter().map(|row| row.check.chars().count()).max().unwrap_or(0);
    for row in &report.rows {
        let (mark, message) = (row.outcome.mark(), terminal::line(row.outcome.message()));
        println!("{:<26} {mark} {:<width$}  {message}", row.notebook, row.check);
    }
    report.notes.iter().for_each(|note| println!("{}", terminal::line(note)));
    println!("\n{}", score(report));
    println!("\u{2713} right, \u{2717} open, ? for a teacher to read");
}

/// "33 of 36 checks passed, 2 to read, 1 open".
fn score(report: &Report) -> String {
    let counted = [(report.to_read().len(), "to read"), (report.open().len(), "open")];
    let others = counted.iter().filter(|(count, _)| *count > 0);
    let others: String = others.map(|(count, what)| format!(", {count} {what}")).collect();
    format!("{} of {} checks passed{others}", report.passed(), report.counted().count())
}

/// A copy among many.
fn line(report: &Report) -> String {
    let list =
        |what: &str, names: Vec<&str>| (!names.is_empty()).then(|| format!("{what}: {}", names.join(", ")));
    let lists = [list("to read", report.to_read()), list("open", report.open())];
    let notes = match report.notes.as_slice() {
        [] => None,
        [note] => Some(note.clone()),
        [note, others @ ..] => Some(format!("{note}, and {} more", others.len())),
    };
    let why: Vec<String> = lists.into_iter().flatten().chain(notes).collect();
    let why = if why.is_empty() { "complete".into() } else { why.join("; ") };
    terminal::line(&format!(
        "{:<24} {:>3} of {}  {why}",
        report.name,
        report.passed(),
        report.counted().count()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Outcome, Row};

    fn report(outcomes: [Outcome; 3]) -> Report {
        let rows = outcomes.into_iter().zip(1..).map(|(outcome, number)| Row {
            notebook: "5-predict.ipynb".into(),
            check: format!("answer {number}"),
            is_given: false,
            outcome,
            answer: None,
        });
        Report { name: "anna".into(), rows: rows.collect(), notes: Vec::new() }
    }

    #[test]
    fn what_a_teacher_has_to_read_stands_apart_from_right_and_open() {
        let read = Outcome::PleaseRead("an answer in English: it is in another language".into());
        let mut mixed = report([Outcome::Passed, read.clone(), Outcome::Open("60,000 images".into())]);
        assert_eq!(score(&mixed), "1 of 3 checks passed, 1 to read, 1 open");
        assert!(line(&mixed).ends_with("1 of 3  to read: answer 2; open: answer 3"));
        mixed.notes = vec!["4-train.ipynb: missing".into(), "6.ipynb: missing".into()];
        assert!(
            line(&mixed).ends_with("open: answer 3; 4-train.ipynb: missing, and 1 more"),
            "a note hides nothing: {}",
            line(&mixed)
        );
        let json = mixed.json();
        assert_eq!((&json["passed"], &json["please_read"], &json["open"]), (&1.into(), &1.into(), &1.into()));
        assert_eq!(json["results"][1]["please_read"], true);
        assert_eq!(json["results"][2]["please_read"], false);
        let marks: String = mixed.rows.iter().map(|row| row.outcome.mark()).collect();
        assert_eq!(marks, "\u{2713}?\u{2717}");
        assert!(
            line(&report([Outcome::Passed, Outcome::Passed, Outcome::Passed])).ends_with("3 of 3  complete")
        );
        assert!(!report([Outcome::Passed, Outcome::Passed, read]).is_complete());
    }
}
