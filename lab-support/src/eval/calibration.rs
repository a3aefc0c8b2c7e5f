use std::fmt;

use lab_base::Error;

use crate::data::{Dataset, Source};
use crate::eval::predictions::Predictions;

/// Whether a network is right as often as it says: its predictions by confidence, in fifteen bins of equal width.
///
/// ```
/// # use lab_support::prelude::*;
/// # let pixels = ndarray::ArcArray::from_shape_fn((40, 2, 2), |(i, row, _)| if row == i % 2 { 255 } else { 0 });
/// # let labels = ndarray::ArcArray1::from_shape_fn(40, |i| (i % 2) as u8);
/// # let data = lab_support::data::Images::new(pixels, labels, lab_support::data::Source::Practice)?.normalized();
/// let mut model = Sequential::new([2, 2]).flatten().dense(10, Softmax).seed(1);
/// model.compile(Adam::new(0.1), CrossEntropy::from_probabilities());
/// model.fit(&data, Fit::epochs(5).quiet())?;
/// let calibration = model.predict(&data)?.calibration(&data)?;
/// assert!((0.0..=1.0).contains(&calibration.error));
/// # Ok::<(), lab_support::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    /// From the least confident to the most.
    pub bins: [Bin; BINS],
    /// Expected calibration error: the mean distance between confidence and accuracy, each bin by its share of the
    /// images; 0 to 1. (Naeini et al., 2015; Guo et al., 2017.)
    pub error: f32,
    pub(crate) source: Source,
}

/// Bins of a [`Calibration`].
pub const BINS: usize = 15;

/// The predictions whose confidence lies in one range.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bin {
    /// How many predictions these are.
    pub images: usize,
    /// Mean probability given to the predicted class, 0 to 1; 0 where there are no images.
    pub confidence: f32,
    /// Share that is right, 0 to 1; 0 where there are no images.
    pub accuracy: f32,
}

impl Predictions {
    /// Confidence against accuracy.
    ///
    /// # Errors
    /// When these are no probabilities, or `data` is not the set that was predicted, or is empty.
    pub fn calibration(&self, data: &Dataset) -> Result<Calibration, Error> {
        let doing = "setting confidence beside accuracy";
        if !self.probabilities {
            let advice = "use model.with_softmax().predict(&data), or logits.at_temperature(t)";
            return Err(Error::new(doing, "probabilities", "logits", advice));
        }
        self.check(data)?;
        if self.is_empty() {
            return Err(Error::new(doing, "at least one image", "none", "check how the data set was split"));
        }
        let mut bins = [Bin::default(); BINS];
        for (i, &label) in data.images().labels.iter().enumerate() {
            let confidence = self.confidence(i);
            let bin = &mut bins[((confidence * BINS as f32) as usize).min(BINS - 1)];
            bin.images += 1;
            bin.confidence += confidence;
            bin.accuracy += f32::from(u8::from(self.predicted(i) == usize::from(label)));
        }
        let mut error = 0.0;
        for bin in bins.iter_mut().filter(|bin| bin.images > 0) {
            error += (bin.confidence - bin.accuracy).abs();
            bin.confidence /= bin.images as f32;
            bin.accuracy /= bin.images as f32;
        }
        Ok(Calibration { bins, error: error / self.len() as f32, source: data.images().source })
    }
}

impl fmt::Display for Calibration {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let images: usize = self.bins.iter().map(|bin| bin.images).sum();
        write!(f, "expected calibration error {:.4} ({images} images)", self.error)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::data::Images;

    /// Four images of class 0: said with 0.6 (right), 0.62 (wrong), 0.95 (right) and 1 (right).
    #[test]
    fn bins_and_their_distance() {
        let said = [(0, 0.6), (1, 0.62), (0, 0.95), (0, 1.0)];
        let outputs = Array2::from_shape_fn((4, 10), |(i, class)| {
            let (predicted, confidence) = said[i];
            if class == predicted { confidence } else { (1.0 - confidence) / 9.0 }
        });
        let images = Images::made(Source::Practice, (4, 1, 1), |_| 0, |_| 0);
        let data = images.normalized();
        let predictions = Predictions { outputs, probabilities: true, source: Source::Practice };
        let calibration = predictions.calibration(&data).unwrap();
        let middle = calibration.bins[9];
        assert_eq!((middle.images, middle.accuracy), (2, 0.5));
        assert!((middle.confidence - 0.61).abs() < 1e-6);
        assert_eq!((calibration.bins[14].images, calibration.bins[14].accuracy), (2, 1.0));
        assert!((calibration.error - (0.22 + 0.05) / 4.0).abs() < 1e-6, "{}", calibration.error);
        assert!(predictions.calibration(&data.take(2)).is_err());
        let logits = Predictions { probabilities: false, ..predictions };
        assert!(logits.calibration(&data).unwrap_err().to_string().contains("found logits"));
    }
}
