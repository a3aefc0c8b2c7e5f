//! What `cargo lab check` is asked for.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use lab_base::Error;

use crate::limits::Limits;
use crate::notebook::Notebook;

/// Ten minutes, within which the longest of the notebooks runs several times on two cores.
pub(super) const LIMIT: Duration = Duration::from_secs(600);

/// What `cargo lab check` is asked for.
#[derive(clap::Args)]
pub struct Arguments {
    /// The worked copy (a folder or a .zip file), or the folder that holds those of a class; without it, this folder.
    #[arg(default_value = ".")]
    pub(super) place: PathBuf,
    /// Only these notebooks, as in `4` or `1-6,8`.
    #[arg(long, value_name = "NUMBERS")]
    pub(super) notebooks: Option<String>,
    /// How many hand-ins are run at once; without it, as many as there are cores.
    #[arg(long)]
    pub(super) jobs: Option<usize>,
    /// Seconds that one notebook may take, or a number for each that is run, as in `60,60,300`; without it, ten minutes, or
    /// what suits the time that this machine took for the solved one.
    #[arg(long, value_delimiter = ',')]
    pub(super) time_limit: Vec<u64>,
    /// Megabytes of memory that the processes of one hand-in may have together; without it, three quarters of this machine's,
    /// shared among those that run at once.
    #[arg(long, value_name = "MB")]
    pub(super) memory_limit: Option<u64>,
    /// Run hand-ins with all that you may do yourself, also where bubblewrap is installed.
    #[arg(long)]
    pub(super) not_shut_in: bool,
    /// What checks are worth, as in "answer 6=3, notebook 8=0.5"; without it, a point each.
    #[arg(long, value_name = "POINTS")]
    pub(super) points: Option<String>,
    /// Print JSON in place of the table.
    #[arg(long)]
    pub(super) json: bool,
    /// Write a table for a gradebook.
    #[arg(long, value_name = "FILE")]
    pub(super) csv: Option<PathBuf>,
    /// Write a page with all answers side by side; without it, one copy alone gets `data/check.html`.
    #[arg(long, value_name = "FILE")]
    pub(super) html: Option<PathBuf>,
    /// Where trainings of the solved notebooks lie.
    #[arg(long, hide = true)]
    pub(super) trainings: Option<PathBuf>,
    /// Write all that is known into this file: how a class is checked by one process for each hand-in.
    #[arg(long, hide = true)]
    pub(super) into: Option<PathBuf>,
}

impl Arguments {
    /// What each of so many notebooks may take.
    pub(super) fn time_limits(&self, notebooks: usize) -> Result<Vec<Duration>, Error> {
        let limits: Vec<_> = self.time_limit.iter().copied().map(Duration::from_secs).collect();
        match limits.as_slice() {
            [] => Ok(vec![LIMIT; notebooks]),
            &[limit] => Ok(vec![limit; notebooks]),
            _ if limits.len() == notebooks => Ok(limits),
            _ => {
                let expected =
                    format!("one number of seconds, or {notebooks}, one for each notebook that is run");
                let found = format!("{} numbers", limits.len());
                Err(Error::new("reading --time-limit", expected, found, "give one number for all"))
            }
        }
    }

    /// Of one among so many hand-ins that run at once.
    pub(super) fn limits(&self, jobs: usize) -> Limits {
        let shared = Limits::shared_by(jobs);
        Limits { memory: self.memory_limit.map_or(shared.memory, |megabytes| megabytes << 20), ..shared }
    }
}

/// The places of the notebooks that are meant: `4`, `1-6,8`.
pub(super) fn chosen(text: Option<&str>, solved: &[Notebook]) -> Result<Vec<usize>, Error> {
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
pub(super) fn number(notebook: &Notebook) -> Option<usize> {
    notebook.name().split('-').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    #[test]
    fn time_limits_are_one_for_all_or_one_for_each() {
        let limits = |given: &[&str]| {
            let line = Line::try_parse_from(["check"].iter().chain(given)).unwrap();
            line.arguments
                .time_limits(3)
                .map(|limits| limits.iter().map(|limit| limit.as_secs()).collect::<Vec<_>>())
        };
        assert_eq!(limits(&[]).unwrap(), [600; 3]);
        assert_eq!(limits(&["--time-limit", "60"]).unwrap(), [60; 3]);
        assert_eq!(limits(&["--time-limit", "60,61,300"]).unwrap(), [60, 61, 300]);
        let error = limits(&["--time-limit", "60,300"]).unwrap_err().to_string();
        assert!(error.contains("2 numbers") && error.contains("or 3, one for each"), "{error}");
    }
}
