use crate::nn::kernels::Threads;
use crate::nn::layers::activation::Activation;
use crate::nn::layers::layer::{Backward, Layer};
use crate::nn::layers::spec::LayerSpec;

/// An activation as a layer of its own: the softmax that turns logits into probabilities, GELU, SiLU.
#[derive(Clone)]
pub(crate) struct ActivationLayer {
    pub activation: Activation,
    pub shape: Vec<usize>,
}

impl Layer for ActivationLayer {
    fn spec(&self) -> LayerSpec {
        LayerSpec::Activation { activation: self.activation }
    }

    fn output_shape(&self) -> &[usize] {
        &self.shape
    }

    fn activation(&self) -> Activation {
        self.activation
    }

    fn passes_on(&self) -> bool {
        self.activation == Activation::Linear
    }

    fn forward(&self, _: usize, input: &[f32], output: &mut [f32], _: &Threads) {
        output.copy_from_slice(input);
        self.activation.forward(output, self.shape.iter().product());
    }

    fn backward(&mut self, pass: Backward, _: &Threads) {
        let known = if self.activation.needs_its_input() { pass.input } else { pass.output };
        self.activation.backward(known, pass.d_output, self.shape.iter().product());
        if let Some(d_input) = pass.d_input {
            d_input.copy_from_slice(pass.d_output);
        }
    }
}
