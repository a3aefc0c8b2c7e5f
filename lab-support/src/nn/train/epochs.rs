use std::time::Instant;

use lab_base::Error;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::nn::kernels::RandomStream;
use crate::nn::model::{Samples, Sequential};
use crate::nn::score::Score;
use crate::nn::train::checkpoint::Checkpoint;
use crate::nn::train::epoch::Epoch;
use crate::nn::train::progress::TrainingProgress;
use crate::nn::train::state::FitState;
use crate::nn::train::step::Trainer;

impl<S: Samples> Trainer<'_, S> {
    /// Epoch after epoch, until `state` says that it is over or the student stops it. After each one the
    /// checkpoint is written. However training ends, the weights are finite, and where early stopping was asked for,
    /// the best.
    ///
    /// # Errors
    /// When the loss is no longer a finite number, or the checkpoint can't be written or removed.
    pub fn run(mut self, mut state: FitState, checkpoint: Option<&Checkpoint>) -> Result<FitState, Error> {
        let end = self.epochs(&mut state, checkpoint);
        // Within an epoch, or where its checkpoint could not be written, training ends before its time.
        let within = !matches!(end, Ok(true));
        state.finish(self.model, within, self.quiet);
        end?;
        Ok(state)
    }

    /// True where all epochs were done, false where the student stopped them.
    fn epochs(&mut self, state: &mut FitState, checkpoint: Option<&Checkpoint>) -> Result<bool, Error> {
        let is_reused = checkpoint.is_some_and(Checkpoint::is_reused);
        let was_over = state.is_over(&self.plan);
        let mut progress = TrainingProgress::new(
            self.model.architecture(),
            self.plan.epochs,
            self.quiet,
            if is_reused { &[] } else { &state.epochs },
        );
        if is_reused {
            for epoch in &state.epochs {
                progress.begin(epoch.number);
                progress.finish(epoch);
            }
        }
        if !state.epochs.is_empty() {
            self.model.has_learned();
        }
        while !state.is_over(&self.plan) {
            let number = state.epochs.len() + 1;
            let reduction = state.plateau.factor(&self.plan.schedule);
            let before = Weights::of(self.model);
            let epoch = self.epoch(number, reduction, &mut progress);
            // What was learned before a stop is kept where it is finite.
            if epoch.is_err() || !self.model.is_finite() {
                before.restore(self.model);
            }
            let epoch = epoch?;
            self.model.has_learned();
            let Some(epoch) = epoch else { return Ok(false) };
            progress.finish(&epoch);
            if let Some(callback) = self.callback {
                callback.call(&epoch, self.model);
            }
            state.after(epoch, &self.plan, self.model);
            self.model.swap_averages();
            if let Some(checkpoint) = checkpoint {
                checkpoint.after_epoch(self.model, state)?;
            }
        }
        if let Some(checkpoint) = checkpoint.filter(|_| !was_over || !is_reused) {
            checkpoint.after_training(self.model, state)?;
        }
        Ok(true)
    }

    /// One pass over the training set, in an order of its own, then an evaluation on the validation set. None when
    /// the student stopped it before its end. After a whole epoch the network has the running means of its weights, where
    /// the plan asks for them, until they are swapped back.
    ///
    /// # Errors
    /// When the loss is no longer a finite number.
    fn epoch(
        &mut self,
        number: usize,
        reduction: f64,
        progress: &mut TrainingProgress,
    ) -> Result<Option<Epoch>, Error> {
        let start = Instant::now();
        progress.begin(number);
        self.model.epochs += 1;
        let order = shuffled(self.train.len(), self.model.seed, self.model.epochs);
        let rng = RandomStream::new(self.model.seed).substream(self.model.epochs);
        let batches = self.batches(&order);
        let steps = batches.len();
        let mut learning_rate = 0.0;
        let (mut loss, mut correct) = (0.0, 0);
        self.threads.crowd().begin();
        for (step, rows) in batches.into_iter().enumerate() {
            learning_rate = self.learning_rate((number - 1) * steps + step, steps, reduction);
            let (batch_loss, batch_correct) = self.step(rows, learning_rate, rng.substream(step as u64));
            loss += batch_loss;
            correct += batch_correct;
            if !progress.tick(step + 1, steps, batch_loss, batch_correct, rows.len()) {
                return Ok(None);
            }
        }
        let seconds = start.elapsed().as_secs_f64();
        let train = Score::new(loss, correct, order.len());
        let diverged = |found: String| {
            let advice = "the steps were too large: try a smaller learning rate, or normalize the images; the network \
                          has its last good weights";
            let doing = format!("training epoch {number}");
            Err(Error::new(doing, "finite weights and a finite loss", found, advice))
        };
        if !train.loss.is_finite() || !self.model.is_finite() {
            return diverged(format!("a loss of {}", train.loss));
        }
        self.model.swap_averages();
        let validation = self.validation.map(|data| self.model.score(data, self.loss, self.threads, &|_| ()));
        if let Some(validation) = validation.filter(|score| !score.loss.is_finite()) {
            self.model.swap_averages();
            return diverged(format!("a validation loss of {}", validation.loss));
        }
        Ok(Some(Epoch { number, seconds, steps, train, validation, learning_rate }))
    }

    /// The rate of step `step` of this `fit`: the optimizer's own, as the schedule changes it.
    fn learning_rate(&self, step: usize, steps_per_epoch: usize, reduction: f64) -> f32 {
        let scheduled = self.plan.schedule.factor(step, steps_per_epoch, self.plan.epochs);
        (f64::from(self.optimizer.settings().learning_rate()) * scheduled * reduction) as f32
    }
}

/// The network as it was before an epoch.
struct Weights {
    /// And their running means.
    values: Vec<[Vec<f32>; 2]>,
    epochs: u64,
}

impl Weights {
    fn of(model: &Sequential) -> Weights {
        let values = model.parameters().map(|p| [p.value.clone(), p.average.clone()]).collect();
        Weights { values, epochs: model.epochs }
    }

    /// The optimizer begins anew: what it remembers has led astray.
    fn restore(self, model: &mut Sequential) {
        model.forget_steps();
        model.epochs = self.epochs;
        let parameters = model.parameters_mut().zip(self.values);
        parameters.for_each(|(parameter, values)| [parameter.value, parameter.average] = values);
    }
}

/// The numbers below `n` in an order of this epoch's own.
pub(crate) fn shuffled(n: usize, seed: u64, epoch: u64) -> Vec<usize> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ SHUFFLE);
    rng.set_stream(epoch);
    let mut order: Vec<usize> = (0..n).collect();
    order.shuffle(&mut rng);
    order
}

/// Keeps shuffles apart from the first weights, which come from the same seed.
const SHUFFLE: u64 = 0x5348_5546_464C_4521;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_epoch_sees_every_image_once_in_an_order_of_its_own() {
        let order = shuffled(1000, 42, 1);
        let mut sorted = order.clone();
        sorted.sort_unstable();
        assert!(sorted.into_iter().eq(0..1000));
        assert_eq!(order, shuffled(1000, 42, 1));
        for other in [shuffled(1000, 42, 2), shuffled(1000, 43, 1)] {
            assert_ne!(order, other);
        }
    }
}
