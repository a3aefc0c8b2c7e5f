//! The computation of a convolution layer over a batch, a few images at a time.

use std::sync::Arc;

use crate::nn::kernels::convolution::fastest;
use crate::nn::kernels::simd::{Simd, SimdKernel, vectorized};
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
    pub packed: Aligned,
    back: Aligned,
    /// Gradients of packed weights and bias, for each part of the batch.
    gradients: Aligned,
    /// That of the convolution.
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
        let algorithm = fastest(window, filters);
        Convolution { window, activation, algorithm, filters, zeros: vec![0.0; filters] }
    }

    /// Numbers in one output.
    fn outputs(&self) -> usize {
        self.filters * self.window.out_height * self.window.out_width
    }

    /// The weights in the order of the forward pass.
    pub fn pack(&self, work: &Work, sums: &WeightAndBias, packed: &mut Aligned) {
        packed.grow(self.algorithm.packed_len());
        work.scratch.with(self.algorithm.scratch_len(), |scratch| {
            self.algorithm.pack(&sums.weight().value, packed, scratch);
        });
    }

    /// From `x`, `rows` images, to `y`.
    pub fn forward(
        &self,
        packed: &[f32],
        work: &Work,
        sums: &WeightAndBias,
        rows: usize,
        (x, y): (&[f32], &mut [f32]),
        threads: &Threads,
    ) {
        let bias = sums.bias().map_or(&self.zeros, |bias| &bias.value);
        let (scratch, scratch_len) = (&work.scratch, self.algorithm.scratch_len());
        let (inputs, outputs, share) = (self.window.inputs(), self.outputs(), share(rows));
        let few = self.algorithm.images();
        threads.for_each(x.chunks(share * inputs).zip(y.chunks_mut(share * outputs)), |(x, y)| {
            scratch.with(scratch_len, |scratch| {
                for (x, y) in x.chunks(few * inputs).zip(y.chunks_mut(few * outputs)) {
                    self.algorithm.forward(x, packed, bias, y, scratch);
                    self.activation.forward(y, self.filters);
                }
            });
        });
    }

    /// Fills the gradients of weight and bias, and of the input where it is asked for.
    pub fn backward(&self, work: &mut Work, sums: &mut WeightAndBias, pass: Backward, threads: &Threads) {
        let Backward { rows, input: x, output: y, d_output: dz, d_input: dx, .. } = pass;
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
            let (packed, db) = gradient.split_at_mut(self.algorithm.packed_len());
            db.fill(0.0);
            let inputs_and_outputs = x.chunks(few * inputs).zip(y.chunks(few * outputs));
            let images = inputs_and_outputs.zip(dz.chunks_mut(few * outputs).zip(parts(dx, few * inputs)));
            scratch.with(self.algorithm.scratch_len(), |scratch| {
                for (i, ((x, y), (dz, dx))) in images.enumerate() {
                    self.activation.backward(y, dz, self.filters);
                    add_rows(dz, db);
                    let d_images = if dx.is_empty() { None } else { Some(dx) };
                    let to = Gradients { packed: &mut *packed, adds: i > 0, d_images };
                    self.algorithm.backward(x, dz, back, to, scratch);
                }
            });
        });
        self.collect(rows.div_ceil(share), work, sums, threads);
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
        work.scratch.with(self.algorithm.scratch_len(), |scratch| {
            self.algorithm.unpack_gradient(packed, dw, scratch);
        });
        sums.bias_mut().into_iter().for_each(|bias| bias.gradient.copy_from_slice(db));
    }
}

/// Adds each row of `rows` to `sum`.
fn add_rows(rows: &[f32], sum: &mut [f32]) {
    vectorized(AddRows { rows, sum });
}

struct AddRows<'a> {
    rows: &'a [f32],
    sum: &'a mut [f32],
}

impl SimdKernel for AddRows<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        for row in self.rows.chunks_exact(self.sum.len()) {
            self.sum.iter_mut().zip(row).for_each(|(sum, number)| *sum += number);
        }
    }
}
