use std::collections::HashSet;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// How far setting up is: told to whoever made it begin, and written to a file for all others who wait.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// What is being done, as in "Building the Rust kernel".
    pub stage: String,
    /// How much of the stage is done, from 0 to 1; nothing where that is not known.
    pub part: Option<f64>,
    /// What is being worked on, as in "143 of 320 crates".
    pub detail: String,
    /// Seconds since the stage began.
    pub seconds: f64,
}

impl Progress {
    /// How long the stage will take from now on, if the rest is as quick as what is done. Nothing at its beginning, when
    /// that would be a guess.
    pub fn left(&self) -> Option<Duration> {
        let part = self.part.filter(|&part| part > 0.03 && self.seconds > 5.0)?;
        Some(Duration::from_secs_f64(self.seconds * (1.0 - part) / part))
    }
}

/// "Building the Rust kernel: 143 of 320 crates, 2 min 10 s, about 4 min left".
impl std::fmt::Display for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let Progress { stage, detail, seconds, .. } = self;
        write!(f, "{stage}")?;
        if !detail.is_empty() {
            write!(f, ": {detail}")?;
        }
        write!(f, ", {}", in_words(Duration::from_secs_f64(*seconds)))?;
        match self.left() {
            Some(left) => write!(f, ", about {} left", in_words(round(left))),
            None => Ok(()),
        }
    }
}

/// To what a guess is worth: whole minutes, or tens of seconds.
fn round(time: Duration) -> Duration {
    let step = if time.as_secs() >= 90 { 60 } else { 10 };
    Duration::from_secs(time.as_secs().div_ceil(step) * step)
}

/// "45 s", "2 min", "2 min 10 s".
pub fn in_words(time: Duration) -> String {
    match (time.as_secs() / 60, time.as_secs() % 60) {
        (0, seconds) => format!("{seconds} s"),
        (minutes, 0) => format!("{minutes} min"),
        (minutes, seconds) => format!("{minutes} min {seconds} s"),
    }
}

/// Counts the crates of a compilation. A few of them take as long as all others together, so each counts with the
/// seconds that it was seen to take.
pub struct Crates<'a> {
    stage: &'static str,
    begin: Instant,
    seen: HashSet<String>,
    expected: HashSet<String>,
    heavy: &'a [(&'a str, f64)],
}

/// Seconds of a crate that is not among the heavy ones.
const LIGHT: f64 = 1.5;

impl<'a> Crates<'a> {
    /// `expected` are the names of those to come, none where nobody knows; `heavy` which take how many seconds.
    pub fn new(stage: &'static str, expected: HashSet<String>, heavy: &'a [(&'a str, f64)]) -> Crates<'a> {
        let expected = expected.iter().map(|name| in_rust(name)).collect();
        Crates { stage, begin: Instant::now(), seen: HashSet::new(), expected, heavy }
    }

    /// One more is compiled, or was there. Its name may be as in a manifest or as in Rust.
    pub fn add(&mut self, name: &str) {
        self.seen.insert(in_rust(name));
    }

    pub fn progress(&self) -> Progress {
        let weight = |name: &String| {
            self.heavy.iter().find(|(heavy, _)| in_rust(heavy) == *name).map_or(LIGHT, |(_, s)| *s)
        };
        // The sum of nothing is -0.
        let done = self.expected.intersection(&self.seen).map(weight).sum::<f64>() + 0.0;
        let all: f64 = self.expected.iter().map(weight).sum();
        let (count, total) = (self.seen.len(), self.expected.len());
        Progress {
            stage: self.stage.into(),
            part: (total > 0).then(|| done / all),
            detail: if total > 0 {
                format!("{count} of {} crates", total.max(count))
            } else {
                format!("{count} crates")
            },
            seconds: self.begin.elapsed().as_secs_f64(),
        }
    }
}

/// The name of a package as code writes it.
fn in_rust(name: &str) -> String {
    name.replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heavy_crates_count_with_their_seconds() {
        let heavy = [("large-one", 97.0), ("not among them", 50.0)];
        let expected = ["a", "b", "large-one"].map(String::from).into();
        let mut crates = Crates::new("Building", expected, &heavy);
        assert_eq!(crates.progress().part, Some(0.0));
        ["a", "b", "a"].iter().for_each(|name| crates.add(name));
        let progress = crates.progress();
        assert_eq!((progress.part, progress.detail.as_str()), (Some(0.03), "2 of 3 crates"));
        crates.add("large_one");
        assert_eq!(crates.progress().part, Some(1.0));
    }

    #[test]
    fn progress_in_words() {
        let mut progress = Progress {
            stage: "Building".into(),
            part: Some(0.25),
            detail: "1 of 4 crates".into(),
            seconds: 65.0,
        };
        assert_eq!(progress.to_string(), "Building: 1 of 4 crates, 1 min 5 s, about 4 min left");
        progress.part = Some(0.01);
        assert_eq!(progress.to_string(), "Building: 1 of 4 crates, 1 min 5 s");
        progress = Progress { part: None, detail: String::new(), seconds: 120.0, ..progress };
        assert_eq!(progress.to_string(), "Building, 2 min");
    }
}
