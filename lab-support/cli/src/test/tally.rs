use std::fmt::Display;

use lab_base::Error;

use crate::terminal;

/// What has been found so far.
#[derive(Default)]
pub struct Tally {
    pub passed: usize,
    pub failed: usize,
}

impl Tally {
    /// Prints what came of a test, and counts it.
    pub fn add(&mut self, what: &str, defect: Option<String>) {
        match defect {
            None => {
                println!("ok      {what}");
                self.passed += 1;
            }
            Some(defect) => {
                println!("FAILED  {what}: {}", terminal::text(&defect));
                self.failed += 1;
            }
        }
    }
}

/// A test that can't be made.
pub fn failed(expected: &str, found: impl Display) -> Error {
    Error::new("testing the lab", expected, found, "`cargo lab doctor` says what is missing")
}
