//! How much better networks know the images they learned from than others.

use lab_base::Error;

use crate::data::{Dataset, Source};
use crate::nn::{Score, Sequential};

/// Trained networks, each on the images it learned from and on others: shows itself as a figure.
///
/// ```
/// # use lab_support::prelude::*;
/// # let pixels = ndarray::ArcArray::from_shape_fn((40, 2, 2), |(i, row, _)| if row == i % 2 { 255 } else { 0 });
/// # let labels = ndarray::ArcArray1::from_shape_fn(40, |i| (i % 2) as u8);
/// # let data = lab_support::data::Images::new(pixels, labels, lab_support::data::Source::Practice)?.normalized();
/// let mut model = Sequential::new([2, 2]).flatten().dense(10, Softmax).seed(1);
/// model.compile(Adam::new(0.1), CrossEntropy::from_probabilities());
/// model.fit(&data, Fit::epochs(5).quiet())?;
/// let (learn, validation) = data.split(30)?;
/// let gaps = gaps(&[("softmax", &model)], &learn, &validation)?;
/// assert_eq!((gaps.best(), gaps.networks[0].gap()), ("softmax", 0.0));
/// # Ok::<(), lab_support::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Gaps {
    /// The networks, in the order in which they were given.
    pub networks: Vec<Gap>,
    /// Where the images come from.
    pub source: Source,
}

/// A network's scores on the images that it learned from, and on others.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// What the network is called in the figure.
    pub name: String,
    /// On the images that it learned from.
    pub learned: Score,
    /// On the validation images.
    pub validation: Score,
}

/// Measures trained networks, each with a name, on the images that they learned from and on the validation images. All
/// are measured as they are now, with dropout off and the images unchanged: that is what makes them comparable, where
/// the accuracies that `fit` prints are not.
///
/// # Errors
/// When there are no networks, or one does not fit the data or was not compiled.
pub fn gaps(networks: &[(&str, &Sequential)], learn: &Dataset, validation: &Dataset) -> Result<Gaps, Error> {
    if networks.is_empty() {
        let advice = "write gaps(&[(\"plain\", &model)], &learn, &validation)";
        return Err(Error::new("measuring gaps", "at least one network", "none", advice));
    }
    let measured = networks.iter().map(|(name, model)| {
        let (learned, validation) = (model.evaluate(learn)?, model.evaluate(validation)?);
        Ok(Gap { name: name.to_string(), learned, validation })
    });
    Ok(Gaps { networks: measured.collect::<Result<_, Error>>()?, source: learn.images().source })
}

impl Gaps {
    /// The name of the network with the largest validation accuracy.
    pub fn best(&self) -> &str {
        let best =
            self.networks.iter().max_by(|a, b| a.validation.accuracy.total_cmp(&b.validation.accuracy));
        best.map_or("", |gap| &gap.name)
    }
}

impl Gap {
    /// Accuracy on the images it learned from, less that on the others.
    pub fn gap(&self) -> f32 {
        self.learned.accuracy - self.validation.accuracy
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Images;
    use crate::nn::Activation::Linear;
    use crate::nn::{CrossEntropy, Fit, Sgd};

    /// Bright images are of class 0, dark ones of class 1; or the other way round.
    fn data(bright: u8) -> Dataset {
        let label = |i| if i % 2 == 1 { bright } else { 1 - bright };
        Images::made(Source::Practice, (20, 2, 2), |(i, ..)| 255 * (i % 2) as u8, label).normalized()
    }

    #[test]
    fn what_was_learned_is_known_and_its_opposite_is_not() {
        let mut model = Sequential::new([2, 2]).flatten().dense(10, Linear);
        model.compile(Sgd::new(0.5), CrossEntropy::from_logits());
        let untrained = model.clone();
        model.fit(&data(0), Fit::epochs(30).batch_size(4).quiet()).unwrap();
        let all = gaps(&[("untrained", &untrained), ("trained", &model)], &data(0), &data(1)).unwrap();
        assert_eq!(all.networks[1].gap(), 1.0);
        assert!(all.networks[0].gap() < 1.0, "{all:?}");
        let turned = gaps(&[("untrained", &untrained), ("trained", &model)], &data(1), &data(0)).unwrap();
        assert_eq!(turned.best(), "trained");
        assert!(gaps(&[], &data(0), &data(1)).unwrap_err().to_string().contains("at least one network"));
    }
}
