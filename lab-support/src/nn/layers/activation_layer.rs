use ndarray::{ArrayView2, ArrayViewMut2};
use serde_json::{Value, json};

use crate::nn::kernels::threads::Threads;
use crate::nn::layers::activation::Activation;
use crate::nn::layers::layer::{Backward, Layer};

/// An activation as a layer of its own: the softmax that turns logits into probabilities, and GELU.
#[derive(Clone)]
pub(crate) struct ActivationLayer {
    pub activation: Activation,
    pub shape: Vec<usize>,
}

impl Layer for ActivationLayer {
    fn kind(&self) -> &'static str {
        self.activation.name()
    }

    fn output_shape(&self) -> &[usize] {
        &self.shape
    }

    fn config(&self) -> Value {
        json!({ "layer": "Activation", "activation": self.activation.name() })
    }

    fn activation(&self) -> Activation {
        self.activation
    }

    fn forward(&self, input: ArrayView2<f32>, mut output: ArrayViewMut2<f32>, _: &Threads) {
        output.assign(&input);
        let width = output.ncols();
        self.activation.forward(output.as_slice_mut().expect("outputs are contiguous"), width);
    }

    fn backward(&mut self, mut pass: Backward, _: &Threads) {
        if self.activation.needs_its_input() {
            pass.output = pass.input;
        }
        let (seen, dy) = pass.slices();
        self.activation.backward(seen, dy, self.shape.iter().product());
        if let Some(mut d_input) = pass.d_input {
            d_input.assign(&pass.d_output);
        }
    }

    fn clone_boxed(&self) -> Box<dyn Layer> {
        Box::new(self.clone())
    }
}
