use crate::nn::kernels::transpose::transpose;
use crate::nn::kernels::{Aligned, RandomStream, Threads};
use crate::nn::layers::spec::channels;
use crate::nn::layers::{Backward, Layer, Parameter, UpdatePart};
use crate::nn::loss::CrossEntropy;
use crate::nn::model::sequential::Sequential;

/// The numbers of one batch on their way through a network: made once, used for every batch.
pub(crate) struct Tape {
    /// The input, then each layer's output; once where a layer changes nothing but the shape.
    outputs: Vec<Rows>,
    /// Gradient of the loss with respect to each of these; empty for inference.
    gradients: Vec<Rows>,
    /// Which of these the input is, then each layer's output.
    places: Vec<usize>,
    /// What [`Layer::packed`] gave for each layer; empty for training.
    packed: Vec<Aligned>,
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
    /// Buffers for batches of up to `batch` images, forward only, for a network whose weights don't change.
    pub fn for_inference(model: &Sequential, batch: usize) -> Tape {
        Tape { packed: model.layers.iter().map(|layer| layer.packed()).collect(), ..Tape::new(model, batch) }
    }

    /// Buffers for batches of up to `batch` images, forward and backward.
    pub fn for_training(model: &Sequential, batch: usize) -> Tape {
        let tape = Tape::new(model, batch);
        Tape { gradients: tape.outputs.clone(), ..tape }
    }

    fn new(model: &Sequential, batch: usize) -> Tape {
        let rows = |shape: &[usize]| {
            let width = shape.iter().product();
            Rows { numbers: Aligned::zeros(batch * width), width }
        };
        let (mut outputs, mut places) = (vec![rows(&model.input_shape)], vec![0]);
        for layer in &model.layers {
            if !layer.is_only_a_shape() {
                outputs.push(rows(layer.output_shape()));
            }
            places.push(outputs.len() - 1);
        }
        let image = vec![0.0; outputs[0].width];
        let channels = channels(&model.input_shape);
        Tape { outputs, gradients: Vec::new(), places, packed: Vec::new(), channels, image }
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

    /// Sends the first `n` images through all layers of the network that it is for; returns `[n, outputs]`.
    pub fn forward(&mut self, layers: &[Box<dyn Layer>], n: usize) -> &[f32] {
        self.arrange_input(n);
        for (i, (layer, packed)) in layers.iter().zip(&self.packed).enumerate() {
            let [from, to] = [self.places[i], self.places[i + 1]];
            if from == to {
                continue;
            }
            let (before, after) = self.outputs.split_at_mut(to);
            layer.infer(packed, n, before[from].first(n), after[0].first_mut(n));
            if let Some(layers) = layer.adds() {
                add(before[self.places[i - layers]].first(n), after[0].first_mut(n));
            }
        }
        self.result(n)
    }

    /// `[n, outputs]` of the network.
    fn result(&self, n: usize) -> &[f32] {
        self.outputs[self.places[self.places.len() - 1]].first(n)
    }

    /// Sends the first `n` images through all layers while learning: each layer has its own substream of `rng`.
    pub fn forward_training(
        &mut self,
        layers: &mut [Box<dyn Layer>],
        n: usize,
        rng: RandomStream,
        threads: &Threads,
    ) {
        self.arrange_input(n);
        for (i, layer) in layers.iter_mut().enumerate() {
            let [from, to] = [self.places[i], self.places[i + 1]];
            if from == to {
                continue;
            }
            let (before, after) = self.outputs.split_at_mut(to);
            let (input, output) = (before[from].first(n), after[0].first_mut(n));
            layer.forward_training(n, input, output, rng.substream(i as u64), threads);
            if let Some(layers) = layer.adds() {
                add(before[self.places[i - layers]].first(n), after[0].first_mut(n));
            }
        }
    }

    /// Computes the gradient of every parameter that is trained, for the images that `forward_training` has
    /// just seen; layers may `update` them at once. Returns the sum of the losses, and how many outputs were right.
    pub fn backward(
        &mut self,
        layers: &mut [Box<dyn Layer>],
        loss: CrossEntropy,
        labels: &[usize],
        class_weight: Option<&[f32]>,
        update: Option<&UpdatePart>,
        threads: &Threads,
    ) -> (f64, usize) {
        let n = labels.len();
        let last = layers.len();
        let place = self.places[last];
        let (outputs, gradients) = (self.outputs[place].first(n), self.gradients[place].first_mut(n));
        let result = loss.backward(outputs, labels, class_weight, gradients);

        let first = layers.iter().position(|layer| layer.parameters().iter().any(Parameter::is_trained));
        self.backward_layers(layers, n, first.unwrap_or(last) + 1, update, threads);
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
        let Rows { numbers, width } = &mut self.gradients[self.places[layers.len()]];
        numbers.fill(0.0);
        numbers.iter_mut().skip(class).step_by(*width).for_each(|gradient| *gradient = 1.0);
        self.backward_layers(layers, n, 0, None, threads);
        self.gradients[0].first(n)
    }

    /// Computes the gradients from those behind the last layer down to those before layer `lowest`.
    fn backward_layers(
        &mut self,
        layers: &mut [Box<dyn Layer>],
        n: usize,
        lowest: usize,
        update: Option<&UpdatePart>,
        threads: &Threads,
    ) {
        // For the end of each residual block: the layer that it begins with, and where its gradient lies.
        let places = &self.places;
        let ends =
            layers.iter().enumerate().filter_map(|(i, layer)| Some((i - layer.adds()?, places[i + 1])));
        let ends: Vec<(usize, usize)> = ends.collect();
        for (i, layer) in layers.iter_mut().enumerate().skip(lowest.saturating_sub(1)).rev() {
            let [from, to] = [places[i], places[i + 1]];
            if from < to {
                let (before, after) = self.gradients.split_at_mut(to);
                let pass = Backward {
                    rows: n,
                    input: self.outputs[from].first(n),
                    output: self.outputs[to].first(n),
                    d_output: after[0].first_mut(n),
                    d_input: (i >= lowest).then(|| before[from].first_mut(n)),
                    update,
                };
                layer.backward(pass, threads);
            }
            for &(_, end) in ends.iter().filter(|(start, _)| *start == i && i >= lowest) {
                let (before, after) = self.gradients.split_at_mut(end);
                add(after[0].first(n), before[from].first_mut(n));
            }
        }
    }
}

/// Adds each number of `from` to its counterpart in `to`.
fn add(from: &[f32], to: &mut [f32]) {
    to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
}
