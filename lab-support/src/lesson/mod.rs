//! What ties the notebooks together: the baseline, the records of training runs, the answers.

mod answers;
mod baseline;
mod runs;
mod versions;

pub use answers::{Answer, QUESTIONS, answer};
pub use baseline::{baseline, keep};
pub use runs::{Run, Runs, experiment, record, runs};
pub use versions::{Versions, versions};
