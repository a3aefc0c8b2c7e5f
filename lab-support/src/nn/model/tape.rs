use ndarray::{Array2, ArrayView2, ArrayViewMut2, s};

use crate::nn::kernels::transpose::transpose;
use crate::nn::kernels::{RandomStream, Threads};
use crate::nn::layers::spec::channels;
use crate::nn::layers::{Backward, Layer, Parameter};
use crate::nn::loss::{ClassWeights, CrossEntropy};
use crate::nn::model::sequential::Sequential;

/// The numbers of one batch on their way through a network: made once, used for every batch.
pub(crate) struct Tape {
    /// `[batch, numbers]`: the input, then each layer's output.
    outputs: Vec<Array2<f32>>,
    /// Gradient of the loss with respect to each of these; empty for inference.
    gradients: Vec<Array2<f32>>,
    /// Channels of an image, and a buffer for one.
    channels: usize,
    image: Vec<f32>,
}

impl Tape {
    /// Buffers for batches of up to `batch` images, forward only.
    pub fn for_inference(model: &Sequential, batch: usize) -> Tape {
        let shapes = model.layers.iter().map(|layer| layer.output_shape());
        let widths = std::iter::once(&*model.input_shape).chain(shapes).map(|s| s.iter().product());
        let outputs: Vec<_> = widths.map(|w: usize| Array2::zeros((batch, w))).collect();
        let image = vec![0.0; outputs[0].ncols()];
        Tape { outputs, gradients: Vec::new(), channels: channels(&model.input_shape), image }
    }

    /// Buffers for batches of up to `batch` images, forward and backward.
    pub fn for_training(model: &Sequential, batch: usize) -> Tape {
        let tape = Tape::for_inference(model, batch);
        Tape { gradients: tape.outputs.clone(), ..tape }
    }

    /// Where the next `n` images go: `[n, inputs]`.
    pub fn input(&mut self, n: usize) -> ArrayViewMut2<'_, f32> {
        self.outputs[0].slice_mut(s![..n, ..])
    }

    /// Images come in channel by channel; layers see them pixel by pixel.
    fn arrange_input(&mut self, n: usize) {
        let Tape { outputs, image, channels, .. } = self;
        if *channels == 1 {
            return;
        }
        for row in rows_mut(&mut outputs[0], n).chunks_exact_mut(image.len()) {
            image.copy_from_slice(row);
            transpose(image, row.len() / *channels, row);
        }
    }

    /// Sends the first `n` images through all layers; returns `[n, outputs]`.
    pub fn forward(&mut self, layers: &[Box<dyn Layer>], n: usize, threads: &Threads) -> ArrayView2<'_, f32> {
        self.arrange_input(n);
        for (i, layer) in layers.iter().enumerate() {
            let (before, after) = self.outputs.split_at_mut(i + 1);
            layer.forward(n, rows(&before[i], n), rows_mut(&mut after[0], n), threads);
            if let Some(layers) = layer.adds() {
                add(rows(&before[i - layers], n), rows_mut(&mut after[0], n));
            }
        }
        self.outputs[layers.len()].slice(s![..n, ..])
    }

    /// The same while learning: each layer has its own substream of `rng`.
    pub fn forward_training(
        &mut self,
        layers: &mut [Box<dyn Layer>],
        n: usize,
        rng: RandomStream,
        threads: &Threads,
    ) {
        self.arrange_input(n);
        for (i, layer) in layers.iter_mut().enumerate() {
            let (before, after) = self.outputs.split_at_mut(i + 1);
            let (input, output) = (rows(&before[i], n), rows_mut(&mut after[0], n));
            layer.forward_training(n, input, output, rng.substream(i as u64), threads);
            if let Some(layers) = layer.adds() {
                add(rows(&before[i - layers], n), rows_mut(&mut after[0], n));
            }
        }
    }

    /// Computes the gradient of every parameter that is trained, for the images that `forward_training` has
    /// just seen. Returns the sum of their losses, and how many outputs were right.
    pub fn backward(
        &mut self,
        layers: &mut [Box<dyn Layer>],
        loss: CrossEntropy,
        labels: &[usize],
        class_weight: Option<&ClassWeights>,
        threads: &Threads,
    ) -> (f64, usize) {
        let n = labels.len();
        let last = layers.len();
        let outputs = rows(&self.outputs[last], n);
        let result = loss.backward(outputs, labels, class_weight, rows_mut(&mut self.gradients[last], n));

        let first = layers.iter().position(|layer| layer.parameters().iter().any(Parameter::is_trained));
        self.backward_layers(layers, n, first.unwrap_or(last) + 1, threads);
        result
    }

    /// The gradient of output `class` with respect to the inputs, `[n, inputs]`, for the `n` images that `forward_training`
    /// has just seen.
    pub fn input_gradient(
        &mut self,
        layers: &mut [Box<dyn Layer>],
        n: usize,
        class: usize,
        threads: &Threads,
    ) -> ArrayView2<'_, f32> {
        let gradient = &mut self.gradients[layers.len()];
        gradient.fill(0.0);
        gradient.column_mut(class).fill(1.0);
        self.backward_layers(layers, n, 0, threads);
        self.gradients[0].slice(s![..n, ..])
    }

    /// Computes the gradients from those behind the last layer down to those before layer `lowest`.
    fn backward_layers(&mut self, layers: &mut [Box<dyn Layer>], n: usize, lowest: usize, threads: &Threads) {
        // For the end of each residual block: the layer that it begins with, and where its gradient lies.
        let ends = layers.iter().enumerate().filter_map(|(i, layer)| Some((i - layer.adds()?, i + 1)));
        let ends: Vec<(usize, usize)> = ends.collect();
        for (i, layer) in layers.iter_mut().enumerate().skip(lowest.saturating_sub(1)).rev() {
            let (before, after) = self.gradients.split_at_mut(i + 1);
            let pass = Backward {
                rows: n,
                input: rows(&self.outputs[i], n),
                output: rows(&self.outputs[i + 1], n),
                d_output: rows_mut(&mut after[0], n),
                d_input: (i >= lowest).then(|| rows_mut(&mut before[i], n)),
            };
            layer.backward(pass, threads);
            for &(_, end) in ends.iter().filter(|(start, _)| *start == i && i >= lowest) {
                let (before, after) = self.gradients.split_at_mut(end);
                add(rows(&after[0], n), rows_mut(&mut before[i], n));
            }
        }
    }
}

/// Adds each number of `from` to its counterpart in `to`.
fn add(from: &[f32], to: &mut [f32]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
}

/// The numbers of the first `n` rows.
fn rows(matrix: &Array2<f32>, n: usize) -> &[f32] {
    &matrix.as_slice().expect("standard layout")[..n * matrix.ncols()]
}

fn rows_mut(matrix: &mut Array2<f32>, n: usize) -> &mut [f32] {
    let length = n * matrix.ncols();
    &mut matrix.as_slice_mut().expect("standard layout")[..length]
}
