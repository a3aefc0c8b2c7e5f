//! Temperature: one number that makes a network as sure of itself as it is right.

use lab_base::Error;

use crate::data::Dataset;
use crate::eval::predictions::Predictions;
use crate::nn::softmax;

/// Halvings of the range in which the best temperature is looked for.
const STEPS: usize = 40;

impl Predictions {
    /// The temperature T at which the probabilities softmax(logits / T) fit the labels of `data` best (smallest
    /// cross-entropy): above 1 where the network is too sure of itself. Choose it on validation data. (Guo et al.,
    /// 2017.)
    ///
    /// # Errors
    /// When these are no logits, or `data` is not the set that was predicted, or is empty.
    pub fn temperature(&self, data: &Dataset) -> Result<f32, Error> {
        let doing = "choosing a temperature";
        self.check_logits(doing)?;
        self.check(data)?;
        if self.is_empty() {
            return Err(Error::new(doing, "at least one image", "none", "check how the data set was split"));
        }
        // The slope of the loss rises with 1 / T: it is 0 at one place, which halving finds.
        let (mut low, mut high) = (0.05f32.ln(), 20f32.ln());
        for _ in 0..STEPS {
            let middle = 0.5 * (low + high);
            if self.too_sure(data, middle.exp()) { low = middle } else { high = middle }
        }
        Ok((0.5 * (low + high)).exp())
    }

    /// The probabilities softmax(logits / temperature). The classes predicted stay the same.
    ///
    /// # Errors
    /// When these are no logits, or the temperature is not a finite number above 0.
    pub fn at_temperature(&self, temperature: f32) -> Result<Predictions, Error> {
        let doing = "dividing logits by a temperature";
        self.check_logits(doing)?;
        if !(temperature > 0.0 && temperature.is_finite()) {
            let advice = "take what logits.temperature(&validation)? says";
            return Err(Error::new(doing, "a finite number above 0", temperature, advice));
        }
        let mut outputs = self.outputs.clone();
        for mut row in outputs.rows_mut() {
            let mut quotients: Vec<f32> = row.iter().map(|logit| logit / temperature).collect();
            if quotients.iter().any(|quotient| !quotient.is_finite()) {
                // Too large a quotient: only how far they are below the largest counts.
                let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                quotients = row.iter().map(|logit| (logit - largest) / temperature).collect();
            }
            softmax(&mut quotients);
            row.iter_mut().zip(quotients).for_each(|(row, probability)| *row = probability);
        }
        Ok(Predictions { outputs, probabilities: true, source: self.source })
    }

    /// True where a higher temperature makes the loss smaller: where the mean logit by these probabilities is above
    /// the mean logit of the labels.
    fn too_sure(&self, data: &Dataset, temperature: f32) -> bool {
        let mut excess = 0.0;
        for (row, &label) in self.outputs.rows().into_iter().zip(&data.images().labels) {
            let mut probabilities: Vec<f32> = row.iter().map(|logit| logit / temperature).collect();
            softmax(&mut probabilities);
            let mean: f32 = row.iter().zip(&probabilities).map(|(logit, p)| logit * p).sum();
            excess += f64::from(mean - row[usize::from(label)]);
        }
        excess > 0.0
    }

    fn check_logits(&self, doing: &str) -> Result<(), Error> {
        if !self.probabilities {
            return Ok(());
        }
        let advice = "predict with the network that has no softmax: model.predict(&data)";
        Err(Error::new(doing, "logits", "probabilities", advice))
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::data::{Images, Source};

    /// 1000 images of class 0 to 9, of which `right` in ten are said to be what they are, each by a logit of 3.
    fn predictions(right: usize) -> (Predictions, Dataset) {
        let outputs = Array2::from_shape_fn((1000, 10), |(i, class)| {
            let said = if i / 10 % 10 < right { i % 10 } else { (i + 1) % 10 };
            if class == said { 3.0 } else { 0.0 }
        });
        let images = Images::made(Source::Practice, (1000, 1, 1), |_| 0, |i| (i % 10) as u8);
        (Predictions { outputs, probabilities: false, source: Source::Practice }, images.normalized())
    }

    /// At the best temperature the confidence, e^(3/T) / (e^(3/T) + 9), is the share that is right.
    #[test]
    fn the_confidence_becomes_the_accuracy() {
        for right in [3, 5, 8, 9] {
            let (logits, data) = predictions(right);
            let temperature = logits.temperature(&data).unwrap();
            let share = right as f32 / 10.0;
            let exact = 3.0 / (9.0 * share / (1.0 - share)).ln();
            assert!((temperature / exact - 1.0).abs() < 1e-3, "{temperature} and {exact}");
            let probabilities = logits.at_temperature(temperature).unwrap();
            assert!((probabilities.confidence(0) - share).abs() < 1e-3);
            assert_eq!(probabilities.predicted(0), logits.predicted(0));
        }
    }

    #[test]
    fn mistakes_are_told() {
        let (logits, data) = predictions(5);
        for bad in [0.0, -1.0, f32::NAN] {
            logits.at_temperature(bad).unwrap_err();
        }
        let probabilities = logits.at_temperature(1.0).unwrap();
        assert!(probabilities.temperature(&data).unwrap_err().to_string().contains("found probabilities"));
        assert!(logits.temperature(&data.take(3)).is_err());
        let none =
            Predictions { outputs: Array2::zeros((0, 10)), probabilities: false, source: Source::Practice };
        let told = none.temperature(&data.take(0)).unwrap_err().to_string();
        assert!(told.contains("at least one image, found none"), "{told}");
        let nan = Predictions {
            outputs: Array2::from_elem((1000, 10), f32::NAN),
            probabilities: false,
            source: Source::Practice,
        };
        assert!(nan.temperature(&data).unwrap_err().to_string().contains("finite numbers, found NaN"));
    }

    /// Near a temperature of 0, the largest logit has all.
    #[test]
    fn a_tiny_temperature_gives_probabilities() {
        let (logits, _) = predictions(5);
        for temperature in [1e-38, f32::MIN_POSITIVE] {
            let probabilities = logits.at_temperature(temperature).unwrap();
            assert_eq!(
                probabilities.outputs.row(0).to_vec(),
                [1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
            );
        }
    }
}
