use crate::nn::kernels::simd::{Simd, SimdKernel, vectorized};
use crate::nn::kernels::{RandomStream, Threads};
use crate::nn::layers::layer::{Backward, Layer};
use crate::nn::layers::spec::LayerSpec;

/// While learning, silences each number with probability `rate` and multiplies the others by
/// `1 / (1 - rate)`, so that their mean stays: `y = x · m / (1 - rate)`, m 0 or 1. Otherwise `y = x`.
///
/// No neuron can rely on one other neuron, and the network overfits less. (Srivastava et al., 2014;
/// scaled while learning, as in Keras and PyTorch.)
#[derive(Clone)]
pub(crate) struct Dropout {
    rate: f32,
    shape: Vec<usize>,
    /// The random stream of the last forward pass: the backward pass draws the same mask.
    rng: RandomStream,
}

/// The fewest images for which another thread pays off.
const LEAST_IMAGES: usize = 8;

impl Dropout {
    /// `rate` from 0 to below 1.
    pub fn new(input_shape: &[usize], rate: f32) -> Dropout {
        Dropout { rate, shape: input_shape.to_vec(), rng: RandomStream::default() }
    }

    /// `to = from · m / (1 - rate)`, each thread a share of the images.
    fn thin_out(&self, rows: usize, from: &[f32], to: &mut [f32], threads: &Threads) {
        let share = threads.share(rows, LEAST_IMAGES) * (from.len() / rows);
        threads.for_each(from.chunks(share).zip(to.chunks_mut(share)).enumerate(), |(part, (from, to))| {
            let first = (part * share) as u32;
            vectorized(ThinOut { from, to, first, rng: self.rng, rate: self.rate });
        });
    }
}

impl Layer for Dropout {
    fn spec(&self) -> LayerSpec {
        LayerSpec::Dropout { rate: self.rate }
    }

    fn output_shape(&self) -> &[usize] {
        &self.shape
    }

    fn passes_on(&self) -> bool {
        true
    }

    fn forward(&self, _: usize, input: &[f32], output: &mut [f32], _: &Threads) {
        output.copy_from_slice(input);
    }

    fn forward_training(
        &mut self,
        rows: usize,
        input: &[f32],
        output: &mut [f32],
        rng: RandomStream,
        threads: &Threads,
    ) {
        self.rng = rng;
        self.thin_out(rows, input, output, threads);
    }

    fn backward(&mut self, pass: Backward, threads: &Threads) {
        if let Some(d_input) = pass.d_input {
            self.thin_out(pass.rows, pass.d_output, d_input, threads);
        }
    }
}

struct ThinOut<'a> {
    from: &'a [f32],
    to: &'a mut [f32],
    /// Index of the first number in the batch.
    first: u32,
    rng: RandomStream,
    rate: f32,
}

impl SimdKernel for ThinOut<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let scale = 1.0 / (1.0 - self.rate);
        for (i, (to, from)) in (self.first..).zip(self.to.iter_mut().zip(self.from)) {
            let kept = self.rng.uniform(i) >= self.rate;
            *to = if kept { scale * from } else { 0.0 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thinned(threads: usize, rng: RandomStream) -> Vec<f32> {
        let (input, mut output) = ([3.0; 4000], vec![0.0; 4000]);
        let threads = Threads::with(threads).unwrap();
        Dropout::new(&[100], 0.2).forward_training(40, &input, &mut output, rng, &threads);
        output
    }

    #[test]
    fn a_fifth_is_silenced_and_the_mean_stays() {
        let output = thinned(1, RandomStream::new(1));
        assert!(output.iter().all(|y| *y == 0.0 || *y == 3.75));
        let mean = output.iter().sum::<f32>() / output.len() as f32;
        assert!((mean - 3.0).abs() < 0.1, "{mean}");
        assert_ne!(output, thinned(1, RandomStream::new(2)));
        for threads in [2, 3, 5] {
            assert_eq!(output, thinned(threads, RandomStream::new(1)), "{threads} threads");
        }
    }

    #[test]
    fn without_learning_nothing_is_silenced() {
        let (input, mut output) = ([3.0; 6], [0.0; 6]);
        Dropout::new(&[3], 0.9).forward(2, &input, &mut output, &Threads::one());
        assert_eq!(output, input);
    }
}
