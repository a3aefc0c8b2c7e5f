use std::path::PathBuf;

use ndarray::Array2;

use lab_base::home;

use crate::Error;
use crate::data::{Dataset, Source};

use crate::nn::compute::threads::Threads;
use crate::nn::loss::CrossEntropy;
use crate::nn::optimizers::Optimizer;
use crate::nn::optimizers::muon::Muon;
use crate::nn::sequential::Sequential;
use crate::nn::training::checkpoint::Checkpoint;
use crate::nn::training::course::Course;
use crate::nn::training::fit::Fit;
use crate::nn::training::history::{History, Setup};
use crate::nn::training::samples::Samples;
use crate::nn::training::tape::Tape;
use crate::nn::training::trainer::Trainer;

impl Sequential {
    /// Trains the network: `epochs` times through `data` in shuffled batches, each followed by one update
    /// of the weights. Prints a line per epoch. A second call goes on where the first ended.
    ///
    /// In the lab's notebooks it shows how far it is, and the stop button ends it after the current batch: the
    /// network keeps what it has learned, and the history holds the epochs that were completed. A checkpoint
    /// stays, as the last of them left it.
    ///
    /// # Errors
    /// When the network was not compiled, when it does not fit the data, when a setting is out of range, when a
    /// checkpoint is of another training or can't be read or written, or when the loss stops being a finite number.
    /// Everything but the last and the writing is checked before any work.
    pub fn fit(&mut self, data: &Dataset, plan: Fit) -> Result<History, Error> {
        plan.check()?;
        let (train, validation) = plan.sets(data)?;
        let source = train.images().source;
        let checkpoint = match &plan.checkpoint {
            Some(name) => Some(home::checkpoint_file(source, name)?),
            None => None,
        };
        let course = self.train(&train, validation.as_ref(), &plan, checkpoint, &Threads::new()?)?;
        self.trained_on = Some(source);
        self.seen.add(train.images(), validation.as_ref().map(Dataset::images));
        let Course { epochs, restored, .. } = course;
        Ok(History { epochs, restored, setup: self.setup(&plan, source)? })
    }

    /// Writes a checkpoint after each epoch where `checkpoint` names a file.
    pub(crate) fn train(
        &mut self,
        train: &impl Samples,
        validation: Option<&Dataset>,
        plan: &Fit,
        checkpoint: Option<PathBuf>,
        threads: &Threads,
    ) -> Result<Course, Error> {
        let (optimizer, loss) = self.checked_compilation()?;
        self.check_fits(train, "training")?;
        if let Some(validation) = validation {
            self.check_fits(validation, "validating")?;
        }
        if let Some(augment) = &plan.augment {
            augment.check(&self.input_shape)?;
        }
        self.prepare(optimizer);
        let checkpoint = checkpoint.map(|file| Checkpoint::new(file, self, train, validation, plan));
        let course = match &checkpoint {
            Some(checkpoint) => checkpoint.resume(self, plan)?,
            None => Course::new(plan),
        };
        let batch = plan.batch_size.min(train.len());
        let tape = Tape::for_training(self, batch);
        let originals = Array2::zeros((plan.augment.map_or(0, |_| batch), train.features()));
        let trainer =
            Trainer { model: self, train, validation, plan, optimizer, loss, tape, originals, threads };
        threads.run(|| trainer.run(course, checkpoint.as_ref()))
    }

    /// Makes room for gradients, and for what the optimizer remembers.
    pub(crate) fn prepare(&mut self, optimizer: Optimizer) {
        let moments = optimizer.settings().moments();
        self.parameters_mut().for_each(|p| p.prepare(if p.is_trained() { moments } else { 0 }));
    }

    pub(crate) fn checked_compilation(&self) -> Result<(Optimizer, CrossEntropy), Error> {
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
        loss.check()?;
        self.check_loss(loss, "starting to train")?;
        if matches!(optimizer, Optimizer::Muon(_)) && !self.parameters().any(Muon::is_for) {
            let advice = "compile with AdamW, which is what Muon does to all other layers";
            let expected = "a network with convolutions, for Muon";
            return Err(Error::new("starting to train", expected, self.widths(), advice));
        }
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

    /// What a training by this plan is recorded as.
    pub(crate) fn setup(&self, plan: &Fit, source: Source) -> Result<Setup, Error> {
        let (optimizer, loss) = self.checked_compilation()?;
        Ok(Setup {
            layers: self.widths(),
            params: self.trainable_params(),
            optimizer: optimizer.settings().name(),
            learning_rate: optimizer.settings().learning_rate(),
            batch_size: plan.batch_size,
            with: extras(plan, loss),
            at_most: plan.early_stopping.map(|_| plan.epochs),
            seed: self.seed,
            threads: Threads::wanted()?,
            source,
            seen: self.seen.clone(),
        })
    }
}

/// What was chosen beside optimizer and batch size: `cosine, warm-up 2; label smoothing 0.1`.
fn extras(plan: &Fit, loss: CrossEntropy) -> String {
    let patience = plan.early_stopping.map(|patience| format!("early stopping after {patience}"));
    let clip = plan.clip_norm.map(|most| format!("gradients clipped to {most}"));
    let augment = plan.augment.map(|augment| augment.to_string());
    let parts = [plan.schedule.name(), augment, loss.name(), clip, patience];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}
