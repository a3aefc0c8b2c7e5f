//! What a hand-in's checks came to.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

use lab_base::records::{self, Records};
use lab_base::{Verdict, home};
use nbformat::v4::Output;

use crate::declared::Declared;
use crate::output;
use crate::report::{Answer, Outcome};

/// The checks of a notebook that have been made by cells of their own.
pub(super) struct Counted {
    pub file: PathBuf,
    pub made: HashMap<String, (Outcome, Option<Answer>)>,
    /// What is said of a file that can't be read, or not all of it.
    pub damage: Option<String>,
}

impl Counted {
    /// What other cells have written does not count.
    pub fn forget(&self) {
        let _ = fs::remove_file(&self.file);
    }

    /// Counts what the cell of this check has written, and nothing that it has written beside it.
    pub fn count(&mut self, check: &Declared, succeeded: bool, outputs: &[Output]) {
        let verdicts = match records::scan::<Verdict>(&self.file) {
            Ok(Records { all, left_out }) => {
                let told = left_out.map(|left_out| format!("{}: {left_out}", home::CHECKS));
                self.damage = self.damage.take().or(told);
                all
            }
            Err(e) => {
                self.damage.get_or_insert(first_line(&e.to_string()));
                Vec::new()
            }
        };
        let own: Vec<&Verdict> = verdicts.iter().filter(|verdict| verdict.name == check.name).collect();
        let outcome = match own.as_slice() {
            [] => Outcome::Open("the check was not reached".into()),
            [verdict] if !verdict.passed && !verdict.please_read => Outcome::Open(verdict.message.clone()),
            [_] if !succeeded => Outcome::Open("its cell fails".into()),
            [verdict] if verdict.passed => Outcome::Passed,
            [verdict] => {
                // The mark says that it is to be read.
                let message = verdict.message.strip_prefix("please read, ").unwrap_or(&verdict.message);
                Outcome::PleaseRead(message.into())
            }
            several => Outcome::Open(format!("its cell makes it {} times, where once counts", several.len())),
        };
        let answer = check.name.starts_with("answer ").then(|| output::answer(outputs));
        self.made.insert(check.name.clone(), (outcome, answer));
    }
}

/// What was found, without the advice.
fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_string()
}
