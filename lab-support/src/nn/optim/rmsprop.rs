use lab_base::Error;
use serde::{Deserialize, Serialize};

use crate::nn::kernels::simd::{Simd, SimdKernel, vectorized};
use crate::nn::optim::update::{Step, Update, at_least_zero_below_one, positive, without_dust};

/// RMSprop: each weight has a step size of its own, from a running mean of its squared gradient.
///
/// ```text
/// v = ρ v + (1 - ρ) g²
/// w -= learning_rate · g / (√v + ε)
/// ```
///
/// Hinton, lecture 6e of "Neural Networks for Machine Learning" (2012). The formula is PyTorch's (Keras has ε
/// under the root); the defaults are Keras's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RmsProp {
    learning_rate: f32,
    rho: f32,
    epsilon: f32,
    weight_decay: f32,
}

impl Default for RmsProp {
    /// Learning rate 0.001, ρ 0.9, ε 1e-7, no weight decay.
    fn default() -> RmsProp {
        RmsProp::new(0.001)
    }
}

impl RmsProp {
    /// `learning_rate`: above 0, usually 0.0001 to 0.01.
    pub fn new(learning_rate: f32) -> RmsProp {
        RmsProp { learning_rate, rho: 0.9, epsilon: 1e-7, weight_decay: 0.0 }
    }

    /// Memory of the mean square: from 0 to below 1, default 0.9.
    pub fn rho(self, rho: f32) -> RmsProp {
        RmsProp { rho, ..self }
    }

    /// Keeps the division finite: above 0, default 1e-7.
    pub fn epsilon(self, epsilon: f32) -> RmsProp {
        RmsProp { epsilon, ..self }
    }

    /// L2 regularization: adds `weight_decay · w` to the gradient of weights (not of biases, nor of what batch
    /// normalization learns). At least 0, the default; usually 0.00001 to 0.001.
    pub fn weight_decay(self, weight_decay: f32) -> RmsProp {
        RmsProp { weight_decay, ..self }
    }
}

impl Update for RmsProp {
    fn kind(&self) -> String {
        "RMSprop".into()
    }

    fn rates(&self) -> [f32; 2] {
        [self.learning_rate, self.weight_decay]
    }

    fn check_own(&self) -> Result<(), Error> {
        at_least_zero_below_one("rho", self.rho)?;
        positive("epsilon", self.epsilon)
    }

    fn moments(&self) -> usize {
        1
    }

    fn update(&self, step: Step, w: &mut [f32], g: &[f32], [v, _]: [&mut [f32]; 2]) {
        vectorized(Descent { step, settings: *self, w, g, v });
    }
}

struct Descent<'a> {
    step: Step,
    settings: RmsProp,
    w: &'a mut [f32],
    g: &'a [f32],
    v: &'a mut [f32],
}

impl SimdKernel for Descent<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let RmsProp { rho, epsilon, .. } = self.settings;
        let Step { learning_rate, weight_decay, .. } = self.step;
        for ((w, g), v) in self.w.iter_mut().zip(self.g).zip(self.v) {
            let g = g + weight_decay * *w;
            *v = without_dust(rho * *v + (1.0 - rho) * g * g);
            *w -= learning_rate * g / (v.sqrt() + epsilon);
        }
    }
}
