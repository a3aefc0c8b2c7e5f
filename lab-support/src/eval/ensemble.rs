use std::fmt;

use lab_base::Error;
use ndarray::Array2;

use crate::data::{Dataset, Source};
use crate::eval::predictions::{Mistake, Predictions};
use crate::nn::Sequential;
use crate::notebook::display::thousands;
use crate::notebook::progress::Progress;

/// Several networks asked about the same images: how many of them get each one wrong.
///
/// Networks that differ in their seed alone make most of their mistakes in common: what all of them get
/// wrong, with confidence and in the same way, is hard (or labelled oddly) rather than bad luck.
///
/// ```
/// # use lab_support::prelude::*;
/// # let pixels = ndarray::ArcArray::from_shape_fn((40, 2, 2), |(i, row, _)| if row == i % 2 { 255 } else { 0 });
/// # let labels = ndarray::ArcArray1::from_shape_fn(40, |i| (i % 2) as u8);
/// # let data = lab_support::data::Images::new(pixels, labels, lab_support::data::Source::Practice)?.normalized();
/// let network = |seed| Sequential::new([2, 2]).flatten().dense(10, Softmax).seed(seed);
/// let ensemble = Ensemble::predict(&[network(1), network(2), network(3)], &data)?;
/// assert!(ensemble.to_string().contains("3 networks"));
/// # Ok::<(), lab_support::Error>(())
/// ```
#[derive(Clone)]
pub struct Ensemble {
    /// How many networks were asked.
    pub networks: usize,
    /// How many of them get image i wrong.
    pub wrong: Vec<usize>,
    /// The mean of their probabilities.
    pub mean: Predictions,
    /// The images that all of them take for the same wrong class, the most confident first.
    pub shared: Vec<Mistake>,
    source: Source,
}

impl Ensemble {
    /// What each of `networks` (at least 2) says about every image of `data`.
    ///
    /// # Errors
    /// When there are fewer than two networks, or one does not fit the data.
    pub fn predict(networks: &[Sequential], data: &Dataset) -> Result<Ensemble, Error> {
        if networks.len() < 2 {
            let advice = "train the same network with several seeds";
            return Err(Error::doing("predicting with an ensemble")
                .expected("at least two networks")
                .found(networks.len())
                .advice(advice));
        }
        let progress = Progress::new("predicting with an ensemble", networks.len() * data.len(), "images");
        let answer = |network: &Sequential| {
            network.check_fits(data, "predicting with an ensemble")?;
            let outputs = network.with_softmax().fitting_outputs(data, &progress)?;
            Ok(Predictions { outputs, probabilities: true, source: data.images().source })
        };
        let answers: Result<Vec<Predictions>, Error> = networks.iter().map(answer).collect();
        progress.finish();
        Ensemble::count(&answers?, data)
    }

    fn count(answers: &[Predictions], data: &Dataset) -> Result<Ensemble, Error> {
        answers.iter().try_for_each(|predictions| predictions.check(data))?;
        let (labels, source) = (&data.images().labels, data.images().source);
        let is_wrong =
            |predictions: &&Predictions, i: usize| predictions.predicted(i) != usize::from(labels[i]);
        let wrong = (0..data.len()).map(|i| answers.iter().filter(|a| is_wrong(a, i)).count()).collect();
        let mut sum = Array2::zeros((data.len(), source.class_names().len()));
        answers.iter().for_each(|predictions| sum += &predictions.outputs);
        let mean = Predictions { outputs: sum / answers.len() as f32, probabilities: true, source };
        let mut shared = mean.mistakes(data)?;
        shared.retain(|mistake| answers.iter().all(|a| a.predicted(mistake.index) == mistake.predicted));
        Ok(Ensemble { networks: answers.len(), wrong, mean, shared, source })
    }
}

crate::notebook::shows_as_text!(Ensemble);

impl fmt::Display for Ensemble {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let images = self.wrong.len();
        writeln!(f, "{:<28}  images  share", format!("of {} networks are wrong", self.networks))?;
        for count in 0..=self.networks {
            let found = self.wrong.iter().filter(|wrong| **wrong == count).count();
            let share = 100.0 * found as f64 / images as f64;
            writeln!(f, "{count:>28}  {:>6}  {share:>4.1} %", thousands(found))?;
        }
        let confident = self.shared.iter().filter(|mistake| mistake.confidence >= 0.9).count();
        write!(
            f,
            "All take the same wrong class for {} images, for {} of them with 90 % or more on average.",
            thousands(self.shared.len()),
            thousands(confident)
        )?;
        self.source.notice().map_or(Ok(()), |notice| write!(f, "\n{notice}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Images;
    use crate::nn::Activation::Linear;

    fn data() -> Dataset {
        Images::made(Source::Practice, (4, 2, 2), |_| 0, |i| i as u8).normalized()
    }

    /// A network that calls image i class `classes[i]`, with 91 %.
    fn answers(classes: [usize; 4]) -> Predictions {
        let outputs =
            Array2::from_shape_fn((4, 10), |(i, class)| if class == classes[i] { 0.91 } else { 0.01 });
        Predictions { outputs, probabilities: true, source: Source::Practice }
    }

    #[test]
    fn only_what_all_take_for_the_same_wrong_class_is_shared() {
        let ensemble = Ensemble::count(&[answers([0, 7, 8, 9]), answers([0, 7, 6, 3])], &data()).unwrap();
        assert_eq!((ensemble.networks, &ensemble.wrong[..]), (2, &[0, 2, 2, 1][..]));
        let places: Vec<(usize, usize)> = ensemble.shared.iter().map(|m| (m.index, m.predicted)).collect();
        assert_eq!(places, [(1, 7)]);
        assert!((ensemble.shared[0].confidence - 0.91).abs() < 1e-6);
        assert_eq!(
            ensemble.to_string(),
            "of 2 networks are wrong       images  share\n\
             \x20                          0       1  25.0 %\n\
             \x20                          1       1  25.0 %\n\
             \x20                          2       2  50.0 %\n\
             All take the same wrong class for 1 images, for 1 of them with 90 % or more on average.\n\
             practice set, drawn by this lab; not Fashion-MNIST"
        );
    }

    #[test]
    fn networks_are_asked_for_probabilities() {
        let network = |seed| Sequential::new([2, 2]).flatten().dense(10, Linear).seed(seed);
        let ensemble = Ensemble::predict(&[network(1), network(2)], &data()).unwrap();
        assert!(ensemble.mean.outputs.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-5));
        let message = Ensemble::predict(&[network(1)], &data()).unwrap_err().to_string();
        assert!(message.contains("at least two networks, found 1"), "{message}");
    }
}
