use std::fmt;

use lab_base::{Error, expect_below};
use ndarray::{Array2, ArrayView1};

use crate::data::{Dataset, Images, Source};
use crate::eval::confusion::Confusion;
use crate::nn::{Inputs, Sequential, argmax};
use crate::notebook::display::thousands;

/// What a network says about each image of a data set: `[n, classes]` probabilities, or logits where the network does not
/// end in a softmax.
///
/// ```
/// # use lab_support::prelude::*;
/// let model = Sequential::new([3]).activation(Softmax);
/// let predictions = model.predict(&array![[0.0_f32, 3.0, 1.0], [2.0, 0.0, 0.0]])?;
/// assert_eq!((predictions.len(), predictions.predicted(0), predictions.predicted(1)), (2, 1, 0));
/// assert!((predictions.row(0).sum() - 1.0).abs() < 1e-6 && predictions.confidence(0) > 0.8);
/// # Ok::<(), lab_support::Error>(())
/// ```
#[derive(Clone)]
pub struct Predictions {
    /// `[n, classes]`.
    pub outputs: Array2<f32>,
    /// True when each row holds probabilities: numbers from 0 to 1 whose sum is 1.
    pub probabilities: bool,
    /// Where the images come from, which says what the classes are called. Of an array of numbers that is not known: it is
    /// taken to be what the network was trained on.
    pub source: Source,
}

impl Sequential {
    /// What the network says about each image of `data`: of a data set, or of an array such as one image,
    /// `train.image(0)`. See [`Inputs`].
    ///
    /// # Errors
    /// When the network does not fit the data, or its description has a mistake.
    pub fn predict<'a>(&self, data: impl Into<Inputs<'a>>) -> Result<Predictions, Error> {
        let (data, doing) = (data.into(), "predicting");
        match data.set() {
            Some(set) => self.check_fits(set, doing)?,
            None => self.check().and(self.check_classes(None, doing)).map(drop)?,
        }
        let set = data.set().map(|set| set.images().source);
        let source = set.or(self.trained_on()).unwrap_or(Source::FashionMnist);
        Ok(Predictions { outputs: self.outputs(data)?, probabilities: self.ends_in_softmax(), source })
    }
}

/// An image that the network got wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mistake {
    /// Index of the image in its data set.
    pub index: usize,
    /// The class with the largest output, an index into the names of the classes.
    pub predicted: usize,
    /// The label, another one.
    pub actual: usize,
    /// Probability given to the predicted class, 0 to 1.
    pub confidence: f32,
}

impl Predictions {
    /// How many images were predicted.
    pub fn len(&self) -> usize {
        self.outputs.nrows()
    }

    /// Whether there were none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The numbers of image `i`, one for each class.
    ///
    /// # Panics
    /// When `i` is not below [`len`](Self::len).
    #[track_caller]
    pub fn row(&self, i: usize) -> ArrayView1<'_, f32> {
        expect_below("taking the outputs of an image", i, self.len());
        self.outputs.row(i)
    }

    /// The class with the largest output (arg max): the first of them where several are equal.
    ///
    /// # Panics
    /// When `i` is not below [`len`](Self::len).
    #[track_caller]
    pub fn predicted(&self, i: usize) -> usize {
        expect_below("taking a prediction", i, self.len());
        argmax(self.row(i))
    }

    /// The largest output of image `i`; with a softmax the network's probability for its own answer.
    ///
    /// # Panics
    /// When `i` is not below [`len`](Self::len).
    #[track_caller]
    pub fn confidence(&self, i: usize) -> f32 {
        expect_below("taking the confidence of a prediction", i, self.len());
        self.row(i)[self.predicted(i)]
    }

    /// Actual against predicted classes.
    ///
    /// # Errors
    /// When `data` is not the set that was predicted (another length), holds no images, or the network has
    /// not as many outputs as there are classes.
    pub fn confusion(&self, data: &Dataset) -> Result<Confusion, Error> {
        self.check(data)?;
        let predicted = (0..self.len()).map(|i| self.predicted(i)).collect();
        let Images { labels, source, .. } = data.images();
        Confusion::new(labels.mapv(usize::from), predicted, *source)
    }

    /// Top-k accuracy: the share of images whose label is among the `k` classes with the largest outputs, `k` from 1
    /// (the accuracy) to the number of classes (always 1). Of equal outputs the first counts as the largest. Keras's
    /// `SparseTopKCategoricalAccuracy`.
    ///
    /// # Errors
    /// When `k` is out of its range; when `data` is not the set that was predicted (another length), holds no images, or
    /// the network has not as many outputs as there are classes.
    pub fn top_k(&self, k: usize, data: &Dataset) -> Result<f32, Error> {
        self.check(data)?;
        let doing = "measuring the top-k accuracy";
        let classes = self.outputs.ncols();
        if !(1..=classes).contains(&k) {
            return Err(Error::new(doing, format!("k from 1 to {classes}"), k, "try top_k(2, &test)"));
        }
        if data.is_empty() {
            return Err(Error::doing(doing)
                .expected("at least one image")
                .found("no images")
                .advice("check how the data set was split"));
        }
        let is_among = |(row, &label): (ArrayView1<f32>, &u8)| {
            let (label, own) = (usize::from(label), row[usize::from(label)]);
            let before = |(i, output): (usize, &f32)| *output > own || *output == own && i < label;
            row.iter().enumerate().filter(|output| before(*output)).count() < k
        };
        let labelled = self.outputs.rows().into_iter().zip(&data.images().labels);
        Ok((labelled.filter(|pair| is_among(*pair)).count() as f64 / self.len() as f64) as f32)
    }

    /// The images predicted wrong, the most confident first.
    ///
    /// # Errors
    /// When `data` is not the set that was predicted (another length), or the network has not as many outputs as there are
    /// classes.
    pub fn mistakes(&self, data: &Dataset) -> Result<Vec<Mistake>, Error> {
        self.check(data)?;
        let labels = &data.images().labels;
        let mut mistakes: Vec<Mistake> = (0..self.len())
            .map(|index| Mistake {
                index,
                predicted: self.predicted(index),
                actual: usize::from(labels[index]),
                confidence: self.confidence(index),
            })
            .filter(|m| m.predicted != m.actual)
            .collect();
        mistakes.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        Ok(mistakes)
    }

    /// Checks that there is a row of finite numbers for each image of `data`, one for each class.
    pub(crate) fn check(&self, data: &Dataset) -> Result<(), Error> {
        let classes = data.images().source.class_names().len();
        let (doing, expected) = ("setting predictions beside a data set", [data.len(), classes]);
        if let Some(output) = self.outputs.iter().find(|output| !output.is_finite()) {
            let advice = "predict with a network whose weights are finite";
            return Err(Error::new(doing, "finite numbers", output, advice));
        }
        if self.outputs.shape() == expected {
            return Ok(());
        }
        Err(Error::doing(doing)
            .expected(format!("{} numbers for each of the {} images", expected[1], expected[0]))
            .found(format!("{} numbers for each of {} images", self.outputs.ncols(), self.len()))
            .advice(format!(
                "pass the data set that was given to `predict`, and a network that ends in {classes} outputs"
            )))
    }
}

crate::notebook::shows_as_text!(Predictions);

/// In short: the numbers themselves are tens of thousands.
impl fmt::Display for Predictions {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let what = if self.probabilities { "probabilities" } else { "logits" };
        let (classes, images) = (self.outputs.ncols(), thousands(self.len()));
        write!(f, "{images} predictions: for each image {classes} {what}, in a row of `outputs`")?;
        if self.is_empty() || classes == 0 {
            return Ok(());
        }
        let (predicted, largest) = (self.predicted(0), self.confidence(0));
        write!(f, "\nthe first image: {largest:.4} for class {predicted}")?;
        let names = self.source.class_names();
        match names.get(predicted).filter(|_| classes == names.len()) {
            Some(name) => write!(f, ", {name}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Source;

    fn data(labels: &[u8]) -> Dataset {
        Images::made(Source::FashionMnist, (labels.len(), 28, 28), |_| 0, |i| labels[i]).normalized()
    }

    /// One row for each `(class, confidence)`; the rest is spread evenly.
    fn predictions(answers: &[(usize, f32)]) -> Predictions {
        let outputs = Array2::from_shape_fn((answers.len(), 10), |(row, class)| {
            let (predicted, confidence) = answers[row];
            if class == predicted { confidence } else { (1.0 - confidence) / 9.0 }
        });
        Predictions { outputs, probabilities: true, source: Source::FashionMnist }
    }

    #[test]
    fn they_show_themselves_in_short() {
        let many: Vec<(usize, f32)> = (0..1234).map(|i| (9 - i % 10, 0.75)).collect();
        assert_eq!(
            predictions(&many).to_string(),
            "1,234 predictions: for each image 10 probabilities, in a row of `outputs`\n\
             the first image: 0.7500 for class 9, Ankle boot"
        );
        assert_eq!(predictions(&[]).to_string().lines().count(), 1);
    }

    #[test]
    fn the_first_of_equal_outputs_is_predicted() {
        assert_eq!(argmax(&[0.1, 0.4, 0.4, 0.1]), 1);
        assert_eq!(argmax(&[-3.0, -1.0, -2.0]), 1);
    }

    #[test]
    fn mistakes_come_most_confident_first() {
        let answers = predictions(&[(9, 0.9), (2, 0.5), (6, 0.8)]);
        let mistakes = answers.mistakes(&data(&[9, 4, 0])).unwrap();
        let first = Mistake { index: 2, predicted: 6, actual: 0, confidence: 0.8 };
        assert_eq!((mistakes.len(), mistakes[0], mistakes[1].index), (2, first, 1));
    }

    /// The numbers are those of Keras's `sparse_top_k_categorical_accuracy` where no two outputs are equal.
    #[test]
    fn a_label_is_among_the_k_largest() {
        let outputs = Array2::from_shape_fn((3, 10), |(row, class)| ((class * 3 + row * 7) % 10) as f32);
        let predictions = Predictions { outputs, probabilities: false, source: Source::FashionMnist };
        // The outputs of these labels are 9, 7 and 0: the largest, the third, and the last.
        let data = data(&[3, 0, 2]);
        let shares: Vec<f32> = (1..=10).map(|k| predictions.top_k(k, &data).unwrap()).collect();
        let third = 1.0 / 3.0f32;
        assert_eq!(
            shares,
            [
                third,
                third,
                2.0 * third,
                2.0 * third,
                2.0 * third,
                2.0 * third,
                2.0 * third,
                2.0 * third,
                2.0 * third,
                1.0
            ]
        );
        assert_eq!(shares[0], predictions.confusion(&data).unwrap().accuracy);
        let equal = Predictions {
            outputs: Array2::zeros((1, 10)),
            probabilities: false,
            source: Source::FashionMnist,
        };
        assert_eq!([4, 5].map(|k| equal.top_k(k, &self::data(&[4])).unwrap()), [0.0, 1.0]);
        for k in [0, 11] {
            assert!(predictions.top_k(k, &data).unwrap_err().to_string().contains("k from 1 to 10"));
        }
    }

    #[test]
    fn confusion_counts_actual_by_row() {
        let confusion = predictions(&[(9, 0.9), (2, 0.5)]).confusion(&data(&[9, 4])).unwrap();
        assert_eq!((confusion.counts[[9, 9]], confusion.counts[[4, 2]]), (1, 1));
        assert_eq!(confusion.accuracy, 0.5);
    }

    #[test]
    fn another_data_set_or_another_number_of_outputs_is_an_error() {
        let answers = predictions(&[(9, 0.9)]);
        assert!(answers.confusion(&data(&[9, 4])).unwrap_err().to_string().contains("each of the 2 images"));
        assert!(answers.mistakes(&data(&[])).is_err());
        let five = Predictions {
            outputs: Array2::zeros((1, 5)),
            probabilities: false,
            source: Source::FashionMnist,
        };
        assert!(five.confusion(&data(&[9])).unwrap_err().to_string().contains("5 numbers"));
        assert!(predictions(&[]).confusion(&data(&[])).unwrap_err().to_string().contains("no images"));
    }
}
