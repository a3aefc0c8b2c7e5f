use rand_chacha::ChaCha8Rng;

use crate::nn::kernels::threads::parts;
use crate::nn::layers::init::Init;

/// Numbers that training changes, such as a layer's weights, with their gradient and what the optimizer
/// remembers of earlier gradients.
#[derive(Clone)]
pub struct Parameter {
    /// `weight`, `bias`, `running_mean` ..., as PyTorch calls it.
    pub(crate) name: &'static str,
    /// As PyTorch stores it: a dense layer's weight is `[outputs, inputs]`.
    pub(crate) shape: Vec<usize>,
    /// In row-major order.
    pub(crate) value: Vec<f32>,
    /// Gradient of the loss with respect to each number; empty until training starts.
    pub(crate) gradient: Vec<f32>,
    /// The optimizer's running means; empty until training starts.
    pub(crate) moments: [Vec<f32>; 2],
    /// The running mean of its values, where training keeps one; empty otherwise.
    pub(crate) average: Vec<f32>,
    pub(crate) role: Role,
    /// Whether weight decay is for it: for weights between inputs and outputs alone, not for biases and what
    /// normalization learns.
    pub(crate) decays: bool,
    /// Whether its layer has updated it in this step, on the way back through the network.
    pub(crate) is_updated: bool,
}

/// Some of a parameter's numbers, with what belongs to them.
pub(crate) struct Part<'a> {
    pub value: &'a mut [f32],
    pub gradient: &'a mut [f32],
    /// Empty where the optimizer has none.
    pub moments: [&'a mut [f32]; 2],
    pub decays: bool,
}

impl Part<'_> {
    /// The same in shorter parts.
    pub fn parts(&mut self, length: usize) -> impl Iterator<Item = Part<'_>> {
        let Part { value, gradient, moments: [first, second], decays } = self;
        let moments = parts(first, length).zip(parts(second, length));
        let numbers = value.chunks_mut(length).zip(gradient.chunks_mut(length)).zip(moments);
        numbers.map(|((value, gradient), (first, second))| Part {
            value,
            gradient,
            moments: [first, second],
            decays: *decays,
        })
    }
}

/// What changes a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The optimizer, by its gradient.
    Trained,
    /// Nothing: its layer is frozen.
    Frozen,
    /// Its own layer, which measures it: a running mean or variance.
    Measured,
    /// Its own layer, which counts batches. PyTorch keeps it as a 64-bit integer, and no table of a network's
    /// numbers lists it.
    Counted,
}

impl Parameter {
    pub(crate) fn new(name: &'static str, shape: Vec<usize>, value: Vec<f32>) -> Parameter {
        assert_eq!(shape.iter().product::<usize>(), value.len(), "numbers in a parameter of shape {shape:?}");
        let moments = [Vec::new(), Vec::new()];
        let decays = shape.len() > 1;
        Parameter {
            name,
            shape,
            value,
            gradient: Vec::new(),
            moments,
            average: Vec::new(),
            role: Role::Trained,
            decays,
            is_updated: false,
        }
    }

    pub(crate) fn without_decay(self) -> Parameter {
        Parameter { decays: false, ..self }
    }

    pub(crate) fn with_role(self, role: Role) -> Parameter {
        Parameter { role, ..self }
    }

    pub(crate) fn is_trained(&self) -> bool {
        self.role == Role::Trained
    }

    /// Its numbers, as tables count them.
    pub(crate) fn count(&self) -> usize {
        if self.role == Role::Counted { 0 } else { self.value.len() }
    }

    /// Allocates a gradient and for `moments` running means, keeping those that are there.
    pub(crate) fn prepare(&mut self, moments: usize) {
        let n = self.value.len();
        self.gradient.resize(n, 0.0);
        self.moments.iter_mut().take(moments).for_each(|m| m.resize(n, 0.0));
    }

    /// Moves the running mean towards the values, of which it keeps the share `memory`; the first ones are the mean.
    pub(crate) fn average(&mut self, memory: f32) {
        if self.average.is_empty() || self.role == Role::Counted {
            self.average.clone_from(&self.value);
        }
        let fresh = 1.0 - memory;
        self.average.iter_mut().zip(&self.value).for_each(|(mean, value)| *mean += fresh * (value - *mean));
    }

    /// Puts the running mean in the place of the values, and these in its place; nothing where there is none.
    pub(crate) fn swap_average(&mut self) {
        if !self.average.is_empty() {
            std::mem::swap(&mut self.value, &mut self.average);
        }
    }

    /// All of it.
    pub(crate) fn whole(&mut self) -> Part<'_> {
        let Parameter { value, gradient, moments: [first, second], decays, .. } = self;
        Part { value, gradient, moments: [first, second], decays: *decays }
    }

    /// Forgets what training remembers.
    pub(crate) fn forget(&mut self) {
        self.gradient = Vec::new();
        self.average = Vec::new();
        self.moments = [Vec::new(), Vec::new()];
    }

    /// As a matrix, `[first dimension, all others]`.
    pub(crate) fn rows_and_columns(&self) -> (usize, usize) {
        (self.shape[0], self.shape[1..].iter().product())
    }
}

/// What a layer of sums has: a weight for each input of each output, `[outputs, inputs, ...]`, and a bias for each
/// output, unless it goes without.
#[derive(Clone)]
pub(crate) struct WeightAndBias {
    pub parameters: Vec<Parameter>,
    init: Init,
}

impl WeightAndBias {
    pub fn new(shape: Vec<usize>, init: Init, bias: bool) -> WeightAndBias {
        let zeros = |name, shape: Vec<usize>| {
            let n = shape.iter().product();
            Parameter::new(name, shape, vec![0.0; n])
        };
        let bias = bias.then(|| zeros("bias", vec![shape[0]]));
        let parameters = std::iter::once(zeros("weight", shape)).chain(bias).collect();
        WeightAndBias { parameters, init }
    }

    pub fn weight(&self) -> &Parameter {
        &self.parameters[0]
    }

    pub fn weight_mut(&mut self) -> &mut Parameter {
        &mut self.parameters[0]
    }

    /// None where there is none.
    pub fn bias(&self) -> Option<&Parameter> {
        self.parameters.get(1)
    }

    pub fn bias_mut(&mut self) -> Option<&mut Parameter> {
        self.parameters.get_mut(1)
    }

    pub fn initialize(&mut self, rng: &mut ChaCha8Rng) {
        let (init, weight) = (self.init, self.weight_mut());
        let place: usize = weight.shape[2..].iter().product();
        let fans = [weight.shape[1] * place, weight.shape[0] * place];
        weight.value = init.draw(weight.value.len(), fans, rng);
        self.bias_mut().into_iter().for_each(|bias| bias.value.fill(0.0));
    }
}
