use crate::nn::kernels::Threads;
use crate::nn::layers::layer::{Backward, Layer};
use crate::nn::layers::spec::LayerSpec;

/// The end of a residual block: what comes out of the block plus what went into it, `y = f(x) + x`. The layers of the
/// block have only to learn what is to change; and the gradient has a way around them. (He et al., 2016.)
///
/// The layer itself passes on what the block gives; the [`Tape`](crate::nn::model::Tape), which knows what went in, adds
/// it, and sends the gradient both ways.
#[derive(Clone)]
pub(crate) struct Add {
    layers: usize,
    shape: Vec<usize>,
}

impl Add {
    /// Behind a block of `layers` layers, whose input and output have this shape.
    pub fn new(shape: &[usize], layers: usize) -> Add {
        Add { layers, shape: shape.to_vec() }
    }
}

impl Layer for Add {
    fn spec(&self) -> LayerSpec {
        LayerSpec::Add { layers: self.layers }
    }

    fn output_shape(&self) -> &[usize] {
        &self.shape
    }

    fn adds(&self) -> Option<usize> {
        Some(self.layers)
    }

    fn forward(&self, _: usize, input: &[f32], output: &mut [f32], _: &Threads) {
        output.copy_from_slice(input);
    }

    fn backward(&mut self, pass: Backward, _: &Threads) {
        if let Some(d_input) = pass.d_input {
            d_input.copy_from_slice(pass.d_output);
        }
    }
}
