//! The computation of a convolution layer over a batch, a few images at a time.

use std::sync::Arc;

use crate::nn::kernels::convolution::fastest;
use crate::nn::kernels::threads::parts;
use crate::nn::kernels::{Aligned, ConvolutionAlgorithm, Gradients, ScratchBuffers, Threads, Window};
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
    packed: Aligned,
    back: Aligned,
    /// Gradients of packed weights and bias, for each part of the batch.
    gradients: Aligned,
    /// For a few images: themselves with their padding, their gradient, and the scratch of the convolution.
    scratch: ScratchBuffers,
}

/// Parts of a batch that are added up one after the other: as many for any number of threads, so that the sums have
/// the same bits.
const PARTS: usize = 8;

/// The fewest numbers of a gradient for which another thread pays off that adds up its parts.
const LEAST_NUMBERS: usize = 4096;

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

    /// The parts of [`Work::scratch`]: images with their padding, their gradient, the scratch of the convolution.
    fn with_scratch(&self, scratch: &ScratchBuffers, work: impl FnOnce([&mut [f32]; 3])) {
        let border = self.algorithm.images() * self.window.padded_len();
        let algorithm = self.algorithm.scratch_len();
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
        packed.grow(self.algorithm.packed_len());
        let bias = sums.bias().map_or(&self.zeros, |bias| &bias.value);
        let weight = &sums.weight().value;
        self.with_scratch(scratch, |[_, _, scratch]| self.algorithm.pack(weight, packed, scratch));
        let (inputs, outputs, share) = (self.window.inputs(), self.outputs(), share(rows));
        let few = self.algorithm.images();
        threads.for_each(x.chunks(share * inputs).zip(y.chunks_mut(share * outputs)), |(x, y)| {
            self.with_scratch(scratch, |[padded, _, scratch]| {
                for (x, y) in x.chunks(few * inputs).zip(y.chunks_mut(few * outputs)) {
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
        let dx = dx.unwrap_or_default();
        if !dx.is_empty() {
            back.grow(packed.len());
            self.algorithm.pack_backward(packed, back);
        }
        let (inputs, outputs, share) = (self.window.inputs(), self.outputs(), share(rows));
        let gradient = packed.len() + self.filters;
        gradients.grow(PARTS * gradient);

        let few = self.algorithm.images();
        let inputs_and_outputs = x.chunks(share * inputs).zip(y.chunks(share * outputs));
        let gradients_of_images = dz.chunks_mut(share * outputs).zip(parts(dx, share * inputs));
        let images = inputs_and_outputs.zip(gradients_of_images).zip(gradients.chunks_mut(gradient));
        threads.for_each(images, |(((x, y), (dz, dx)), gradient)| {
            gradient.fill(0.0);
            let inputs_and_outputs = x.chunks(few * inputs).zip(y.chunks(few * outputs));
            let images = inputs_and_outputs.zip(dz.chunks_mut(few * outputs).zip(parts(dx, few * inputs)));
            self.with_scratch(scratch, |[padded, d_padded, scratch]| {
                for ((x, y), (dz, dx)) in images {
                    let images = ImagesBackward { x, y, dz, dx };
                    self.images_backward(images, back, gradient, [&mut *padded, &mut *d_padded, &mut *scratch]);
                }
            });
        });
        self.collect(rows.div_ceil(share), work, sums, threads);
    }

    /// The backward pass of a few images: turns the gradient `dz` of their outputs into that of their sums, and adds to the
    /// gradients of weights and bias. `dx` is empty where it is not needed.
    fn images_backward(
        &self,
        images: ImagesBackward,
        back: &[f32],
        gradient: &mut [f32],
        scratch: [&mut [f32]; 3],
    ) {
        let ImagesBackward { x, y, dz, dx } = images;
        let [padded, d_padded, scratch] = scratch;
        let (packed, db) = gradient.split_at_mut(self.algorithm.packed_len());
        self.activation.backward(y, dz, self.filters);
        add_rows(dz, db);
        let images = self.window.pad(x, padded);
        if dx.is_empty() {
            return self.algorithm.backward(images, dz, back, Gradients { packed, d_images: None }, scratch);
        }
        let d_images = match self.window.is_padded() {
            true => &mut d_padded[..images.len()],
            false => &mut *dx,
        };
        d_images.fill(0.0);
        self.algorithm.backward(images, dz, back, Gradients { packed, d_images: Some(d_images) }, scratch);
        self.window.unpad(d_padded, dx);
    }

    /// Adds the gradients of the `parts` of the batch, and gives them PyTorch's order.
    fn collect(&self, parts: usize, work: &mut Work, sums: &mut WeightAndBias, threads: &Threads) {
        let length = self.algorithm.packed_len() + self.filters;
        let (sum, others) = work.gradients[..parts * length].split_at_mut(length);
        let share = threads.share(length, LEAST_NUMBERS);
        threads.for_each(sum.chunks_mut(share).enumerate(), |(i, sum)| {
            for other in others.chunks_exact(length) {
                add_rows(&other[i * share..][..sum.len()], sum);
            }
        });
        let (packed, db) = sum.split_at(self.algorithm.packed_len());
        let dw = &mut sums.weight_mut().gradient;
        self.with_scratch(&work.scratch, |[_, _, scratch]| {
            self.algorithm.unpack_gradient(packed, dw, scratch)
        });
        sums.bias_mut().into_iter().for_each(|bias| bias.gradient.copy_from_slice(db));
    }
}

/// A few images, their outputs and their gradient, and where the gradient of the images goes.
struct ImagesBackward<'a> {
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
