use crate::nn::kernels::Threads;
use crate::nn::kernels::threads::parts;
use crate::nn::layers::activation::Activation;
use crate::nn::layers::layer::{Backward, Layer};
use crate::nn::layers::spec::LayerSpec;

/// An activation as a layer of its own: the softmax that turns logits into probabilities, GELU, SiLU.
#[derive(Clone)]
pub(crate) struct ActivationLayer {
    pub activation: Activation,
    pub shape: Vec<usize>,
}

/// The fewest images for which another thread pays off.
const LEAST_IMAGES: usize = 8;

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

    fn forward(&self, rows: usize, input: &[f32], output: &mut [f32], threads: &Threads) {
        threads.for_each_row(rows, LEAST_IMAGES, (input, output), |input, output| {
            output.copy_from_slice(input);
            self.activation.forward(output, output.len());
        });
    }

    fn backward(&mut self, pass: Backward, threads: &Threads) {
        let Backward { rows, input, output, d_output, d_input, .. } = pass;
        let known = if self.activation.needs_its_input() { input } else { output };
        let (d_input, width) = (d_input.unwrap_or_default(), d_output.len() / rows);
        let share = threads.share(rows, LEAST_IMAGES) * width;
        let gradients = d_output.chunks_mut(share).zip(parts(d_input, share));
        threads.for_each(known.chunks(share).zip(gradients), |(known, (d_output, d_input))| {
            self.activation.backward(known, d_output, width);
            if !d_input.is_empty() {
                d_input.copy_from_slice(d_output);
            }
        });
    }
}
