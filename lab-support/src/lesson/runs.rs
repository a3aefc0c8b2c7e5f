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
            data: if setup.source == Source::Practice { "practice" } else { "real" }.to_string(),
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
        write!(f, "Recorded \"{}\": {}, {} epochs", self.name, self.layers, self.epochs)?;
        write!(f, ", train accuracy {:.4}", self.train_accuracy)?;
        if let Some(accuracy) = self.validation_accuracy {
            write!(f, ", validation accuracy {accuracy:.4}")?;
        }
        if let Some(accuracy) = self.test_accuracy {
            write!(f, ", test accuracy {accuracy:.4}")?;
        }
        write!(f, ", {:.1} s.", self.seconds)
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
        let find = |name: &&str| {
            self.get(name).cloned().ok_or_else(|| {
                let known: Vec<&str> = self.runs.iter().map(|run| run.name.as_str()).collect();
                let found = format!("\"{name}\" among {known:?}");
                Error::new(
                    "choosing training runs",
                    "names that were recorded",
                    found,
                    "run its experiment first",
                )
            })
        };
        Ok(Runs { runs: names.iter().map(find).collect::<Result<_, Error>>()?, source: self.source })
    }

    /// The run of this name.
    pub fn get(&self, name: &str) -> Option<&Run> {
        self.runs.iter().find(|run| run.name == name)
    }

    /// The run with the highest test accuracy.
    pub fn best(&self) -> Option<&Run> {
        self.runs
            .iter()
            .max_by(|a, b| a.test_accuracy.unwrap_or(0.0).total_cmp(&b.test_accuracy.unwrap_or(0.0)))
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
