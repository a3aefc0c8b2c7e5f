use rand_chacha::ChaCha8Rng;

use crate::nn::kernels::{Aligned, Misfit, RandomStream, Threads, Window, memory};
use crate::nn::layers::activation::Activation;
use crate::nn::layers::conv::Conv;
use crate::nn::layers::convolution::{Convolution, Work};
use crate::nn::layers::layer::{Backward, Layer};
use crate::nn::layers::parameter::{Parameter, WeightAndBias};
use crate::nn::layers::spec::LayerSpec;

/// A convolution: each filter looks at every place of the image through the same weights.
/// `y[f, i, j] = activation(b[f] + Σ w[f, c, u, v] · x[c, i·stride + u, j·stride + v])`, summed over c, u, v; x is 0
/// where the padding is (LeCun et al., 1989; as in Keras and PyTorch, the filter is not flipped).
///
/// | | shape |
/// |---|---|
/// | x | `[batch, channels, height, width]` |
/// | w | `[filters, channels, kernel, kernel]`, as in PyTorch |
/// | b | `[filters]`; 0 where the layer has none |
/// | y | `[batch, filters, out_height, out_width]`; see [`Window`] |
///
/// Backward, with dz the gradient with respect to the sums: `dw[f, c, u, v] = Σ dz[f, i, j] · x[c, i·stride + u, j·stride
/// + v]`, `db[f] = Σ dz[f, i, j]`, and dx collects `dz[f, i, j] · w[f, c, u, v]` where it read.
#[derive(Clone)]
pub(crate) struct Conv2d {
    convolution: Convolution,
    settings: Conv,
    shape: [usize; 3],
    sums: WeightAndBias,
    work: Work,
}

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
        let weight = vec![filters, window.channels, kernel, kernel];
        let fits = memory::check_sum(&[&weight, &shape, &[window.padded_len()]]);
        fits.map_err(|found| ("weights and an output that fit into memory", found, "use fewer filters"))?;
        let sums = WeightAndBias::new(weight, settings.init, settings.bias);
        let convolution = Convolution::new(window, filters, activation);
        Ok(Conv2d { convolution, settings, shape, sums, work: Work::default() })
    }
}

impl Layer for Conv2d {
    fn spec(&self) -> LayerSpec {
        LayerSpec::Conv2D {
            filters: self.shape[0],
            kernel: self.convolution.window.size,
            activation: self.convolution.activation,
            settings: self.settings,
        }
    }

    fn output_shape(&self) -> &[usize] {
        &self.shape
    }

    fn activation(&self) -> Activation {
        self.convolution.activation
    }

    fn parameters(&self) -> &[Parameter] {
        &self.sums.parameters
    }

    fn parameters_mut(&mut self) -> &mut [Parameter] {
        &mut self.sums.parameters
    }

    fn initialize(&mut self, rng: &mut ChaCha8Rng) {
        self.sums.initialize(rng);
    }

    fn forward(&self, rows: usize, x: &[f32], y: &mut [f32], threads: &Threads) {
        self.convolution.forward(&self.packed(), &self.work, &self.sums, rows, (x, y), threads);
    }

    fn packed(&self) -> Aligned {
        let mut packed = Aligned::default();
        self.convolution.pack(&self.work, &self.sums, &mut packed);
        packed
    }

    fn infer(&self, packed: &[f32], rows: usize, x: &[f32], y: &mut [f32]) {
        self.convolution.forward(packed, &self.work, &self.sums, rows, (x, y), &Threads::one());
    }

    fn forward_training(
        &mut self,
        rows: usize,
        x: &[f32],
        y: &mut [f32],
        _: RandomStream,
        threads: &Threads,
    ) {
        let mut packed = std::mem::take(&mut self.work.packed);
        self.convolution.pack(&self.work, &self.sums, &mut packed);
        self.convolution.forward(&packed, &self.work, &self.sums, rows, (x, y), threads);
        self.work.packed = packed;
    }

    fn backward(&mut self, pass: Backward, threads: &Threads) {
        self.convolution.backward(&mut self.work, &mut self.sums, pass, threads);
    }
}
