use crate::nn::kernels::{Misfit, Padding, Threads, Window};
use crate::nn::layers::layer::{Backward, Layer};
use crate::nn::layers::spec::LayerSpec;

/// The mean of each channel: `y[c] = Σ x[c, i, j] / (height · width)`,
/// `[batch, channels, height, width] -> [batch, channels]`. (Lin et al., 2014.)
///
/// Backward, each number of a channel gets `dy / (height · width)`. In PyTorch these are two layers,
/// `AdaptiveAvgPool2d(1), Flatten()`.
#[derive(Clone)]
pub(crate) struct GlobalAveragePool2d {
    channels: [usize; 1],
    pixels: usize,
}

impl GlobalAveragePool2d {
    /// # Errors
    /// When the input is no image.
    pub fn new(image: &[usize]) -> Result<GlobalAveragePool2d, Misfit> {
        let window = Window::new(image, 1, 1, Padding::Valid)?;
        Ok(GlobalAveragePool2d { channels: [window.channels], pixels: window.height * window.width })
    }
}

impl Layer for GlobalAveragePool2d {
    fn spec(&self) -> LayerSpec {
        LayerSpec::GlobalAveragePooling2D
    }

    fn output_shape(&self) -> &[usize] {
        &self.channels
    }

    fn layers_in_pytorch(&self) -> usize {
        2
    }

    fn forward(&self, _: usize, x: &[f32], y: &mut [f32], _: &Threads) {
        let (channels, pixels) = (self.channels[0], self.pixels);
        for (x, y) in x.chunks_exact(channels * pixels).zip(y.chunks_exact_mut(channels)) {
            y.fill(0.0);
            for pixel in x.chunks_exact(channels) {
                y.iter_mut().zip(pixel).for_each(|(y, x)| *y += x);
            }
            y.iter_mut().for_each(|y| *y /= pixels as f32);
        }
    }

    fn backward(&mut self, pass: Backward, _: &Threads) {
        let Backward { d_output: dy, d_input: Some(dx), .. } = pass else { return };
        let (channels, pixels) = (self.channels[0], self.pixels);
        for (dx, dy) in dx.chunks_exact_mut(channels * pixels).zip(dy.chunks_exact(channels)) {
            for pixel in dx.chunks_exact_mut(channels) {
                pixel.iter_mut().zip(dy).for_each(|(dx, dy)| *dx = dy / pixels as f32);
            }
        }
    }
}
