use crate::Error;

use crate::nn::compute::simd::{Kernel, Simd, vectorized};
use crate::nn::optimizers::{Update, at_least_zero_below_one, positive};

/// Stochastic gradient descent: `w -= learning_rate * g`, or with momentum
/// `v = momentum * v + g; w -= learning_rate * v` (PyTorch's form).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sgd {
    learning_rate: f32,
    momentum: f32,
}

impl Default for Sgd {
    /// Keras's default: learning rate 0.01, no momentum.
    fn default() -> Sgd {
        Sgd::new(0.01)
    }
}

impl Sgd {
    /// `learning_rate`: above 0, usually 0.001 to 0.5.
    pub fn new(learning_rate: f32) -> Sgd {
        Sgd { learning_rate, momentum: 0.0 }
    }

    /// Share of the last step that goes on: from 0 (none, the default) to below 1, usually 0.9.
    pub fn momentum(self, momentum: f32) -> Sgd {
        Sgd { momentum, ..self }
    }
}

impl Update for Sgd {
    fn name(&self) -> String {
        match self.momentum {
            0.0 => "SGD".into(),
            momentum => format!("SGD, momentum {momentum}"),
        }
    }

    fn learning_rate(&self) -> f32 {
        self.learning_rate
    }

    fn check(&self) -> Result<(), Error> {
        positive("learning_rate", self.learning_rate)?;
        at_least_zero_below_one("momentum", self.momentum)
    }

    fn moments(&self) -> usize {
        usize::from(self.momentum > 0.0)
    }

    fn update(&self, _: u64, w: &mut [f32], g: &[f32], [v, _]: [&mut [f32]; 2]) {
        let Sgd { learning_rate, momentum } = *self;
        if momentum == 0.0 {
            vectorized(Plain { learning_rate, w, g });
        } else {
            vectorized(Momentum { learning_rate, momentum, w, g, v });
        }
    }
}

struct Plain<'a> {
    learning_rate: f32,
    w: &'a mut [f32],
    g: &'a [f32],
}

impl Kernel for Plain<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        for (w, g) in self.w.iter_mut().zip(self.g) {
            *w -= self.learning_rate * g;
        }
    }
}

struct Momentum<'a> {
    learning_rate: f32,
    momentum: f32,
    w: &'a mut [f32],
    g: &'a [f32],
    v: &'a mut [f32],
}

impl Kernel for Momentum<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        for ((w, g), v) in self.w.iter_mut().zip(self.g).zip(self.v) {
            *v = self.momentum * *v + g;
            *w -= self.learning_rate * *v;
        }
    }
}
