use std::fmt;

use lab_base::Error;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::data::Source;
use crate::nn::kernels::memory;
use crate::nn::layers::{Activation, Layer, Parameter};
use crate::nn::loss::CrossEntropy;
use crate::nn::model::provenance::Provenance;
use crate::nn::model::start::Start;
use crate::nn::optim::Optimizer;

/// Where the weights of a layer come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WeightOrigin {
    /// From the seed.
    Drawn,
    /// From a training.
    Learned,
    /// From a file or a training, and put to a new use: [`seed`](Sequential::seed) does not draw them.
    Reused,
}

/// A network whose layers follow one another, built as in Keras:
///
/// ```
/// use lab_support::prelude::*;
///
/// let model = Sequential::new([28, 28]).flatten().dense(128, Relu).dense(10, Linear).seed(42);
/// assert_eq!(model.params(), 101_770);
/// ```
///
/// A mistake in the description (a layer of no units, a dense layer on a picture that was not flattened)
/// is reported by the first call that needs the network.
#[derive(Clone)]
pub struct Sequential {
    pub(crate) input_shape: Vec<usize>,
    pub(crate) layers: Vec<Box<dyn Layer>>,
    pub(crate) compiled: Option<(Optimizer, CrossEntropy)>,
    pub(crate) seed: u64,
    /// Updates of the weights so far.
    pub(crate) steps: u64,
    /// Epochs so far: each shuffles in its own way.
    pub(crate) epochs: u64,
    pub(crate) trained_on: Option<Source>,
    pub(crate) provenance: Provenance,
    /// Of each layer.
    pub(super) origins: Vec<WeightOrigin>,
    /// What a training with a checkpoint began with that did not come to its end.
    pub(crate) interrupted: Option<Start>,
    /// The first mistake in the description.
    pub(super) mistake: Option<Error>,
}

impl Sequential {
    /// `input_shape`: the shape of one image, `[height, width]` as `[28, 28]`, or its numbers in one row, `[784]`. Where
    /// an image has channels they come first, as in PyTorch: `[1, 28, 28]`.
    pub fn new(input_shape: impl Into<Vec<usize>>) -> Sequential {
        let mut input_shape = input_shape.into();
        let empty = input_shape.is_empty() || input_shape.contains(&0);
        let expected = "the shape of one image, which fits into memory";
        let refuse = |found: String| {
            Error::new("describing a network", expected, found, "write Sequential::new([28, 28])")
        };
        let mut mistake = empty.then(|| refuse(format!("{input_shape:?}")));
        if let Err(found) = memory::check(&input_shape) {
            mistake = Some(refuse(format!("{input_shape:?}, {found}")));
            input_shape.clear();
        }
        Sequential {
            input_shape,
            layers: Vec::new(),
            compiled: None,
            seed: 0,
            steps: 0,
            epochs: 0,
            trained_on: None,
            provenance: Provenance::default(),
            origins: Vec::new(),
            interrupted: None,
            mistake,
        }
    }

    /// The seed of all random numbers, first weights and shuffles among them: the same seed gives the same bits.
    /// Default 0. Draws all weights anew and forgets what training left behind, so it ends the description.
    ///
    /// Weights that were learned and are put to a new use stay: those from a file, those that
    /// [`without_last`](Self::without_last) has kept of a trained network, and those that it learned before they were
    /// [frozen](Self::freeze). Layers behind them are drawn.
    pub fn seed(mut self, seed: u64) -> Sequential {
        self.seed = seed;
        self.epochs = 0;
        if !self.origins.contains(&WeightOrigin::Reused) {
            self.trained_on = None;
            self.provenance = Provenance::default();
        }
        self.forget_steps();
        for i in
            (0..self.layers.len()).filter(|i| self.origins[*i] != WeightOrigin::Reused).collect::<Vec<_>>()
        {
            self.origins[i] = WeightOrigin::Drawn;
            self.initialize(i);
        }
        self
    }

    /// Chooses how to learn and what to minimize; forgets what an earlier optimizer remembered.
    pub fn compile(&mut self, optimizer: impl Into<Optimizer>, loss: CrossEntropy) {
        self.compiled = Some((optimizer.into(), loss));
        self.forget_steps();
    }

    /// Forgets what the optimizer remembers of earlier steps, and that there were any.
    pub(crate) fn forget_steps(&mut self) {
        (self.steps, self.interrupted) = (0, None);
        self.parameters_mut().for_each(Parameter::forget);
    }

    /// All weights are learned ones now.
    pub(crate) fn has_learned(&mut self) {
        self.replace_origins(WeightOrigin::Drawn, WeightOrigin::Learned);
    }

    /// Whether it has been trained since its weights were drawn or loaded, if only for a part of an epoch.
    pub(crate) fn is_trained(&self) -> bool {
        self.origins.contains(&WeightOrigin::Learned)
    }

    pub(super) fn replace_origins(&mut self, from: WeightOrigin, to: WeightOrigin) {
        self.origins.iter_mut().filter(|origin| **origin == from).for_each(|origin| *origin = to);
    }

    /// The same network with a softmax behind it: its predictions are probabilities. The weights are
    /// copied, as they are now.
    pub fn with_softmax(&self) -> Sequential {
        let mut model = self.clone();
        model.compiled = None;
        model.forget_steps();
        if self.ends_in_softmax() { model } else { model.activation(Activation::Softmax) }
    }

    /// All numbers of the network, those that training changes and those it leaves alone.
    pub fn params(&self) -> usize {
        self.parameters().map(Parameter::count).sum()
    }

    /// Numbers that training changes: not those of frozen layers, nor running means and variances.
    pub fn trainable_params(&self) -> usize {
        self.trained_parameters().map(Parameter::count).sum()
    }

    /// The layers in short, `784-128-10`: the numbers of one image, then each layer that changes how many there are.
    /// Where the first of them is a convolution or a pooling layer, `28x28-conv32-pool-conv64-pool-128-10`.
    pub fn architecture(&self) -> String {
        self.spec().architecture()
    }

    /// Where the images came from that it was last trained on.
    pub fn trained_on(&self) -> Option<Source> {
        self.trained_on
    }

    /// Shape of one image's output.
    pub fn output_shape(&self) -> &[usize] {
        self.layers.last().map_or(&self.input_shape, |layer| layer.output_shape())
    }

    pub(crate) fn ends_in_softmax(&self) -> bool {
        let last = self.layers.iter().rev().find(|layer| !layer.passes_on());
        last.is_some_and(|layer| layer.activation() == Activation::Softmax)
    }

    pub(crate) fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.layers.iter().flat_map(|layer| layer.parameters())
    }

    pub(crate) fn trained_parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters().filter(|parameter| parameter.is_trained())
    }

    pub(crate) fn parameters_mut(&mut self) -> impl Iterator<Item = &mut Parameter> {
        self.layers.iter_mut().flat_map(|layer| layer.parameters_mut())
    }

    pub(crate) fn trained_parameters_mut(&mut self) -> impl Iterator<Item = &mut Parameter> {
        self.parameters_mut().filter(|parameter| parameter.is_trained())
    }

    /// Puts the running means of the weights, where training keeps them, in the place of the weights, or back.
    pub(crate) fn swap_averages(&mut self) {
        self.parameters_mut().for_each(Parameter::swap_average);
    }

    pub(crate) fn is_finite(&self) -> bool {
        self.parameters().all(|p| p.value.iter().chain(&p.average).all(|value| value.is_finite()))
    }

    pub(super) fn initialize(&mut self, i: usize) {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(i as u64 + 1);
        self.layers[i].initialize(&mut rng);
    }
}

/// What to do about a shape whose channels come last, as Keras has them; None where they don't.
pub(super) fn channels_first(shape: &[usize]) -> Option<String> {
    let &[height, width, channels @ 1..=4] = shape else { return None };
    let grey = format!("[{height}, {width}]");
    let right = if channels == 1 { grey } else { format!("[{channels}, {height}, {width}]") };
    let here = format!("channels come first here, and last in Keras: write Sequential::new({right})");
    (height > 4 && width > 4).then_some(here)
}

impl fmt::Debug for Sequential {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Sequential({}, {} parameters)", self.architecture(), self.params())
    }
}
