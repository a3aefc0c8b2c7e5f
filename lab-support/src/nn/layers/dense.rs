use ndarray::Axis;
use rand_chacha::ChaCha8Rng;

use crate::nn::kernels::matmul::{matmul_nn, matmul_nt, matmul_tn, matrix_mut};
use crate::nn::kernels::product::Start;
use crate::nn::kernels::{Misfit, Threads, memory};
use crate::nn::layers::activation::Activation;
use crate::nn::layers::layer::{Backward, Layer};
use crate::nn::layers::neurons::Neurons;
use crate::nn::layers::parameter::{Parameter, WeightAndBias};
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
}

/// The fewest outputs for which another thread pays off: waking it costs more than computing fewer.
const LEAST_OUTPUTS: usize = 16;

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
        Ok(Dense { activation, settings, outputs: [outputs], sums })
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
        let (outputs, share) = (self.outputs[0], threads.share(self.outputs[0], LEAST_OUTPUTS));
        let (inputs, mut sums) = (x.len() / rows, matrix_mut(rows, y));
        let weight = self.sums.weight().value.chunks(share * inputs);
        let parts = weight.zip(sums.axis_chunks_iter_mut(Axis(1), share));
        threads.for_each(parts, |(w, y)| matmul_nt(x, w, y)); // [rows, part of outputs]
        if let Some(bias) = self.sums.bias() {
            for row in y.chunks_exact_mut(outputs) {
                row.iter_mut().zip(&bias.value).for_each(|(y, b)| *y += b);
            }
        }
        self.activation.forward(y, outputs);
    }

    fn backward(&mut self, pass: Backward, threads: &Threads) {
        let Backward { rows, input: x, output, d_output: dz, d_input } = pass;
        let (inputs, outputs) = (x.len() / rows, self.outputs[0]);
        self.activation.backward(output, dz, outputs);

        if let Some(bias) = self.sums.bias_mut() {
            bias.gradient.fill(0.0);
            for row in dz.chunks_exact(outputs) {
                bias.gradient.iter_mut().zip(row).for_each(|(db, dz)| *db += dz);
            }
        }

        let share = threads.share(outputs, LEAST_OUTPUTS);
        let Parameter { value: weight, gradient, .. } = self.sums.weight_mut();
        threads.for_each(gradient.chunks_mut(share * inputs).enumerate(), |(i, dw)| {
            let shape = [dw.len() / inputs, rows, inputs]; // dw: [part of outputs, inputs]
            matmul_tn((&dz[i * share..], outputs), x, shape, Start::Zero).compute(dw);
        });

        if let Some(dx) = d_input {
            let share = threads.share(rows, 4);
            threads.for_each(dz.chunks(share * outputs).zip(dx.chunks_mut(share * inputs)), |(dz, dx)| {
                let shape = [dz.len() / outputs, outputs, inputs]; // dx: [part of rows, inputs]
                matmul_nn(dz, weight, shape, Start::Zero).compute(dx);
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::against_pytorch::{close, wave};
    use crate::nn::layers::activation::Activation::{Elu, LeakyRelu, Linear, Relu, Sigmoid, Softmax, Tanh};

    /// From `dense` in `tests/pytorch.py`: batch 2, inputs 2, outputs 3.
    struct Expected {
        activation: Activation,
        y: [f32; 6],
        dw: [f32; 6],
        db: [f32; 3],
        dx: [f32; 4],
    }

    const PYTORCH: [Expected; 7] = [
        Expected {
            activation: Linear,
            y: [0.8796, -0.4644, -0.5048, 0.6888, 0.8688, -0.6704],
            dw: [0.276, 0.06, 0.484, 0.22, 0.8756, 0.11],
            db: [0.0, 0.4, -0.28],
            dx: [0.0468, -0.5684, 0.3508, 0.6716],
        },
        Expected {
            activation: Relu,
            y: [0.8796, 0.0, 0.0, 0.6888, 0.8688, 0.0],
            dw: [0.276, 0.06, 0.312, 0.24, 0.0, 0.0],
            db: [0.0, 0.6, 0.0],
            dx: [0.052, -0.112, 0.452, 0.46],
        },
        Expected {
            activation: LeakyRelu,
            y: [0.8796, -0.004644, -0.005048, 0.6888, 0.8688, -0.006704],
            dw: [0.276, 0.06, 0.31372, 0.2398, 0.008756, 0.0011],
            db: [0.0, 0.598, -0.0028],
            dx: [0.051948, -0.116564, 0.450988, 0.462116],
        },
        Expected {
            activation: Elu,
            y: [0.8796, -0.37148792, -0.39637372, 0.6888, 0.8688, -0.48849607],
            dw: [0.276, 0.06, 0.4201041, 0.22742976, 0.5064995, 0.04944838],
            db: [0.0, 0.47429758, -0.21139164],
            dx: [0.044680327, -0.39038178, 0.4002358, 0.5682342],
        },
        Expected {
            activation: Sigmoid,
            y: [0.7067393, 0.38594255, 0.37641332, 0.6656999, 0.70449597, 0.33840728],
            dw: [0.05879305, 0.013658306, 0.10571504, 0.04522372, 0.2029338, 0.023825604],
            db: [0.0030569364, 0.07751067, -0.0707091],
            dx: [0.009176437, -0.13060477, 0.070693724, 0.14474666],
        },
        Expected {
            activation: Tanh,
            y: [0.7062189, -0.43366355, -0.46588373, 0.5972105, 0.70076394, -0.5852429],
            dw: [0.15312316, 0.041442066, 0.29843912, 0.10590446, 0.6555427, 0.06303982],
            db: [0.028416933, 0.14297076, -0.27693903],
            dx: [0.01712466, -0.4168421, 0.15650897, 0.38828668],
        },
        Expected {
            activation: Softmax,
            y: [0.6616932, 0.17256984, 0.16573697, 0.40748408, 0.48784703, 0.104668885],
            dw: [-0.09804407, -0.03032006, 0.031783246, 0.036210343, 0.06626082, -0.0058902847],
            db: [-0.031385005, 0.10210934, -0.070724346],
            dx: [0.01400252, 0.007775377, 0.09548879, 0.0013392441],
        },
    ];

    #[test]
    fn forward_and_backward_are_pytorchs() {
        for Expected { activation, y, dw, db, dx } in PYTORCH {
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
            };
            layer.backward(pass, &Threads::one());

            let name = activation.name();
            close(&format!("{name}, y"), &output, &y, 2e-7);
            close(&format!("{name}, dw"), &layer.parameters()[0].gradient, &dw, 2e-7);
            close(&format!("{name}, db"), &layer.parameters()[1].gradient, &db, 2e-7);
            close(&format!("{name}, dx"), &d_input, &dx, 2e-7);
        }
    }
}
