use crate::nn::kernels::simd::{Simd, SimdKernel, larger, vectorized};
use crate::nn::kernels::{Misfit, Padding, Threads, Window};
use crate::nn::layers::layer::{Backward, Layer};
use crate::nn::layers::spec::LayerSpec;

/// Max pooling: of each window, and of each channel by itself, the largest number.
/// `y[c, i, j] = max x[c, i·stride + u, j·stride + v]` over u and v below `size`:
/// `[batch, channels, height, width] -> [batch, channels, out_height, out_width]`; what a last, incomplete window would
/// see is left out, as in Keras and PyTorch.
///
/// Backward, the gradient of y goes to the number that was the largest, the first where several are. (Yamaguchi et al.,
/// 1990.)
#[derive(Clone)]
pub(crate) struct MaxPool2d {
    window: Window,
    shape: [usize; 3],
    /// Where the pixels of a window lie, counted from its first.
    pixels: Vec<usize>,
}

impl MaxPool2d {
    /// # Errors
    /// When the window does not fit the image.
    pub fn new(image: &[usize], size: usize, stride: usize) -> Result<MaxPool2d, Misfit> {
        let window = Window::new(image, size, stride, Padding::Valid)?;
        let pixels = (0..size * size).map(|i| window.pixel(i)).collect();
        Ok(MaxPool2d { window, shape: window.output_shape(), pixels })
    }

    /// Whether each pixel lies in exactly one window.
    fn covers(&self) -> bool {
        let Window { size, stride, height, width, .. } = self.window;
        stride == size && height.is_multiple_of(size) && width.is_multiple_of(size)
    }
}

impl Layer for MaxPool2d {
    fn spec(&self) -> LayerSpec {
        LayerSpec::MaxPooling2D { size: self.window.size, stride: self.window.stride }
    }

    fn output_shape(&self) -> &[usize] {
        &self.shape
    }

    fn forward(&self, rows: usize, x: &[f32], y: &mut [f32], threads: &Threads) {
        threads.for_each_row(rows, 1, (x, y), |x, y| vectorized(Largest { pool: self, x, y }));
    }

    fn backward(&mut self, pass: Backward, threads: &Threads) {
        let Backward { rows, input: x, output: y, d_output: dy, d_input: Some(dx), .. } = pass else {
            return;
        };
        let (inputs, outputs, share) = (x.len() / rows, y.len() / rows, threads.share(rows, 1));
        let images = x.chunks(share * inputs).zip(dx.chunks_mut(share * inputs));
        let sums = y.chunks(share * outputs).zip(dy.chunks(share * outputs));
        let pool = &*self;
        threads.for_each(images.zip(sums), |((x, dx), (y, dy))| {
            if !pool.covers() {
                dx.fill(0.0);
            }
            let images = x.chunks_exact(inputs).zip(dx.chunks_exact_mut(inputs));
            let sums = y.chunks_exact(outputs).zip(dy.chunks_exact(outputs));
            for ((x, dx), (y, dy)) in images.zip(sums) {
                vectorized(ToLargest { pool, x, y, dy, dx });
            }
        });
    }
}

/// The forward pass of one image.
struct Largest<'a> {
    pool: &'a MaxPool2d,
    x: &'a [f32],
    y: &'a mut [f32],
}

impl SimdKernel for Largest<'_> {
    fn depth(&self) -> usize {
        self.pool.window.channels
    }

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (x, channels) = (self.x, self.pool.window.channels);
        let whole = channels / S::LANES * S::LANES;
        for (corner, y) in self.pool.window.corners().zip(self.y.chunks_exact_mut(channels)) {
            for c in (0..whole).step_by(S::LANES) {
                let mut largest = simd.load(&x[corner + c..]);
                for pixel in &self.pool.pixels[1..] {
                    largest = simd.larger(largest, simd.load(&x[corner + pixel + c..]));
                }
                simd.put(largest, &mut y[c..]);
            }
            for c in whole..channels {
                y[c] = x[corner + c];
                for pixel in &self.pool.pixels[1..] {
                    y[c] = larger(y[c], x[corner + pixel + c]);
                }
            }
        }
    }
}

/// The backward pass of one image, whose `dx` holds zeros unless each pixel lies in exactly one window.
struct ToLargest<'a> {
    pool: &'a MaxPool2d,
    x: &'a [f32],
    y: &'a [f32],
    dy: &'a [f32],
    dx: &'a mut [f32],
}

impl SimdKernel for ToLargest<'_> {
    fn depth(&self) -> usize {
        self.pool.window.channels
    }

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (x, dx, channels) = (self.x, self.dx, self.pool.window.channels);
        let (whole, covers) = (channels / S::LANES * S::LANES, self.pool.covers());
        let sums = self.y.chunks_exact(channels).zip(self.dy.chunks_exact(channels));
        for (corner, (y, dy)) in self.pool.window.corners().zip(sums) {
            for c in (0..whole).step_by(S::LANES) {
                let (largest, mut gradient) = (simd.load(&y[c..]), simd.load(&dy[c..]));
                for pixel in &self.pool.pixels {
                    let at = corner + pixel + c;
                    let taken = simd.where_equal(gradient, simd.load(&x[at..]), largest);
                    let sum = if covers { taken } else { simd.add(simd.load(&dx[at..]), taken) };
                    simd.put(sum, &mut dx[at..]);
                    gradient = simd.sub(gradient, taken);
                }
            }
            for c in whole..channels {
                let mut gradient = dy[c];
                for pixel in &self.pool.pixels {
                    let at = corner + pixel + c;
                    let taken = if x[at] == y[c] { gradient } else { 0.0 };
                    dx[at] = if covers { taken } else { dx[at] + taken };
                    gradient -= taken;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of one channel, of eight and of sixteen, which go through other loops.
    #[test]
    fn what_is_not_a_number_stays_none() {
        for channels in [1, 8, 16] {
            for place in 0..4 {
                let layer = MaxPool2d::new(&[channels, 2, 2], 2, 2).unwrap();
                let mut x = vec![1.0; 4 * channels];
                x[place * channels] = f32::NAN;
                let mut y = vec![0.0; channels];
                layer.forward(1, &x, &mut y, &Threads::one());
                assert!(y[0].is_nan() && y[1..].iter().all(|y| *y == 1.0), "{place}: {y:?}");
            }
        }
    }
}
