use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{Error, home, records};

/// A check as `data/checks.jsonl` holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Of the check: `loaded`, `answer 1`.
    pub name: String,
    pub passed: bool,
    /// Not passed, but not open either: a teacher has to read it. `message` says why.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub please_read: bool,
    /// What is open, with its hint; empty when it passed.
    pub message: String,
    /// RFC 3339, UTC.
    pub when: String,
}

/// The latest verdict on each check that was made below this folder of outputs.
///
/// # Errors
/// When its file can't be read, or a line of it is not a verdict.
pub fn verdicts(output: &Path) -> Result<Vec<Verdict>, Error> {
    let mut latest: Vec<Verdict> = Vec::new();
    for verdict in records::read::<Verdict>(&output.join(home::CHECKS))? {
        latest.retain(|other| other.name != verdict.name);
        latest.push(verdict);
    }
    Ok(latest)
}
