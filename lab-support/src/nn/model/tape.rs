use crate::nn::kernels::transpose::transpose;
use crate::nn::kernels::{Aligned, RandomStream, Threads};
use crate::nn::layers::spec::channels;
use crate::nn::layers::{Backward, Layer, Parameter};
use crate::nn::loss::CrossEntropy;
use crate::nn::model::sequential::Sequential;

/// The numbers of one batch on their way through a network: made once, used for every batch.
pub(crate) struct Tape {
    /// The input, then each layer's output.
    outputs: Vec<Rows>,
    /// Gradient of the loss with respect to each of these; empty for inference.
    gradients: Vec<Rows>,
    /// Channels of an image, and a buffer for one.
    channels: usize,
    image: Vec<f32>,
}

/// `[batch, width]`: the numbers of each image, one image after the other.
#[derive(Clone)]
struct Rows {
    numbers: Aligned,
    width: usize,
}

impl Rows {
    /// Those of the first `n` images.
    fn first(&self, n: usize) -> &[f32] {
        &self.numbers[..n * self.width]
    }

    fn first_mut(&mut self, n: usize) -> &mut [f32] {
        &mut self.numbers[..n * self.width]
    }
}

impl Tape {
    /// Buffers for batches of up to `batch` images, forward only.
    pub fn for_inference(model: &Sequential, batch: usize) -> Tape {
        let shapes = model.layers.iter().map(|layer| layer.output_shape());
        let widths = std::iter::once(&*model.input_shape).chain(shapes).map(|s| s.iter().product());
        let outputs: Vec<Rows> =
            widths.map(|width| Rows { numbers: Aligned::zeros(batch * width), width }).collect();
        let image = vec![0.0; outputs[0].width];
        Tape { outputs, gradients: Vec::new(), channels: channels(&model.input_shape), image }
    }

    /// Buffers for batches of up to `batch` images, forward and backward.
    pub fn for_training(model: &Sequential, batch: usize) -> Tape {
        let tape = Tape::for_inference(model, batch);
        Tape { gradients: tape.outputs.clone(), ..tape }
    }

    /// Where the next `n` images go: `[n, inputs]`.
    pub fn input(&mut self, n: usize) -> &mut [f32] {
        self.outputs[0].first_mut(n)
    }

    /// Images come in channel by channel; layers see them pixel by pixel.
    fn arrange_input(&mut self, n: usize) {
        let Tape { outputs, image, channels, .. } = self;
        if *channels == 1 {
            return;
        }
        for row in outputs[0].first_mut(n).chunks_exact_mut(image.len()) {
            image.copy_from_slice(row);
            transpose(image, row.len() / *channels, row);
        }
    }

    /// Sends the first `n` images through all layers; returns `[n, outputs]`.
    pub fn forward(&mut self, layers: &[Box<dyn Layer>], n: usize, threads: &Threads) -> &[f32] {
        self.arrange_input(n);
        for (i, layer) in layers.iter().enumerate() {
            let (before, after) = self.outputs.split_at_mut(i + 1);
            layer.forward(n, before[i].first(n), after[0].first_mut(n), threads);
            if let Some(layers) = layer.adds() {
                add(before[i - layers].first(n), after[0].first_mut(n));
            }
        }
        self.outputs[layers.len()].first(n)
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
            let (input, output) = (before[i].first(n), after[0].first_mut(n));
            layer.forward_training(n, input, output, rng.substream(i as u64), threads);
            if let Some(layers) = layer.adds() {
                add(before[i - layers].first(n), after[0].first_mut(n));
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
        class_weight: Option<&[f32]>,
        threads: &Threads,
    ) -> (f64, usize) {
        let n = labels.len();
        let last = layers.len();
        let (outputs, gradients) = (self.outputs[last].first(n), self.gradients[last].first_mut(n));
        let result = loss.backward(outputs, labels, class_weight, gradients);

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
    ) -> &[f32] {
        let Rows { numbers, width } = &mut self.gradients[layers.len()];
        numbers.fill(0.0);
        numbers.iter_mut().skip(class).step_by(*width).for_each(|gradient| *gradient = 1.0);
        self.backward_layers(layers, n, 0, threads);
        self.gradients[0].first(n)
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
                input: self.outputs[i].first(n),
                output: self.outputs[i + 1].first(n),
                d_output: after[0].first_mut(n),
                d_input: (i >= lowest).then(|| before[i].first_mut(n)),
            };
            layer.backward(pass, threads);
            for &(_, end) in ends.iter().filter(|(start, _)| *start == i && i >= lowest) {
                let (before, after) = self.gradients.split_at_mut(end);
                add(after[0].first(n), before[i].first_mut(n));
            }
        }
    }
}

/// Adds each number of `from` to its counterpart in `to`.
fn add(from: &[f32], to: &mut [f32]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
}
