use ndarray::{ArrayView2, ArrayViewMut2};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::nn::chance::Chance;
use crate::nn::compute::threads::{Threads, parts};
use crate::nn::layers::activation::Activation;
use crate::nn::layers::convolution::Convolution;
use crate::nn::layers::init::Init;
use crate::nn::layers::layer::{Backward, Layer};
use crate::nn::layers::parameter::Parameter;
use crate::nn::layers::window::{Misfit, Padding, Window};

/// What a convolution has beside filters, kernel and activation: stride 1, padding `Valid` and Glorot-uniform
/// weights unless it says otherwise.
///
/// ```
/// # use lab_support::prelude::*;
/// let conv = Conv::default().padding(Padding::Same).init(Init::HeUniform);
/// let model = Sequential::new([28, 28]).conv2d_with(16, 5, Relu, conv);
/// assert_eq!(model.output_shape(), [16, 28, 28]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv {
    stride: usize,
    padding: Padding,
    init: Init,
}

impl Default for Conv {
    fn default() -> Conv {
        Conv { stride: 1, padding: Padding::Valid, init: Init::GlorotUniform }
    }
}

impl Conv {
    /// Pixels from one window to the next: at least 1, default 1.
    pub fn stride(self, stride: usize) -> Conv {
        Conv { stride, ..self }
    }

    /// Whether a border of zeros keeps the output as large as the image; default `Valid`: it doesn't.
    pub fn padding(self, padding: Padding) -> Conv {
        Conv { padding, ..self }
    }

    /// How the first weights are drawn; default Glorot-uniform, as Keras does.
    pub fn init(self, init: Init) -> Conv {
        Conv { init, ..self }
    }
}

/// A convolution: each filter looks at every place of the image through the same weights.
/// `y[f, i, j] = activation(b[f] + Σ w[f, c, u, v] · x[c, i·stride + u, j·stride + v])`, summed over c, u, v; x is 0
/// where the padding is (LeCun et al., 1989; as in Keras and PyTorch, the filter is not flipped).
///
/// | | shape |
/// |---|---|
/// | x | `[batch, channels, height, width]` |
/// | w | `[filters, channels, kernel, kernel]`, as in PyTorch |
/// | b | `[filters]` |
/// | y | `[batch, filters, out_height, out_width]`; see [`Window`] |
///
/// Backward, with dz the gradient with respect to the sums: `dw[f, c, u, v] = Σ dz[f, i, j] · x[c, i·stride + u, j·stride
/// + v]`, `db[f] = Σ dz[f, i, j]`, and dx collects `dz[f, i, j] · w[f, c, u, v]` where it read.
#[derive(Clone)]
pub(crate) struct Conv2d {
    convolution: Convolution,
    settings: Conv,
    activation: Activation,
    shape: [usize; 3],
    /// Weight and bias.
    parameters: [Parameter; 2],
    work: Work,
}

/// Room for what a step needs beside its results; empty until training starts.
#[derive(Default)]
struct Work {
    /// The weights as the way forward reads them, and as the way back does.
    packed: Vec<f32>,
    transposed: Vec<f32>,
    /// Each image in a border of zeros, where there is one; and the slopes along it, one image for each part.
    padded: Vec<f32>,
    d_padded: Vec<f32>,
    /// Gradients of weights and bias, for each part of the batch.
    gradients: Vec<f32>,
}

/// A copy makes room of its own.
impl Clone for Work {
    fn clone(&self) -> Work {
        Work::default()
    }
}

/// Parts of a batch that are added up one after the other: as many for any number of threads, so that the sums have
/// the same bits.
const PARTS: usize = 8;

impl Conv2d {
    /// # Errors
    /// When no filter is asked for, or the window does not fit the image.
    pub fn new(
        image: &[usize],
        filters: usize,
        kernel: usize,
        activation: Activation,
        settings: Conv,
    ) -> Result<Conv2d, Misfit> {
        let window = Window::new(image, kernel, settings.stride, settings.padding)?;
        if filters == 0 {
            return Err(("a convolution of at least 1 filter", "0".into(), "write .conv2d(32, 3, Relu)"));
        }
        let shape = [filters, window.out_height, window.out_width];
        if shape.iter().try_fold(1, |product: usize, n| product.checked_mul(*n)).is_none() {
            return Err(("an output that a computer can hold", format!("{shape:?}"), "use fewer filters"));
        }
        let convolution = Convolution { window, filters };
        let weight = vec![0.0; convolution.weights()];
        let weight = Parameter::new("weight", vec![filters, window.channels, kernel, kernel], weight);
        let parameters = [weight, Parameter::new("bias", vec![filters], vec![0.0; filters])];
        Ok(Conv2d { convolution, settings, activation, shape, parameters, work: Work::default() })
    }

    fn outputs(&self) -> usize {
        self.shape.iter().product()
    }

    /// Images in one part of a batch.
    fn share(batch: usize) -> usize {
        batch.div_ceil(PARTS).max(1)
    }

    fn compute(&self, work: &mut Work, x: ArrayView2<f32>, mut y: ArrayViewMut2<f32>, threads: &Threads) {
        let Convolution { window, filters } = self.convolution;
        let Work { packed, padded, .. } = work;
        packed.resize(self.convolution.weights(), 0.0);
        self.convolution.pack(&self.parameters[0].value, packed);
        let (inputs, outputs, share) = (window.inputs(), self.outputs(), Conv2d::share(x.nrows()));
        padded.resize(x.nrows() * window.padded_len(), 0.0);

        let (x, y) = (x.to_slice().expect("contiguous"), y.as_slice_mut().expect("contiguous"));
        let images = x.chunks(share * inputs).zip(y.chunks_mut(share * outputs));
        let images = images.zip(parts(padded, share * window.padded_len()));
        threads.for_each(images, |((x, y), padded)| {
            let mut padded = parts(padded, window.padded_len());
            for (x, y) in x.chunks_exact(inputs).zip(y.chunks_exact_mut(outputs)) {
                let x = window.pad(x, padded.next().expect("one for each image"));
                self.convolution.forward(x, packed, &self.parameters[1].value, y);
                self.activation.forward(y, filters);
            }
        });
    }
}

impl Layer for Conv2d {
    fn kind(&self) -> &'static str {
        "Conv2D"
    }

    fn output_shape(&self) -> &[usize] {
        &self.shape
    }

    fn short_name(&self) -> Option<String> {
        let kernel = self.convolution.window.size;
        Some(if kernel == 3 {
            format!("conv{}", self.shape[0])
        } else {
            format!("conv{}({kernel})", self.shape[0])
        })
    }

    fn config(&self) -> Value {
        json!({
            "layer": "Conv2D",
            "filters": self.shape[0],
            "kernel": self.convolution.window.size,
            "stride": self.settings.stride,
            "padding": self.settings.padding.name(),
            "activation": self.activation.name(),
            "init": self.settings.init.name(),
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
        let place = weight.shape[2] * weight.shape[3];
        let fans = [weight.shape[1] * place, weight.shape[0] * place];
        weight.value = self.settings.init.draw(weight.value.len(), fans, rng);
        bias.value.fill(0.0);
    }

    fn forward(&self, x: ArrayView2<f32>, y: ArrayViewMut2<f32>, threads: &Threads) {
        self.compute(&mut Work::default(), x, y, threads);
    }

    fn forward_training(&mut self, x: ArrayView2<f32>, y: ArrayViewMut2<f32>, _: Chance, threads: &Threads) {
        let mut work = std::mem::take(&mut self.work);
        self.compute(&mut work, x, y, threads);
        self.work = work;
    }

    fn backward(&mut self, mut pass: Backward, threads: &Threads) {
        let convolution = self.convolution;
        let Convolution { window, filters } = convolution;
        let (batch, activation) = (pass.input.nrows(), self.activation);
        let (inputs, outputs, share) = (window.inputs(), self.outputs(), Conv2d::share(batch));
        let (weights, padded_len) = (convolution.weights(), window.padded_len());
        let Work { packed, transposed, padded, d_padded, gradients } = &mut self.work;
        transposed.resize(weights, 0.0);
        convolution.pack_transposed(packed, transposed);
        d_padded.resize(PARTS * padded_len, 0.0);
        gradients.resize(PARTS * (weights + filters), 0.0);
        gradients.fill(0.0);

        let x = pass.input.to_slice().expect("contiguous");
        let mut d_input = pass.d_input.take();
        let dx = d_input.as_mut().map_or(&mut [] as &mut [f32], |dx| dx.as_slice_mut().expect("contiguous"));
        let (y, dz) = pass.slices();
        let images =
            x.chunks(share * inputs).zip(y.chunks(share * outputs)).zip(dz.chunks_mut(share * outputs));
        let room = parts(dx, share * inputs).zip(parts(padded, share * padded_len));
        let room = room.zip(parts(d_padded, padded_len)).zip(gradients.chunks_mut(weights + filters));
        threads.for_each(images.zip(room), |(((x, y), dz), (((dx, padded), d_padded), gradient))| {
            let (dw, db) = gradient.split_at_mut(weights);
            let (mut dx, mut padded) = (parts(dx, inputs), parts(padded, padded_len));
            let images =
                x.chunks_exact(inputs).zip(y.chunks_exact(outputs)).zip(dz.chunks_exact_mut(outputs));
            for ((x, y), dz) in images {
                activation.backward(y, dz, filters);
                add_rows(dz, db);
                let padded = padded.next().expect("one for each image");
                let x = if window.is_padded() { &*padded } else { x };
                convolution.add_weight_gradient(x, dz, dw);
                let dx = dx.next().expect("one for each image");
                if !dx.is_empty() {
                    let room = if window.is_padded() { &mut *d_padded } else { &mut *dx };
                    room.fill(0.0);
                    convolution.add_image_gradient(dz, transposed, room);
                    window.unpad(d_padded, dx);
                }
            }
        });

        let (sum, others) = gradients.split_at_mut(weights + filters);
        others.chunks_exact(weights + filters).for_each(|part| add_rows(part, sum));
        let [weight, bias] = &mut self.parameters;
        convolution.unpack(&sum[..weights], &mut weight.gradient);
        bias.gradient.copy_from_slice(&sum[weights..]);
    }

    fn clone_boxed(&self) -> Box<dyn Layer> {
        Box::new(self.clone())
    }
}

/// Adds each row of `rows` to `sum`.
fn add_rows(rows: &[f32], sum: &mut [f32]) {
    for row in rows.chunks_exact(sum.len()) {
        sum.iter_mut().zip(row).for_each(|(sum, number)| *sum += number);
    }
}
