use std::time::Instant;

use lab_base::Error;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::nn::kernels::RandomStream;
use crate::nn::model::Samples;
use crate::nn::score::Score;
use crate::nn::train::checkpoint::Checkpoint;
use crate::nn::train::history::Epoch;
use crate::nn::train::progress::TrainingProgress;
use crate::nn::train::state::FitState;
use crate::nn::train::step::Trainer;

impl<S: Samples> Trainer<'_, S> {
    /// Epoch after epoch, until `state` says that it is over or the student stops it. After each one the
    /// checkpoint is written.
    ///
    /// # Errors
    /// When the loss is no longer a finite number, or the checkpoint can't be written or removed.
    pub fn run(mut self, mut state: FitState, checkpoint: Option<&Checkpoint>) -> Result<FitState, Error> {
        let mut progress = TrainingProgress::new(
            self.model.architecture(),
            self.plan.epochs,
            self.plan.quiet,
            &state.epochs,
        );
        while !state.is_over(self.plan) {
            let number = state.epochs.len() + 1;
            let reduction = state.plateau.factor(&self.plan.schedule);
            let Some(epoch) = self.epoch(number, reduction, &mut progress)? else { return Ok(state) };
            progress.finish(&epoch);
            state.after(epoch, self.plan, self.model);
            if let Some(checkpoint) = checkpoint {
                checkpoint.write(self.model, &state)?;
            }
        }
        state.finish(self.model, self.plan.quiet);
        if let Some(checkpoint) = checkpoint {
            checkpoint.remove()?;
        }
        Ok(state)
    }

    /// One pass over the training set, in an order of its own, then an evaluation on the validation set. None when
    /// the student stopped it before its end.
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
        let batch_size = self.plan.batch_size;
        let steps = order.len().div_ceil(batch_size);
        let mut learning_rate = 0.0;
        let (mut loss, mut correct) = (0.0, 0);
        for (step, rows) in order.chunks(batch_size).enumerate() {
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
        if !train.loss.is_finite() || !self.model.is_finite() {
            return Err(Error::new(
                format!("training epoch {number}"),
                "finite weights and a finite loss",
                format!("a loss of {}", train.loss),
                "the steps were too large: try a smaller learning rate, or normalize the images",
            ));
        }
        let validation = self.validation.map(|data| self.model.score(data, self.loss, self.threads, &|_| ()));
        Ok(Some(Epoch { number, seconds, steps, train, validation, learning_rate }))
    }

    /// The rate of step `step` of this `fit`: the optimizer's own, as the schedule changes it.
    fn learning_rate(&self, step: usize, steps_per_epoch: usize, reduction: f64) -> f32 {
        let scheduled = self.plan.schedule.factor(step, steps_per_epoch, self.plan.epochs);
        (f64::from(self.optimizer.settings().learning_rate()) * scheduled * reduction) as f32
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
