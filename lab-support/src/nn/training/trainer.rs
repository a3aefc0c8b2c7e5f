use std::time::Instant;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::Error;
use crate::data::Dataset;

use crate::nn::chance::Chance;
use crate::nn::compute::threads::Threads;
use crate::nn::loss::CrossEntropy;
use crate::nn::optimizers::Optimizer;
use crate::nn::score::Score;
use crate::nn::sequential::Sequential;
use crate::nn::training::history::Epoch;
use crate::nn::training::progress::Progress;
use crate::nn::training::samples::Samples;
use crate::nn::training::tape::Tape;

/// Everything that the inner loop needs, made before it starts.
pub(crate) struct Trainer<'a, S> {
    pub model: &'a mut Sequential,
    pub train: &'a S,
    pub optimizer: Optimizer,
    pub loss: CrossEntropy,
    pub batch_size: usize,
    pub tape: Tape,
    pub threads: &'a Threads,
}

impl<S: Samples> Trainer<'_, S> {
    /// One pass over the training set, in an order of its own, and a look at the validation set.
    ///
    /// # Errors
    /// When the loss is no longer a finite number.
    pub fn epoch(
        &mut self,
        number: usize,
        validation: Option<&Dataset>,
        progress: &mut Progress,
    ) -> Result<Epoch, Error> {
        let start = Instant::now();
        self.model.epochs += 1;
        let order = shuffled(self.train.len(), self.model.seed, self.model.epochs);
        let chance = Chance::new(self.model.seed).part(self.model.epochs);
        let steps = order.len().div_ceil(self.batch_size);
        let mut labels = Vec::with_capacity(self.batch_size);
        let (mut loss, mut correct, mut seen) = (0.0, 0, 0);
        for (step, rows) in order.chunks(self.batch_size).enumerate() {
            let (batch_loss, batch_correct) = self.step(rows, chance.part(step as u64), &mut labels);
            loss += batch_loss;
            correct += batch_correct;
            seen += rows.len();
            progress.tick(step + 1, steps, loss / seen as f64);
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
        let validation = validation.map(|data| self.model.score(data, self.loss, self.threads));
        Ok(Epoch { number, seconds, steps, train, validation })
    }

    /// One update: forward, loss, backward, weights. Returns the sum of the losses and the hits.
    fn step(&mut self, rows: &[usize], chance: Chance, labels: &mut Vec<usize>) -> (f64, usize) {
        let Trainer { model, train, optimizer, loss, tape, threads, .. } = self;
        labels.clear();
        labels.extend(rows.iter().map(|&row| train.label(row)));
        train.fill(rows, tape.input(rows.len()));
        tape.forward_training(&mut model.layers, rows.len(), chance, threads);
        let result = tape.backward(&mut model.layers, *loss, labels, threads);
        model.steps += 1;
        let step = model.steps;
        let trained = model.parameters_mut().filter(|parameter| parameter.is_trained());
        trained.for_each(|parameter| optimizer.step(step, parameter, threads));
        result
    }
}

/// The numbers below `n` in an order of this epoch's own.
fn shuffled(n: usize, seed: u64, epoch: u64) -> Vec<usize> {
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
