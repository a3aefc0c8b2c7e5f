use ndarray::{ArrayView2, ArrayViewMut2, Axis};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use super::activation::Activation;
use super::init::Init;
use super::layer::{Backward, Layer};
use super::matmul::{columns_times, rows_times_rows};
use super::parameter::Parameter;
use super::threads::Threads;

/// A fully connected layer: `y = activation(x wᵀ + b)`.
///
/// | | shape |
/// |---|---|
/// | x | `[batch, inputs]` |
/// | w | `[outputs, inputs]`, as in PyTorch (Keras stores the transpose) |
/// | b | `[outputs]` |
/// | y | `[batch, outputs]` |
///
/// Backward, with dz the gradient with respect to the sums: `dw = dzᵀ x`, `db = Σ dz` over the batch,
/// `dx = dz w`.
#[derive(Clone)]
pub(crate) struct Dense {
    activation: Activation,
    init: Init,
    outputs: [usize; 1],
    /// Weight and bias.
    parameters: [Parameter; 2],
    /// `dzᵀ`, `[outputs, batch]`.
    transposed: Vec<f32>,
}

/// Outputs that are worth a thread of their own: fewer cost more in waking it than they bring.
const LEAST_OUTPUTS: usize = 16;

impl Dense {
    pub fn new(inputs: usize, outputs: usize, activation: Activation, init: Init) -> Dense {
        let weight = Parameter::new("weight", vec![outputs, inputs], vec![0.0; outputs * inputs]);
        let bias = Parameter::new("bias", vec![outputs], vec![0.0; outputs]);
        Dense { activation, init, outputs: [outputs], parameters: [weight, bias], transposed: Vec::new() }
    }
}

impl Layer for Dense {
    fn kind(&self) -> &'static str {
        "Dense"
    }

    fn output_shape(&self) -> &[usize] {
        &self.outputs
    }

    fn config(&self) -> Value {
        json!({
            "layer": "Dense",
            "units": self.outputs[0],
            "activation": self.activation.name(),
            "init": self.init.name(),
        })
    }

    fn activation(&self) -> Activation {
        self.activation
    }

    fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    fn parameters_mut(&mut self) -> &mut [Parameter] {
        &mut self.parameters
    }

    fn initialize(&mut self, rng: &mut ChaCha8Rng) {
        let [weight, bias] = &mut self.parameters;
        weight.value = self.init.draw(weight.shape[1], weight.shape[0], rng);
        bias.value.fill(0.0);
    }

    fn forward(&self, x: ArrayView2<f32>, mut y: ArrayViewMut2<f32>, threads: &Threads) {
        let [weight, bias] = &self.parameters;
        let (weight, share) = (weight.matrix(), threads.share(self.outputs[0], LEAST_OUTPUTS));
        let parts = weight.axis_chunks_iter(Axis(0), share).zip(y.axis_chunks_iter_mut(Axis(1), share));
        threads.for_each(parts, |(w, y)| rows_times_rows(x, w, y)); // [batch, part of outputs]
        let width = self.outputs[0];
        let y = y.as_slice_mut().expect("outputs are contiguous");
        for row in y.chunks_exact_mut(width) {
            row.iter_mut().zip(&bias.value).for_each(|(y, b)| *y += b);
        }
        self.activation.forward(y, width);
    }

    fn backward(&mut self, mut pass: Backward, threads: &Threads) {
        let (batch, outputs) = pass.d_output.dim();
        let (y, dz) = pass.slices();
        self.activation.backward(y, dz, outputs);

        let [weight, bias] = &mut self.parameters;
        bias.gradient.fill(0.0);
        for row in dz.chunks_exact(outputs) {
            bias.gradient.iter_mut().zip(row).for_each(|(db, dz)| *db += dz);
        }

        let (x, dz) = (pass.input, pass.d_output.view());
        let share = threads.share(outputs, LEAST_OUTPUTS);
        let mut gradient = weight.gradient_matrix();
        let parts = gradient.axis_chunks_iter_mut(Axis(0), share).enumerate();
        threads.for_each(parts, |(i, dw)| columns_times(dz, i * share, x, dw)); // [part of outputs, inputs]

        if let Some(mut dx) = pass.d_input {
            self.transposed.resize(outputs * batch, 0.0);
            let mut transposed =
                ArrayViewMut2::from_shape((outputs, batch), &mut self.transposed[..outputs * batch])
                    .expect("room was made for it");
            transposed.assign(&dz.t());
            let (dz_t, w) = (transposed.view(), weight.matrix());
            let share = threads.share(batch, 4);
            let parts = dx.axis_chunks_iter_mut(Axis(0), share).enumerate();
            threads.for_each(parts, |(i, dx)| columns_times(dz_t, i * share, w, dx)); // [part of batch, inputs]
        }
    }

    fn clone_boxed(&self) -> Box<dyn Layer> {
        Box::new(self.clone())
    }
}
