use ndarray::{ArrayView2, ArrayViewMut2};
use serde_json::{Value, json};

use crate::nn::compute::simd::{Kernel, Simd, vectorized};
use crate::nn::compute::threads::{Threads, parts};
use crate::nn::layers::layer::{Backward, Layer};
use crate::nn::layers::window::{Misfit, Padding, Window};

/// Max pooling: of each window, and of each channel by itself, the largest number.
/// `y[c, i, j] = max x[c, i·stride + u, j·stride + v]` over u and v below `size`:
/// `[batch, channels, height, width] -> [batch, channels, out_height, out_width]`; what a last, incomplete window would
/// see is left out, as in Keras and PyTorch.
///
/// Backward, the slope of y goes to the number that was the largest, the first where several are. (Yamaguchi et al.,
/// 1990.)
#[derive(Clone)]
pub(crate) struct MaxPool2d {
    window: Window,
    shape: [usize; 3],
}

impl MaxPool2d {
    /// # Errors
    /// When the window does not fit the image.
    pub fn new(image: &[usize], size: usize, stride: usize) -> Result<MaxPool2d, Misfit> {
        let window = Window::new(image, size, stride, Padding::Valid)?;
        Ok(MaxPool2d { window, shape: window.output_shape() })
    }

    fn outputs(&self) -> usize {
        self.shape.iter().product()
    }
}

impl Layer for MaxPool2d {
    fn kind(&self) -> &'static str {
        "MaxPooling2D"
    }

    fn output_shape(&self) -> &[usize] {
        &self.shape
    }

    fn short_name(&self) -> Option<String> {
        Some("pool".into())
    }

    fn config(&self) -> Value {
        json!({ "layer": "MaxPooling2D", "size": self.window.size, "stride": self.window.stride })
    }

    fn forward(&self, x: ArrayView2<f32>, mut y: ArrayViewMut2<f32>, threads: &Threads) {
        let (inputs, outputs, share) = (self.window.inputs(), self.outputs(), threads.share(x.nrows(), 1));
        let (x, y) = (x.to_slice().expect("contiguous"), y.as_slice_mut().expect("contiguous"));
        threads.for_each(x.chunks(share * inputs).zip(y.chunks_mut(share * outputs)), |(x, y)| {
            for (x, y) in x.chunks_exact(inputs).zip(y.chunks_exact_mut(outputs)) {
                vectorized(Largest { window: &self.window, x, y });
            }
        });
    }

    fn backward(&mut self, mut pass: Backward, threads: &Threads) {
        let Some(mut dx) = pass.d_input.take() else { return };
        let (inputs, outputs, share) = (self.window.inputs(), self.outputs(), threads.share(dx.nrows(), 1));
        let (x, dx) = (pass.input.to_slice().expect("contiguous"), dx.as_slice_mut().expect("contiguous"));
        let (y, dy) = pass.slices();
        let images = x.chunks(share * inputs).zip(dx.chunks_mut(share * inputs));
        let sums = y.chunks(share * outputs).zip(dy.chunks_mut(share * outputs));
        threads.for_each(images.zip(sums), |((x, dx), (y, dy))| {
            dx.fill(0.0);
            let images = x.chunks_exact(inputs).zip(parts(dx, inputs));
            let sums = y.chunks_exact(outputs).zip(parts(dy, outputs));
            for ((x, dx), (y, dy)) in images.zip(sums) {
                vectorized(ToLargest { window: &self.window, x, y, dy, dx });
            }
        });
    }

    fn clone_boxed(&self) -> Box<dyn Layer> {
        Box::new(self.clone())
    }
}

/// The way forward for one image.
struct Largest<'a> {
    window: &'a Window,
    x: &'a [f32],
    y: &'a mut [f32],
}

impl Kernel for Largest<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let channels = self.window.channels;
        for (pixels, y) in self.window.pixels().zip(self.y.chunks_exact_mut(channels)) {
            y.fill(f32::NEG_INFINITY);
            for pixel in pixels {
                for (y, &x) in y.iter_mut().zip(&self.x[pixel..pixel + channels]) {
                    // What is not a number stays none: it would hide that training went wrong.
                    *y = if x > *y || x.is_nan() { x } else { *y };
                }
            }
        }
    }
}

/// The way back for one image, whose `dx` holds zeros. Leaves nothing in `dy`.
struct ToLargest<'a> {
    window: &'a Window,
    x: &'a [f32],
    y: &'a [f32],
    dy: &'a mut [f32],
    dx: &'a mut [f32],
}

impl Kernel for ToLargest<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let channels = self.window.channels;
        let sums = self.y.chunks_exact(channels).zip(self.dy.chunks_exact_mut(channels));
        for (pixels, (y, dy)) in self.window.pixels().zip(sums) {
            for pixel in pixels {
                let images = self.x[pixel..].iter().zip(&mut self.dx[pixel..pixel + channels]);
                for ((x, dx), (y, dy)) in images.zip(y.iter().zip(&mut *dy)) {
                    let taken = if x == y { *dy } else { 0.0 };
                    *dx += taken;
                    *dy -= taken;
                }
            }
        }
    }
}
