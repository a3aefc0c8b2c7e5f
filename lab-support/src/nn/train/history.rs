use std::fmt;
use std::ops::Deref;
use std::path::Path;

use lab_base::records::{Table, cell};
use lab_base::{Error, files};

use crate::data::{Digest, Source};
use crate::nn::model::Provenance;
use crate::nn::train::epoch::Epoch;
use crate::nn::train::recipe::Recipe;

/// What was trained, and how: the part of a record that doesn't change from epoch to epoch.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    pub(crate) recipe: Recipe,
    /// As `784-128-10`.
    pub layers: String,
    /// Trainable numbers.
    pub params: usize,
    /// Epochs that the network had been trained for before, since its weights were drawn or loaded.
    pub epochs_before: usize,
    /// Threads that trained it.
    pub threads: usize,
    /// Where the images come from.
    pub source: Source,
    /// All that the network has seen in training up to now.
    pub provenance: Provenance,
    /// Validation images that the network has learned from, too: 0 where validation tells what it should.
    pub validated_on_learned: usize,
    /// The weights that the training ended with.
    pub(crate) network: Digest,
}

/// Every figure of a training run, epoch by epoch: what `fit` returns. What is in it, `history.epochs` and the others
/// of [`Training`], can be read and not be changed: it stands for a training that took place.
///
/// ```no_run
/// # use lab_support::prelude::*;
/// # let train = FashionMnist::load()?.train.normalized();
/// # let mut model = Sequential::new([28, 28]).flatten().dense(10, Linear);
/// # model.compile(Adam::default(), CrossEntropy::from_logits());
/// let history = model.fit(&train, Fit::epochs(10).validation_split(0.1))?;
/// let losses: Vec<f32> = history.epochs.iter().map(|epoch| epoch.train.loss).collect();
/// history.plot()?.save("curves.svg")?;
/// # Ok::<(), lab_support::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct History(pub(crate) Training);

/// As a table: a line for each epoch.
impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}", self.to_csv().trim_end())
    }
}

/// What a [`History`] holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Training {
    /// Epoch by epoch, those that were completed.
    pub epochs: Vec<Epoch>,
    /// The epoch whose weights early stopping gave back to the network; None where it has those of the last.
    pub restored: Option<usize>,
    /// What was trained, and how.
    pub setup: Setup,
}

impl Deref for History {
    type Target = Training;

    fn deref(&self) -> &Training {
        &self.0
    }
}

impl History {
    /// The epoch whose weights the network has now; None where there was no epoch.
    pub fn kept(&self) -> Option<&Epoch> {
        match self.restored {
            Some(number) => self.epochs.iter().find(|epoch| epoch.number == number),
            None => self.epochs.last(),
        }
    }

    /// The epochs as comma-separated values, a line each under a line of names, which are those of Keras's `CSVLogger`:
    /// `epoch,loss,accuracy,val_loss,val_accuracy,learning_rate,seconds`. What was not measured is empty.
    ///
    /// [`save_csv`](Self::save_csv) writes them to a file.
    pub fn to_csv(&self) -> String {
        self.table().csv()
    }

    /// Writes what [`to_csv`](Self::to_csv) gives to a file, for pandas' `read_csv` or a spreadsheet.
    ///
    /// ```no_run
    /// # use lab_support::prelude::*;
    /// # fn write(history: &History) -> Result<(), lab_support::Error> {
    /// history.save_csv("history.csv")
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn save_csv(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        files::write_atomically(path.as_ref(), self.to_csv().as_bytes())
    }

    /// The same in JSON: an array with an object for each epoch. What was not measured is null.
    pub fn to_json(&self) -> String {
        self.table().json()
    }

    fn table(&self) -> Table {
        let names = ["epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds"];
        let row = |epoch: &Epoch| {
            let Epoch { number, train, validation, learning_rate, seconds, .. } = epoch;
            let validation = [validation.map(|score| score.loss), validation.map(|score| score.accuracy)];
            let scores = [Some(train.loss), Some(train.accuracy)].into_iter().chain(validation);
            let scores = scores.chain([Some(*learning_rate)]).map(cell);
            std::iter::once(cell(number)).chain(scores).chain([cell((seconds * 1e3).round() / 1e3)]).collect()
        };
        Table { names: names.to_vec(), rows: self.epochs.iter().map(row).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Images, Split};
    use crate::nn::Activation::Linear;
    use crate::nn::loss::CrossEntropy;
    use crate::nn::model::Sequential;
    use crate::nn::optim::Sgd;
    use crate::nn::train::settings::Fit;

    fn images(bright: u8) -> Images {
        Images::made(Source::Practice, (4, 2, 2), |(i, ..)| bright + i as u8, |_| 0)
    }

    #[test]
    fn its_epochs_are_a_table() {
        let mut model = Sequential::new([2, 2]).flatten().dense(10, Linear);
        model.compile(Sgd::new(0.1), CrossEntropy::from_logits());
        let data = images(0).normalized();
        let mut history = model.fit(&data, Fit::epochs(2).validation(&data).quiet()).unwrap();
        (history.0.epochs[0].seconds, history.0.epochs[1].seconds) = (0.5, 0.25);
        history.0.epochs[1].validation = None;
        let [one, two] = [&history.epochs[0], &history.epochs[1]];
        let validation = one.validation.unwrap();
        let csv = format!(
            "epoch,loss,accuracy,val_loss,val_accuracy,learning_rate,seconds\n1,{},{},{},{},0.1,0.5\n2,{},{},,,0.1,0.25\n",
            cell(one.train.loss),
            cell(one.train.accuracy),
            cell(validation.loss),
            cell(validation.accuracy),
            cell(two.train.loss),
            cell(two.train.accuracy),
        );
        assert_eq!(history.to_csv(), csv);
        let json: serde_json::Value = serde_json::from_str(&history.to_json()).unwrap();
        assert_eq!((&json[1]["epoch"], &json[1]["val_loss"]), (&2.into(), &serde_json::Value::Null));
        assert_eq!(json[0]["loss"].as_f64().unwrap() as f32, one.train.loss);
    }

    #[test]
    fn a_network_remembers_every_image_that_had_a_say_until_it_is_drawn_anew() {
        let (train, test) = Images::originals(images(0), images(10));
        let [train, test, by_hand] = [train, test, images(20)].map(|images| images.normalized());
        let mut model = Sequential::new([2, 2]).flatten().dense(10, Linear);
        model.compile(Sgd::new(0.1), CrossEntropy::from_logits());
        let plan = || Fit::epochs(1).quiet();
        let splits = |history: &History| {
            let setup = &history.setup;
            (setup.provenance.trained(), setup.provenance.validated(), setup.validated_on_learned)
        };
        let first = model.fit(&by_hand, plan().validation(&test)).unwrap();
        assert_eq!(splits(&first), (vec![Split::Unknown], vec![Split::Test], 0));
        let second = model.fit(&train.take(3), plan().validation_split(0.5)).unwrap();
        let both = (vec![Split::Train, Split::Unknown], vec![Split::Train, Split::Test]);
        assert_eq!(splits(&second), (both.0.clone(), both.1.clone(), 0));
        let third = model.fit(&train.split(2).unwrap().1, plan().validation(&train.take(1))).unwrap();
        assert_eq!(splits(&third).2, 1, "one of these was learned from before");

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("it.safetensors");
        model.save(&file).unwrap();
        let loaded = Sequential::load(&file).unwrap();
        assert_eq!(loaded.provenance, third.setup.provenance, "a file says it, too");
        let mut other = Sequential::new([2, 2]).flatten().dense(10, Linear);
        other.load_weights(&file).unwrap();
        assert_eq!(other.provenance.trained(), [Split::Unknown]);

        let mut anew = model.seed(1);
        let fourth = anew.fit(&train, plan()).unwrap();
        assert_eq!(splits(&fourth), (vec![Split::Train], vec![], 0));
    }
}
