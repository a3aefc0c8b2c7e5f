//! What ties the notebooks together: the records of training runs, the answers, and their checks.

mod answers;
mod answers_file;
mod asked;
mod baseline;
mod check;
pub mod checks;
mod evidence;
#[cfg(test)]
mod example_runs;
mod fair;
mod grid;
mod guess;
mod judge;
mod long_run;
mod overview;
mod questions;
mod record;
mod run;
mod runs;
mod runs_table;
mod sweep;
mod task;
mod tested;
mod trial;
mod tries;
mod versions;
mod with;

pub use answers::{Answer, answer};
pub use baseline::{baseline, keep};
pub use check::Check;
pub use grid::Grid;
pub use guess::{Guess, guess};
pub use long_run::{LongRun, LongRuns, long_run, long_runs};
pub use overview::{Overview, progress};
pub use questions::QUESTIONS;
pub use record::{experiment, record};
pub use run::{EpochPoint, Run};
pub use runs::{Runs, runs};
pub use sweep::Sweep;
pub use task::{Task, task, task_gradient};
pub use trial::trial;
pub use versions::{Versions, versions};
pub use with::With;
