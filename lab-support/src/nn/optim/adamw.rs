use lab_base::Error;
use serde::{Deserialize, Serialize};

use crate::nn::optim::adam::{Adam, Decay};
use crate::nn::optim::update::{Step, Update};

/// Adam with weight decay beside the gradient, not in it: each step first draws every weight towards 0 by the
/// share `learning_rate · weight_decay`, then does what [`Adam`] does.
///
/// ```text
/// w -= learning_rate · weight_decay · w
/// w -= learning_rate · m̂ / (√v̂ + ε)
/// ```
///
/// In Adam, decay that is part of the gradient is divided by its size, and so hardly acts on weights with
/// large gradients. Algorithm 2 of Loshchilov and Hutter (2019), as in PyTorch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AdamW {
    adam: Adam,
    weight_decay: f32,
}

impl Default for AdamW {
    /// Learning rate 0.001, weight decay 0.01, β₁ 0.9, β₂ 0.999, ε 1e-7.
    fn default() -> AdamW {
        AdamW::new(0.001)
    }
}

impl AdamW {
    /// `learning_rate`: above 0, usually 0.0001 to 0.01.
    pub fn new(learning_rate: f32) -> AdamW {
        AdamW { adam: Adam::new(learning_rate), weight_decay: 0.01 }
    }

    /// Draws weights (not biases, nor what batch normalization learns) towards 0: at least 0, default 0.01,
    /// PyTorch's (Keras's is 0.004).
    pub fn weight_decay(self, weight_decay: f32) -> AdamW {
        AdamW { weight_decay, ..self }
    }

    /// Memory of the mean gradient: from 0 to below 1, default 0.9.
    pub fn beta_1(self, beta_1: f32) -> AdamW {
        AdamW { adam: self.adam.beta_1(beta_1), ..self }
    }

    /// Memory of the mean square: from 0 to below 1, default 0.999.
    pub fn beta_2(self, beta_2: f32) -> AdamW {
        AdamW { adam: self.adam.beta_2(beta_2), ..self }
    }

    /// Keeps the division finite: above 0, default 1e-7.
    pub fn epsilon(self, epsilon: f32) -> AdamW {
        AdamW { adam: self.adam.epsilon(epsilon), ..self }
    }
}

impl Update for AdamW {
    fn kind(&self) -> String {
        "AdamW".into()
    }

    fn rates(&self) -> [f32; 2] {
        [self.adam.learning_rate(), self.weight_decay]
    }

    fn check_own(&self) -> Result<(), Error> {
        self.adam.check_own()
    }

    fn moments(&self) -> usize {
        self.adam.moments()
    }

    fn update(&self, step: Step, w: &mut [f32], g: &[f32], moments: [&mut [f32]; 2]) {
        let kept = 1.0 - step.learning_rate * step.weight_decay;
        self.adam.update_with(step, Decay { in_gradient: 0.0, kept }, w, g, moments);
    }
}
