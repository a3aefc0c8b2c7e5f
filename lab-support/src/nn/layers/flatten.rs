use ndarray::{ArrayView2, ArrayViewMut2};
use serde_json::{Value, json};

use crate::nn::kernels::threads::Threads;
use crate::nn::kernels::transpose::each_row_transposed;
use crate::nn::layers::layer::{Backward, Layer, channels};

/// An image of any shape as one row of numbers: `[28, 28] -> [784]`. Nothing to learn, nothing computed.
///
/// Several channels come one after the other, as PyTorch has them: `[64, 5, 5] -> [1600]`, the 25 pixels of the first
/// channel, then those of the second.
#[derive(Clone)]
pub(crate) struct Flatten {
    channels: usize,
    shape: [usize; 1],
}

impl Flatten {
    pub fn new(input_shape: &[usize]) -> Flatten {
        Flatten { channels: channels(input_shape), shape: [input_shape.iter().product()] }
    }
}

impl Layer for Flatten {
    fn kind(&self) -> &'static str {
        "Flatten"
    }

    fn output_shape(&self) -> &[usize] {
        &self.shape
    }

    fn config(&self) -> Value {
        json!({ "layer": "Flatten" })
    }

    fn forward(&self, input: ArrayView2<f32>, output: ArrayViewMut2<f32>, _: &Threads) {
        each_row_transposed(input, self.channels, output);
    }

    fn backward(&mut self, mut pass: Backward, _: &Threads) {
        if let Some(d_input) = pass.d_input.take() {
            each_row_transposed(pass.d_output.view(), self.shape[0] / self.channels, d_input);
        }
    }

    fn clone_boxed(&self) -> Box<dyn Layer> {
        Box::new(self.clone())
    }
}
