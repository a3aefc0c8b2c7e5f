//! The record of every training run: one JSON object a line in `data/runs.jsonl`.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::data::{Dataset, Source, home};
use crate::nn::{Fit, History, Score, Sequential};

use crate::plot::{Bar, Figure, compare};

/// One training run: what was trained, how, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub name: String,
    /// `real` or `practice`.
    pub data: String,
    /// Widths from input to output, `784-128-10`.
    pub layers: String,
    pub params: usize,
    pub optimizer: String,
    pub learning_rate: f32,
    pub batch_size: usize,
    pub epochs: usize,
    pub seed: u64,
    /// Mean over the last epoch.
    pub train_loss: f32,
    pub train_accuracy: f32,
    /// After the last epoch, where there was a validation set.
    pub validation_accuracy: Option<f32>,
    pub test_accuracy: Option<f32>,
    /// Time spent training, without validation.
    pub seconds: f64,
    pub threads: usize,
    /// When it was recorded, RFC 3339, UTC.
    pub when: String,
}

/// Trains a compiled network, measures it on the test set and adds the run to the records.
///
/// # Errors
/// As [`Sequential::fit`]; and when the record can't be written.
pub fn experiment(
    name: &str,
    model: &mut Sequential,
    train: &Dataset,
    test: &Dataset,
    plan: Fit,
) -> Result<History, Error> {
    let history = model.fit(train, plan)?;
    let score = model.evaluate(test)?;
    record(name, &history, &score)?;
    Ok(history)
}

/// Adds a training run and its score on the test set to `data/runs.jsonl`, and says so.
///
/// # Errors
/// When the name is empty, when the history has no epochs, or when the file can't be written.
pub fn record(name: &str, history: &History, test: &Score) -> Result<(), Error> {
    let run = Run::new(name, history, test)?;
    let file = home::runs_file(history.setup.source)?;
    append(&file, &run)?;
    println!("{run}");
    Ok(())
}

/// The latest run of each name on the same kind of data, in the order in which the names first appeared.
///
/// # Errors
/// When the file can't be read, or a line of it is not a record.
pub fn runs(data: &Dataset) -> Result<Runs, Error> {
    let source = data.images().source;
    let mut latest: Vec<Run> = Vec::new();
    for run in read(&home::runs_file(source)?)? {
        match latest.iter_mut().find(|other| other.name == run.name) {
            Some(other) => *other = run,
            None => latest.push(run),
        }
    }
    Ok(Runs { runs: latest, source })
}

impl Run {
    fn new(name: &str, history: &History, test: &Score) -> Result<Run, Error> {
        let doing = "recording a training run";
        if name.trim().is_empty() {
            return Err(Error::new(
                doing,
                "a name",
                "none",
                "name it after what is new in it: \"256 neurons\"",
            ));
        }
        let Some(last) = history.epochs.last() else {
            return Err(Error::new(
                doing,
                "at least one epoch",
                "none",
                "train the network with `fit` first",
            ));
        };
        let setup = &history.setup;
        Ok(Run {
            name: name.trim().to_string(),
            data: setup.source.name().to_string(),
            layers: setup.layers.clone(),
            params: setup.params,
            optimizer: setup.optimizer.clone(),
            learning_rate: setup.learning_rate,
            batch_size: setup.batch_size,
            epochs: history.epochs.len(),
            seed: setup.seed,
            train_loss: last.train.loss,
            train_accuracy: last.train.accuracy,
            validation_accuracy: last.validation.map(|score| score.accuracy),
            test_accuracy: Some(test.accuracy),
            seconds: history.epochs.iter().map(|epoch| epoch.seconds).sum(),
            threads: setup.threads,
            when: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
        })
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Recorded \"{}\": accuracy in training {:.4}", self.name, self.train_accuracy)?;
        if let Some(accuracy) = self.validation_accuracy {
            write!(f, ", validation {accuracy:.4}")?;
        }
        if let Some(accuracy) = self.test_accuracy {
            write!(f, ", test {accuracy:.4}")?;
        }
        write!(f, "; {:.1} s", self.seconds)
    }
}

/// Adds one line in one write, so that two notebooks at once lose nothing.
fn append(file: &Path, run: &Run) -> Result<(), Error> {
    let line = serde_json::to_string(run).expect("a run is plain numbers and text") + "\n";
    let folder = file.parent().unwrap_or(Path::new("."));
    let write = || {
        fs::create_dir_all(folder)?;
        OpenOptions::new().create(true).append(true).open(file)?.write_all(line.as_bytes())
    };
    write().map_err(|e: std::io::Error| {
        let doing = format!("adding a training run to {}", home::display(file));
        Error::new(doing, "a file that can be written", e, "check the folder's permissions and free space")
    })
}

fn read(file: &Path) -> Result<Vec<Run>, Error> {
    let doing = || format!("reading the training runs in {}", home::display(file));
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(Error::new(doing(), "a file of text", e, "check its permissions")),
    };
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(i, line)| {
            serde_json::from_str(line).map_err(|e| {
                let found = format!("line {} that is none ({e})", i + 1);
                Error::new(doing(), "a training run on each line", found, "delete that line")
            })
        })
        .collect()
}

/// Training runs to compare: shows itself as a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Runs {
    runs: Vec<Run>,
    source: Source,
}

impl Runs {
    /// The runs of these names, in this order: the first is the one to compare with.
    ///
    /// # Errors
    /// When a name was never recorded.
    pub fn only(&self, names: &[&str]) -> Result<Runs, Error> {
        let runs: Result<_, Error> = names.iter().map(|name| self.get(name).cloned()).collect();
        Ok(Runs { runs: runs?, source: self.source })
    }

    /// The run of this name.
    ///
    /// # Errors
    /// When it was never recorded.
    pub fn get(&self, name: &str) -> Result<&Run, Error> {
        self.runs.iter().find(|run| run.name == name).ok_or_else(|| {
            let known: Vec<&str> = self.runs.iter().map(|run| run.name.as_str()).collect();
            let found = format!("\"{name}\" among {known:?}");
            Error::new(
                "choosing a training run",
                "the name of a recorded run",
                found,
                "run its experiment first",
            )
        })
    }

    /// Its share of the test images classified right, 0 to 1.
    ///
    /// # Errors
    /// When it was never recorded, or never tested.
    pub fn test_accuracy(&self, name: &str) -> Result<f32, Error> {
        self.get(name)?.test_accuracy.ok_or_else(|| {
            let found = format!("none for \"{name}\"");
            Error::new("reading a training run", "a test accuracy", found, "record it with its test score")
        })
    }

    /// Test accuracy of each run beside the first.
    ///
    /// # Errors
    /// When there are no runs, or too many for one figure.
    pub fn plot(&self) -> Result<Figure, Error> {
        let bars: Vec<Bar> = self
            .runs
            .iter()
            .filter_map(|run| {
                let accuracy = f64::from(run.test_accuracy?);
                Some(Bar { name: &run.name, accuracy, params: run.params, seconds: run.seconds })
            })
            .collect();
        compare(&bars, self.source)
    }

    /// Shows the table in a notebook.
    pub fn evcxr_display(&self) {
        println!("{self}");
    }
}

impl fmt::Display for Runs {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if let Some(notice) = self.source.notice() {
            writeln!(f, "{notice}")?;
        }
        let width = self.runs.iter().map(|run| run.name.chars().count()).max().unwrap_or(0).max(4);
        let layers = self.runs.iter().map(|run| run.layers.len()).max().unwrap_or(0).max(6);
        let head = "  params  epochs  train acc  val acc  test acc  seconds";
        writeln!(f, "{:<width$}  {:<layers$}{head}", "name", "layers")?;
        for run in &self.runs {
            let share = |accuracy: Option<f32>| accuracy.map_or("-".to_string(), |a| format!("{a:.4}"));
            writeln!(
                f,
                "{:<width$}  {:<layers$}  {:>6}  {:>6}  {:>9.4}  {:>7}  {:>8}  {:>7.1}",
                run.name,
                run.layers,
                run.params,
                run.epochs,
                run.train_accuracy,
                share(run.validation_accuracy),
                share(run.test_accuracy),
                run.seconds
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::{Epoch, Setup};

    fn history(accuracy: f32) -> History {
        let train = Score { loss: 0.5, accuracy, samples: 60_000 };
        let setup = Setup {
            layers: "784-128-10".into(),
            params: 101_770,
            optimizer: "Adam".into(),
            learning_rate: 0.001,
            batch_size: 32,
            seed: 42,
            threads: 2,
            source: Source::FashionMnist,
            seen: crate::nn::Seen::default(),
        };
        let epoch = |number| Epoch { number, seconds: 0.5, steps: 1875, train, validation: None };
        History { epochs: vec![epoch(1), epoch(2)], setup }
    }

    fn run(name: &str, test: f32) -> Run {
        Run::new(name, &history(0.9), &Score { loss: 0.4, accuracy: test, samples: 10_000 }).unwrap()
    }

    #[test]
    fn a_record_is_one_line_with_the_agreed_names() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("data/runs.jsonl");
        append(&file, &run("baseline", 0.88)).unwrap();
        append(&file, &run("wide", 0.89)).unwrap();
        let text = fs::read_to_string(&file).unwrap();
        assert_eq!(text.lines().count(), 2);
        let first: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        for key in ["name", "data", "layers", "params", "optimizer", "learning_rate", "batch_size", "epochs"]
        {
            assert!(!first[key].is_null(), "{key} in {first}");
        }
        for key in ["seed", "train_loss", "train_accuracy", "test_accuracy", "seconds", "threads", "when"] {
            assert!(!first[key].is_null(), "{key} in {first}");
        }
        assert_eq!((&first["data"], first.get("validation_accuracy")), (&"real".into(), Some(&().into())));
        assert_eq!(read(&file).unwrap()[1].name, "wide");
        assert_eq!(read(&folder.path().join("none")).unwrap(), []);
    }

    #[test]
    fn a_damaged_line_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("runs.jsonl");
        append(&file, &run("baseline", 0.88)).unwrap();
        fs::write(&file, fs::read_to_string(&file).unwrap() + "\n{\"name\": 3}\n").unwrap();
        assert!(read(&file).unwrap_err().to_string().contains("line 3"), "{}", read(&file).unwrap_err());
    }

    #[test]
    fn runs_without_name_or_epochs_are_refused() {
        let score = Score { loss: 0.4, accuracy: 0.9, samples: 10 };
        assert!(Run::new(" ", &history(0.9), &score).is_err());
        let empty = History { epochs: vec![], ..history(0.9) };
        assert!(Run::new("empty", &empty, &score).is_err());
    }

    #[test]
    fn runs_are_chosen_by_name() {
        let runs = Runs { runs: vec![run("a", 0.87), run("b", 0.89)], source: Source::FashionMnist };
        assert_eq!(runs.only(&["b", "a"]).unwrap().runs[0].name, "b");
        assert_eq!(runs.test_accuracy("b").unwrap(), 0.89);
        let message = runs.test_accuracy("c").unwrap_err().to_string();
        assert!(message.contains("\"c\" among [\"a\", \"b\"]"), "{message}");
        assert_eq!(runs.to_string().lines().count(), 3);
    }
}
