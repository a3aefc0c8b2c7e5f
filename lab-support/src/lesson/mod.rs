//! What ties the notebooks together: the records of training runs, the answers, and their checks.

mod answers;
mod answers_file;
mod baseline;
mod check;
pub mod checks;
mod evidence;
mod guess;
mod judge;
mod long_run;
mod records;
mod run;
mod runs;
mod runs_table;
mod trial;
mod versions;

pub use answers::{Answer, QUESTIONS, answer};
pub use baseline::{baseline, keep};
pub use check::{Check, Verdict, verdicts};
pub use guess::{Guess, guess};
pub use long_run::{LongRun, LongRuns, long_run, long_runs};
pub use run::{Point, Run, experiment, record};
pub use runs::{Runs, runs};
pub use trial::trial;
pub use versions::{Versions, versions};
