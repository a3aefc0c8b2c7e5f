use rand_chacha::ChaCha8Rng;

use crate::nn::kernels::matmul::{matmul_nn, matmul_tn};
use crate::nn::kernels::product::{Product, Start};
use crate::nn::kernels::simd::LANES;
use crate::nn::kernels::simd::tile::Terms;
use crate::nn::kernels::transpose::{Order, transpose_part};
use crate::nn::kernels::{Aligned, Misfit, ScratchBuffers, Threads, memory};
use crate::nn::layers::activation::Activation;
use crate::nn::layers::layer::{Backward, Layer};
use crate::nn::layers::neurons::Neurons;
use crate::nn::layers::parameter::{Parameter, Part, WeightAndBias};
use crate::nn::layers::spec::LayerSpec;

/// A fully connected layer: `y = activation(x wᵀ + b)`.
///
/// | | shape |
/// |---|---|
/// | x | `[batch, inputs]` |
/// | w | `[outputs, inputs]`, as in PyTorch (Keras stores the transpose) |
/// | b | `[outputs]`; 0 where the layer has none |
/// | y | `[batch, outputs]` |
///
/// Backward, with dz the gradient with respect to the sums: `dw = dzᵀ x`, `db = Σ dz` over the batch,
/// `dx = dz w`.
#[derive(Clone)]
pub(crate) struct Dense {
    activation: Activation,
    settings: Neurons,
    outputs: [usize; 1],
    sums: WeightAndBias,
    /// For a batch and its sums, transposed.
    scratch: ScratchBuffers,
}

/// The fewest outputs, and the fewest products, for which another thread pays off: to hand them over costs more than to
/// compute fewer.
const LEAST_OUTPUTS: usize = 16;
const LEAST_PRODUCTS: usize = 1 << 17;
/// Outputs whose packed weights lie side by side: whole tiles of every instruction set.
const PANEL: usize = 48;
/// Outputs whose weights are updated together: whole tiles, and with a thousand inputs no more than a core's second cache
/// holds.
const OUTPUTS_AT_ONCE: usize = 12;

impl Dense {
    /// # Errors
    /// When its weights do not fit into memory.
    pub fn new(
        inputs: usize,
        outputs: usize,
        activation: Activation,
        settings: Neurons,
    ) -> Result<Dense, Misfit> {
        let fits = memory::check_sum(&[&[inputs, outputs], &[outputs]]);
        fits.map_err(|found| ("weights that fit into memory", found, "use fewer units"))?;
        let sums = WeightAndBias::new(vec![outputs, inputs], settings.init, settings.bias);
        Ok(Dense { activation, settings, outputs: [outputs], sums, scratch: ScratchBuffers::default() })
    }

    /// How many outputs make a part, each of them of so many products.
    fn share(&self, products: usize, threads: &Threads) -> usize {
        threads.share(self.outputs[0], LEAST_OUTPUTS.max(LEAST_PRODUCTS.div_ceil(products)))
    }
}

impl Layer for Dense {
    fn spec(&self) -> LayerSpec {
        LayerSpec::Dense { units: self.outputs[0], activation: self.activation, settings: self.settings }
    }

    fn output_shape(&self) -> &[usize] {
        &self.outputs
    }

    fn activation(&self) -> Activation {
        self.activation
    }

    fn parameters(&self) -> &[Parameter] {
        &self.sums.parameters
    }

    fn parameters_mut(&mut self) -> &mut [Parameter] {
        &mut self.sums.parameters
    }

    fn initialize(&mut self, rng: &mut ChaCha8Rng) {
        self.sums.initialize(rng);
    }

    fn forward(&self, rows: usize, x: &[f32], y: &mut [f32], threads: &Threads) {
        let (inputs, outputs) = (x.len() / rows, self.outputs[0]);
        let width = rows.next_multiple_of(LANES); // columns beside the rows fill up the blocks
        let share = self.share(x.len(), threads);
        self.scratch.with(outputs * width, |sums| {
            let weight = self.sums.weight().value.chunks(share * inputs);
            threads.for_each(weight.zip(sums.chunks_mut(share * width)), |(w, sums)| {
                // Each thread transposes the batch for itself: that takes less time than to have it from another core.
                self.scratch.with(inputs * width, |x_t| {
                    transpose_part((x, Order::Plain(inputs)), [rows, inputs], (x_t, Order::Plain(width)));
                    let shape = [w.len() / inputs, inputs, width];
                    matmul_nn(w, x_t, shape, Start::Zero).compute(sums); // [part of outputs, width]
                });
            });
            transpose_part((sums, Order::Plain(width)), [outputs, rows], (y, Order::Plain(outputs)));
        });
        if let Some(bias) = self.sums.bias() {
            for row in y.chunks_exact_mut(outputs) {
                row.iter_mut().zip(&bias.value).for_each(|(y, b)| *y += b);
            }
        }
        self.activation.forward(y, outputs);
    }

    /// `wᵀ`, in panels of columns: `[inputs, PANEL]` each, the last one narrower.
    fn packed(&self) -> Aligned {
        let weight = &self.sums.weight().value;
        let inputs = weight.len() / self.outputs[0];
        let mut packed = Aligned::zeros(weight.len());
        for (w, panel) in weight.chunks(PANEL * inputs).zip(packed.chunks_mut(PANEL * inputs)) {
            let columns = w.len() / inputs;
            transpose_part((w, Order::Plain(inputs)), [columns, inputs], (panel, Order::Plain(columns)));
        }
        packed
    }

    /// The sums in the order of [`forward`](Self::forward), but without transposing a batch.
    fn infer(&self, packed: &[f32], rows: usize, x: &[f32], y: &mut [f32]) {
        let (inputs, outputs) = (x.len() / rows, self.outputs[0]);
        for (i, panel) in packed.chunks(PANEL * inputs).enumerate() {
            let (first, columns) = (i * PANEL, panel.len() / inputs);
            let start = self.sums.bias().map_or(Start::Zero, |bias| Start::Bias(&bias.value[first..]));
            let terms = Terms { counts: [1, inputs], a: [0, 1], b: [0, columns] };
            let (a_rows, c_rows) = ([0, inputs], [0, outputs]);
            let (a, b, rows) = (x, panel, [1, rows]);
            Product { a, b, rows, columns, a_rows, c_rows, terms, start }.compute(&mut y[first..]);
        }
        self.activation.forward(y, outputs);
    }

    fn backward(&mut self, pass: Backward, threads: &Threads) {
        let Backward { rows, input: x, output, d_output: dz, d_input, update } = pass;
        let (inputs, outputs) = (x.len() / rows, self.outputs[0]);
        self.activation.backward(output, dz, outputs);

        if let Some(bias) = self.sums.bias_mut() {
            bias.gradient.fill(0.0);
            for row in dz.chunks_exact(outputs) {
                bias.gradient.iter_mut().zip(row).for_each(|(db, dz)| *db += dz);
            }
        }

        let share = self.share(x.len(), threads);
        let weight = self.sums.weight_mut();
        if let Some(dx) = d_input {
            let rows = threads.share(rows, LEAST_PRODUCTS.div_ceil(weight.value.len()));
            threads.for_each(dz.chunks(rows * outputs).zip(dx.chunks_mut(rows * inputs)), |(dz, dx)| {
                let shape = [dz.len() / outputs, outputs, inputs]; // dx: [part of rows, inputs]
                matmul_nn(dz, &weight.value, shape, Start::Zero).compute(dx);
            });
        }

        let update = update.filter(|_| weight.is_trained());
        let scratch = &self.scratch;
        threads.for_each(weight.whole().parts(share * inputs).enumerate(), |(i, mut part)| {
            let gradient = |first: usize, dw: &mut [f32]| {
                let shape = [dw.len() / inputs, rows, inputs]; // dw: [part of outputs, inputs]
                matmul_tn((&dz[first..], outputs), x, shape, Start::Zero).compute(dw);
            };
            let Some(update) = update else { return gradient(i * share, part.gradient) };
            scratch.with(OUTPUTS_AT_ONCE * inputs, |dw| {
                for (j, part) in part.parts(OUTPUTS_AT_ONCE * inputs).enumerate() {
                    let dw = &mut dw[..part.value.len()];
                    gradient(i * share + j * OUTPUTS_AT_ONCE, dw);
                    update(Part { gradient: dw, ..part });
                }
            });
        });
        weight.is_updated = update.is_some();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows and outputs on either side of a block's, a tile's and a panel's.
    #[test]
    fn packed_weights_give_the_same_bits() {
        for outputs in [1, 8, 47, 48, 49, 100] {
            let mut layer = Dense::new(30, outputs, Activation::Gelu, Neurons::default()).unwrap();
            layer.parameters_mut()[0].value = wave(4, 30 * outputs);
            layer.parameters_mut()[1].value = wave(10, outputs);
            for rows in [1, 5, 8, 33] {
                let x = wave(7, rows * 30);
                let (mut forward, mut inferred) = (vec![1.0; rows * outputs], vec![2.0; rows * outputs]);
                layer.forward(rows, &x, &mut forward, &Threads::one());
                layer.infer(&layer.packed(), rows, &x, &mut inferred);
                assert!(forward == inferred, "{rows} rows, {outputs} outputs");
            }
        }
    }
    use crate::nn::against_pytorch::{close_within, pytorch, wave};

    /// From `dense` in `tests/pytorch.py`: batch 2, inputs 2, outputs 3.
    #[test]
    fn forward_and_backward_are_pytorchs() {
        for activation in Activation::ALL.into_iter().filter(|activation| !activation.needs_its_input()) {
            let mut layer = Dense::new(2, 3, activation, Neurons::default()).unwrap();
            layer.parameters_mut()[0].value = wave(4, 6);
            layer.parameters_mut()[1].value = wave(10, 3);
            layer.parameters_mut().iter_mut().for_each(|p| p.prepare(0));
            let (x, mut dy) = (wave(0, 4), wave(13, 6));
            let (mut output, mut d_input) = ([1.0; 6], [1.0; 4]);
            layer.forward(2, &x, &mut output, &Threads::one());
            let pass = Backward {
                rows: 2,
                input: &x,
                output: &output,
                d_output: &mut dy,
                d_input: Some(&mut d_input),
                update: None,
            };
            layer.backward(pass, &Threads::one());

            let part = format!("dense, {}", activation.name());
            let close = |name, ours: &[f32]| close_within(2e-7, &part, ours, &pytorch(&part, name));
            close("y", &output);
            close("dw", &layer.parameters()[0].gradient);
            close("db", &layer.parameters()[1].gradient);
            close("dx", &d_input);
        }
    }
}
