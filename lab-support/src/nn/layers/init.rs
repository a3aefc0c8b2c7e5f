use rand::Rng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

/// How the weights of a layer are drawn before training; biases start at 0.
///
/// ```
/// # use lab_support::prelude::*;
/// let model = Sequential::new([784]).dense_with(128, Relu, Neurons::default().init(Init::HeUniform)).seed(42);
/// let limit = (6.0_f32 / 784.0).sqrt();
/// assert!(model.weights()[0].iter().all(|weight| weight.abs() <= limit));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Init {
    /// Uniform within ±√(6 / (inputs + outputs)): keeps the spread of signals and gradients alike from
    /// layer to layer. Keras's default. (Glorot and Bengio, 2010.)
    #[default]
    GlorotUniform,
    /// Uniform within ±√(6 / inputs): the same for ReLU, which silences half of its sums. (He et al., 2015.)
    HeUniform,
}

impl Init {
    /// `n` numbers, for sums of `inputs` terms where each input is a term of `outputs` sums.
    pub(crate) fn draw(self, n: usize, [inputs, outputs]: [usize; 2], rng: &mut ChaCha8Rng) -> Vec<f32> {
        let limit = match self {
            Init::GlorotUniform => (6.0 / (inputs + outputs) as f32).sqrt(),
            Init::HeUniform => (6.0 / inputs as f32).sqrt(),
        };
        (0..n).map(|_| rng.gen_range(-limit..limit)).collect()
    }
}

/// What is left out of a description: a setting that is as it was before it could be another.
pub(crate) fn yes() -> bool {
    true
}

pub(crate) fn is_true(setting: &bool) -> bool {
    *setting
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    /// A uniform distribution within ±limit has the variance limit² / 3.
    #[test]
    fn limits_and_variances() {
        for (init, limit) in [(Init::GlorotUniform, 6.0 / 912.0), (Init::HeUniform, 6.0 / 784.0)] {
            let weights = init.draw(784 * 128, [784, 128], &mut ChaCha8Rng::seed_from_u64(1));
            let largest = weights.iter().fold(0.0f32, |m, w| m.max(w.abs()));
            let variance = weights.iter().map(|w| w * w).sum::<f32>() / weights.len() as f32;
            assert!(largest <= f32::sqrt(limit) && largest > 0.999 * f32::sqrt(limit), "{init:?}: {largest}");
            assert!((variance / (limit / 3.0) - 1.0).abs() < 0.02, "{init:?}: {variance}");
        }
    }
}
