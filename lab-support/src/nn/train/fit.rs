use std::path::PathBuf;

use lab_base::Error;
use lab_base::home;

use crate::data::{Dataset, Source};
use crate::nn::kernels::Threads;
use crate::nn::loss::CrossEntropy;
use crate::nn::model::{Samples, Sequential};
use crate::nn::train::checkpoint::Checkpoint;
use crate::nn::train::history::{History, Setup};
use crate::nn::train::recipe::Fit;
use crate::nn::train::state::FitState;
use crate::nn::train::step::Trainer;

impl Sequential {
    /// Trains the network: `epochs` times through `data` in shuffled batches, each followed by one update
    /// of the weights. Prints a line per epoch. A second call goes on where the first ended.
    ///
    /// Where no epoch is better than guessing, a sentence at the end says so, and why that usually is.
    ///
    /// In the lab's notebooks it shows how far it is, and the stop button ends it after the current batch: the
    /// network keeps what it has learned, and the history holds the epochs that were completed. A checkpoint
    /// stays, as the last of them left it. When the loss stops being a finite number, the network has the weights from
    /// before that epoch. Either way early stopping gives it the best weights so far.
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
        let before = self.epochs;
        let state = self.train(&train, validation.as_ref(), &plan, checkpoint, &Threads::new()?);
        if self.epochs > before {
            self.trained_on = Some(source);
            self.provenance.add(train.images(), validation.as_ref().map(Dataset::images));
        }
        let state = state?;
        let FitState { epochs, restored, .. } = state;
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
    ) -> Result<FitState, Error> {
        let trainer = Trainer::new(self, train, validation, plan, threads)?;
        let checkpoint = checkpoint.map(|file| Checkpoint::new(file, trainer.model, train, validation, plan));
        let state = match &checkpoint {
            Some(checkpoint) => checkpoint.resume(trainer.model, plan)?,
            None => FitState::new(plan),
        };
        threads.run(|| trainer.run(state, checkpoint.as_ref()))
    }

    /// What a training by this plan is recorded as.
    pub(crate) fn setup(&self, plan: &Fit, source: Source) -> Result<Setup, Error> {
        let (optimizer, loss) = self.checked_compilation()?;
        Ok(Setup {
            layers: self.architecture(),
            params: self.trainable_params(),
            optimizer: optimizer.settings().name(),
            learning_rate: optimizer.settings().learning_rate(),
            batch_size: plan.batch_size,
            with: extras(plan, loss),
            at_most: plan.early_stopping.map(|_| plan.epochs),
            seed: self.seed,
            threads: Threads::wanted()?,
            source,
            provenance: self.provenance.clone(),
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
