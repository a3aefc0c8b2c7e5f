use serde::{Deserialize, Serialize};

use crate::nn::kernels::Threads;
use crate::nn::layers::{Parameter, Part};
use crate::nn::optim::adam::Adam;
use crate::nn::optim::adamw::AdamW;
use crate::nn::optim::muon::Muon;
use crate::nn::optim::rmsprop::RmsProp;
use crate::nn::optim::sgd::Sgd;
use crate::nn::optim::update::{Step, Update};

/// How gradients change weights: what `compile` takes.
///
/// ```
/// # use lab_support::prelude::*;
/// let mut model = Sequential::new([784]).dense(10, Linear);
/// let choices: [Optimizer; 2] = [Sgd::new(0.01).momentum(0.9).into(), AdamW::default().into()];
/// choices.map(|optimizer| model.compile(optimizer, CrossEntropy::from_logits()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Optimizer {
    /// Stochastic gradient descent, with momentum where asked for.
    Sgd(Sgd),
    /// A step size for each weight, from the running mean of its squared gradient.
    RmsProp(RmsProp),
    /// RMSprop with momentum, both bias-corrected.
    Adam(Adam),
    /// Adam with weight decay apart from the gradient.
    AdamW(AdamW),
    /// Orthogonalized momentum for convolutions, AdamW for all else.
    Muon(Muon),
}

macro_rules! from {
    ($($name:ident),*) => {
        $(impl From<$name> for Optimizer {
            fn from(settings: $name) -> Optimizer {
                Optimizer::$name(settings)
            }
        })*
    };
}
from!(Sgd, RmsProp, Adam, AdamW, Muon);

/// The fewest weights for which another thread pays off.
const LEAST_WEIGHTS: usize = 4096;

impl Optimizer {
    pub(crate) fn settings(&self) -> &dyn Update {
        match self {
            Optimizer::Sgd(sgd) => sgd,
            Optimizer::RmsProp(rmsprop) => rmsprop,
            Optimizer::Adam(adam) => adam,
            Optimizer::AdamW(adamw) => adamw,
            Optimizer::Muon(muon) => muon,
        }
    }

    /// What it does with a part of a parameter in this step. Weight decay is for the weights between inputs and outputs
    /// alone: biases, and what normalization learns, are left out.
    pub(crate) fn update(&self, number: u64, learning_rate: f32) -> impl Fn(Part) + Sync {
        move |part| {
            let Part { value, gradient, moments, decays } = part;
            self.settings().update(self.at(number, learning_rate, decays), value, gradient, moments);
        }
    }

    fn at(&self, number: u64, learning_rate: f32, decays: bool) -> Step {
        let weight_decay = if decays { self.settings().weight_decay() } else { 0.0 };
        Step { number, learning_rate, weight_decay }
    }

    /// Changes the parameters that their layers have not updated by their gradients, a share of each on each thread.
    pub(crate) fn step<'a>(
        &self,
        number: u64,
        learning_rate: f32,
        parameters: impl Iterator<Item = &'a mut Parameter>,
        threads: &Threads,
    ) {
        let update = self.update(number, learning_rate);
        let mut filters = Vec::new();
        for parameter in parameters {
            if std::mem::take(&mut parameter.is_updated) {
                continue;
            }
            if matches!(self, Optimizer::Muon(_)) && Muon::is_for(parameter) {
                filters.push(parameter);
                continue;
            }
            let share = threads.share(parameter.value.len(), LEAST_WEIGHTS);
            threads.for_each(parameter.whole().parts(share), &update);
        }
        if let Optimizer::Muon(muon) = self {
            muon.update_filters(self.at(number, learning_rate, true), filters, threads);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::against_pytorch::{close_within, pytorch};

    /// `[1, -2, 3]`, in a shape that counts as weights, after three steps with the gradients
    /// [0.5, -0.25, 0.125] · 1, 2, 3.
    fn three_steps(optimizer: impl Into<Optimizer>, shape: &[usize]) -> Vec<f32> {
        let optimizer = optimizer.into();
        let mut parameter = Parameter::new("weight", shape.to_vec(), vec![1.0, -2.0, 3.0]);
        parameter.prepare(optimizer.settings().moments());
        for step in 1..=3 {
            for (gradient, base) in parameter.gradient.iter_mut().zip([0.5, -0.25, 0.125]) {
                *gradient = base * step as f32;
            }
            let learning_rate = optimizer.settings().learning_rate();
            optimizer.step(step, learning_rate, [&mut parameter].into_iter(), &Threads::one());
        }
        parameter.value
    }

    /// The numbers are those of `three_steps` in `tests/pytorch.py`.
    #[test]
    fn three_steps_are_pytorchs() {
        let momentum = Sgd::new(0.1).momentum(0.9);
        let adam = Adam::new(0.1).beta_1(0.8).beta_2(0.9).epsilon(0.01);
        let adam_w = AdamW::new(0.1).beta_1(0.8).beta_2(0.9).epsilon(0.01);
        let rms_prop = RmsProp::new(0.1).rho(0.8).epsilon(0.01);
        let table: [(&str, Optimizer); 11] = [
            ("SGD(0.1)", Sgd::new(0.1).into()),
            ("SGD(0.1), momentum 0.9", momentum.into()),
            ("SGD(0.1), Nesterov momentum 0.9", momentum.nesterov().into()),
            ("SGD(0.1), weight decay 0.1", Sgd::new(0.1).weight_decay(0.1).into()),
            (
                "SGD(0.1), Nesterov momentum 0.9, weight decay 0.1",
                momentum.nesterov().weight_decay(0.1).into(),
            ),
            ("RMSprop(0.001)", RmsProp::default().into()),
            ("RMSprop(0.1), rho 0.8, epsilon 0.01, weight decay 0.1", rms_prop.weight_decay(0.1).into()),
            ("Adam(0.001)", Adam::default().into()),
            ("Adam(0.1), beta_1 0.8, beta_2 0.9, epsilon 0.01", adam.into()),
            ("Adam(0.1), as before, weight decay 0.1", adam.weight_decay(0.1).into()),
            ("AdamW(0.1), as before, weight decay 0.1", adam_w.weight_decay(0.1).into()),
        ];
        for (name, optimizer) in table {
            let theirs = pytorch(&format!("three steps, {name}"), "weight");
            close_within(1e-6, name, &three_steps(optimizer, &[1, 3]), &theirs);
        }
    }

    /// As for the weights of a pixel that was grey once and is black in all images that follow: their running means fade
    /// to 0, and never through the tiny numbers with which processors are slow.
    #[test]
    fn means_that_fade_away_become_0() {
        let optimizers: [Optimizer; 5] = [
            Sgd::new(0.1).momentum(0.9).into(),
            RmsProp::default().into(),
            Adam::default().into(),
            AdamW::default().weight_decay(0.0).into(),
            Muon::default().weight_decay(0.0).into(),
        ];
        for optimizer in optimizers {
            for shape in [[2, 8, 1, 1].to_vec(), [16].to_vec()] {
                let mut parameter = Parameter::new("weight", shape, vec![1.0; 16]);
                parameter.prepare(optimizer.settings().moments());
                parameter.gradient.fill(0.01);
                for number in 1..=100_000 {
                    optimizer.step(number, 0.001, [&mut parameter].into_iter(), &Threads::one());
                    parameter.gradient.fill(0.0);
                    let mut means = parameter.moments.iter().flatten();
                    assert!(!means.any(|mean| mean.is_subnormal()), "{optimizer:?}, step {number}");
                }
                assert!(parameter.moments.iter().flatten().all(|mean| *mean == 0.0), "{optimizer:?}");
                assert!(parameter.value.iter().all(|w| w.is_finite() && *w < 1.0), "{optimizer:?}");
            }
        }
    }

    #[test]
    fn biases_do_not_decay() {
        let sgd = Sgd::new(0.1);
        assert_eq!(three_steps(sgd.weight_decay(0.1), &[3]), three_steps(sgd, &[3]));
        assert_ne!(three_steps(sgd.weight_decay(0.1), &[3, 1]), three_steps(sgd, &[3, 1]));
    }

    #[test]
    fn settings_out_of_range_are_refused() {
        for bad in [f32::NAN, f32::INFINITY, 0.0, -1.0] {
            let optimizers: [Optimizer; 4] = [
                Sgd::new(bad).into(),
                RmsProp::new(bad).into(),
                Adam::new(bad).into(),
                AdamW::new(bad).into(),
            ];
            assert!(optimizers.iter().all(|o| o.settings().check().is_err()), "{bad}");
        }
        let table: [(Optimizer, &str); 8] = [
            (Sgd::new(0.1).momentum(1.0).into(), "momentum to be a number from 0 to below 1, found 1"),
            (Sgd::new(0.1).nesterov().into(), "a momentum above 0"),
            (Sgd::new(0.1).weight_decay(-1.0).into(), "weight_decay to be a finite number of at least 0"),
            (RmsProp::default().rho(1.0).into(), "rho to be"),
            (RmsProp::default().epsilon(0.0).into(), "epsilon to be"),
            (Adam::default().weight_decay(f32::NAN).into(), "weight_decay to be"),
            (AdamW::default().beta_1(1.0).into(), "beta_1 to be"),
            (Muon::default().momentum(1.0).into(), "momentum to be a number from 0 to below 1, found 1"),
        ];
        for (optimizer, words) in table {
            let message = optimizer.settings().check().unwrap_err().to_string();
            assert!(message.contains(words), "{words}: {message}");
        }
        let defaults: [Optimizer; 4] = [
            Sgd::default().into(),
            RmsProp::default().into(),
            Adam::default().into(),
            AdamW::default().into(),
        ];
        assert!(defaults.iter().all(|o| o.settings().check().is_ok()));
    }

    #[test]
    fn names_say_what_is_not_the_default() {
        let names = [
            Sgd::new(0.1).momentum(0.9).nesterov().weight_decay(1e-4).name(),
            RmsProp::default().name(),
            Adam::default().weight_decay(0.1).name(),
            AdamW::default().name(),
            Muon::default().name(),
        ];
        let expected = [
            "SGD, Nesterov momentum 0.9, weight decay 0.0001",
            "RMSprop",
            "Adam, weight decay 0.1",
            "AdamW, weight decay 0.01",
            "Muon, weight decay 0.01",
        ];
        assert_eq!(names, expected);
    }
}
