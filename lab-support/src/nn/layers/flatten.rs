use crate::nn::kernels::Threads;
use crate::nn::kernels::transpose::transpose;
use crate::nn::layers::layer::{Backward, Layer};
use crate::nn::layers::spec::{LayerSpec, channels};

/// An image of any shape as one row of numbers: `[28, 28] -> [784]`. Nothing to learn, nothing computed.
///
/// Several channels come one after the other, as PyTorch has them: `[64, 5, 5] -> [1600]`, the 25 pixels of the first
/// channel, then those of the second.
#[derive(Clone)]
pub(crate) struct Flatten {
    channels: usize,
    shape: [usize; 1],
}

/// The fewest images for which another thread pays off.
const LEAST_IMAGES: usize = 8;

impl Flatten {
    pub fn new(input_shape: &[usize]) -> Flatten {
        Flatten { channels: channels(input_shape), shape: [input_shape.iter().product()] }
    }
}

impl Layer for Flatten {
    fn spec(&self) -> LayerSpec {
        LayerSpec::Flatten
    }

    fn output_shape(&self) -> &[usize] {
        &self.shape
    }

    fn passes_on(&self) -> bool {
        true
    }

    fn is_only_a_shape(&self) -> bool {
        self.channels == 1 || self.channels == self.shape[0]
    }

    fn forward(&self, rows: usize, input: &[f32], output: &mut [f32], threads: &Threads) {
        threads.for_each_row(rows, LEAST_IMAGES, (input, output), |input, output| {
            transpose(input, self.channels, output);
        });
    }

    fn backward(&mut self, pass: Backward, threads: &Threads) {
        if let Some(d_input) = pass.d_input {
            let pixels = self.shape[0] / self.channels;
            threads.for_each_row(pass.rows, LEAST_IMAGES, (&*pass.d_output, d_input), |d_output, d_input| {
                transpose(d_output, pixels, d_input);
            });
        }
    }
}
