use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::records::Records;
use crate::{home, records};

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

/// The latest verdict on each check that was made below this folder of outputs, and what is said of lines that are no
/// verdicts.
///
/// # Errors
/// When its file can't be read.
pub fn verdicts(output: &Path) -> Result<Records<Verdict>, Error> {
    let Records { all, left_out } = records::scan::<Verdict>(&output.join(home::CHECKS))?;
    let mut latest: Vec<Verdict> = Vec::new();
    for verdict in all {
        latest.retain(|other| other.name != verdict.name);
        latest.push(verdict);
    }
    Ok(Records { all: latest, left_out })
}
