use lab_base::Error;
use lab_base::home;
use serde::{Deserialize, Serialize};

use crate::data::Dataset;
use crate::nn::loss::CrossEntropy;
use crate::nn::train::augment::Augment;
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
    pub(crate) quiet: bool,
}

/// What of it has a say in the result, the data apart.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub epochs: usize,
    pub batch_size: usize,
    pub schedule: Schedule,
    pub augment: Option<Augment>,
    pub clip_norm: Option<f32>,
    pub early_stopping: Option<usize>,
}

/// More than anyone waits for.
const MOST_EPOCHS: usize = 1_000_000;

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
        };
        Fit { plan, validation: Validation::None, checkpoint: None, quiet: false }
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
        let doing = "reading how to train";
        let patience = self.plan.early_stopping.unwrap_or(1);
        for (what, value) in
            [("epochs", self.plan.epochs), ("batch_size", self.plan.batch_size), ("early_stopping", patience)]
        {
            if value == 0 {
                let advice = "write Fit::epochs(10).batch_size(32).early_stopping(5)";
                return Err(Error::new(doing, format!("{what} to be at least 1"), value, advice));
            }
        }
        if self.plan.epochs > MOST_EPOCHS {
            let expected = format!("at most {MOST_EPOCHS} epochs");
            let advice = "write Fit::epochs(10), and early_stopping(5)";
            return Err(Error::new(doing, expected, self.plan.epochs, advice));
        }
        if let Some(most) = self.plan.clip_norm
            && !(most > 0.0 && most.is_finite())
        {
            let expected = "clip_norm to be a finite number above 0";
            return Err(Error::new(doing, expected, most, "its usual value is 1"));
        }
        if self.plan.early_stopping.is_some() && !self.is_validated() {
            let expected = "a validation set to watch, for early stopping";
            return Err(Error::new(doing, expected, "none", "add .validation_split(0.1)"));
        }
        if let Some(name) = &self.checkpoint {
            home::check_name(name, "naming a checkpoint")?;
        }
        self.plan.schedule.check(self.plan.epochs)
    }
}

impl Plan {
    /// What was chosen beside the batch size, for people: `cosine, warm-up 2; gradients clipped to 1`.
    pub fn words(&self, loss: CrossEntropy) -> String {
        let patience = self.early_stopping.map(|patience| format!("early stopping after {patience}"));
        let clip = self.clip_norm.map(|most| format!("gradients clipped to {most}"));
        let augment = self.augment.map(|augment| augment.to_string());
        let parts = [self.schedule.name(), augment, loss.name(), clip, patience];
        parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }
}
