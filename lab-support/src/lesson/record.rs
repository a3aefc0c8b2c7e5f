//! How a training run gets into the records and out of them, and what tells that nobody has changed it there.

use std::path::Path;

use lab_base::{Error, home, records};

use crate::data::{Dataset, Digest, Source};
use crate::lesson::run::Run;
use crate::lesson::runs::Runs;
use crate::lesson::tested::check_is_test;
use crate::nn::{Fit, History, Recipe, Score, Sequential};
use crate::notebook::live;

/// Trains a compiled network, measures it on the test set and adds the run to the records.
///
/// ```no_run
/// # use lab_support::prelude::*;
/// # let data = FashionMnist::load()?;
/// # let (train, test) = (data.train.normalized(), data.test.normalized());
/// # let mut model = Sequential::new([28, 28]).flatten().dense(256, Relu).dense(10, Linear);
/// # model.compile(Adam::default(), CrossEntropy::from_logits());
/// experiment("256 neurons", &mut model, &train, &test, Fit::epochs(10))?;
/// println!("{}", runs(&test)?);
/// # Ok::<(), lab_support::Error>(())
/// ```
///
/// # Errors
/// As [`Sequential::fit`]; when the network has been trained already, so that its figures would be of more epochs than the
/// record says, when `test` is not the test set, when the training was stopped, and when the record can't be written.
pub fn experiment(
    name: &str,
    model: &mut Sequential,
    train: &Dataset,
    test: &Dataset,
    plan: Fit,
) -> Result<History, Error> {
    check_is_test("recording an experiment", train.images().source, test.images().contents())?;
    if model.is_trained() && plan.checkpoint.is_none() {
        return Err(Error::new(
            format!("recording the experiment \"{name}\""),
            "a network that has not been trained",
            "one that has learned already",
            "run the cell again that makes it, and then this one; `fit` and `evaluate` train it further, without a record",
        ));
    }
    let history = model.fit(train, plan)?;
    live::check_not_stopped("recording an experiment")?;
    let score = model.evaluate(test)?;
    record(name, &history, &score)?;
    Ok(history)
}

/// Adds a training run and its score on the test set to `data/runs.jsonl`, and says so.
///
/// ```no_run
/// # use lab_support::prelude::*;
/// # let data = FashionMnist::load()?;
/// # let (train, test) = (data.train.normalized(), data.test.normalized());
/// # let mut model = Sequential::new([28, 28]).flatten().dense(256, Relu).dense(10, Linear);
/// # model.compile(Adam::default(), CrossEntropy::from_logits());
/// let history = model.fit(&train, Fit::epochs(10))?;
/// let score = model.evaluate(&test)?;
/// record("256 neurons", &history, &score)?;
/// # Ok::<(), lab_support::Error>(())
/// ```
///
/// # Errors
/// When the name is empty, when the history has no epochs, when the score is not of the network that this training
/// left, or not on all test images, or when the file can't be written.
pub fn record(name: &str, history: &History, test: &Score) -> Result<(), Error> {
    let run = Run::new(name, history, Some(test))?;
    run.keep(history.setup.source)?;
    println!("{run}");
    Ok(())
}

impl Runs {
    /// Takes the runs of this name, whatever their seeds, out of the records for good, as when a name was mistyped or another
    /// network was meant: they are in no table any more. The runs that are left.
    ///
    /// # Errors
    /// When no run has this name, or the file can't be written.
    pub fn forget(&self, name: &str) -> Result<Runs, Error> {
        self.get(name)?;
        self.forget_in(&home::runs_file(self.source)?, name)
    }

    fn forget_in(&self, file: &Path, name: &str) -> Result<Runs, Error> {
        // What has not seen the test set is in no table.
        let is_meant = |run: &Run| run.name == name && run.test_accuracy.is_some();
        records::replace(file, is_meant, &[])?;
        Ok(self.without(&[name]))
    }
}

impl Run {
    /// Adds it to the records of runs on this kind of data.
    pub(super) fn keep(&self, source: Source) -> Result<(), Error> {
        records::append(&home::runs_file(source)?, &self.sealed())
    }

    /// As it is written.
    pub(super) fn sealed(&self) -> Run {
        Run { seal: Some(self.expected_seal()), ..self.clone() }
    }

    /// Whether the library wrote it, of a training that it saw, and nobody has changed it since.
    pub(super) fn is_sealed(&self) -> bool {
        self.recipe.is_some() && self.seal == Some(self.expected_seal())
    }

    /// Of all that is said in it.
    fn expected_seal(&self) -> Digest {
        // Numbers of 64 bits may lose their last digit on the way through a file.
        let seconds = (1000.0 * self.seconds).round();
        let text = serde_json::to_string(&Run { seal: None, seconds, ..self.clone() });
        let key = self.recipe.as_ref().map_or(Digest::new(), Recipe::digest);
        key.with(text.expect("a record is plain numbers and text").as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Images;
    use crate::lesson::example_runs::{data, network, run};
    use crate::nn::{Adam, Measured};

    #[test]
    fn only_a_score_of_this_network_on_the_test_set_is_recorded() {
        let ((train, test), mut model) = (data(), network(&[8], Adam::default()));
        let history = model.fit(&train, Fit::epochs(1).quiet()).unwrap();
        let new = |score: &Score| Run::new("run", &history, Some(score)).map(|run| run.test_accuracy);
        let score = model.evaluate(&test).unwrap();
        assert_eq!(new(&score).unwrap(), Some(score.accuracy));

        let mut relabelled = test.images().clone();
        relabelled.labels.fill(3);
        let twice = test.images().select(&[0, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
        let by_hand =
            Images::new(test.images().pixels.clone(), test.images().labels.clone(), Source::FashionMnist);
        let sets = [
            ("found training images", train.take(10)),
            ("labels, that are not all from it", relabelled.normalized()),
            ("some of them, or some twice", twice.normalized()),
            ("some of them, or some twice", test.take(9)),
            ("that are not all from it", by_hand.unwrap().normalized()),
        ];
        for (words, set) in sets {
            let told = new(&model.evaluate(&set).unwrap()).unwrap_err().to_string();
            assert!(told.contains(words), "{words}: {told}");
            let told = experiment("run", &mut model.clone(), &train, &set, Fit::epochs(1)).unwrap_err();
            assert!(told.to_string().contains(words), "{words}: {told}");
        }

        let told = experiment("again", &mut model, &train, &test, Fit::epochs(1)).unwrap_err().to_string();
        assert!(told.contains("one that has learned already"), "{told}");

        let by_hand = Score::from(Measured { accuracy: 1.0, ..*score });
        let other = network(&[8], Adam::default()).evaluate(&test).unwrap();
        model.fit(&train, Fit::epochs(1).quiet()).unwrap();
        for score in [by_hand, other, model.evaluate(&test).unwrap()] {
            let told = new(&score).unwrap_err().to_string();
            assert!(told.contains("that of another network"), "{told}");
        }
    }

    #[test]
    fn a_run_that_is_a_mistake_goes_for_good_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("runs.jsonl");
        let trial = Run { test_accuracy: None, ..run("wdie", 0.8) };
        let all = [run("baseline", 0.88), run("wdie", 0.89), trial, Run { seed: 43, ..run("wdie", 0.87) }];
        all.iter().for_each(|run| records::append(&file, run).unwrap());
        let names = |runs: &[Run]| runs.iter().map(|run| run.name.clone()).collect::<Vec<_>>();
        let runs = Runs::new(all.to_vec(), Source::Practice);
        let left = runs.forget_in(&file, "wdie").unwrap();
        assert!(left.get("wdie").is_err() && left.get("baseline").is_ok());
        assert_eq!(
            names(&records::read(&file).unwrap()),
            ["baseline", "wdie"],
            "a trial is no row of the table"
        );
        let told = runs.forget("wide").unwrap_err().to_string();
        assert!(told.contains("\"wide\" among [\"baseline\", \"wdie\"]"), "{told}");
    }

    /// A line of a file, read again.
    fn read(line: &str) -> Run {
        serde_json::from_str(line).unwrap()
    }

    #[test]
    fn a_line_that_somebody_else_has_written_is_not_sealed() {
        let seconds = 0.1 + 0.2;
        let line = serde_json::to_string(&Run { seconds, ..run("256 neurons", 0.8861) }.sealed()).unwrap();
        assert!(read(&line).is_sealed());
        let edits = [
            ("0.8861", "0.9861"),
            ("256 neurons", "64 neurons"),
            ("\"trained_on\":[\"train\"]", "\"trained_on\":[]"),
            ("\"units\":128", "\"units\":256"),
            ("\"epochs\":2", "\"epochs\":50"),
            ("\"seed\":42", "\"seed\":43"),
        ];
        for (from, to) in edits {
            let edited = line.replace(from, to);
            assert!(edited != line && !read(&edited).is_sealed(), "{from} as {to}");
        }
        let old = r#"{"name":"old","data":"real","layers":"784-128-10","params":1,"optimizer":"Adam","learning_rate":0.001,
            "batch_size":32,"epochs":10,"seed":1,"train_loss":0.1,"train_accuracy":0.9,"validation_accuracy":null,
            "test_accuracy":0.9,"seconds":1.0,"threads":2,"when":"2026-01-01T00:00:00Z"}"#;
        assert!(!read(old).is_sealed(), "it can be read, and proves nothing");
    }
}
