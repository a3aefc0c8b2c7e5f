use ndarray::{ArrayView2, ArrayViewMut2};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::nn::chance::Chance;
use crate::nn::compute::threads::Threads;
use crate::nn::layers::channels::{Less, combine, sums};
use crate::nn::layers::layer::{Backward, Layer};
use crate::nn::layers::parameter::{Parameter, Role};

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
    room: Vec<f32>,
}

/// Weight of a batch's mean and variance in the running ones.
const MOMENTUM: f32 = 0.1;

/// Keeps the division finite.
const EPSILON: f32 = 1e-5;

impl BatchNorm {
    pub fn new(input_shape: &[usize]) -> BatchNorm {
        let channels = match input_shape {
            [numbers] => *numbers,
            [channels, _, _] => *channels,
            _ => 1,
        };
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
        BatchNorm {
            shape: input_shape.to_vec(),
            parameters,
            mean: zeros(),
            inverse: zeros(),
            factors,
            room: Vec::new(),
        }
    }

    fn is_frozen(&self) -> bool {
        !self.parameters[0].is_trained()
    }

    /// Mean and 1 / √(variance + ε) of each channel in this batch; the running ones move towards them.
    fn measure(&mut self, x: ArrayView2<f32>, threads: &Threads) {
        let [shift, squares, _] = &mut self.factors;
        // Numbers are measured from the channel's first one, lest a large mean swallow a small variance.
        shift.iter_mut().zip(x.row(0)).for_each(|(shift, first)| *shift = *first);
        sums(
            Less(x.view(), shift),
            Less(x.view(), shift),
            [&mut self.mean, squares],
            &mut self.room,
            threads,
        );

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
    fn kind(&self) -> &'static str {
        "BatchNormalization"
    }

    fn output_shape(&self) -> &[usize] {
        &self.shape
    }

    fn config(&self) -> Value {
        json!({ "layer": "BatchNormalization" })
    }

    fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    fn parameters_mut(&mut self) -> &mut [Parameter] {
        &mut self.parameters
    }

    fn initialize(&mut self, _: &mut ChaCha8Rng) {
        let first = [1.0, 0.0, 0.0, 1.0, 0.0];
        self.parameters.iter_mut().zip(first).for_each(|(parameter, value)| parameter.value.fill(value));
    }

    fn forward(&self, x: ArrayView2<f32>, y: ArrayViewMut2<f32>, threads: &Threads) {
        let [_, _, mean, variance, _] = &self.parameters;
        let inverse: Vec<f32> = variance.value.iter().map(|v| inverse(*v)).collect();
        let mut factors = self.factors.clone();
        self.scale_and_shift(&mut factors, &mean.value, &inverse);
        combine(x, x, y, factors.each_ref().map(Vec::as_slice), threads);
    }

    fn forward_training(&mut self, x: ArrayView2<f32>, y: ArrayViewMut2<f32>, _: Chance, threads: &Threads) {
        if self.is_frozen() {
            let [_, _, mean, variance, _] = &self.parameters;
            self.mean.copy_from_slice(&mean.value);
            self.inverse.iter_mut().zip(&variance.value).for_each(|(i, v)| *i = inverse(*v));
        } else {
            self.measure(x, threads);
        }
        let mut factors = std::mem::take(&mut self.factors);
        self.scale_and_shift(&mut factors, &self.mean, &self.inverse);
        combine(x, x, y, factors.each_ref().map(Vec::as_slice), threads);
        self.factors = factors;
    }

    /// With n numbers in a channel and x̂ = (x - mean) · inverse: `db = Σ dy`, `dw = Σ dy x̂`, and
    /// `dx = weight · inverse · (dy - db / n - x̂ dw / n)`; mean and variance that are given, not measured, have
    /// no slope, and `dx = weight · inverse · dy`.
    fn backward(&mut self, pass: Backward, threads: &Threads) {
        let (frozen, dy, x) = (self.is_frozen(), pass.d_output.view(), pass.input.view());
        let [weight, bias, ..] = &mut self.parameters;
        let [f, g, h] = &mut self.factors;
        h.fill(0.0);
        let totals = [&mut *bias.gradient, &mut *weight.gradient];
        sums(Less(dy.view(), h), Less(x.view(), &self.mean), totals, &mut self.room, threads);
        let n = (x.len() / f.len()) as f32;
        for c in 0..f.len() {
            let inverse = self.inverse[c];
            weight.gradient[c] *= inverse;
            f[c] = weight.value[c] * inverse;
            g[c] = if frozen { 0.0 } else { -f[c] * inverse * weight.gradient[c] / n };
            h[c] = if frozen { 0.0 } else { -f[c] * bias.gradient[c] / n - g[c] * self.mean[c] };
        }
        if let Some(dx) = pass.d_input {
            combine(dy, x, dx, self.factors.each_ref().map(Vec::as_slice), threads);
        }
    }

    fn clone_boxed(&self) -> Box<dyn Layer> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, ArrayViewMut2};

    use super::*;
    use crate::nn::gradient_check::wave;

    /// From `batch_norm` in `tests/pytorch.py`: the second of two batches of 4.
    struct Expected {
        shape: &'static [usize],
        y: &'static [f32],
        dw: &'static [f32],
        db: &'static [f32],
        dx: &'static [f32],
        running_mean: &'static [f32],
        running_var: &'static [f32],
        without_learning: &'static [f32],
    }

    const PYTORCH: [Expected; 2] = [
        Expected {
            shape: &[3],
            y: &[
                -0.02618333,
                0.42264897,
                -0.95254266,
                -0.02618333,
                -0.64773554,
                -0.757716,
                -0.6025574,
                0.4761682,
                -0.7625867,
                -0.7850759,
                -1.6110816,
                -0.9671546,
            ],
            dw: &[0.07035155, -1.2922404, -0.41205832],
            db: &[-1.16, -0.3, 0.42],
            dx: &[
                -0.33970916,
                -0.8255607,
                -0.024434285,
                0.26548368,
                0.39978528,
                -0.087582506,
                0.30862302,
                0.6197382,
                0.0914102,
                -0.23439753,
                -0.19396283,
                0.02060659,
            ],
            running_mean: &[0.0144, 0.03145, 0.04185],
            running_var: &[0.926022, 0.839187, 0.844225],
            without_learning: &[
                -0.051058628,
                -0.40435377,
                -0.80796057,
                -0.49623948,
                -0.066390894,
                -0.80360717,
                -0.6516994,
                -0.85497093,
                -0.8884984,
                -0.51743853,
                -0.87374663,
                -0.84278774,
            ],
        },
        Expected {
            shape: &[2, 3, 1],
            y: &[
                -0.60643625,
                -0.6774099,
                -0.42900214,
                1.2241442,
                0.09709342,
                0.14044152,
                0.17427377,
                -0.36985746,
                -0.5946073,
                -1.1166536,
                0.40053016,
                -1.290046,
                -0.68923885,
                -0.5118047,
                -0.014989262,
                -0.7265206,
                -0.94326115,
                0.010397201,
                -0.8075282,
                0.091471195,
                0.115129076,
                -1.9836158,
                0.44387826,
                -0.33638766,
            ],
            dw: &[0.039313827, 0.4454942],
            db: &[-2.58, 4.1],
            dx: &[
                0.06350638,
                -0.7049702,
                0.0388373,
                0.72422904,
                1.5232486,
                -0.9949974,
                0.23649119,
                0.19227645,
                0.4656229,
                0.7698478,
                -0.41245848,
                -0.12423937,
                -0.030653242,
                -0.5521378,
                0.43866178,
                -1.0872746,
                0.53688425,
                -1.1562226,
                0.44317847,
                -0.55557585,
                -0.03523736,
                -0.059347153,
                -0.41651425,
                0.6968441,
            ],
            running_mean: &[0.0031333333, 0.009866667],
            running_var: &[0.8730519, 0.846443],
            without_learning: &[
                -0.045924332,
                -0.3952477,
                -0.5480767,
                -0.7046784,
                -0.087741226,
                -0.854239,
                -0.6645178,
                -0.5699094,
                -0.27880657,
                -0.76076365,
                -0.8916291,
                -0.5177278,
                -0.08958975,
                -0.28608415,
                -0.28608415,
                0.3609404,
                -0.5177278,
                -0.8916291,
                -0.526244,
                -0.27880657,
                -0.5699094,
                -1.1159699,
                -0.854239,
                -0.087741226,
            ],
        },
    ];

    fn close(what: &str, ours: &[f32], theirs: &[f32]) {
        let far = ours.iter().zip(theirs).any(|(a, b)| (a - b).abs() > 2e-6);
        assert!(ours.len() == theirs.len() && !far, "{what}: {ours:?}, and PyTorch has {theirs:?}");
    }

    /// Four images from a `wave`.
    fn batch(first: usize, numbers: usize, channels: usize) -> Array2<f32> {
        by_pixel(&wave(first, 4 * numbers), channels)
    }

    /// PyTorch has channel after channel; here the channels of a pixel lie side by side.
    fn by_pixel(batch: &[f32], channels: usize) -> Array2<f32> {
        let numbers = batch.len() / 4;
        let at = |(i, j)| batch[i * numbers + j % channels * (numbers / channels) + j / channels];
        Array2::from_shape_fn((4, numbers), at)
    }

    #[test]
    fn two_batches_are_pytorchs() {
        for expected in PYTORCH {
            let (numbers, threads) = (expected.shape.iter().product(), Threads::one());
            let mut layer = BatchNorm::new(expected.shape);
            layer.parameters[0].value = wave(100, expected.dw.len());
            layer.parameters[1].value = wave(200, expected.dw.len());
            layer.parameters.iter_mut().for_each(|p| p.prepare(0));
            let channels = expected.dw.len();
            let [first, x, mut dy] = [0, 4, 8].map(|i| batch(i * numbers, numbers, channels));
            let (mut y, mut dx) = (Array2::ones((4, numbers)), Array2::ones((4, numbers)));
            layer.forward_training(first.view(), y.view_mut(), Chance::default(), &threads);
            layer.forward_training(x.view(), y.view_mut(), Chance::default(), &threads);
            let d_output: ArrayViewMut2<f32> = dy.view_mut();
            let pass = Backward { input: x.view(), output: y.view(), d_output, d_input: Some(dx.view_mut()) };
            layer.backward(pass, &threads);

            let [weight, bias, mean, variance, batches] = &layer.parameters;
            let close_all = |what: &str, ours: &Array2<f32>, theirs: &[f32]| {
                close(what, ours.as_slice().unwrap(), by_pixel(theirs, channels).as_slice().unwrap());
            };
            close_all("y", &y, expected.y);
            close("dw", &weight.gradient, expected.dw);
            close("db", &bias.gradient, expected.db);
            close_all("dx", &dx, expected.dx);
            close("running mean", &mean.value, expected.running_mean);
            close("running variance", &variance.value, expected.running_var);
            assert_eq!(batches.value, [2.0]);
            layer.forward(first.view(), y.view_mut(), &threads);
            close_all("without learning", &y, expected.without_learning);
        }
    }

    /// Numbers near 1000 that differ by a thousandth: a float has room for seven digits.
    #[test]
    fn a_large_mean_does_not_swallow_a_small_variance() {
        let x = Array2::from_shape_fn((64, 1), |(i, _)| 1000.0 + (i % 2) as f32 / 1024.0);
        let mut y = Array2::zeros((64, 1));
        let mut layer = BatchNorm::new(&[1]);
        layer.forward_training(x.view(), y.view_mut(), Chance::default(), &Threads::one());
        let variance = 0.25 / 1024.0 / 1024.0;
        assert!((layer.inverse[0] - inverse(variance)).abs() < 1e-3 * layer.inverse[0]);
        assert_eq!(layer.mean[0], 1000.0 + 0.5 / 1024.0);
    }

    #[test]
    fn a_batch_of_one_image_stays_finite() {
        let (x, mut y) = (Array2::ones((1, 3)), Array2::zeros((1, 3)));
        let mut layer = BatchNorm::new(&[3]);
        layer.forward_training(x.view(), y.view_mut(), Chance::default(), &Threads::one());
        assert!(y.iter().chain(&layer.parameters[3].value).all(|value| value.is_finite()));
    }
}
