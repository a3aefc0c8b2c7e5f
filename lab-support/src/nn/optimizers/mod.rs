//! How gradients change weights.

pub(crate) mod adam;
pub(crate) mod sgd;

use crate::Error;

use crate::nn::compute::threads::{Threads, parts};
use crate::nn::layers::parameter::Parameter;
use crate::nn::optimizers::adam::Adam;
use crate::nn::optimizers::sgd::Sgd;

/// How gradients change weights: what `compile` takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Optimizer {
    Sgd(Sgd),
    Adam(Adam),
}

impl From<Sgd> for Optimizer {
    fn from(sgd: Sgd) -> Optimizer {
        Optimizer::Sgd(sgd)
    }
}

impl From<Adam> for Optimizer {
    fn from(adam: Adam) -> Optimizer {
        Optimizer::Adam(adam)
    }
}

/// What every optimizer has.
pub(crate) trait Update: Sync {
    fn name(&self) -> String;

    fn learning_rate(&self) -> f32;

    /// # Errors
    /// When a setting is out of its range.
    fn check(&self) -> Result<(), Error>;

    /// Running means that it keeps for each weight.
    fn moments(&self) -> usize;

    /// Update number `step` (1, 2, 3 ...) of the weights `w` by their gradient `g`.
    fn update(&self, step: u64, w: &mut [f32], g: &[f32], moments: [&mut [f32]; 2]);
}

/// Weights that are worth a thread of their own.
const LEAST_WEIGHTS: usize = 4096;

impl Optimizer {
    pub(crate) fn settings(&self) -> &dyn Update {
        match self {
            Optimizer::Sgd(sgd) => sgd,
            Optimizer::Adam(adam) => adam,
        }
    }

    /// Changes one parameter by its gradient, a share of it on each thread.
    pub(crate) fn step(&self, step: u64, parameter: &mut Parameter, threads: &Threads) {
        let Parameter { value, gradient, moments: [first, second], .. } = parameter;
        let share = threads.share(value.len(), LEAST_WEIGHTS);
        let moments = parts(first, share).zip(parts(second, share));
        let parts = value.chunks_mut(share).zip(gradient.chunks(share)).zip(moments);
        threads.for_each(parts, |((w, g), (m, v))| self.settings().update(step, w, g, [m, v]));
    }
}

pub(crate) fn positive(name: &str, value: f32) -> Result<(), Error> {
    in_range(name, value, value > 0.0 && value.is_finite(), "a finite number above 0")
}

pub(crate) fn at_least_zero_below_one(name: &str, value: f32) -> Result<(), Error> {
    in_range(name, value, (0.0..1.0).contains(&value), "a number from 0 to below 1")
}

fn in_range(name: &str, value: f32, holds: bool, range: &str) -> Result<(), Error> {
    if holds {
        return Ok(());
    }
    let advice = "see the optimizer's documentation for its usual value";
    Err(Error::new("checking the optimizer", format!("{name} to be {range}"), value, advice))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parameter [1, -2, 3] after three steps with the gradients [0.5, -0.25, 0.125] · 1, 2, 3.
    fn three_steps(optimizer: impl Into<Optimizer>) -> Vec<f32> {
        let optimizer = optimizer.into();
        let mut parameter = Parameter::new("weight", vec![3], vec![1.0, -2.0, 3.0]);
        parameter.prepare(optimizer.settings().moments());
        for step in 1..=3 {
            for (gradient, base) in parameter.gradient.iter_mut().zip([0.5, -0.25, 0.125]) {
                *gradient = base * step as f32;
            }
            optimizer.step(step, &mut parameter, &Threads::one());
        }
        parameter.value
    }

    fn close(ours: &[f32], theirs: &[f32]) {
        let far = ours.iter().zip(theirs).any(|(a, b)| (a - b).abs() > 1e-6);
        assert!(ours.len() == theirs.len() && !far, "{ours:?}, and PyTorch has {theirs:?}");
    }

    /// The numbers are those of `three_steps` in `tests/pytorch.py`.
    #[test]
    fn three_steps_are_pytorchs() {
        close(&three_steps(Sgd::new(0.1)), &[0.7, -1.85, 2.925]);
        close(&three_steps(Sgd::new(0.1).momentum(0.9)), &[0.5245, -1.76225, 2.881125]);
        close(&three_steps(Adam::default()), &[0.9970768, -1.9970769, 2.9970767]);
        let adam = Adam::new(0.1).beta_1(0.8).beta_2(0.9).epsilon(0.01);
        close(&three_steps(adam), &[0.7106071, -1.7145001, 2.7219498]);
    }

    #[test]
    fn settings_out_of_range_are_refused() {
        for bad in [f32::NAN, f32::INFINITY, 0.0, -1.0] {
            assert!(Adam::new(bad).check().is_err() && Sgd::new(bad).check().is_err(), "{bad}");
        }
        let message = Sgd::new(0.1).momentum(1.0).check().unwrap_err().to_string();
        assert!(message.contains("momentum to be a number from 0 to below 1, found 1"), "{message}");
        assert!(Adam::default().check().is_ok() && Sgd::default().check().is_ok());
    }
}
