//! What `fit` takes.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use lab_base::Error;
use lab_base::home;

use crate::data::Dataset;
use crate::nn::model::Sequential;
use crate::nn::train::augment::Augment;
use crate::nn::train::epoch::Epoch;
use crate::nn::train::plan::Plan;
use crate::nn::train::schedule::Schedule;

/// How long and on what to train: what `fit` takes beside the training set.
///
/// ```
/// # use lab_support::prelude::Fit;
/// let plan = Fit::epochs(30).batch_size(64).validation_split(0.1).early_stopping(5);
/// ```
#[derive(Clone, Debug)]
pub struct Fit {
    pub(crate) plan: Plan,
    validation: Validation,
    pub(crate) checkpoint: Option<String>,
    pub(crate) callback: Option<Callback>,
    pub(crate) quiet: bool,
}

/// What is called after each epoch.
#[derive(Clone)]
pub(crate) struct Callback(Arc<Mutex<Watch>>);

type Watch = dyn FnMut(&Epoch, &Sequential) + Send;

impl Callback {
    pub fn call(&self, epoch: &Epoch, model: &Sequential) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)(epoch, model);
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("Callback")
    }
}

#[derive(Clone, Debug)]
enum Validation {
    None,
    Given(Dataset),
    Split(f64),
}

impl Default for Fit {
    /// The lab's 10 epochs.
    fn default() -> Fit {
        Fit::epochs(10)
    }
}

impl Fit {
    /// `epochs` passes over the training set (1 to 1,000,000) in batches of 32, without validation.
    pub fn epochs(epochs: usize) -> Fit {
        let plan = Plan {
            epochs,
            batch_size: 32,
            schedule: Schedule::default(),
            augment: None,
            clip_norm: None,
            early_stopping: None,
            class_weight: None,
            average: None,
        };
        Fit { plan, validation: Validation::None, checkpoint: None, callback: None, quiet: false }
    }

    /// Images per update of the weights: at least 1, default 32.
    pub fn batch_size(self, batch_size: usize) -> Fit {
        Fit { plan: Plan { batch_size, ..self.plan }, ..self }
    }

    /// After each epoch measures loss and accuracy on `data`, from which nothing is learned.
    pub fn validation(self, data: &Dataset) -> Fit {
        Fit { validation: Validation::Given(data.clone()), ..self }
    }

    /// Keeps the last `fraction` of the training set for validation: above 0 and below 1.
    pub fn validation_split(self, fraction: f64) -> Fit {
        Fit { validation: Validation::Split(fraction), ..self }
    }

    /// Changes the learning rate while training; default: it stays.
    pub fn schedule(self, schedule: Schedule) -> Fit {
        Fit { plan: Plan { schedule, ..self.plan }, ..self }
    }

    /// Changes every training image a little each time it is seen; default: never. Validation images stay.
    pub fn augment(self, augment: Augment) -> Fit {
        Fit { plan: Plan { augment: Some(augment), ..self.plan }, ..self }
    }

    /// Scales the gradients down where their global norm, the root of the sum of their squares over all weights,
    /// is above `most` (above 0, usually 1 to 5); default: never. (Pascanu et al., 2013; Keras's
    /// `global_clipnorm`.)
    pub fn clip_norm(self, most: f32) -> Fit {
        Fit { plan: Plan { clip_norm: Some(most), ..self.plan }, ..self }
    }

    /// How much each class counts, a number for each in label order, default 1: each image's loss is multiplied by the number of
    /// its class, and the training loss is the mean of these products. Finite numbers of at least 0, not all of them 0;
    /// above 1 for a class that is rare, or must not be missed. Validation and test are not weighted. Keras's
    /// `class_weight`.
    ///
    /// ```
    /// # use lab_support::prelude::Fit;
    /// let mut weights = [1.0; 10];
    /// weights[6] = 2.0; // a shirt counts twice
    /// let plan = Fit::epochs(5).class_weight(weights);
    /// ```
    pub fn class_weight(self, weights: impl Into<Vec<f32>>) -> Fit {
        Fit { plan: Plan { class_weight: Some(weights.into()), ..self.plan }, ..self }
    }

    /// Trains as always, and keeps a running mean of all numbers beside it: after each step
    /// `mean = memory · mean + (1 - memory) · number`, from the numbers after the first step on. Validation, early
    /// stopping and the network that is left in the end have the mean: the noise of single steps is averaged away.
    /// `memory` is above 0 and below 1, usually 0.99 to 0.9999: it looks back over 1 / (1 - memory) steps, which should
    /// be fewer than there are. Default: the last numbers themselves. (Polyak and Juditsky, 1992; Keras's `use_ema` with
    /// `ema_momentum`, PyTorch's `AveragedModel` with `get_ema_multi_avg_fn` and `use_buffers`.)
    pub fn average_weights(self, memory: f32) -> Fit {
        Fit { plan: Plan { average: Some(memory), ..self.plan }, ..self }
    }

    /// Calls `callback` after each epoch with its figures and the network as it is then: to print, to save, to measure.
    /// It changes nothing of the training. Keras's `LambdaCallback(on_epoch_end)`.
    ///
    /// ```
    /// # use lab_support::prelude::Fit;
    /// let plan = Fit::epochs(5).quiet().on_epoch(|epoch, _| println!("{}: {:.3}", epoch.number, epoch.train.loss));
    /// ```
    pub fn on_epoch(self, callback: impl FnMut(&Epoch, &Sequential) + Send + 'static) -> Fit {
        Fit { callback: Some(Callback(Arc::new(Mutex::new(callback)))), ..self }
    }

    /// Ends training when the validation loss has not fallen for `patience` epochs (at least 1, usually 3 to 10), and
    /// goes back to the weights of its smallest value, however training ends. Needs a validation set. Default: all
    /// epochs, and the weights of the last.
    pub fn early_stopping(self, patience: usize) -> Fit {
        Fit { plan: Plan { early_stopping: Some(patience), ..self.plan }, ..self }
    }

    /// Writes down after each epoch how far training has come, as `data/checkpoints/<name>.safetensors`. Where such
    /// a file is found, training goes on from it, with the same result to the last bit as if it had never been
    /// interrupted; it is removed when training is complete. The name is made of letters, digits, - and _.
    pub fn checkpoint(self, name: impl Into<String>) -> Fit {
        Fit { checkpoint: Some(name.into()), ..self }
    }

    /// Prints nothing while training.
    pub fn quiet(self) -> Fit {
        Fit { quiet: true, ..self }
    }

    /// Whether there is a validation set.
    pub(crate) fn is_validated(&self) -> bool {
        !matches!(self.validation, Validation::None)
    }

    /// The sets to learn from and to validate on.
    pub(crate) fn sets(&self, data: &Dataset) -> Result<(Dataset, Option<Dataset>), Error> {
        match &self.validation {
            Validation::None => Ok((data.clone(), None)),
            Validation::Given(validation) => Ok((data.clone(), Some(validation.clone()))),
            Validation::Split(fraction) => {
                let (train, validation) = data.split_fraction(*fraction)?;
                Ok((train, Some(validation)))
            }
        }
    }

    /// # Errors
    /// When a setting is out of its range.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.plan.check()?;
        if self.plan.early_stopping.is_some() && !self.is_validated() {
            let expected = "a validation set to watch, for early stopping";
            return Err(Error::new("reading how to train", expected, "none", "add .validation_split(0.1)"));
        }
        if let Some(name) = &self.checkpoint {
            home::check_name(name, "naming a checkpoint")?;
        }
        self.plan.schedule.check(self.plan.epochs)
    }
}
