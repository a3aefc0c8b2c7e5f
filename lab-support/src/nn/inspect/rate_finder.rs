use std::fmt;

use lab_base::Error;

use crate::data::{Dataset, Source};
use crate::nn::kernels::{RandomStream, Threads};
use crate::nn::model::Sequential;
use crate::nn::train::epochs::shuffled;
use crate::nn::train::{Fit, Trainer};
use crate::notebook::progress::Progress;

/// The loss at learning rates from far too small to far too large: what
/// [`find_learning_rate`](Sequential::find_learning_rate) returns.
#[derive(Clone, Debug, PartialEq)]
pub struct RateRange {
    /// Learning rate and smoothed loss, step by step.
    pub points: Vec<(f32, f32)>,
    /// A tenth of the rate with the smallest loss: large, and well below the rates at which training diverges.
    pub suggestion: f32,
    /// Where the images come from.
    pub source: Source,
    /// As `784-128-10`.
    pub layers: String,
}

/// The rates tried, from the first to the last, each as many times the one before.
const FIRST: f32 = 1e-6;
const LAST: f32 = 10.0;
const STEPS: usize = 140;

/// The loss may rise to so many times its smallest value before the search ends.
const TOO_HIGH: f64 = 4.0;

/// The smallest loss is at most this part of the first.
const LEAST_FALL: f32 = 0.999;

/// Weight of the past in the smoothed loss.
const MEMORY: f64 = 0.9;

impl Sequential {
    /// Trains a copy of the network for 140 steps of `batch_size` images (at least 1), each with a larger learning
    /// rate than the last, from 0.000001 to 10, until the loss runs away. The network itself stays as it is. (Smith,
    /// 2017.)
    ///
    /// # Errors
    /// As [`fit`](Self::fit), and when the loss falls at no rate, or is not a finite number from the start.
    pub fn find_learning_rate(&self, data: &Dataset, batch_size: usize) -> Result<RateRange, Error> {
        let plan = Fit::epochs(1).batch_size(batch_size).quiet();
        plan.check()?;
        self.checked_compilation()?;
        self.check_fits(data, "looking for a learning rate")?;
        let (threads, mut copy) = (Threads::new()?, self.clone());
        let mut trainer = Trainer::new(&mut copy, data, None, &plan, &threads)?;
        let batch = batch_size.min(data.len());
        let points = threads.run(|| trainer.rising_rates(batch));
        let smallest = points.iter().min_by(|a, b| a.1.total_cmp(&b.1));
        let (Some((_, first)), Some((rate, least))) = (points.first(), smallest) else {
            let (expected, found) = ("a finite loss at the smallest rate", "one that is none");
            let advice = "normalize the images, or build the network anew";
            return Err(Error::new("looking for a learning rate", expected, found, advice));
        };
        if *least >= LEAST_FALL * first {
            let found = format!("{first:.4} at first and {least:.4} at best");
            let advice = "check what is frozen, and that images are normalized and their labels right; or build the \
                          network anew";
            return Err(Error::doing("looking for a learning rate")
                .expected("a rate at which the loss falls")
                .found(found)
                .advice(advice));
        }
        let suggestion = rate / 10.0;
        Ok(RateRange { points, suggestion, source: data.images().source, layers: self.architecture() })
    }
}

impl Trainer<'_, Dataset> {
    /// The smoothed loss before each step.
    fn rising_rates(&mut self, batch: usize) -> Vec<(f32, f32)> {
        let order = shuffled(self.train.len(), self.model.seed, self.model.epochs + 1);
        let factor = f64::from(LAST / FIRST).powf(1.0 / (STEPS - 1) as f64);
        let progress = Progress::new("looking for a learning rate", STEPS, "steps");
        let mut points = Vec::new();
        let (mut mean, mut weight, mut smallest) = (0.0, 0.0, f64::INFINITY);
        for (step, rows) in order.chunks_exact(batch).cycle().take(STEPS).enumerate() {
            let rate = (f64::from(FIRST) * factor.powi(step as i32)) as f32;
            let (loss, _) = self.step(rows, rate, RandomStream::new(step as u64));
            mean = MEMORY * mean + (1.0 - MEMORY) * loss / batch as f64;
            weight = MEMORY * weight + (1.0 - MEMORY);
            let smoothed = mean / weight;
            smallest = smallest.min(smoothed);
            if !(smoothed as f32).is_finite() || smoothed >= TOO_HIGH * smallest {
                break;
            }
            points.push((rate, smoothed as f32));
            progress.advance(1);
        }
        progress.finish();
        points
    }
}

impl fmt::Display for RateRange {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Some((smallest, loss)) = self.points.iter().min_by(|a, b| a.1.total_cmp(&b.1)) else {
            return write!(f, "no learning rate was tried");
        };
        write!(
            f,
            "smallest loss {loss:.3} at learning rate {smallest:.1e}; a tenth of it, {:.1e}, is a good start",
            self.suggestion
        )
    }
}

#[cfg(test)]
mod tests {
    use crate::nn::optim::Sgd;
    use crate::nn::same_bits::{bits, network, striped};

    #[test]
    fn the_suggested_rate_learns_and_the_network_stays() {
        let (model, data) = (network(1, Sgd::new(0.1)), striped(300));
        let before = bits(&model);
        let found = model.find_learning_rate(&data, 32).unwrap();
        assert!(bits(&model) == before);
        assert!((1e-3..=1.0).contains(&found.suggestion), "{found}");
        assert!(found.points.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let (first, smallest) = (found.points[0].1, found.points.iter().map(|p| p.1).fold(9.0, f32::min));
        assert!(smallest < 0.8 * first, "{smallest} and {first}");
        model.find_learning_rate(&data, 0).unwrap_err();
    }

    /// Fewer images than a batch.
    #[test]
    fn a_small_set_will_do() {
        let found = network(1, Sgd::new(0.1)).find_learning_rate(&striped(10), 32).unwrap();
        assert!(found.points.len() > 50, "{}", found.points.len());
    }
}
