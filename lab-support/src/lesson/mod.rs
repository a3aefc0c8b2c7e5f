//! What ties the notebooks together: the records of training runs, the answers, and their checks.

mod answers;
mod answers_file;
mod baseline;
mod check;
pub mod checks;
mod evidence;
mod gaps;
mod grid;
mod guess;
mod judge;
mod long_run;
mod run;
mod runs;
mod runs_table;
mod sweep;
mod trial;
mod tries;
mod versions;

pub use answers::{Answer, QUESTIONS, answer};
pub use baseline::{baseline, keep};
pub use check::Check;
pub use gaps::{Gap, Gaps, gaps};
pub use grid::{Grid, GridTried};
pub use guess::{Guess, guess};
pub use long_run::{LongRun, LongRuns, long_run, long_runs};
pub use run::{Point, Run, experiment, record};
pub use runs::{Runs, runs};
pub use sweep::{Sweep, Swept};
pub use trial::trial;
pub use tries::Tried;
pub use versions::{Versions, versions};
