use lab_base::Error;
use serde::{Deserialize, Serialize};

use crate::nn::kernels::math::exp;
use crate::nn::kernels::simd::{Simd, SimdKernel, vectorized};

/// Sparse categorical cross-entropy: -ln of the probability that the network gives to the label, mean
/// over the images. 0 for certainty; ln 10 = 2.303 for ten classes and no idea.
///
/// ```
/// # use lab_support::prelude::*;
/// let mut model = Sequential::new([2]).dense(10, Linear);
/// model.compile(Adam::default(), CrossEntropy::from_logits());
/// model.set_weights(&[Array2::zeros((10, 2)).into_dyn(), Array1::zeros(10).into_dyn()])?;
/// let score = model.evaluate((&array![[0.5, 1.0]], &[3]))?;
/// assert!((score.loss - 10.0_f32.ln()).abs() < 1e-6); // no idea of ten classes
/// # Ok::<(), lab_support::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct CrossEntropy {
    logits: bool,
    smoothing: f32,
}

/// Smaller probabilities are raised to this one: the loss of 0 would be infinite.
const LEAST: f32 = 1e-30;

impl CrossEntropy {
    /// For a network that ends in `Linear`: its outputs are logits, and the softmax is part of the loss.
    /// The better conditioned of the two, and the lab's choice.
    pub fn from_logits() -> CrossEntropy {
        CrossEntropy { logits: true, smoothing: 0.0 }
    }

    /// For a network that ends in a softmax. Probabilities below 1e-30 count as 1e-30.
    pub fn from_probabilities() -> CrossEntropy {
        CrossEntropy { logits: false, smoothing: 0.0 }
    }

    /// Asks for a little less than certainty: the label's share of the target is `1 - smoothing`, plus the equal
    /// part of `smoothing` that each class gets. From 0 (the default) to below 1, usually 0.1; as in Keras and
    /// PyTorch, the losses that `fit` and `evaluate` report are against this target. (Szegedy et al., 2016.)
    pub fn label_smoothing(self, smoothing: f32) -> CrossEntropy {
        CrossEntropy { smoothing, ..self }
    }

    /// None where nothing is smoothed.
    pub(crate) fn name(self) -> Option<String> {
        (self.smoothing > 0.0).then(|| format!("label smoothing {}", self.smoothing))
    }

    /// # Errors
    /// When the smoothing is out of its range.
    pub(crate) fn check(self) -> Result<(), Error> {
        if (0.0..1.0).contains(&self.smoothing) {
            return Ok(());
        }
        let expected = "label_smoothing to be a number from 0 to below 1";
        Err(Error::new("checking the loss", expected, self.smoothing, "its usual value is 0.1"))
    }

    pub(crate) fn wants_logits(self) -> bool {
        self.logits
    }

    /// The loss of one row of outputs whose label is `label`.
    ///
    /// From logits z: ln Σ e^(zⱼ - max) + max - z_label, which cannot overflow. With smoothing s, z_label is
    /// (1 - s) z_label + s · mean of z; and from probabilities, the logarithms are mixed in this way.
    pub(crate) fn of(self, row: &[f32], label: usize) -> f32 {
        if self.logits {
            let largest = largest(row);
            self.of_logits(row, label, (largest, row.iter().map(|z| exp(z - largest)).sum()))
        } else {
            -self.mixed(row, label, |p| countable(p).ln())
        }
    }

    /// The loss of a row of logits, of which the largest is known, and the sum of their exponentials without it.
    fn of_logits(self, row: &[f32], label: usize, (largest, sum): (f32, f32)) -> f32 {
        sum.ln() + largest - self.mixed(row, label, |z| z)
    }

    /// (1 - smoothing) · f(the label's number) + smoothing · the mean of f(number) over the row.
    fn mixed(self, row: &[f32], label: usize, f: impl Fn(f32) -> f32) -> f32 {
        if self.smoothing == 0.0 {
            return f(row[label]);
        }
        let mean = row.iter().map(|number| f(*number)).sum::<f32>() / row.len() as f32;
        (1.0 - self.smoothing) * f(row[label]) + self.smoothing * mean
    }

    /// Writes the gradient of the mean loss into `d_outputs`, `[batch, classes]`, and returns the sum of
    /// the losses and the number of rows whose largest output is their label.
    ///
    /// With the target t, 1 at the label and 0 elsewhere, or smoothed: from logits (softmax(z) - t) / batch, from
    /// probabilities -t / (p · batch). With class weights, the loss of each row, and so its gradient, is multiplied by the
    /// weight of its label, and nothing else changes: as in Keras (PyTorch divides by the sum of the weights instead of the
    /// batch).
    pub(crate) fn backward(
        self,
        outputs: &[f32],
        labels: &[usize],
        class_weight: Option<&[f32]>,
        d_outputs: &mut [f32],
    ) -> (f64, usize) {
        let (scale, classes) = (1.0 / labels.len() as f32, outputs.len() / labels.len());
        let (kept, spread) = (1.0 - self.smoothing, self.smoothing / classes as f32);
        let (mut loss, mut correct) = (0.0, 0);
        let rows = || outputs.chunks_exact(classes);
        if self.logits {
            for (row, gradient) in rows().zip(d_outputs.chunks_exact_mut(classes)) {
                let largest = largest(row);
                gradient.iter_mut().zip(row).for_each(|(g, z)| *g = z - largest);
            }
            vectorized(Exponentials(d_outputs));
        }
        for ((row, gradient), &label) in rows().zip(d_outputs.chunks_exact_mut(classes)).zip(labels) {
            let weight = class_weight.and_then(|weights| weights.get(label)).copied();
            correct += usize::from(argmax(row) == label);
            let of_row = if self.logits {
                let sum: f32 = gradient.iter().sum();
                gradient.iter_mut().for_each(|g| *g /= sum);
                gradient[label] -= kept;
                gradient.iter_mut().for_each(|g| *g = (*g - spread) * scale);
                self.of_logits(row, label, (largest(row), sum))
            } else {
                let derivative = |share: f32, p: f32| -share * scale / countable(p);
                gradient.iter_mut().zip(row).for_each(|(g, p)| *g = derivative(spread, *p));
                gradient[label] = derivative(kept + spread, row[label]);
                self.of(row, label)
            };
            loss += f64::from(of_row) * f64::from(weight.unwrap_or(1.0));
            if let Some(weight) = weight {
                gradient.iter_mut().for_each(|g| *g *= weight);
            }
        }
        (loss, correct)
    }
}

fn largest(row: &[f32]) -> f32 {
    row.iter().copied().fold(f32::NEG_INFINITY, f32::max)
}

/// e to the power of each number.
struct Exponentials<'a>(&'a mut [f32]);

impl SimdKernel for Exponentials<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        self.0.iter_mut().for_each(|x| *x = exp(*x));
    }
}

/// A probability whose logarithm is finite. Not `f32::max`, which would make a number of NaN and so hide
/// that training went wrong.
fn countable(probability: f32) -> f32 {
    if probability < LEAST { LEAST } else { probability }
}

/// Index of the largest number, the first where several are equal.
pub(crate) fn argmax<'a>(row: impl IntoIterator<Item = &'a f32>) -> usize {
    let mut numbers = row.into_iter().copied().enumerate();
    let first = numbers.next().unwrap_or_default();
    numbers.fold(first, |best, next| if next.1 > best.1 { next } else { best }).0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::against_pytorch::{close_within, pytorch, wave};

    const LABELS: [usize; 2] = [2, 0];

    /// Central differences of the mean loss, against the gradient.
    fn check_gradient(loss: CrossEntropy, outputs: [f32; 6]) {
        let mut gradient = [0.0; 6];
        loss.backward(&outputs, &LABELS, None, &mut gradient);
        let mean = |outputs: &[f32]| {
            let rows = outputs.chunks_exact(3).zip(LABELS);
            rows.map(|(row, label)| f64::from(loss.of(row, label))).sum::<f64>() / 2.0
        };
        for at in 0..6 {
            let (mut up, mut down) = (outputs, outputs);
            up[at] += 1e-3;
            down[at] -= 1e-3;
            let slope = (mean(&up) - mean(&down)) / 2e-3;
            assert!((slope - f64::from(gradient[at])).abs() < 2e-3, "{at}: {slope} and {}", gradient[at]);
        }
    }

    #[test]
    fn gradients() {
        let (logits, probabilities) = ([0.3, -1.2, 0.7, 2.0, 0.1, -0.4], [0.5, 0.2, 0.3, 0.6, 0.3, 0.1]);
        for smoothing in [0.0, 0.2] {
            check_gradient(CrossEntropy::from_logits().label_smoothing(smoothing), logits);
            check_gradient(CrossEntropy::from_probabilities().label_smoothing(smoothing), probabilities);
        }
    }

    /// The mean loss and its gradient, against the numbers of `cross_entropy` in `tests/pytorch.py`.
    fn check_pytorch(name: &str, loss: CrossEntropy, outputs: &[f32], class_weight: Option<&[f32]>) {
        let theirs = |what| pytorch(&format!("cross-entropy from {name}"), what);
        let (mut ours, mean) = ([1.0; 6], f64::from(theirs("loss")[0]));
        let (sum, _) = loss.backward(outputs, &LABELS, class_weight, &mut ours);
        assert!((sum / 2.0 - mean).abs() < 1e-7 * mean.max(1.0), "{sum} / 2, and PyTorch has {mean}");
        close_within(2e-7, "gradient", &ours, &theirs("gradient"));
    }

    #[test]
    fn values_and_gradients_are_pytorchs() {
        let logits: Vec<f32> = wave(0, 6).iter().map(|z| 4.0 * z).collect();
        let loss = CrossEntropy::from_logits();
        check_pytorch("logits", loss, &logits, None);
        check_pytorch("logits, label smoothing 0.2", loss.label_smoothing(0.2), &logits, None);
        let mut weights = [1.0; 10];
        (weights[0], weights[2]) = (3.0, 0.5);
        check_pytorch("logits, class weights 3, 1, 0.5", loss, &logits, Some(&weights[..]));
        let probabilities = [0.5, 0.2, 0.3, 0.6, 0.3, 0.1];
        check_pytorch("probabilities", CrossEntropy::from_probabilities(), &probabilities, None);
    }

    #[test]
    fn no_idea_costs_ln_10() {
        assert!((CrossEntropy::from_logits().of(&[0.0; 10], 3) - 10f32.ln()).abs() < 1e-6);
        assert!((CrossEntropy::from_probabilities().of(&[0.1; 10], 3) - 10f32.ln()).abs() < 1e-6);
    }

    #[test]
    fn extreme_outputs_stay_finite() {
        let logits = CrossEntropy::from_logits();
        assert!((logits.of(&[1e4, -1e4], 1) - 2e4).abs() < 1.0);
        let mut gradient = [0.0; 2];
        logits.backward(&[1e4, -1e4], &[1], None, &mut gradient);
        assert_eq!(gradient, [1.0, -1.0]);
        assert!(CrossEntropy::from_probabilities().of(&[1.0, 0.0], 1).is_finite());
    }

    #[test]
    fn what_is_not_a_number_stays_none() {
        for loss in [CrossEntropy::from_logits(), CrossEntropy::from_probabilities()] {
            assert!(loss.of(&[f32::NAN, f32::NAN], 1).is_nan(), "{loss:?}");
        }
    }
}
