use ndarray::{Array2, ArrayView1};

use crate::Error;
use crate::data::Dataset;
use crate::eval::Confusion;
use crate::nn::{Sequential, argmax};

/// What a network says about each image of a data set: `[n, 10]` probabilities, or logits where the
/// network does not end in a softmax.
#[derive(Clone, Debug)]
pub struct Predictions {
    /// `[n, classes]`.
    pub outputs: Array2<f32>,
    /// True when each row holds probabilities: ten numbers from 0 to 1 whose sum is 1.
    pub probabilities: bool,
}

impl Sequential {
    /// What the network says about each image of `data`.
    ///
    /// # Errors
    /// When the network does not fit the data, or its description has a mistake.
    pub fn predict(&self, data: &Dataset) -> Result<Predictions, Error> {
        Ok(Predictions { outputs: self.outputs(data)?, probabilities: self.ends_in_softmax() })
    }
}

/// An image that the network got wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mistake {
    /// Index of the image in its data set.
    pub index: usize,
    pub predicted: usize,
    pub actual: usize,
    /// Probability given to the predicted class, 0 to 1.
    pub confidence: f32,
}

impl Predictions {
    pub fn len(&self) -> usize {
        self.outputs.nrows()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The ten numbers of image `i`.
    ///
    /// # Panics
    /// When `i` is not below [`len`](Self::len).
    pub fn row(&self, i: usize) -> ArrayView1<'_, f32> {
        self.outputs.row(i)
    }

    /// The class with the largest output (arg max): the first of them where several are equal.
    ///
    /// # Panics
    /// When `i` is not below [`len`](Self::len).
    pub fn predicted(&self, i: usize) -> usize {
        argmax(self.row(i).as_slice().expect("outputs are contiguous"))
    }

    /// The largest output of image `i`; with a softmax the network's probability for its own answer.
    ///
    /// # Panics
    /// When `i` is not below [`len`](Self::len).
    pub fn confidence(&self, i: usize) -> f32 {
        self.row(i)[self.predicted(i)]
    }

    /// Actual against predicted classes.
    ///
    /// # Errors
    /// When `data` is not the set that was predicted (another length).
    pub fn confusion(&self, data: &Dataset) -> Result<Confusion, Error> {
        self.check(data)?;
        let predicted = (0..self.len()).map(|i| self.predicted(i)).collect();
        Confusion::new(data.images().labels.mapv(usize::from), predicted)
    }

    /// The images predicted wrong, the most confident first.
    ///
    /// # Errors
    /// When `data` is not the set that was predicted (another length).
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

    fn check(&self, data: &Dataset) -> Result<(), Error> {
        if data.len() == self.len() {
            return Ok(());
        }
        Err(Error::new(
            "setting predictions beside a data set",
            format!("the {} images that were predicted", self.len()),
            format!("{} images", data.len()),
            "pass the data set that was given to `predict`",
        ))
    }
}
