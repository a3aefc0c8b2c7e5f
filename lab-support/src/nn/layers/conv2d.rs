use std::sync::Arc;

use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::nn::kernels::convolution::{ConvolutionAlgorithm, Gradients, fastest};
use crate::nn::kernels::rng::RandomStream;
use crate::nn::kernels::scratch::ScratchBuffers;
use crate::nn::kernels::threads::{Threads, parts};
use crate::nn::kernels::window::{Misfit, Window};
use crate::nn::layers::activation::Activation;
use crate::nn::layers::conv::Conv;
use crate::nn::layers::layer::{Backward, Layer};
use crate::nn::layers::parameter::Parameter;

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
    window: Window,
    algorithm: Arc<dyn ConvolutionAlgorithm>,
    settings: Conv,
    activation: Activation,
    shape: [usize; 3],
    /// Weight and bias.
    parameters: [Parameter; 2],
    work: Work,
}

/// What a step needs beside its results; empty until training starts.
#[derive(Clone, Default)]
struct Work {
    /// The packed weights of the forward pass, and those of the backward pass.
    packed: Vec<f32>,
    back: Vec<f32>,
    /// Gradients of packed weights and bias, for each part of the batch.
    gradients: Vec<f32>,
    /// For one image: itself with its padding, its gradient, and the scratch of the convolution.
    scratch: ScratchBuffers,
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
        let weight = vec![filters, window.channels, kernel, kernel];
        let zeros = vec![0.0; weight.iter().product()];
        let weight = Parameter::new("weight", weight, zeros);
        let parameters = [weight, Parameter::new("bias", vec![filters], vec![0.0; filters])];
        let (window, algorithm) = fastest(window, filters);
        Ok(Conv2d { window, algorithm, settings, activation, shape, parameters, work: Work::default() })
    }

    fn filters(&self) -> usize {
        self.shape[0]
    }

    fn outputs(&self) -> usize {
        self.shape.iter().product()
    }

    /// Images in one part of a batch.
    fn share(batch: usize) -> usize {
        batch.div_ceil(PARTS).max(1)
    }

    /// The parts of [`Work::scratch`]: an image with its padding, its gradient, the scratch of the convolution.
    fn with_scratch(&self, scratch: &ScratchBuffers, work: impl FnOnce([&mut [f32]; 3])) {
        let (border, algorithm) = (self.window.padded_len(), self.algorithm.scratch_len());
        scratch.with(2 * border + algorithm, |scratch| {
            let (padded, rest) = scratch.split_at_mut(border);
            let (d_padded, rest) = rest.split_at_mut(border);
            work([padded, d_padded, rest]);
        });
    }

    fn compute(&self, work: &mut Work, rows: usize, x: &[f32], y: &mut [f32], threads: &Threads) {
        let Work { packed, scratch, .. } = work;
        let [weight, bias] = &self.parameters;
        packed.resize(self.algorithm.packed_len(), 0.0);
        self.with_scratch(scratch, |[_, _, scratch]| self.algorithm.pack(&weight.value, packed, scratch));
        let (inputs, outputs, share) = (self.window.inputs(), self.outputs(), Conv2d::share(rows));
        threads.for_each(x.chunks(share * inputs).zip(y.chunks_mut(share * outputs)), |(x, y)| {
            self.with_scratch(scratch, |[padded, _, scratch]| {
                for (x, y) in x.chunks_exact(inputs).zip(y.chunks_exact_mut(outputs)) {
                    self.algorithm.forward(self.window.pad(x, padded), packed, &bias.value, y, scratch);
                    self.activation.forward(y, self.filters());
                }
            });
        });
    }

    /// The backward pass of one image: turns the gradient `dz` of its outputs into that of its sums, and adds to the
    /// gradients of weights and bias. `dx` is empty where it is not needed.
    fn image_backward(
        &self,
        image: ImageBackward,
        back: &[f32],
        gradient: &mut [f32],
        scratch: [&mut [f32]; 3],
    ) {
        let ImageBackward { x, y, dz, dx } = image;
        let [padded, d_padded, scratch] = scratch;
        let (packed, db) = gradient.split_at_mut(self.algorithm.packed_len());
        self.activation.backward(y, dz, self.filters());
        add_rows(dz, db);
        let x = self.window.pad(x, padded);
        if dx.is_empty() {
            return self.algorithm.backward(x, dz, back, Gradients { packed, d_image: None }, scratch);
        }
        let d_image = if self.window.is_padded() { &mut *d_padded } else { &mut *dx };
        d_image.fill(0.0);
        self.algorithm.backward(x, dz, back, Gradients { packed, d_image: Some(d_image) }, scratch);
        self.window.unpad(d_padded, dx);
    }

    /// Adds the gradients of all parts, and gives them PyTorch's order.
    fn collect(&mut self, work: &mut Work) {
        let length = self.algorithm.packed_len();
        let (sum, others) = work.gradients.split_at_mut(length + self.filters());
        add_rows(others, sum);
        let (packed, db) = sum.split_at(length);
        let mut dw = std::mem::take(&mut self.parameters[0].gradient);
        self.with_scratch(&work.scratch, |[_, _, scratch]| {
            self.algorithm.unpack_gradient(packed, &mut dw, scratch)
        });
        self.parameters[0].gradient = dw;
        self.parameters[1].gradient.copy_from_slice(db);
    }
}

/// An image, its outputs and their gradient, and where the gradient of the image goes.
struct ImageBackward<'a> {
    x: &'a [f32],
    y: &'a [f32],
    dz: &'a mut [f32],
    dx: &'a mut [f32],
}

impl Layer for Conv2d {
    fn kind(&self) -> &'static str {
        "Conv2D"
    }

    fn output_shape(&self) -> &[usize] {
        &self.shape
    }

    fn short_name(&self) -> Option<String> {
        let kernel = self.window.size;
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
            "kernel": self.window.size,
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

    fn forward(&self, rows: usize, x: &[f32], y: &mut [f32], threads: &Threads) {
        self.compute(&mut Work::default(), rows, x, y, threads);
    }

    fn forward_training(
        &mut self,
        rows: usize,
        x: &[f32],
        y: &mut [f32],
        _: RandomStream,
        threads: &Threads,
    ) {
        let mut work = std::mem::take(&mut self.work);
        self.compute(&mut work, rows, x, y, threads);
        self.work = work;
    }

    fn backward(&mut self, pass: Backward, threads: &Threads) {
        let Backward { rows, input: x, output: y, d_output: dz, d_input: dx } = pass;
        let mut work = std::mem::take(&mut self.work);
        let Work { packed, back, gradients, scratch } = &mut work;
        back.resize(packed.len(), 0.0);
        self.algorithm.pack_backward(packed, back);
        let (inputs, outputs, share) = (self.window.inputs(), self.outputs(), Conv2d::share(rows));
        let gradient = packed.len() + self.filters();
        gradients.resize(PARTS * gradient, 0.0);
        gradients.fill(0.0);

        let dx = dx.unwrap_or_default();
        let there = x.chunks(share * inputs).zip(y.chunks(share * outputs));
        let back_again = dz.chunks_mut(share * outputs).zip(parts(dx, share * inputs));
        let images = there.zip(back_again).zip(gradients.chunks_mut(gradient));
        threads.for_each(images, |(((x, y), (dz, dx)), gradient)| {
            let there = x.chunks_exact(inputs).zip(y.chunks_exact(outputs));
            let images = there.zip(dz.chunks_exact_mut(outputs).zip(parts(dx, inputs)));
            self.with_scratch(scratch, |[padded, d_padded, scratch]| {
                for ((x, y), (dz, dx)) in images {
                    let image = ImageBackward { x, y, dz, dx };
                    self.image_backward(image, back, gradient, [&mut *padded, &mut *d_padded, &mut *scratch]);
                }
            });
        });
        self.collect(&mut work);
        self.work = work;
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
