use ndarray::{ArrayView2, ArrayViewMut2};
use serde_json::{Value, json};

use crate::nn::compute::threads::Threads;
use crate::nn::layers::layer::{Backward, Layer};

/// An image of any shape as one row of numbers: `[28, 28] -> [784]`. Nothing to learn, nothing computed.
#[derive(Clone)]
pub(crate) struct Flatten {
    shape: [usize; 1],
}

impl Flatten {
    pub fn new(input_shape: &[usize]) -> Flatten {
        Flatten { shape: [input_shape.iter().product()] }
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

    fn forward(&self, input: ArrayView2<f32>, mut output: ArrayViewMut2<f32>, _: &Threads) {
        output.assign(&input);
    }

    fn backward(&mut self, pass: Backward, _: &Threads) {
        if let Some(mut d_input) = pass.d_input {
            d_input.assign(&pass.d_output);
        }
    }

    fn clone_boxed(&self) -> Box<dyn Layer> {
        Box::new(self.clone())
    }
}
