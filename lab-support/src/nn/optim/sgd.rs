use lab_base::Error;
use serde::{Deserialize, Serialize};

use crate::nn::kernels::simd::{Simd, SimdKernel, vectorized};
use crate::nn::optim::update::{Step, Update, at_least_zero_below_one, without_dust};

/// Stochastic gradient descent, in PyTorch's form.
///
/// ```text
/// plain       w -= learning_rate · g
/// momentum    v = momentum · v + g;  w -= learning_rate · v
/// Nesterov    v = momentum · v + g;  w -= learning_rate · (g + momentum · v)
/// ```
///
/// (Momentum: Polyak, 1964. Nesterov: Sutskever et al., 2013.)
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sgd {
    learning_rate: f32,
    momentum: f32,
    nesterov: bool,
    weight_decay: f32,
}

impl Default for Sgd {
    /// Keras's default: learning rate 0.01, no momentum, no weight decay.
    fn default() -> Sgd {
        Sgd::new(0.01)
    }
}

impl Sgd {
    /// `learning_rate`: above 0, usually 0.001 to 0.5.
    pub fn new(learning_rate: f32) -> Sgd {
        Sgd { learning_rate, momentum: 0.0, nesterov: false, weight_decay: 0.0 }
    }

    /// Share of the last step that goes on: from 0 (none, the default) to below 1, usually 0.9.
    pub fn momentum(self, momentum: f32) -> Sgd {
        Sgd { momentum, ..self }
    }

    /// Takes the gradient's part of the next step already in this one; needs a momentum above 0. Default: not.
    pub fn nesterov(self) -> Sgd {
        Sgd { nesterov: true, ..self }
    }

    /// L2 regularization: adds `weight_decay · w` to the gradient of weights (not of biases, nor of what batch
    /// normalization learns). At least 0, the default; usually 0.00001 to 0.001. Keras's `l2(x)` in a layer is a
    /// weight decay of 2 x.
    pub fn weight_decay(self, weight_decay: f32) -> Sgd {
        Sgd { weight_decay, ..self }
    }
}

impl Update for Sgd {
    fn kind(&self) -> String {
        match (self.momentum, self.nesterov) {
            (0.0, _) => "SGD".into(),
            (momentum, true) => format!("SGD, Nesterov momentum {momentum}"),
            (momentum, false) => format!("SGD, momentum {momentum}"),
        }
    }

    fn rates(&self) -> [f32; 2] {
        [self.learning_rate, self.weight_decay]
    }

    fn check_own(&self) -> Result<(), Error> {
        at_least_zero_below_one("momentum", self.momentum)?;
        if self.nesterov && self.momentum == 0.0 {
            return Err(Error::doing("checking the optimizer")
                .expected("a momentum above 0 for Nesterov's")
                .found(self.momentum)
                .advice("write Sgd::new(0.1).momentum(0.9).nesterov()"));
        }
        Ok(())
    }

    fn moments(&self) -> usize {
        usize::from(self.momentum > 0.0)
    }

    fn update(&self, step: Step, w: &mut [f32], g: &[f32], [v, _]: [&mut [f32]; 2]) {
        if self.momentum == 0.0 {
            vectorized(Plain { step, w, g });
        } else {
            vectorized(Momentum { step, settings: *self, w, g, v });
        }
    }
}

struct Plain<'a> {
    step: Step,
    w: &'a mut [f32],
    g: &'a [f32],
}

impl SimdKernel for Plain<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Step { learning_rate, weight_decay, .. } = self.step;
        for (w, g) in self.w.iter_mut().zip(self.g) {
            *w -= learning_rate * (g + weight_decay * *w);
        }
    }
}

struct Momentum<'a> {
    step: Step,
    settings: Sgd,
    w: &'a mut [f32],
    g: &'a [f32],
    v: &'a mut [f32],
}

impl SimdKernel for Momentum<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Step { learning_rate, weight_decay, .. } = self.step;
        let Sgd { momentum, nesterov, .. } = self.settings;
        for ((w, g), v) in self.w.iter_mut().zip(self.g).zip(self.v) {
            let g = g + weight_decay * *w;
            *v = without_dust(momentum * *v + g);
            *w -= learning_rate * if nesterov { g + momentum * *v } else { *v };
        }
    }
}
