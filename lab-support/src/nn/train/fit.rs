use lab_base::Error;
use lab_base::home;

use crate::data::Dataset;
use crate::nn::kernels::Threads;
use crate::nn::model::{Samples, Sequential, Start};
use crate::nn::train::checkpoint::Checkpoint;
use crate::nn::train::history::{History, Setup, Training};
use crate::nn::train::recipe::{Recipe, SetSpec};
use crate::nn::train::settings::Fit;
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
        let file = plan.checkpoint.as_ref().map(|name| home::checkpoint_file(source, name)).transpose()?;
        // Where that one goes on, its file holds the weights that it goes on from.
        let interrupted = self.interrupted.filter(|_| file.as_ref().is_some_and(|file| file.exists()));
        let start = interrupted.unwrap_or_else(|| self.start());
        let recipe = self.recipe(start, &plan, &train, validation.as_ref())?;
        let checkpoint = match file {
            Some(file) => Some(Checkpoint::new(file, recipe.clone(), plan.quiet)),
            // A callback wants to see the network in each epoch.
            None if plan.callback.is_some() => None,
            None => home::trainings_dir()?.map(|folder| Checkpoint::reused(&folder, recipe.clone(), WORTH)),
        };
        self.interrupted = plan.checkpoint.as_ref().map(|_| start);
        let (before, mut validated_on_learned) = (self.epochs, 0);
        let trained = self.train(&train, validation.as_ref(), &plan, checkpoint, &Threads::new()?);
        if trained.is_ok() || self.epochs > before {
            self.trained_on = Some(source);
            let validation = validation.as_ref().map(Dataset::images);
            validated_on_learned = self.provenance.add(train.images(), validation);
        }
        let state = trained?;
        self.interrupted = self.interrupted.filter(|_| !state.is_over(&plan.plan));
        if validated_on_learned > 0 && !plan.quiet {
            println!(
                "Of the validation images, {validated_on_learned} are learned from, too: they can't tell how the \
                 network does on new ones."
            );
        }
        let setup = Setup {
            layers: self.architecture(),
            params: self.trainable_params(),
            // A training that goes on from a checkpoint has its own first epochs among those of the network.
            epochs_before: (self.epochs as usize).saturating_sub(state.epochs.len()),
            threads: Threads::wanted()?,
            source,
            provenance: self.provenance.clone(),
            validated_on_learned,
            network: self.digest(),
            recipe,
        };
        Ok(History(Training { epochs: state.epochs, restored: state.restored, setup }))
    }

    /// Goes on from `checkpoint` where it holds something, and keeps it up to date.
    pub(crate) fn train(
        &mut self,
        train: &impl Samples,
        validation: Option<&Dataset>,
        plan: &Fit,
        checkpoint: Option<Checkpoint>,
        threads: &Threads,
    ) -> Result<FitState, Error> {
        let trainer = Trainer::new(self, train, validation, plan, threads)?;
        let state = match &checkpoint {
            Some(checkpoint) => checkpoint.resume(trainer.model)?,
            None => FitState::new(&plan.plan),
        };
        threads.run(|| trainer.run(state, checkpoint.as_ref()))
    }

    /// The training of this network that begins at `start`.
    ///
    /// # Errors
    /// When the network was not compiled, or can't be trained so.
    pub(crate) fn recipe(
        &self,
        start: Start,
        plan: &Fit,
        train: &Dataset,
        validation: Option<&Dataset>,
    ) -> Result<Recipe, Error> {
        let (optimizer, loss) = self.checked_compilation()?;
        let (train, validation) = (SetSpec::of(train), validation.map(SetSpec::of));
        Ok(Recipe {
            network: self.spec(),
            start,
            optimizer,
            loss,
            plan: plan.plan.clone(),
            train,
            validation,
        })
    }
}

/// Seconds from which on a training is worth a file that it can be had again from.
const WORTH: f64 = 0.1;
