//! The computation of a convolution layer over a batch, image by image.

use std::sync::Arc;

use crate::nn::kernels::convolution::fastest;
use crate::nn::kernels::threads::parts;
use crate::nn::kernels::{ConvolutionAlgorithm, Gradients, ScratchBuffers, Threads, Window};
use crate::nn::layers::activation::Activation;
use crate::nn::layers::layer::Backward;
use crate::nn::layers::parameter::WeightAndBias;

/// A convolution with an activation behind it, without its weights.
#[derive(Clone)]
pub(super) struct Convolution {
    pub window: Window,
    pub activation: Activation,
    algorithm: Arc<dyn ConvolutionAlgorithm>,
    filters: usize,
    /// The biases of filters that have none.
    zeros: Vec<f32>,
}

/// What a step needs beside its results; empty until training starts.
#[derive(Clone, Default)]
pub(super) struct Work {
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

/// Images in one part of a batch.
fn share(rows: usize) -> usize {
    rows.div_ceil(PARTS).max(1)
}

impl Convolution {
    pub fn new(window: Window, filters: usize, activation: Activation) -> Convolution {
        let (window, algorithm) = fastest(window, filters);
        Convolution { window, activation, algorithm, filters, zeros: vec![0.0; filters] }
    }

    /// Numbers in one output.
    fn outputs(&self) -> usize {
        self.filters * self.window.out_height * self.window.out_width
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

    /// From `x`, `rows` images, to `y`.
    pub fn forward(
        &self,
        work: &mut Work,
        sums: &WeightAndBias,
        rows: usize,
        (x, y): (&[f32], &mut [f32]),
        threads: &Threads,
    ) {
        let Work { packed, scratch, .. } = work;
        packed.resize(self.algorithm.packed_len(), 0.0);
        let bias = sums.bias().map_or(&self.zeros, |bias| &bias.value);
        let weight = &sums.weight().value;
        self.with_scratch(scratch, |[_, _, scratch]| self.algorithm.pack(weight, packed, scratch));
        let (inputs, outputs, share) = (self.window.inputs(), self.outputs(), share(rows));
        threads.for_each(x.chunks(share * inputs).zip(y.chunks_mut(share * outputs)), |(x, y)| {
            self.with_scratch(scratch, |[padded, _, scratch]| {
                for (x, y) in x.chunks_exact(inputs).zip(y.chunks_exact_mut(outputs)) {
                    self.algorithm.forward(self.window.pad(x, padded), packed, bias, y, scratch);
                    self.activation.forward(y, self.filters);
                }
            });
        });
    }

    /// Fills the gradients of weight and bias, and of the input where it is asked for.
    pub fn backward(&self, work: &mut Work, sums: &mut WeightAndBias, pass: Backward, threads: &Threads) {
        let Backward { rows, input: x, output: y, d_output: dz, d_input: dx } = pass;
        let Work { packed, back, gradients, scratch } = work;
        back.resize(packed.len(), 0.0);
        self.algorithm.pack_backward(packed, back);
        let (inputs, outputs, share) = (self.window.inputs(), self.outputs(), share(rows));
        let gradient = packed.len() + self.filters;
        gradients.resize(PARTS * gradient, 0.0);
        gradients.fill(0.0);

        let dx = dx.unwrap_or_default();
        let inputs_and_outputs = x.chunks(share * inputs).zip(y.chunks(share * outputs));
        let gradients_of_images = dz.chunks_mut(share * outputs).zip(parts(dx, share * inputs));
        let images = inputs_and_outputs.zip(gradients_of_images).zip(gradients.chunks_mut(gradient));
        threads.for_each(images, |(((x, y), (dz, dx)), gradient)| {
            let inputs_and_outputs = x.chunks_exact(inputs).zip(y.chunks_exact(outputs));
            let images = inputs_and_outputs.zip(dz.chunks_exact_mut(outputs).zip(parts(dx, inputs)));
            self.with_scratch(scratch, |[padded, d_padded, scratch]| {
                for ((x, y), (dz, dx)) in images {
                    let image = ImageBackward { x, y, dz, dx };
                    self.image_backward(image, back, gradient, [&mut *padded, &mut *d_padded, &mut *scratch]);
                }
            });
        });
        self.collect(work, sums);
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
        self.activation.backward(y, dz, self.filters);
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
    fn collect(&self, work: &mut Work, sums: &mut WeightAndBias) {
        let length = self.algorithm.packed_len();
        let (sum, others) = work.gradients.split_at_mut(length + self.filters);
        add_rows(others, sum);
        let (packed, db) = sum.split_at(length);
        let dw = &mut sums.weight_mut().gradient;
        self.with_scratch(&work.scratch, |[_, _, scratch]| {
            self.algorithm.unpack_gradient(packed, dw, scratch)
        });
        sums.bias_mut().into_iter().for_each(|bias| bias.gradient.copy_from_slice(db));
    }
}

/// An image, its outputs and their gradient, and where the gradient of the image goes.
struct ImageBackward<'a> {
    x: &'a [f32],
    y: &'a [f32],
    dz: &'a mut [f32],
    dx: &'a mut [f32],
}

/// Adds each row of `rows` to `sum`.
fn add_rows(rows: &[f32], sum: &mut [f32]) {
    for row in rows.chunks_exact(sum.len()) {
        sum.iter_mut().zip(row).for_each(|(sum, number)| *sum += number);
    }
}
