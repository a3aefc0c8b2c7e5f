use serde::{Deserialize, Serialize};

use crate::nn::kernels::math::{exp, normal_density, normal_distribution, sigmoid, tanh};
use crate::nn::kernels::simd::{Simd, SimdKernel, vectorized};

/// The function that a layer applies to each of its sums.
///
/// | activation | y | dy/dx |
/// |---|---|---|
/// | `Linear` | x | 1 |
/// | `Relu` | max(0, x) | 1 where y > 0, else 0 |
/// | `LeakyRelu` | x where x > 0, else 0.01 x | 1 where y > 0, else 0.01 |
/// | `Elu` | x where x > 0, else e^x - 1 | 1 where y > 0, else y + 1 |
/// | `Gelu` | x Φ(x) | Φ(x) + x φ(x) |
/// | `Silu` | x σ(x), σ the sigmoid | σ(x) (1 + x (1 - σ(x))) |
/// | `Sigmoid` | 1 / (1 + e^-x) | y (1 - y) |
/// | `Tanh` | tanh x | 1 - y² |
/// | `Softmax` | e^xᵢ / Σⱼ e^xⱼ along the row | yᵢ (δᵢⱼ - yⱼ) |
///
/// Φ and φ are the distribution and the density of the standard normal distribution: GELU is the exact one, the
/// default of both Keras and PyTorch, not the approximation by tanh. The slope of LeakyReLU, 0.01, is PyTorch's
/// default (Keras's is 0.3); the α of ELU is 1, as in both. (LeakyReLU: Maas et al., 2013. ELU: Clevert et al.,
/// 2016. GELU and SiLU: Hendrycks and Gimpel, 2016; SiLU is also known as Swish.)
///
/// ```
/// # use lab_support::prelude::*;
/// let model = Sequential::new([3]).activation(Softmax);
/// let probabilities = model.outputs(&array![[0.0, 0.0, 2.0_f32.ln()]])?;
/// assert!((probabilities[[0, 2]] - 0.5).abs() < 1e-6 && (probabilities.sum() - 1.0).abs() < 1e-6);
/// # Ok::<(), lab_support::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Activation {
    /// The sum itself.
    Linear,
    /// The sum, or 0 where it is negative.
    #[serde(rename = "ReLU")]
    Relu,
    /// As ReLU, but a hundredth of a negative sum.
    #[serde(rename = "LeakyReLU")]
    LeakyRelu,
    /// As ReLU, but e^x - 1 of a negative sum.
    #[serde(rename = "ELU")]
    Elu,
    /// The sum times the normal distribution at it.
    #[serde(rename = "GELU")]
    Gelu,
    /// The sum times its sigmoid.
    #[serde(rename = "SiLU")]
    Silu,
    /// From 0 to 1.
    Sigmoid,
    /// From -1 to 1.
    Tanh,
    /// Probabilities: numbers from 0 to 1 whose sum over the row is 1.
    Softmax,
}

use Activation::{Elu, Gelu, LeakyRelu, Linear, Relu, Sigmoid, Silu, Softmax, Tanh};

/// What LeakyReLU lets through of a negative number.
const LEAK: f32 = 0.01;

impl Activation {
    #[cfg(test)]
    pub(crate) const ALL: [Activation; 9] =
        [Linear, Relu, LeakyRelu, Elu, Gelu, Silu, Sigmoid, Tanh, Softmax];

    /// As Keras and PyTorch call it.
    pub fn name(self) -> &'static str {
        match self {
            Linear => "Linear",
            Relu => "ReLU",
            LeakyRelu => "LeakyReLU",
            Elu => "ELU",
            Gelu => "GELU",
            Silu => "SiLU",
            Sigmoid => "Sigmoid",
            Tanh => "Tanh",
            Softmax => "Softmax",
        }
    }

    /// True for GELU and SiLU, which fall before they rise: the output doesn't tell the derivative, the input does.
    /// Such an activation is always a layer of its own.
    pub(crate) fn needs_its_input(self) -> bool {
        matches!(self, Gelu | Silu)
    }

    /// Replaces the sums in `x`, rows of `width` numbers, by the outputs.
    pub(crate) fn forward(self, x: &mut [f32], width: usize) {
        match self {
            Linear => {}
            Relu => vectorized(UnlessNegative { x }),
            LeakyRelu => vectorized(Each { x, f: |x: f32| if x < 0.0 { LEAK * x } else { x } }),
            Elu => vectorized(Each { x, f: |x: f32| if x < 0.0 { exp(x) - 1.0 } else { x } }),
            Gelu => vectorized(Each { x, f: |x: f32| x * normal_distribution(x) }),
            Silu => vectorized(Each { x, f: |x: f32| x * sigmoid(x) }),
            Sigmoid => vectorized(Each { x, f: sigmoid }),
            Tanh => vectorized(Each { x, f: tanh }),
            Softmax => x.chunks_exact_mut(width).for_each(softmax),
        }
    }

    /// Turns the gradient with respect to the outputs `y` into that with respect to the sums. Where an
    /// activation needs its input, `y` holds that.
    pub(crate) fn backward(self, y: &[f32], dy: &mut [f32], width: usize) {
        match self {
            Linear => {}
            Relu => vectorized(WherePositive { y, dy }),
            LeakyRelu => vectorized(EachPair { y, dy, f: |y, dy| if y > 0.0 { dy } else { LEAK * dy } }),
            Elu => vectorized(EachPair { y, dy, f: |y, dy| if y > 0.0 { dy } else { dy * (y + 1.0) } }),
            Gelu => vectorized(EachPair {
                y,
                dy,
                f: |x, dy| dy * (normal_distribution(x) + x * normal_density(x)),
            }),
            Silu => vectorized(EachPair {
                y,
                dy,
                f: |x, dy| {
                    let s = sigmoid(x);
                    dy * s * (1.0 + x * (1.0 - s))
                },
            }),
            Sigmoid => vectorized(EachPair { y, dy, f: |y, dy| dy * y * (1.0 - y) }),
            Tanh => vectorized(EachPair { y, dy, f: |y, dy| dy * (1.0 - y * y) }),
            Softmax => {
                for (y, dy) in y.chunks_exact(width).zip(dy.chunks_exact_mut(width)) {
                    let mean: f32 = y.iter().zip(&*dy).map(|(y, dy)| y * dy).sum();
                    y.iter().zip(dy).for_each(|(y, dy)| *dy = y * (*dy - mean));
                }
            }
        }
    }
}

/// Replaces a row of logits by probabilities. The largest logit is taken off first, so that no
/// exponential overflows.
pub(crate) fn softmax(row: &mut [f32]) {
    let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    row.iter_mut().for_each(|x| *x = exp(*x - largest));
    let sum: f32 = row.iter().sum();
    row.iter_mut().for_each(|x| *x /= sum);
}

/// ReLU's forward pass, written in blocks: of a condition for each number the compiler makes masked stores, which
/// take several times as long. Not the larger of x and 0 either, which would be 0 for NaN and so hide that training
/// went wrong.
struct UnlessNegative<'a> {
    x: &'a mut [f32],
}

impl SimdKernel for UnlessNegative<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let mut blocks = self.x.chunks_exact_mut(S::LANES);
        let zero = simd.splat(0.0);
        for x in &mut blocks {
            let block = simd.load(x);
            simd.put(simd.unless_below(block, block, zero), x);
        }
        blocks.into_remainder().iter_mut().for_each(|x| *x = if *x < 0.0 { 0.0 } else { *x });
    }
}

/// ReLU's backward pass.
struct WherePositive<'a> {
    y: &'a [f32],
    dy: &'a mut [f32],
}

impl SimdKernel for WherePositive<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (mut y, mut dy) = (self.y.chunks_exact(S::LANES), self.dy.chunks_exact_mut(S::LANES));
        let least = simd.splat(f32::from_bits(1)); // the smallest number above 0
        for (y, dy) in (&mut y).zip(&mut dy) {
            simd.put(simd.unless_below(simd.load(dy), simd.load(y), least), dy);
        }
        y.remainder()
            .iter()
            .zip(dy.into_remainder())
            .for_each(|(y, dy)| *dy = if *y > 0.0 { *dy } else { 0.0 });
    }
}

struct Each<'a, F> {
    x: &'a mut [f32],
    f: F,
}

impl<F: Fn(f32) -> f32> SimdKernel for Each<'_, F> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        for x in self.x {
            *x = (self.f)(*x);
        }
    }
}

struct EachPair<'a, F> {
    y: &'a [f32],
    dy: &'a mut [f32],
    f: F,
}

impl<F: Fn(f32, f32) -> f32> SimdKernel for EachPair<'_, F> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        for (y, dy) in self.y.iter().zip(self.dy) {
            *dy = (self.f)(*y, *dy);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_a_number_stays_none() {
        for activation in Activation::ALL {
            let mut x = [f32::NAN; 3];
            activation.forward(&mut x, 3);
            assert!(x.iter().all(|x| x.is_nan()), "{}", activation.name());
        }
    }

    #[test]
    fn extreme_sums_give_the_limits() {
        let limits = |activation: Activation| {
            let mut x = [-1e30, 0.0, 1e30];
            activation.forward(&mut x, 3);
            x
        };
        assert_eq!(limits(Relu), [0.0, 0.0, 1e30]);
        assert_eq!(limits(Tanh), [-1.0, 0.0, 1.0]);
        assert_eq!(limits(Softmax), [0.0, 0.0, 1.0]);
        let [low, middle, high] = limits(Sigmoid);
        assert!(low < 1e-37 && middle == 0.5 && high == 1.0, "{low}, {middle}, {high}");
    }
}
