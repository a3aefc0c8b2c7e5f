use lab_base::Error;
use serde::{Deserialize, Serialize};

use crate::nn::kernels::simd::{Simd, SimdKernel, vectorized};
use crate::nn::optim::update::{Step, Update, at_least_zero_below_one, positive, without_dust};

/// Adam: each weight has a step size of its own, from running means of its gradient and of its square.
///
/// ```text
/// m = β₁ m + (1 - β₁) g          m̂ = m / (1 - β₁ᵗ)
/// v = β₂ v + (1 - β₂) g²         v̂ = v / (1 - β₂ᵗ)
/// w -= learning_rate · m̂ / (√v̂ + ε)
/// ```
///
/// Algorithm 1 of Kingma and Ba (2015), as in PyTorch; the defaults are Keras's.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Adam {
    learning_rate: f32,
    beta_1: f32,
    beta_2: f32,
    epsilon: f32,
    weight_decay: f32,
}

impl Default for Adam {
    /// Learning rate 0.001, β₁ 0.9, β₂ 0.999, ε 1e-7, no weight decay.
    fn default() -> Adam {
        Adam::new(0.001)
    }
}

impl Adam {
    /// `learning_rate`: above 0, usually 0.0001 to 0.01.
    pub fn new(learning_rate: f32) -> Adam {
        Adam { learning_rate, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7, weight_decay: 0.0 }
    }

    /// Memory of the mean gradient: from 0 to below 1, default 0.9.
    pub fn beta_1(self, beta_1: f32) -> Adam {
        Adam { beta_1, ..self }
    }

    /// Memory of the mean square: from 0 to below 1, default 0.999.
    pub fn beta_2(self, beta_2: f32) -> Adam {
        Adam { beta_2, ..self }
    }

    /// Keeps the division finite: above 0, default 1e-7.
    pub fn epsilon(self, epsilon: f32) -> Adam {
        Adam { epsilon, ..self }
    }

    /// L2 regularization: adds `weight_decay · w` to the gradient of weights (not of biases, nor of what batch
    /// normalization learns). At least 0, the default; usually 0.00001 to 0.001.
    /// [`AdamW`](crate::nn::AdamW) is usually the better choice.
    pub fn weight_decay(self, weight_decay: f32) -> Adam {
        Adam { weight_decay, ..self }
    }

    pub(crate) fn update_with(
        &self,
        step: Step,
        decay: Decay,
        w: &mut [f32],
        g: &[f32],
        [m, v]: [&mut [f32]; 2],
    ) {
        let bias_1 = 1.0 - power(self.beta_1, step.number);
        let bias_2 = 1.0 - power(self.beta_2, step.number);
        vectorized(Descent {
            rate: (f64::from(step.learning_rate) / bias_1) as f32,
            scale: (1.0 / bias_2.sqrt()) as f32,
            settings: *self,
            decay,
            w,
            g,
            m,
            v,
        });
    }
}

/// How a step draws weights towards 0.
#[derive(Clone, Copy)]
pub(crate) struct Decay {
    /// What a weight adds to its gradient, as a share of it: L2 regularization.
    pub in_gradient: f32,
    /// What is left of a weight before its gradient acts: AdamW's decay.
    pub kept: f32,
}

impl Update for Adam {
    fn kind(&self) -> String {
        "Adam".into()
    }

    fn rates(&self) -> [f32; 2] {
        [self.learning_rate, self.weight_decay]
    }

    fn check_own(&self) -> Result<(), Error> {
        at_least_zero_below_one("beta_1", self.beta_1)?;
        at_least_zero_below_one("beta_2", self.beta_2)?;
        positive("epsilon", self.epsilon)
    }

    fn moments(&self) -> usize {
        2
    }

    fn update(&self, step: Step, w: &mut [f32], g: &[f32], moments: [&mut [f32]; 2]) {
        let decay = Decay { in_gradient: step.weight_decay, kept: 1.0 };
        self.update_with(step, decay, w, g, moments);
    }
}

/// βᵗ by repeated squaring: the same bits on every system, unlike the C library's `pow`.
fn power(base: f32, exponent: u64) -> f64 {
    let (mut result, mut square, mut rest) = (1.0, f64::from(base), exponent);
    while rest > 0 {
        if rest & 1 == 1 {
            result *= square;
        }
        square *= square;
        rest >>= 1;
    }
    result
}

struct Descent<'a> {
    /// learning_rate / (1 - β₁ᵗ).
    rate: f32,
    /// 1 / √(1 - β₂ᵗ).
    scale: f32,
    settings: Adam,
    decay: Decay,
    w: &'a mut [f32],
    g: &'a [f32],
    m: &'a mut [f32],
    v: &'a mut [f32],
}

impl SimdKernel for Descent<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Adam { beta_1, beta_2, epsilon, .. } = self.settings;
        let Decay { in_gradient, kept } = self.decay;
        let moments = self.m.iter_mut().zip(self.v);
        for ((w, g), (m, v)) in self.w.iter_mut().zip(self.g).zip(moments) {
            let g = g + in_gradient * *w;
            *m = without_dust(beta_1 * *m + (1.0 - beta_1) * g);
            *v = without_dust(beta_2 * *v + (1.0 - beta_2) * g * g);
            *w = kept * *w - self.rate * *m / (v.sqrt() * self.scale + epsilon);
        }
    }
}
