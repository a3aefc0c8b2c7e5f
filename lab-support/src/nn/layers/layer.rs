use rand_chacha::ChaCha8Rng;

use crate::nn::kernels::{Aligned, RandomStream, Threads};
use crate::nn::layers::activation::Activation;
use crate::nn::layers::parameter::{Parameter, Part};
use crate::nn::layers::spec::LayerSpec;

/// One step of a network, forward and backward. A batch is a matrix, one image a row, whose numbers lie side by side in
/// one slice.
///
/// An image of shape `[channels, height, width]` lies in its row pixel by pixel, the channels of a pixel side
/// by side: eight or sixteen channels are one block of the processor's, and a batch is also a matrix of one pixel a row.
/// PyTorch's order, channel by channel, is restored where a network ends and where it flattens its images.
pub(crate) trait Layer: CloneLayer + Send + Sync {
    /// What it is, all settings included.
    fn spec(&self) -> LayerSpec;

    /// Shape of one image's output, without the batch.
    fn output_shape(&self) -> &[usize];

    fn activation(&self) -> Activation {
        Activation::Linear
    }

    /// Weight and bias where the layer has them, and what else is saved of it, such as running means.
    fn parameters(&self) -> &[Parameter] {
        &[]
    }

    fn parameters_mut(&mut self) -> &mut [Parameter] {
        &mut []
    }

    /// How many layers it is in PyTorch's count: there an activation is a layer of its own.
    fn layers_in_pytorch(&self) -> usize {
        let fused = !self.parameters().is_empty() && self.activation() != Activation::Linear;
        1 + usize::from(fused)
    }

    /// True where its outputs, when nothing is learned, are its inputs, be they in another shape.
    fn passes_on(&self) -> bool {
        false
    }

    /// How many layers above it the one begins whose input it adds; None for all layers but the end of a residual block.
    fn adds(&self) -> Option<usize> {
        None
    }

    /// True where nothing can be learned from a batch of one image: its variance over the batch is 0.
    fn needs_several_images(&self) -> bool {
        false
    }

    /// True where its output is its input, number by number, also while learning: nothing is computed then.
    fn is_only_a_shape(&self) -> bool {
        false
    }

    /// Draws the parameters anew.
    fn initialize(&mut self, _rng: &mut ChaCha8Rng) {}

    /// Computes `output`, `[rows, outputs]`, from `input`, `[rows, inputs]`.
    fn forward(&self, rows: usize, input: &[f32], output: &mut [f32], threads: &Threads);

    /// Its weights in the order in which [`infer`](Self::infer) reads them; empty where that is the one they have.
    fn packed(&self) -> Aligned {
        Aligned::default()
    }

    /// [`forward`](Self::forward) on one thread, for many batches and the same weights: `packed` holds what
    /// [`packed`](Self::packed) gave.
    fn infer(&self, _packed: &[f32], rows: usize, input: &[f32], output: &mut [f32]) {
        self.forward(rows, input, output, &Threads::one());
    }

    /// As [`forward`](Self::forward), but while learning: where a layer draws random numbers or looks at the whole batch,
    /// and where it keeps what its backward pass needs. `rng` holds this layer's random numbers for this step.
    fn forward_training(
        &mut self,
        rows: usize,
        input: &[f32],
        output: &mut [f32],
        _rng: RandomStream,
        threads: &Threads,
    ) {
        self.forward(rows, input, output, threads);
    }

    /// Computes the gradients of the parameters and of the input from that of the output.
    fn backward(&mut self, pass: Backward, threads: &Threads);
}

/// Every layer that can be cloned can be cloned behind a `Box`, too.
pub(crate) trait CloneLayer {
    fn clone_boxed(&self) -> Box<dyn Layer>;
}

impl<L: Layer + Clone + 'static> CloneLayer for L {
    fn clone_boxed(&self) -> Box<dyn Layer> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn Layer> {
    fn clone(&self) -> Self {
        (**self).clone_boxed()
    }
}

/// What the backward pass of a layer takes and gives.
pub(crate) struct Backward<'a> {
    /// Images in the batch.
    pub rows: usize,
    /// `[rows, inputs]`, as in the forward pass.
    pub input: &'a [f32],
    /// `[rows, outputs]`, as computed in the forward pass.
    pub output: &'a [f32],
    /// `[rows, outputs]`: gradient of the loss with respect to each output. The layer may overwrite it.
    pub d_output: &'a mut [f32],
    /// `[rows, inputs]`: to be computed; None where no earlier layer has parameters.
    pub d_input: Option<&'a mut [f32]>,
    /// Changes weights by their gradient. A layer may call it for each part of its weights as soon as it has the part's
    /// gradient, which is in the processor's cache by then, and marks the parameter as updated; what no layer has updated
    /// is updated after the backward pass. None where all gradients are wanted before any weight changes.
    pub update: Option<&'a UpdatePart<'a>>,
}

/// What an optimizer does with a part of a parameter.
pub(crate) type UpdatePart<'a> = dyn Fn(Part) + Sync + 'a;
