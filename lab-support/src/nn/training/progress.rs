use std::time::{Duration, Instant};

use crate::nn::training::history::Epoch;

/// What `fit` prints: a line per epoch, and lines in between while an epoch takes long.
pub(crate) struct Progress {
    epoch: usize,
    epochs: usize,
    quiet: bool,
    start: Instant,
    last: Instant,
}

/// Longest time without a word.
const PATIENCE: Duration = Duration::from_secs(3);

impl Progress {
    pub fn new(epoch: usize, epochs: usize, quiet: bool) -> Progress {
        let now = Instant::now();
        Progress { epoch, epochs, quiet, start: now, last: now }
    }

    /// After batch `step` of `steps`, with the mean loss so far.
    pub fn tick(&mut self, step: usize, steps: usize, loss: f64) {
        if self.quiet || self.last.elapsed() < PATIENCE {
            return;
        }
        self.last = Instant::now();
        let spent = self.start.elapsed().as_secs_f64();
        let left = spent / step as f64 * (steps - step) as f64;
        if left < 1.0 {
            return;
        }
        println!("{}  step {step}/{steps}  about {left:.0} s left  loss {loss:.4}", self.heading());
    }

    pub fn finish(&self, epoch: &Epoch) {
        if self.quiet {
            return;
        }
        let Epoch { seconds, steps, train, validation, .. } = epoch;
        let (loss, accuracy, ms) = (train.loss, train.accuracy, seconds * 1000.0 / *steps as f64);
        let heading = self.heading();
        let mut line = format!(
            "{heading}  {steps} steps  {seconds:.2} s  {ms:.2} ms/step  loss {loss:.4}  accuracy {accuracy:.4}"
        );
        if let Some(validation) = validation {
            let (loss, accuracy) = (validation.loss, validation.accuracy);
            line += &format!("  val_loss {loss:.4}  val_accuracy {accuracy:.4}");
        }
        println!("{line}");
    }

    fn heading(&self) -> String {
        let width = self.epochs.to_string().len();
        format!("Epoch {:>width$}/{}", self.epoch, self.epochs)
    }
}
