use lab_base::Error;
use serde::{Deserialize, Serialize};

use crate::nn::kernels::Threads;
use crate::nn::kernels::matmul::matmul_nn;
use crate::nn::kernels::product::Start;
use crate::nn::kernels::transpose::transpose;
use crate::nn::layers::Parameter;
use crate::nn::optim::adamw::AdamW;
use crate::nn::optim::clip::sum_of_squares;
use crate::nn::optim::update::{Step, Update, at_least_zero_below_one, without_dust};

/// Muon, for the filters of convolutions: their momentum, as a matrix with a row for each filter, is made
/// orthogonal, so that a step goes equally far in all directions that the matrix has, and not mostly in the few
/// that the gradients of many batches share.
///
/// ```text
/// v = momentum · v + (1 - momentum) · g
/// u = momentum · v + (1 - momentum) · g
/// w -= learning_rate · weight_decay · w
/// w -= learning_rate · 0.2 · √(longer side of the matrix) · orthogonal(u)
/// ```
///
/// The factor makes the numbers of a step as large as Adam's, so that one learning rate serves for both: all else,
/// dense layers, biases and what batch normalization learns, is changed as by [`AdamW`]. A dense layer has so many
/// weights that its matrix would take longer than the rest of the step.
///
/// (Jordan et al., 2024, *Muon: An optimizer for hidden layers in neural networks*; the factor: Liu et al., 2025.
/// PyTorch's `Muon` with `adjust_lr_fn="match_rms_adamw"`, which rounds `orthogonal` to 16 bits.)
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Muon {
    adamw: AdamW,
    momentum: f32,
}

impl Default for Muon {
    /// Learning rate 0.001, momentum 0.95, weight decay 0.01, and AdamW's defaults for what is no filter.
    fn default() -> Muon {
        Muon::new(0.001)
    }
}

impl Muon {
    /// `learning_rate`: above 0, usually 0.001 to 0.01.
    pub fn new(learning_rate: f32) -> Muon {
        Muon { adamw: AdamW::new(learning_rate), momentum: 0.95 }
    }

    /// Memory of the mean gradient of filters: from 0 to below 1, default 0.95.
    pub fn momentum(self, momentum: f32) -> Muon {
        Muon { momentum, ..self }
    }

    /// Draws weights (not biases, nor what batch normalization learns) towards 0: at least 0, default 0.01.
    pub fn weight_decay(self, weight_decay: f32) -> Muon {
        Muon { adamw: self.adamw.weight_decay(weight_decay), ..self }
    }

    /// Whether a parameter is the filters of a convolution: `[filters, channels, size, size]`.
    pub(crate) fn is_for(parameter: &Parameter) -> bool {
        parameter.shape.len() == 4
    }

    /// One update of the filters of all convolutions, each on one thread.
    pub(crate) fn update_filters(&self, step: Step, filters: Vec<&mut Parameter>, threads: &Threads) {
        // Those that take longest first, each to the thread that has least to do by then.
        let work = |parameter: &Parameter| {
            let (rows, columns) = parameter.rows_and_columns();
            rows.min(columns) * parameter.value.len()
        };
        let mut filters = filters;
        filters.sort_by_key(|parameter| std::cmp::Reverse(work(parameter)));
        let mut shares: Vec<(usize, Vec<&mut Parameter>)> = Vec::new();
        shares.resize_with(threads.crowd().active(), Default::default);
        for parameter in filters {
            let share = shares.iter_mut().min_by_key(|(all, _)| *all).expect("at least one thread");
            share.0 += work(parameter);
            share.1.push(parameter);
        }
        threads.for_each(shares.into_iter(), |(_, filters)| {
            filters.into_iter().for_each(|filters| self.update_filter_matrix(step, filters));
        });
    }

    fn update_filter_matrix(&self, step: Step, filters: &mut Parameter) {
        let (rows, columns) = filters.rows_and_columns();
        let Parameter { value, gradient, moments: [v, _], .. } = filters;
        let fresh = 1.0 - self.momentum;
        let mut u = vec![0.0; v.len()];
        for ((u, v), g) in u.iter_mut().zip(v).zip(&*gradient) {
            *v = without_dust(self.momentum * *v + fresh * g);
            *u = self.momentum * *v + fresh * g;
        }
        let direction = if rows <= columns {
            orthogonal(u, rows)
        } else {
            let mut wide = vec![0.0; u.len()];
            transpose(&u, columns, &mut wide);
            transpose(&orthogonal(wide, columns), rows, &mut u);
            u
        };
        let size = step.learning_rate * 0.2 * (rows.max(columns) as f32).sqrt();
        let kept = 1.0 - step.learning_rate * step.weight_decay;
        value.iter_mut().zip(&direction).for_each(|(w, d)| *w = kept * *w - size * d);
    }
}

impl Update for Muon {
    fn kind(&self) -> String {
        "Muon".into()
    }

    fn rates(&self) -> [f32; 2] {
        self.adamw.rates()
    }

    fn check_own(&self) -> Result<(), Error> {
        self.adamw.check_own()?;
        at_least_zero_below_one("momentum", self.momentum)
    }

    fn moments(&self) -> usize {
        self.adamw.moments()
    }

    /// Of what is no filter.
    fn update(&self, step: Step, w: &mut [f32], g: &[f32], moments: [&mut [f32]; 2]) {
        self.adamw.update(step, w, g, moments);
    }
}

/// Rounds of the iteration: enough for singular values between 0.7 and 1.2.
const ROUNDS: usize = 5;

/// The odd polynomial of a round, `a s + b s³ + c s⁵` for each singular value s: steep at 0, and bound to stay near
/// 1 once there. (Jordan et al.)
const A: f32 = 3.4445;
const B: f32 = -4.7750;
const C: f32 = 2.0315;

/// The matrix `[rows, columns]`, no higher than wide, with the singular vectors of `x` and singular values near 1:
/// Newton and Schulz's iteration, `x = p x` with `p = a + b x xᵀ + c (x xᵀ)²`, from x scaled to norm 1.
///
/// A round multiplies x from the left and so `s = x xᵀ` from both sides, by a `p` that follows from s alone: all rounds
/// are done on squares of `rows`, and only their product meets x, which is many times as wide.
fn orthogonal(mut x: Vec<f32>, rows: usize) -> Vec<f32> {
    let columns = x.len() / rows;
    let norm = sum_of_squares(&x).sqrt() as f32;
    x.iter_mut().for_each(|number| *number /= norm + 1e-7);
    let times = |a: &[f32], b: &[f32], c: &mut [f32]| {
        matmul_nn(a, b, [rows, a.len() / rows, c.len() / rows], Start::Zero).compute(c);
    };
    let mut transposed = vec![0.0; x.len()];
    transpose(&x, columns, &mut transposed);
    let square = || vec![0.0; rows * rows];
    let (mut s, mut p, mut half, mut product) = (square(), square(), square(), square());
    times(&x, &transposed, &mut s);
    product.iter_mut().step_by(rows + 1).for_each(|number| *number = 1.0);
    for round in 1..=ROUNDS {
        times(&s, &s, &mut p);
        p.iter_mut().zip(&s).for_each(|(p, s)| *p = B * s + C * *p);
        p.iter_mut().step_by(rows + 1).for_each(|number| *number += A);
        times(&p, &product, &mut half);
        std::mem::swap(&mut half, &mut product);
        if round < ROUNDS {
            times(&p, &s, &mut half);
            times(&half, &p, &mut s);
        }
    }
    let mut result = transposed;
    times(&product, &x, &mut result);
    result
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::nn::against_pytorch::{close_within, pytorch, wave};
    use crate::nn::optim::optimizer::Optimizer;
    use crate::nn::same_bits::{network, striped};
    use crate::nn::train::Fit;

    /// With singular values s, the trace of (x xᵀ - 1)² is the sum of (s² - 1)².
    #[test]
    fn singular_values_are_near_1() {
        for (rows, columns) in [(1, 9), (9, 32), (32, 288), (48, 48)] {
            let x = orthogonal(wave(0, rows * columns), rows);
            let x = Array2::from_shape_vec((rows, columns), x).unwrap().mapv(f64::from);
            let rest = x.dot(&x.t()) - Array2::<f64>::eye(rows);
            let mean = rest.iter().map(|number| number * number).sum::<f64>() / rows as f64;
            assert!(mean < 0.3, "{rows} x {columns}: {mean}");
        }
    }

    /// From `muon` in `tests/pytorch.py`: three steps of at most 0.1 each, rounded there to three digits.
    #[test]
    fn three_steps_are_pytorchs() {
        for filters in [2, 5] {
            let n = 4 * filters;
            let optimizer: Optimizer = Muon::new(0.1).momentum(0.9).weight_decay(0.1).into();
            let mut weight = Parameter::new("weight", vec![filters, 1, 2, 2], wave(0, n));
            weight.prepare(2);
            for step in 1..=3 {
                weight.gradient = wave(100 * step as usize, n);
                optimizer.step(step, 0.1, [&mut weight].into_iter(), &Threads::one());
            }
            let theirs = pytorch(&format!("Muon, {filters} filters"), "weight");
            close_within(2e-3, "weight", &weight.value, &theirs);
        }
    }

    /// However many filters there are for however many threads.
    #[test]
    fn threads_change_no_bit() {
        let optimizer: Optimizer = Muon::new(0.1).into();
        let stepped = |threads: &Threads| {
            let mut filters: Vec<Parameter> = [33, 9, 5, 24]
                .into_iter()
                .map(|n| {
                    let mut weight = Parameter::new("weight", vec![n, 4, 3, 3], wave(n, 36 * n));
                    weight.prepare(2);
                    weight.gradient = wave(100 + n, 36 * n);
                    weight
                })
                .collect();
            optimizer.step(1, 0.1, filters.iter_mut(), threads);
            filters.into_iter().map(|weight| weight.value).collect::<Vec<_>>()
        };
        let one = stepped(&Threads::one());
        for threads in [2, 3, 8] {
            assert_eq!(one, stepped(&Threads::with(threads).unwrap()));
        }
    }

    #[test]
    fn no_gradient_is_no_step() {
        let optimizer: Optimizer = Muon::default().weight_decay(0.0).into();
        let mut filters = Parameter::new("weight", vec![4, 1, 3, 3], wave(0, 36));
        filters.prepare(2);
        optimizer.step(1, 0.1, [&mut filters].into_iter(), &Threads::one());
        assert_eq!(filters.value, wave(0, 36));
    }

    #[test]
    fn a_network_without_convolutions_is_refused() {
        let train = |optimizer: Optimizer| {
            let (mut model, data) = (network(1, optimizer), striped(40));
            model.fit(&data, Fit::epochs(1).quiet())
        };
        let message = train(Muon::default().into()).unwrap_err().to_string();
        assert!(message.contains("a network with convolutions") && message.contains("AdamW"), "{message}");
        assert!(train(AdamW::default().into()).is_ok());
    }
}
