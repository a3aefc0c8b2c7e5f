//! Test-time augmentation: a network is asked about variants of each image.

use std::path::Path;

use lab_base::{Error, files, home};
use ndarray::Array2;

use crate::data::{Dataset, Digest};
use crate::eval::predictions::Predictions;
use crate::nn::{Augment, RandomStream, Samples, Sequential};
use crate::notebook::progress::Progress;

/// More variants than this change nothing any more.
const MOST: usize = 1000;

impl Sequential {
    /// Test-time augmentation: the mean of what the network says about each image itself and `variants` (1 to 1000)
    /// variants of it, drawn by the network's seed. Worth it where the network was trained with the same augmentation: to
    /// another one, variants it has never seen are strange garments.
    ///
    /// # Errors
    /// When the network does not fit the data or gives no probabilities, when a setting of `augment` is out of its
    /// range, or `variants` is out of its range.
    pub fn predict_augmented(
        &self,
        data: &Dataset,
        augment: &Augment,
        variants: usize,
    ) -> Result<Predictions, Error> {
        let doing = "predicting with augmentation";
        self.check_fits(data, doing)?;
        augment.check(&self.input_shape)?;
        if !self.ends_in_softmax() {
            let advice = "call model.with_softmax().predict_augmented";
            return Err(Error::new(doing, "a network that gives probabilities", "logits", advice));
        }
        if !(1..=MOST).contains(&variants) {
            let expected = format!("at least 1 variant of each image, and at most {MOST}");
            return Err(Error::new(doing, expected, variants, "try 8"));
        }
        let outputs = match home::trainings_dir()? {
            Some(folder) => self.kept_mean(data, augment, variants, &folder)?,
            None => self.mean(data, augment, variants)?,
        };
        Ok(Predictions { outputs, probabilities: true, source: data.images().source })
    }

    fn mean(&self, data: &Dataset, augment: &Augment, variants: usize) -> Result<Array2<f32>, Error> {
        let doing = "predicting with augmentation";
        let progress = Progress::new(doing, data.len() * (variants + 1), "variants");
        let mut sum = self.fitting_outputs(data, &progress)?;
        for i in 0..variants {
            let rng = RandomStream::new(self.seed).substream(i as u64);
            sum += &self.fitting_outputs(&Varied { data, augment, rng }, &progress)?;
        }
        progress.finish();
        Ok(sum / (variants + 1) as f32)
    }

    /// The same from a file in `folder`, named after all that decides it; what can't be read is computed, and written there.
    fn kept_mean(
        &self,
        data: &Dataset,
        augment: &Augment,
        variants: usize,
        folder: &Path,
    ) -> Result<Array2<f32>, Error> {
        let asked = serde_json::to_vec(&(self.spec(), self.digest(), data.digest(), augment, variants));
        let asked = Digest::new().with(&asked.expect("plain numbers and text"));
        let file = folder.join(format!("{asked}.predictions"));
        let shape = (data.len(), self.output_shape().iter().product::<usize>());
        let bytes = files::read(&file, (shape.0 * shape.1 * size_of::<f32>()) as u64).unwrap_or_default();
        let numbers = bytes.as_chunks().0.iter().map(|number| f32::from_le_bytes(*number)).collect();
        if let Ok(outputs) = Array2::from_shape_vec(shape, numbers) {
            return Ok(outputs);
        }
        let outputs = self.mean(data, augment, variants)?;
        let bytes: Vec<u8> = outputs.iter().flat_map(|number| number.to_le_bytes()).collect();
        files::write_atomically(&file, &bytes)?;
        Ok(outputs)
    }
}

/// A data set of which every image is a variant.
struct Varied<'a> {
    data: &'a Dataset,
    augment: &'a Augment,
    rng: RandomStream,
}

impl Samples for Varied<'_> {
    fn len(&self) -> usize {
        self.data.len()
    }

    fn features(&self) -> usize {
        self.data.features()
    }

    fn label(&self, i: usize) -> usize {
        Samples::label(self.data, i)
    }

    fn fill(&self, rows: &[usize], batch: &mut [f32]) {
        let mut originals = vec![0.0; batch.len()];
        self.data.fill(rows, &mut originals);
        let (n, (_, _, width)) = (self.features(), self.data.shape());
        for ((&row, from), to) in rows.iter().zip(originals.chunks_exact(n)).zip(batch.chunks_exact_mut(n)) {
            self.augment.vary(from, to, (width, self.data.black()), self.rng.substream(row as u64));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::Adam;
    use crate::nn::same_bits::{network, striped};

    #[test]
    fn without_changes_the_mean_is_the_prediction() {
        let (model, data) = (network(1, Adam::default()).with_softmax(), striped(70));
        let plain = model.predict(&data).unwrap().outputs;
        let same = model.predict_augmented(&data, &Augment::new(), 3).unwrap().outputs;
        assert!(plain.iter().zip(&same).all(|(a, b)| (a - b).abs() < 1e-6));
        let varied = model.predict_augmented(&data, &Augment::new().shift(2), 3).unwrap();
        assert_ne!(varied.outputs, plain);
        assert!(varied.outputs.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-5));
        let again = model.predict_augmented(&data, &Augment::new().shift(2), 3).unwrap();
        assert_eq!(again.outputs, varied.outputs);
    }

    /// As `LAB_TRAININGS` has it.
    #[test]
    fn what_was_predicted_once_is_had_again_from_a_folder() {
        let (model, data, folder) =
            (network(1, Adam::default()).with_softmax(), striped(20), tempfile::tempdir());
        let folder = folder.unwrap();
        let files = || std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let ask = |model: &Sequential, data: &Dataset, augment: &Augment, variants: usize| {
            model.kept_mean(data, augment, variants, folder.path()).unwrap()
        };
        let shifted = Augment::new().shift(2);
        let expected = model.mean(&data, &shifted, 2).unwrap();
        assert_eq!(ask(&model, &data, &shifted, 2), expected);
        let file = files().next().unwrap();
        let marked: Vec<u8> = (0..200).flat_map(|i| (i as f32).to_le_bytes()).collect();
        std::fs::write(&file, &marked).unwrap();
        assert_eq!(ask(&model, &data, &shifted, 2)[[19, 9]], 199.0, "nothing is computed");
        std::fs::write(&file, &marked[4..]).unwrap();
        assert_eq!(ask(&model, &data, &shifted, 2), expected, "where it can't be read it is");
        ask(&model.clone().seed(5), &data, &shifted, 2);
        ask(&network(2, Adam::default()).with_softmax(), &data, &shifted, 2);
        ask(&model, &striped(21), &shifted, 2);
        ask(&model, &data, &shifted.flip(), 2);
        ask(&model, &data, &shifted, 3);
        assert_eq!(files().count(), 6, "whatever is asked otherwise has another file");
    }

    #[test]
    fn mistakes_are_told() {
        let (model, data, augment) = (network(1, Adam::default()), striped(10), Augment::new());
        let message = |result: Result<Predictions, Error>| result.unwrap_err().to_string();
        assert!(message(model.predict_augmented(&data, &augment, 3)).contains("with_softmax"));
        let model = model.with_softmax();
        assert!(message(model.predict_augmented(&data, &augment, 0)).contains("at least 1 variant"));
        let wide = augment.shift(6);
        assert!(message(model.predict_augmented(&data, &wide, 1)).contains("below half the image"));
    }
}
