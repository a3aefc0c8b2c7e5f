use rand_chacha::ChaCha8Rng;

use crate::nn::kernels::transpose::transpose;
use crate::nn::kernels::{Misfit, RandomStream, Threads, memory};
use crate::nn::layers::layer::{Backward, Layer};
use crate::nn::layers::parameter::Parameter;
use crate::nn::layers::spec::{LayerSpec, channels};

/// Layer normalization: the numbers of each image are shifted and scaled to mean 0 and variance 1, then each by learned
/// numbers of its own.
///
/// ```text
/// y = weight · (x - mean) / √(variance + ε) + bias
/// ```
///
/// Mean and variance are those of one image, over all its numbers, in training and afterwards alike: nothing depends on
/// the batch. Weight and bias have the shape of one image, as in PyTorch's `LayerNorm(shape)`. ε is 1e-5, as there
/// (Keras: 1e-3, and over the last axis alone). (Ba, Kiros and Hinton, 2016.)
///
/// Backward, with x̂ = (x - mean) / √(variance + ε) and g = weight · dy: `dw = Σ dy x̂` and `db = Σ dy` over the batch,
/// `dx = (g - mean of g - x̂ · mean of (g x̂)) / √(variance + ε)`.
#[derive(Clone)]
pub(crate) struct LayerNorm {
    shape: Vec<usize>,
    /// Weight and bias.
    parameters: [Parameter; 2],
    /// 1 / √(variance + ε) and mean of each image of the last batch.
    measured: Vec<[f32; 2]>,
    /// Gradients of weight and bias, pixel by pixel.
    gradients: [Vec<f32>; 2],
}

/// Keeps the division finite.
const EPSILON: f32 = 1e-5;

/// Numbers that it keeps for each of an image's: weight, bias, their gradients, and scratch.
const NUMBERS: usize = 6;

/// The fewest images for which another thread pays off.
const LEAST_IMAGES: usize = 8;

impl LayerNorm {
    /// # Errors
    /// When its numbers do not fit into memory.
    pub fn new(input_shape: &[usize]) -> Result<LayerNorm, Misfit> {
        let sizes = [input_shape, &[NUMBERS]].concat();
        memory::check(&sizes)
            .map_err(|found| ("numbers that fit into memory", found, "put it behind a smaller layer"))?;
        let n = input_shape.iter().product();
        let each = |name, value| Parameter::new(name, input_shape.to_vec(), vec![value; n]).without_decay();
        let parameters = [each("weight", 1.0), each("bias", 0.0)];
        let gradients = [vec![0.0; n], vec![0.0; n]];
        Ok(LayerNorm { shape: input_shape.to_vec(), parameters, measured: Vec::new(), gradients })
    }

    /// Weight and bias pixel by pixel, as images lie here.
    fn by_pixel(&self) -> [Vec<f32>; 2] {
        let pixels = self.parameters[0].value.len() / channels(&self.shape);
        self.parameters.each_ref().map(|parameter| {
            let mut by_pixel = parameter.value.clone();
            transpose(&parameter.value, pixels, &mut by_pixel);
            by_pixel
        })
    }

    /// From the images `x` to `y`.
    fn normalize(&self, rows: usize, x: &[f32], y: &mut [f32], threads: &Threads) {
        let [weight, bias] = self.by_pixel();
        threads.for_each_row(rows, LEAST_IMAGES, (x, y), |x, y| {
            let [inverse, mean] = measure(x);
            let numbers = y.iter_mut().zip(x).zip(weight.iter().zip(&bias));
            numbers.for_each(|((y, x), (w, b))| *y = w * ((x - mean) * inverse) + b);
        });
    }
}

/// 1 / √(variance + ε) and mean of an image's numbers, added up in 64 bits.
fn measure(x: &[f32]) -> [f32; 2] {
    let n = x.len() as f64;
    let mean = x.iter().map(|x| f64::from(*x)).sum::<f64>() / n;
    let variance = x.iter().map(|x| (f64::from(*x) - mean).powi(2)).sum::<f64>() / n;
    [(1.0 / (variance + f64::from(EPSILON)).sqrt()) as f32, mean as f32]
}

impl Layer for LayerNorm {
    fn spec(&self) -> LayerSpec {
        LayerSpec::LayerNormalization
    }

    fn output_shape(&self) -> &[usize] {
        &self.shape
    }

    fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    fn parameters_mut(&mut self) -> &mut [Parameter] {
        &mut self.parameters
    }

    fn initialize(&mut self, _: &mut ChaCha8Rng) {
        let [weight, bias] = &mut self.parameters;
        weight.value.fill(1.0);
        bias.value.fill(0.0);
    }

    fn forward(&self, rows: usize, x: &[f32], y: &mut [f32], threads: &Threads) {
        self.normalize(rows, x, y, threads);
    }

    fn forward_training(
        &mut self,
        rows: usize,
        x: &[f32],
        y: &mut [f32],
        _: RandomStream,
        threads: &Threads,
    ) {
        self.measured.clear();
        self.measured.extend(x.chunks_exact(x.len() / rows).map(measure));
        self.normalize(rows, x, y, threads);
    }

    fn backward(&mut self, pass: Backward, threads: &Threads) {
        let Backward { rows, input: x, d_output: dy, d_input, .. } = pass;
        let n = x.len() / rows;
        let [dw, db] = &mut self.gradients;
        dw.fill(0.0);
        db.fill(0.0);
        for ((x, dy), [inverse, mean]) in x.chunks_exact(n).zip(dy.chunks_exact(n)).zip(&self.measured) {
            for ((dw, db), (x, dy)) in dw.iter_mut().zip(&mut *db).zip(x.iter().zip(dy)) {
                *dw += dy * ((x - mean) * inverse);
                *db += dy;
            }
        }
        if let Some(dx) = d_input {
            let [weight, _] = self.by_pixel();
            let share = threads.share(rows, LEAST_IMAGES);
            let parts = x.chunks(share * n).zip(dy.chunks(share * n)).zip(dx.chunks_mut(share * n));
            threads.for_each(parts.zip(self.measured.chunks(share)), |(((x, dy), dx), measured)| {
                let images = x.chunks_exact(n).zip(dy.chunks_exact(n)).zip(dx.chunks_exact_mut(n));
                images
                    .zip(measured)
                    .for_each(|(((x, dy), dx), measured)| input_gradient(x, dy, &weight, *measured, dx));
            });
        }
        let channels = channels(&self.shape);
        for (parameter, gradient) in self.parameters.iter_mut().zip(&self.gradients) {
            transpose(gradient, channels, &mut parameter.gradient);
        }
    }
}

/// The gradient of one image.
fn input_gradient(x: &[f32], dy: &[f32], weight: &[f32], [inverse, mean]: [f32; 2], dx: &mut [f32]) {
    let (mut sum, mut product) = (0.0, 0.0);
    for ((x, dy), (w, dx)) in x.iter().zip(dy).zip(weight.iter().zip(&mut *dx)) {
        *dx = w * dy;
        sum += f64::from(*dx);
        product += f64::from(*dx * ((x - mean) * inverse));
    }
    let n = x.len() as f64;
    let (sum, product) = ((sum / n) as f32, (product / n) as f32);
    for (x, dx) in x.iter().zip(dx) {
        *dx = inverse * (*dx - sum - (x - mean) * inverse * product);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::against_pytorch::{by_pixel, close_within, pytorch, wave};

    /// From `layer_norm` in `tests/pytorch.py`: a batch of 4.
    #[test]
    fn forward_and_backward_are_pytorchs() {
        let shapes: [&[usize]; 2] = [&[3], &[2, 3, 1]];
        for shape in shapes {
            let (n, channels) = (shape.iter().product::<usize>(), channels(shape));
            let mut layer = LayerNorm::new(shape).unwrap();
            layer.parameters[0].value = wave(100, n);
            layer.parameters[1].value = wave(200, n);
            layer.parameters.iter_mut().for_each(|parameter| parameter.prepare(0));
            let [x, mut dy] = [0, 4 * n].map(|first| by_pixel(4, &wave(first, 4 * n), channels));
            let (mut y, mut dx) = (vec![1.0; 4 * n], vec![1.0; 4 * n]);
            layer.forward_training(4, &x, &mut y, RandomStream::default(), &Threads::one());
            let pass = Backward {
                rows: 4,
                input: &x,
                output: &y,
                d_output: &mut dy,
                d_input: Some(&mut dx),
                update: None,
            };
            layer.backward(pass, &Threads::one());
            let part = format!("layer normalization, {shape:?}");
            let theirs = |name| pytorch(&part, name);
            close_within(2e-6, "y", &y, &by_pixel(4, &theirs("y"), channels));
            close_within(2e-6, "dw", &layer.parameters[0].gradient, &theirs("dw"));
            close_within(2e-6, "db", &layer.parameters[1].gradient, &theirs("db"));
            close_within(2e-6, "dx", &dx, &by_pixel(4, &theirs("dx"), channels));
            let mut again = vec![1.0; 4 * n];
            layer.forward(4, &x, &mut again, &Threads::one());
            assert_eq!(again, y, "in training and afterwards alike");
        }
    }

    /// Numbers near 1000 that differ by a thousandth: a float holds seven digits.
    #[test]
    fn a_large_mean_does_not_swallow_a_small_variance() {
        let x: Vec<f32> = (0..64).map(|i| 1000.0 + (i % 2) as f32 / 1024.0).collect();
        let [inverse, mean] = measure(&x);
        let exact = 1.0 / (0.25 / 1024.0 / 1024.0 + EPSILON).sqrt();
        assert!((inverse - exact).abs() < 1e-3 * exact && mean == 1000.0 + 0.5 / 1024.0);
    }
}
