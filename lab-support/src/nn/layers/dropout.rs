use ndarray::{ArrayView2, ArrayViewMut2, Axis};
use serde_json::{Value, json};

use crate::nn::kernels::rng::RandomStream;
use crate::nn::kernels::simd::{Simd, SimdKernel, vectorized};
use crate::nn::kernels::threads::Threads;
use crate::nn::layers::layer::{Backward, Layer};

/// While learning, silences each number with probability `rate` and multiplies the others by
/// `1 / (1 - rate)`, so that their mean stays: `y = x · m / (1 - rate)`, m 0 or 1. Otherwise `y = x`.
///
/// No neuron can rely on one other neuron, and the network learns less by heart. (Srivastava et al., 2014;
/// scaled while learning, as in Keras and PyTorch.)
#[derive(Clone)]
pub(crate) struct Dropout {
    rate: f32,
    shape: Vec<usize>,
    /// The random stream of the last forward pass: the backward pass draws the same mask.
    rng: RandomStream,
}

/// Images that are worth a thread of their own.
const LEAST_IMAGES: usize = 8;

impl Dropout {
    /// `rate` from 0 to below 1.
    pub fn new(input_shape: &[usize], rate: f32) -> Dropout {
        Dropout { rate, shape: input_shape.to_vec(), rng: RandomStream::default() }
    }

    /// `to = from · m / (1 - rate)`, each thread a share of the images.
    fn thin_out(&self, from: ArrayView2<f32>, mut to: ArrayViewMut2<f32>, threads: &Threads) {
        let share = threads.share(from.nrows(), LEAST_IMAGES);
        let width = from.ncols();
        let parts = from.axis_chunks_iter(Axis(0), share).zip(to.axis_chunks_iter_mut(Axis(0), share));
        threads.for_each(parts.enumerate(), |(part, (from, mut to))| {
            vectorized(ThinOut {
                from: from.as_slice().expect("rows are contiguous"),
                to: to.as_slice_mut().expect("rows are contiguous"),
                first: (part * share * width) as u32,
                rng: self.rng,
                rate: self.rate,
            });
        });
    }
}

impl Layer for Dropout {
    fn kind(&self) -> &'static str {
        "Dropout"
    }

    fn output_shape(&self) -> &[usize] {
        &self.shape
    }

    fn config(&self) -> Value {
        json!({ "layer": "Dropout", "rate": self.rate })
    }

    fn forward(&self, input: ArrayView2<f32>, mut output: ArrayViewMut2<f32>, _: &Threads) {
        output.assign(&input);
    }

    fn forward_training(
        &mut self,
        input: ArrayView2<f32>,
        output: ArrayViewMut2<f32>,
        rng: RandomStream,
        threads: &Threads,
    ) {
        self.rng = rng;
        self.thin_out(input, output, threads);
    }

    fn backward(&mut self, pass: Backward, threads: &Threads) {
        if let Some(d_input) = pass.d_input {
            self.thin_out(pass.d_output.view(), d_input, threads);
        }
    }

    fn clone_boxed(&self) -> Box<dyn Layer> {
        Box::new(self.clone())
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
    use ndarray::Array2;

    use super::*;

    fn thinned(threads: usize, rng: RandomStream) -> Array2<f32> {
        let mut output = Array2::zeros((40, 100));
        let input = Array2::from_elem((40, 100), 3.0);
        let threads = Threads::with(threads).unwrap();
        Dropout::new(&[100], 0.2).forward_training(input.view(), output.view_mut(), rng, &threads);
        output
    }

    #[test]
    fn a_fifth_is_silenced_and_the_mean_stays() {
        let output = thinned(1, RandomStream::new(1));
        assert!(output.iter().all(|y| *y == 0.0 || *y == 3.75));
        assert!((output.mean().unwrap() - 3.0).abs() < 0.1, "{}", output.mean().unwrap());
        assert_ne!(output, thinned(1, RandomStream::new(2)));
        for threads in [2, 3, 5] {
            assert_eq!(output, thinned(threads, RandomStream::new(1)), "{threads} threads");
        }
    }

    #[test]
    fn without_learning_nothing_is_silenced() {
        let (input, mut output) = (Array2::from_elem((2, 3), 3.0), Array2::zeros((2, 3)));
        Dropout::new(&[3], 0.9).forward(input.view(), output.view_mut(), &Threads::one());
        assert_eq!(output, input);
    }
}
