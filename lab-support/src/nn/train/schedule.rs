use std::f64::consts::PI;
use std::fmt;

use lab_base::Error;
use serde::{Deserialize, Serialize};

use crate::nn::kernels::math::cosine;

/// How the learning rate changes while training; the optimizer's own is what it starts from.
///
/// ```
/// # use lab_support::prelude::*;
/// let plan = Fit::epochs(30).schedule(Schedule::cosine().warm_up(2));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    shape: Shape,
    warm_up: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Shape {
    Constant,
    Step { every: usize, factor: f32 },
    Cosine,
    OneCycle,
    Plateau { patience: usize, factor: f32 },
}

use Shape::{Constant, Cosine, OneCycle, Plateau, Step};

impl Default for Schedule {
    /// The same rate all the time.
    fn default() -> Schedule {
        Schedule::new(Constant)
    }
}

impl Schedule {
    fn new(shape: Shape) -> Schedule {
        Schedule { shape, warm_up: 0 }
    }

    /// Multiplies the rate by `factor` (above 0, at most 1; usually 0.1 to 0.5) after every `every` epochs (at
    /// least 1). PyTorch's `StepLR`.
    pub fn step(every: usize, factor: f32) -> Schedule {
        Schedule::new(Step { every, factor })
    }

    /// From the rate down to 0 along half a cosine, step by step over all epochs of the `fit`: fast in the middle,
    /// slow at both ends. PyTorch's `CosineAnnealingLR`, Keras's `CosineDecay`. (Loshchilov and Hutter, 2017.)
    pub fn cosine() -> Schedule {
        Schedule::new(Cosine)
    }

    /// Up from a 25th of the rate to the rate in the first three tenths of the steps, then down to almost 0, both
    /// along half a cosine: allows rates that would not do from the start. PyTorch's `OneCycleLR` with its
    /// defaults, the momentum left alone. (Smith and Topin, 2019.)
    pub fn one_cycle() -> Schedule {
        Schedule::new(OneCycle)
    }

    /// Multiplies the rate by `factor` (above 0, below 1; usually 0.1 to 0.5) when the validation loss (the
    /// training loss where there is no validation set) has not fallen for `patience` epochs (at least 1). Keras's
    /// `ReduceLROnPlateau`, with no least improvement.
    pub fn reduce_on_plateau(patience: usize, factor: f32) -> Schedule {
        Schedule::new(Plateau { patience, factor })
    }

    /// Lets the rate rise in equal steps from 0 during the first `epochs` epochs (default 0); the schedule itself
    /// has the rest. (Goyal et al., 2017.)
    pub fn warm_up(self, epochs: usize) -> Schedule {
        Schedule { warm_up: epochs, ..self }
    }

    /// None where the rate stays.
    pub(crate) fn name(&self) -> Option<String> {
        (*self != Schedule::default()).then(|| self.to_string())
    }

    /// # Errors
    /// When a setting is out of its range, or the warm-up leaves no epoch of `epochs`.
    pub(crate) fn check(&self, epochs: usize) -> Result<(), Error> {
        let refuse = |expected: &str, found: &dyn fmt::Display, advice: &str| {
            Err(Error::new("reading the learning-rate schedule", expected, found, advice))
        };
        match self.shape {
            Step { every: 0, .. } => {
                refuse("a step every 1 or more epochs", &0, "write Schedule::step(10, 0.5)")
            }
            Step { factor, .. } if !(factor > 0.0 && factor <= 1.0) => {
                refuse("a factor above 0 and at most 1", &factor, "write Schedule::step(10, 0.5)")
            }
            Plateau { patience: 0, .. } => {
                refuse("a patience of at least 1 epoch", &0, "write Schedule::reduce_on_plateau(3, 0.5)")
            }
            Plateau { factor, .. } if !(factor > 0.0 && factor < 1.0) => {
                refuse("a factor above 0 and below 1", &factor, "write Schedule::reduce_on_plateau(3, 0.5)")
            }
            _ if self.warm_up >= epochs => {
                let expected = format!("a warm-up shorter than the {epochs} epochs");
                refuse(&expected, &self.warm_up, "give it a tenth of the epochs")
            }
            _ => Ok(()),
        }
    }

    /// What the optimizer's rate is multiplied by in step `step` (0, 1, 2 ...) of `epochs` epochs of
    /// `steps_per_epoch` steps.
    pub(crate) fn factor(&self, step: usize, steps_per_epoch: usize, epochs: usize) -> f64 {
        let first = self.warm_up * steps_per_epoch;
        if step < first {
            return (step + 1) as f64 / first as f64;
        }
        let (step, steps) = (step - first, epochs * steps_per_epoch - first);
        match self.shape {
            Constant | Plateau { .. } => 1.0,
            Step { every, factor } => power(f64::from(factor), step / steps_per_epoch / every),
            Cosine => between(1.0, 0.0, step as f64 / steps as f64),
            OneCycle => {
                let top = (0.3 * steps as f64 - 1.0).max(1.0);
                let step = step as f64;
                if step <= top {
                    between(1.0 / 25.0, 1.0, step / top)
                } else {
                    between(1.0, 1.0 / 25.0 / 1e4, (step - top) / (steps as f64 - 1.0 - top))
                }
            }
        }
    }
}

/// From `start` to `end` along half a cosine, at `share` (0 to 1) of the way.
fn between(start: f64, end: f64, share: f64) -> f64 {
    end + (start - end) * 0.5 * (1.0 + cosine(PI * share))
}

fn power(base: f64, exponent: usize) -> f64 {
    (0..exponent).fold(1.0, |product, _| product * base)
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.shape {
            Constant => write!(f, "constant")?,
            Step { every, factor } => write!(f, "x {factor} every {every} epochs")?,
            Cosine => write!(f, "cosine")?,
            OneCycle => write!(f, "one cycle")?,
            Plateau { patience, factor } => write!(f, "x {factor} after {patience} epochs without progress")?,
        }
        if self.warm_up > 0 {
            write!(f, ", warm-up {}", self.warm_up)?;
        }
        Ok(())
    }
}

/// How far [`Schedule::reduce_on_plateau`] has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct PlateauState {
    /// The smallest loss so far.
    pub best: Option<f32>,
    /// Epochs since then, or since the last reduction.
    pub waited: usize,
    /// Reductions so far.
    pub reductions: usize,
}

impl PlateauState {
    /// Updates the state with an epoch's loss.
    pub fn after(&mut self, schedule: &Schedule, loss: f32) {
        let Plateau { patience, .. } = schedule.shape else { return };
        if self.best.is_none_or(|best| loss < best) {
            (self.best, self.waited) = (Some(loss), 0);
            return;
        }
        self.waited += 1;
        if self.waited >= patience {
            (self.waited, self.reductions) = (0, self.reductions + 1);
        }
    }

    /// What the rate is multiplied by now.
    pub fn factor(&self, schedule: &Schedule) -> f64 {
        match schedule.shape {
            Plateau { factor, .. } => power(f64::from(factor), self.reductions),
            _ => 1.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::against_pytorch::pytorch;

    fn factors(schedule: Schedule, steps_per_epoch: usize, epochs: usize) -> Vec<f64> {
        (0..steps_per_epoch * epochs).map(|step| schedule.factor(step, steps_per_epoch, epochs)).collect()
    }

    fn close(ours: &[f64], theirs: &[f64]) {
        let far = ours.iter().zip(theirs).any(|(a, b)| (a - b).abs() > 1e-7);
        assert!(ours.len() == theirs.len() && !far, "{ours:?}, and PyTorch has {theirs:?}");
    }

    /// From `schedules` in `tests/pytorch.py`: five epochs of two steps.
    #[test]
    fn schedules_are_pytorchs() {
        for (name, schedule) in [
            ("step", Schedule::step(2, 0.5)),
            ("cosine", Schedule::cosine()),
            ("one cycle", Schedule::one_cycle()),
        ] {
            close(&factors(schedule, 2, 5), &pytorch(&format!("schedule, {name}"), "rates"));
        }
    }

    #[test]
    fn the_warm_up_rises_to_the_rate_and_the_schedule_follows() {
        close(&factors(Schedule::default().warm_up(2), 2, 3), &[0.25, 0.5, 0.75, 1.0, 1.0, 1.0]);
        let cosine = factors(Schedule::cosine().warm_up(1), 2, 6);
        close(&cosine[..2], &[0.5, 1.0]);
        close(&cosine[2..], &factors(Schedule::cosine(), 2, 5));
    }

    #[test]
    fn a_plateau_reduces_the_rate() {
        let schedule = Schedule::reduce_on_plateau(2, 0.5);
        let mut plateau = PlateauState::default();
        let losses = [1.0, 0.9, 0.9, 0.95, 0.8, 0.8, 0.8, 0.8, 0.8];
        let found = losses.map(|loss| {
            plateau.after(&schedule, loss);
            plateau.factor(&schedule)
        });
        assert_eq!(found, [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125]);
    }

    #[test]
    fn settings_out_of_range_are_refused() {
        let table = [
            (Schedule::step(0, 0.5), "a step every 1 or more epochs, found 0"),
            (Schedule::step(1, 0.0), "a factor above 0 and at most 1, found 0"),
            (Schedule::reduce_on_plateau(0, 0.5), "a patience of at least 1 epoch"),
            (Schedule::reduce_on_plateau(1, 1.0), "a factor above 0 and below 1, found 1"),
            (Schedule::cosine().warm_up(5), "a warm-up shorter than the 5 epochs, found 5"),
        ];
        for (schedule, words) in table {
            let message = schedule.check(5).unwrap_err().to_string();
            assert!(message.contains(words), "{words}: {message}");
        }
        assert!(Schedule::step(2, 1.0).warm_up(4).check(5).is_ok());
    }
}
