use rand_chacha::ChaCha8Rng;

use crate::nn::kernels::channels::{combine, sums};
use crate::nn::kernels::{Centered, Misfit, RandomStream, Threads, memory};
use crate::nn::layers::layer::{Backward, Layer};
use crate::nn::layers::parameter::{Parameter, Role};
use crate::nn::layers::spec::LayerSpec;

/// Batch normalization: each channel is shifted and scaled to mean 0 and variance 1, then by learned numbers.
///
/// ```text
/// y = weight · (x - mean) / √(variance + ε) + bias
/// ```
///
/// | inputs | channels | mean and variance over |
/// |---|---|---|
/// | `[numbers]` | each number | the batch (PyTorch's `BatchNorm1d`) |
/// | `[height, width]` | one | the batch and all pixels |
/// | `[channels, height, width]` | channels | the batch and all pixels (`BatchNorm2d`) |
///
/// While learning, mean and variance are those of the batch, and running ones are kept:
/// `running = 0.9 · running + 0.1 · batch`. Everything else uses the running ones. Momentum and ε are PyTorch's,
/// so that weights go either way with the same outputs: 0.1 for the new value (Keras writes that as momentum
/// 0.9; its default is 0.99) and ε = 1e-5 (Keras: 1e-3). As in PyTorch, the running variance is the unbiased
/// one, divided by one less than there are numbers. A frozen layer uses the running ones while learning too, as
/// in Keras. (Ioffe and Szegedy, 2015.)
#[derive(Clone)]
pub(crate) struct BatchNorm {
    shape: Vec<usize>,
    /// Weight, bias, running mean, running variance, and the batches they were measured on.
    parameters: [Parameter; 5],
    /// Mean of each channel in the last batch, or the running one where the layer is frozen.
    mean: Vec<f32>,
    /// 1 / √(variance + ε) of each channel, likewise.
    inverse: Vec<f32>,
    /// The numbers that [`combine`] takes, one of each for each channel.
    factors: [Vec<f32>; 3],
    /// Where [`sums`] adds up.
    scratch: Vec<f32>,
}

/// Weight of a batch's mean and variance in the running ones.
const MOMENTUM: f32 = 0.1;

/// Numbers that it keeps for each channel.
const NUMBERS: usize = 9;

/// Keeps the division finite.
const EPSILON: f32 = 1e-5;

impl BatchNorm {
    /// # Errors
    /// When its numbers do not fit into memory.
    pub fn new(input_shape: &[usize]) -> Result<BatchNorm, Misfit> {
        let channels = match input_shape {
            [numbers] => *numbers,
            [channels, _, _] => *channels,
            _ => 1,
        };
        memory::check(&[channels, NUMBERS])
            .map_err(|found| ("numbers that fit into memory", found, "put it behind a smaller layer"))?;
        let each = |name, value| Parameter::new(name, vec![channels], vec![value; channels]);
        let parameters = [
            each("weight", 1.0),
            each("bias", 0.0),
            each("running_mean", 0.0).with_role(Role::Measured),
            each("running_var", 1.0).with_role(Role::Measured),
            Parameter::new("num_batches_tracked", vec![], vec![0.0]).with_role(Role::Counted),
        ];
        let zeros = || vec![0.0; channels];
        let factors = [zeros(), zeros(), zeros()];
        Ok(BatchNorm {
            shape: input_shape.to_vec(),
            parameters,
            mean: zeros(),
            inverse: zeros(),
            factors,
            scratch: Vec::new(),
        })
    }

    fn is_frozen(&self) -> bool {
        !self.parameters[0].is_trained()
    }

    /// Mean and 1 / √(variance + ε) of each channel in this batch; the running ones move towards them.
    fn measure(&mut self, rows: usize, x: &[f32], threads: &Threads) {
        let [shift, squares, _] = &mut self.factors;
        // Numbers are measured from the channel's first one, lest a large mean swallow a small variance.
        shift.iter_mut().zip(x).for_each(|(shift, first)| *shift = *first);
        let (from_shift, totals) = (Centered(x, shift), [&mut self.mean[..], squares]);
        sums(rows, from_shift, from_shift, totals, &mut self.scratch, threads);

        let n = (x.len() / shift.len()) as f32;
        let [_, _, running_mean, running_variance, batches] = &mut self.parameters;
        let towards = |running: &mut f32, batch: f32| *running += MOMENTUM * (batch - *running);
        for c in 0..shift.len() {
            let from_first = self.mean[c] / n;
            let variance = (squares[c] / n - from_first * from_first).max(0.0);
            self.mean[c] = from_first + shift[c];
            self.inverse[c] = inverse(variance);
            towards(&mut running_mean.value[c], self.mean[c]);
            towards(&mut running_variance.value[c], variance * n / (n - 1.0).max(1.0));
        }
        batches.value[0] += 1.0;
    }

    /// `y = weight · (x - mean) · inverse + bias`, as `f · x + 0 · x + h`.
    fn scale_and_shift(&self, [f, g, h]: &mut [Vec<f32>; 3], mean: &[f32], inverse: &[f32]) {
        let [weight, bias, ..] = &self.parameters;
        for c in 0..f.len() {
            f[c] = weight.value[c] * inverse[c];
            g[c] = 0.0;
            h[c] = bias.value[c] - mean[c] * f[c];
        }
    }
}

fn inverse(variance: f32) -> f32 {
    1.0 / (variance + EPSILON).sqrt()
}

impl Layer for BatchNorm {
    fn spec(&self) -> LayerSpec {
        LayerSpec::BatchNormalization
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

    fn needs_several_images(&self) -> bool {
        !self.is_frozen() && self.shape.iter().product::<usize>() == self.mean.len()
    }

    fn initialize(&mut self, _: &mut ChaCha8Rng) {
        let first = [1.0, 0.0, 0.0, 1.0, 0.0];
        self.parameters.iter_mut().zip(first).for_each(|(parameter, value)| parameter.value.fill(value));
    }

    fn forward(&self, rows: usize, x: &[f32], y: &mut [f32], threads: &Threads) {
        let [_, _, mean, variance, _] = &self.parameters;
        let inverse: Vec<f32> = variance.value.iter().map(|v| inverse(*v)).collect();
        let mut factors = self.factors.clone();
        self.scale_and_shift(&mut factors, &mean.value, &inverse);
        combine(rows, x, x, y, factors.each_ref().map(Vec::as_slice), threads);
    }

    fn forward_training(
        &mut self,
        rows: usize,
        x: &[f32],
        y: &mut [f32],
        _: RandomStream,
        threads: &Threads,
    ) {
        if self.is_frozen() {
            let [_, _, mean, variance, _] = &self.parameters;
            self.mean.copy_from_slice(&mean.value);
            self.inverse.iter_mut().zip(&variance.value).for_each(|(i, v)| *i = inverse(*v));
        } else {
            self.measure(rows, x, threads);
        }
        let mut factors = std::mem::take(&mut self.factors);
        self.scale_and_shift(&mut factors, &self.mean, &self.inverse);
        combine(rows, x, x, y, factors.each_ref().map(Vec::as_slice), threads);
        self.factors = factors;
    }

    /// With n numbers in a channel and x̂ = (x - mean) · inverse: `db = Σ dy`, `dw = Σ dy x̂`, and
    /// `dx = weight · inverse · (dy - db / n - x̂ dw / n)`; mean and variance that are given, not measured, have
    /// no gradient, and `dx = weight · inverse · dy`.
    fn backward(&mut self, pass: Backward, threads: &Threads) {
        let Backward { rows, input: x, d_output: dy, d_input, .. } = pass;
        let frozen = self.is_frozen();
        let [weight, bias, ..] = &mut self.parameters;
        let [f, g, h] = &mut self.factors;
        h.fill(0.0);
        let totals = [&mut *bias.gradient, &mut *weight.gradient];
        sums(rows, Centered(dy, h), Centered(x, &self.mean), totals, &mut self.scratch, threads);
        let n = (x.len() / f.len()) as f32;
        for c in 0..f.len() {
            let inverse = self.inverse[c];
            weight.gradient[c] *= inverse;
            f[c] = weight.value[c] * inverse;
            g[c] = if frozen { 0.0 } else { -f[c] * inverse * weight.gradient[c] / n };
            h[c] = if frozen { 0.0 } else { -f[c] * bias.gradient[c] / n - g[c] * self.mean[c] };
        }
        if let Some(dx) = d_input {
            combine(rows, dy, x, dx, self.factors.each_ref().map(Vec::as_slice), threads);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::against_pytorch::{by_pixel, close_within, pytorch, wave};

    /// Four images from a `wave`.
    fn batch(first: usize, numbers: usize, channels: usize) -> Vec<f32> {
        by_pixel(4, &wave(first, 4 * numbers), channels)
    }

    /// From `batch_norm` in `tests/pytorch.py`: the second of two batches of 4.
    #[test]
    fn two_batches_are_pytorchs() {
        let shapes: [(&[usize], usize); 2] = [(&[3], 3), (&[2, 3, 1], 2)];
        for (shape, channels) in shapes {
            let (numbers, threads) = (shape.iter().product(), Threads::one());
            let mut layer = BatchNorm::new(shape).unwrap();
            layer.parameters[0].value = wave(100, channels);
            layer.parameters[1].value = wave(200, channels);
            layer.parameters.iter_mut().for_each(|p| p.prepare(0));
            let [first, x, mut dy] = [0, 4, 8].map(|i| batch(i * numbers, numbers, channels));
            let (mut y, mut dx) = (vec![1.0; 4 * numbers], vec![1.0; 4 * numbers]);
            layer.forward_training(4, &first, &mut y, RandomStream::default(), &threads);
            layer.forward_training(4, &x, &mut y, RandomStream::default(), &threads);
            let (d_output, d_input) = (&mut dy[..], Some(&mut dx[..]));
            let pass = Backward { rows: 4, input: &x, output: &y, d_output, d_input, update: None };
            layer.backward(pass, &threads);

            let [weight, bias, mean, variance, batches] = &layer.parameters;
            let part = format!("batch normalization, {shape:?}");
            let close = |name, ours: &[f32]| close_within(2e-6, name, ours, &pytorch(&part, name));
            let close_images = |name, ours: &[f32]| {
                close_within(2e-6, name, ours, &by_pixel(4, &pytorch(&part, name), channels));
            };
            close_images("y", &y);
            close("dw", &weight.gradient);
            close("db", &bias.gradient);
            close_images("dx", &dx);
            close("running_mean", &mean.value);
            close("running_var", &variance.value);
            assert_eq!(batches.value, [2.0]);
            layer.forward(4, &first, &mut y, &threads);
            close_images("without learning", &y);
        }
    }

    /// Numbers near 1000 that differ by a thousandth: a float holds seven digits.
    #[test]
    fn a_large_mean_does_not_swallow_a_small_variance() {
        let x: Vec<f32> = (0..64).map(|i| 1000.0 + (i % 2) as f32 / 1024.0).collect();
        let mut y = [0.0; 64];
        let mut layer = BatchNorm::new(&[1]).unwrap();
        layer.forward_training(64, &x, &mut y, RandomStream::default(), &Threads::one());
        let variance = 0.25 / 1024.0 / 1024.0;
        assert!((layer.inverse[0] - inverse(variance)).abs() < 1e-3 * layer.inverse[0]);
        assert_eq!(layer.mean[0], 1000.0 + 0.5 / 1024.0);
    }

    #[test]
    fn a_batch_of_one_image_stays_finite() {
        let (x, mut y) = ([1.0; 3], [0.0; 3]);
        let mut layer = BatchNorm::new(&[3]).unwrap();
        layer.forward_training(1, &x, &mut y, RandomStream::default(), &Threads::one());
        assert!(y.iter().chain(&layer.parameters[3].value).all(|value| value.is_finite()));
    }
}
