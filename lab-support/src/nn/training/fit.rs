use crate::Error;
use crate::data::{Dataset, Source};

use crate::nn::compute::threads::Threads;
use crate::nn::loss::CrossEntropy;
use crate::nn::optimizers::Optimizer;
use crate::nn::sequential::Sequential;
use crate::nn::training::history::{Epoch, History, Setup};
use crate::nn::training::progress::Progress;
use crate::nn::training::samples::Samples;
use crate::nn::training::tape::Tape;
use crate::nn::training::trainer::Trainer;

/// How long and on what to train: what `fit` takes beside the training set.
///
/// ```
/// # use lab_support::prelude::Fit;
/// let plan = Fit::epochs(30).batch_size(64).validation_split(0.1);
/// ```
#[derive(Clone, Debug)]
pub struct Fit {
    epochs: usize,
    batch_size: usize,
    validation: Validation,
    quiet: bool,
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
    /// `epochs` passes over the training set (at least 1) in batches of 32, without validation.
    pub fn epochs(epochs: usize) -> Fit {
        Fit { epochs, batch_size: 32, validation: Validation::None, quiet: false }
    }

    /// Images per update of the weights: at least 1, default 32.
    pub fn batch_size(self, batch_size: usize) -> Fit {
        Fit { batch_size, ..self }
    }

    /// After each epoch measures loss and accuracy on `data`, from which nothing is learned.
    pub fn validation(self, data: &Dataset) -> Fit {
        Fit { validation: Validation::Given(data.clone()), ..self }
    }

    /// Keeps the last `fraction` of the training set for validation: above 0 and below 1.
    pub fn validation_split(self, fraction: f64) -> Fit {
        Fit { validation: Validation::Split(fraction), ..self }
    }

    /// Prints nothing while training.
    pub fn quiet(self) -> Fit {
        Fit { quiet: true, ..self }
    }

    /// The sets to learn from and to validate on.
    fn sets(&self, data: &Dataset) -> Result<(Dataset, Option<Dataset>), Error> {
        match &self.validation {
            Validation::None => Ok((data.clone(), None)),
            Validation::Given(validation) => Ok((data.clone(), Some(validation.clone()))),
            Validation::Split(fraction) => {
                let (train, validation) = data.split_fraction(*fraction)?;
                Ok((train, Some(validation)))
            }
        }
    }

    fn check(&self) -> Result<(), Error> {
        for (what, value) in [("epochs", self.epochs), ("batch_size", self.batch_size)] {
            if value == 0 {
                let advice = "write Fit::epochs(10).batch_size(32)";
                return Err(Error::new(
                    "reading how to train",
                    format!("{what} to be at least 1"),
                    value,
                    advice,
                ));
            }
        }
        Ok(())
    }
}

impl Sequential {
    /// Trains the network: `epochs` times through `data` in shuffled batches, each followed by one update
    /// of the weights. Prints a line per epoch. A second call goes on where the first ended.
    ///
    /// # Errors
    /// When the network was not compiled, when it does not fit the data, when a setting is out of range,
    /// or when the loss stops being a finite number. Everything but the last is checked before any work.
    pub fn fit(&mut self, data: &Dataset, plan: Fit) -> Result<History, Error> {
        plan.check()?;
        let (train, validation) = plan.sets(data)?;
        let epochs = self.train(&train, validation.as_ref(), &plan)?;
        let source = train.images().source;
        self.trained_on = Some(source);
        self.seen.add(train.images(), validation.as_ref().map(Dataset::images));
        Ok(History { epochs, setup: self.setup(plan.batch_size, source)? })
    }

    pub(crate) fn train(
        &mut self,
        train: &impl Samples,
        validation: Option<&Dataset>,
        plan: &Fit,
    ) -> Result<Vec<Epoch>, Error> {
        self.train_with(train, validation, plan, &Threads::new()?)
    }

    pub(crate) fn train_with(
        &mut self,
        train: &impl Samples,
        validation: Option<&Dataset>,
        plan: &Fit,
        threads: &Threads,
    ) -> Result<Vec<Epoch>, Error> {
        let (optimizer, loss) = self.checked_compilation()?;
        self.check_fits(train, "training")?;
        if let Some(validation) = validation {
            self.check_fits(validation, "validating")?;
        }
        let moments = optimizer.settings().moments();
        self.parameters_mut().for_each(|p| p.prepare(if p.is_trained() { moments } else { 0 }));
        let tape = Tape::for_training(self, plan.batch_size.min(train.len()));
        let batch_size = plan.batch_size;
        let mut trainer = Trainer { model: self, train, optimizer, loss, batch_size, tape, threads };
        threads.run(|| {
            let one = |number| {
                let mut progress = Progress::new(number, plan.epochs, plan.quiet);
                let epoch = trainer.epoch(number, validation, &mut progress)?;
                progress.finish(&epoch);
                Ok(epoch)
            };
            (1..=plan.epochs).map(one).collect()
        })
    }

    fn checked_compilation(&self) -> Result<(Optimizer, CrossEntropy), Error> {
        self.check()?;
        let (optimizer, loss) = self.compiled.ok_or_else(|| {
            Error::new(
                "starting to train",
                "a compiled network",
                "one without optimizer and loss",
                "call model.compile(Adam::default(), CrossEntropy::from_logits()) first",
            )
        })?;
        optimizer.settings().check()?;
        self.check_loss(loss, "starting to train")?;
        Ok((optimizer, loss))
    }

    /// # Errors
    /// When the loss takes logits and the network gives probabilities, or the other way round.
    pub(crate) fn check_loss(&self, loss: CrossEntropy, doing: &str) -> Result<(), Error> {
        let (found, advice) = match (loss.wants_logits(), self.ends_in_softmax()) {
            (true, true) => (
                "a softmax before a loss that takes logits",
                "compile with CrossEntropy::from_probabilities()",
            ),
            (false, false) => (
                "no softmax before a loss that takes probabilities",
                "compile with CrossEntropy::from_logits()",
            ),
            _ => return Ok(()),
        };
        Err(Error::new(doing, "a loss that fits the last layer", found, advice))
    }

    fn setup(&self, batch_size: usize, source: Source) -> Result<Setup, Error> {
        let (optimizer, _) = self.checked_compilation()?;
        Ok(Setup {
            layers: self.widths(),
            params: self.trainable_params(),
            optimizer: optimizer.settings().name(),
            learning_rate: optimizer.settings().learning_rate(),
            batch_size,
            seed: self.seed,
            threads: Threads::wanted()?,
            source,
            seen: self.seen.clone(),
        })
    }
}
