use crate::nn::kernels::simd::{Simd, SimdKernel, vectorized};
use crate::nn::kernels::{Misfit, Padding, Threads, Window};
use crate::nn::layers::layer::{Backward, Layer};
use crate::nn::layers::spec::LayerSpec;

/// Average pooling: of each window, and of each channel by itself, the mean.
/// `y[c, i, j] = Σ x[c, i·stride + u, j·stride + v] / size²` over u and v below `size`:
/// `[batch, channels, height, width] -> [batch, channels, out_height, out_width]`; what a last, incomplete window would
/// see is left out, as in Keras and PyTorch.
///
/// Backward, each number of a window gets `dy / size²`. (LeCun et al., 1989, whose layer also had weights.)
#[derive(Clone)]
pub(crate) struct AveragePool2d {
    window: Window,
    shape: [usize; 3],
}

impl AveragePool2d {
    /// # Errors
    /// When the window does not fit the image.
    pub fn new(image: &[usize], size: usize, stride: usize) -> Result<AveragePool2d, Misfit> {
        let window = Window::new(image, size, stride, Padding::Valid)?;
        Ok(AveragePool2d { window, shape: window.output_shape() })
    }

    /// The weight of each number in a mean.
    fn weight(&self) -> f32 {
        1.0 / (self.window.size * self.window.size) as f32
    }
}

impl Layer for AveragePool2d {
    fn spec(&self) -> LayerSpec {
        LayerSpec::AveragePooling2D { size: self.window.size, stride: self.window.stride }
    }

    fn output_shape(&self) -> &[usize] {
        &self.shape
    }

    fn forward(&self, rows: usize, x: &[f32], y: &mut [f32], threads: &Threads) {
        threads.for_each_row(rows, 1, (x, y), |x, y| {
            vectorized(Mean { window: &self.window, weight: self.weight(), x, y });
        });
    }

    fn backward(&mut self, pass: Backward, threads: &Threads) {
        let Backward { rows, d_output: dy, d_input: Some(dx), .. } = pass else { return };
        threads.for_each_row(rows, 1, (dy, dx), |dy, dx| {
            dx.fill(0.0);
            vectorized(Spread { window: &self.window, weight: self.weight(), dy, dx });
        });
    }
}

/// The forward pass of one image.
struct Mean<'a> {
    window: &'a Window,
    weight: f32,
    x: &'a [f32],
    y: &'a mut [f32],
}

impl SimdKernel for Mean<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let channels = self.window.channels;
        for (corner, y) in self.window.corners().zip(self.y.chunks_exact_mut(channels)) {
            y.fill(0.0);
            for pixel in (0..self.window.size.pow(2)).map(|i| corner + self.window.pixel(i)) {
                y.iter_mut().zip(&self.x[pixel..pixel + channels]).for_each(|(y, x)| *y += x);
            }
            y.iter_mut().for_each(|y| *y *= self.weight);
        }
    }
}

/// The backward pass of one image, whose `dx` holds zeros.
struct Spread<'a> {
    window: &'a Window,
    weight: f32,
    dy: &'a [f32],
    dx: &'a mut [f32],
}

impl SimdKernel for Spread<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let channels = self.window.channels;
        for (corner, dy) in self.window.corners().zip(self.dy.chunks_exact(channels)) {
            for pixel in (0..self.window.size.pow(2)).map(|i| corner + self.window.pixel(i)) {
                let dx = &mut self.dx[pixel..pixel + channels];
                dx.iter_mut().zip(dy).for_each(|(dx, dy)| *dx += dy * self.weight);
            }
        }
    }
}
