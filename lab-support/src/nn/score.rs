use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Serialize};

use crate::data::{Contents, Digest};

/// How a network does on a data set: what `evaluate` returns. Its numbers, `score.accuracy` and the others of
/// [`Measured`], can be read and not be changed: it stands for a measurement.
///
/// ```
/// # use lab_support::prelude::*;
/// let model = Sequential::new([2]).activation(Softmax);
/// let score = model.evaluate((&array![[3.0_f32, 0.0], [0.0, 2.0], [1.0, 0.0]], &[0, 1, 1]))?;
/// assert_eq!((score.samples, score.accuracy), (3, 2.0 / 3.0));
/// # Ok::<(), lab_support::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Score {
    measured: Measured,
    #[serde(skip)]
    evidence: Option<Evidence>,
}

/// The numbers of a [`Score`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Mean loss per image.
    pub loss: f32,
    /// Share of images whose largest output is their label, 0 to 1.
    pub accuracy: f32,
    /// Images looked at.
    pub samples: usize,
}

/// What was measured, and on what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Evidence {
    /// The network's weights.
    pub network: Digest,
    pub images: Contents,
}

impl Score {
    /// From the sum of the losses and the number of correct predictions.
    pub(crate) fn new(loss: f64, correct: usize, samples: usize) -> Score {
        let n = samples as f64;
        Measured { loss: (loss / n) as f32, accuracy: (correct as f64 / n) as f32, samples }.into()
    }

    pub(crate) fn with_evidence(self, evidence: Evidence) -> Score {
        Score { evidence: Some(evidence), ..self }
    }

    pub(crate) fn evidence(&self) -> Option<Evidence> {
        self.evidence
    }
}

impl From<Measured> for Score {
    fn from(measured: Measured) -> Score {
        Score { measured, evidence: None }
    }
}

impl Deref for Score {
    type Target = Measured;

    fn deref(&self) -> &Measured {
        &self.measured
    }
}

crate::notebook::shows_as_text!(Score);

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "accuracy {:.4}, loss {:.4} ({} images)", self.accuracy, self.loss, self.samples)
    }
}
