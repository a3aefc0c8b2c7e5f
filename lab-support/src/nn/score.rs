use std::fmt;

use serde::{Deserialize, Serialize};

/// How a network does on a data set: what `evaluate` returns.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Mean loss per image.
    pub loss: f32,
    /// Share of images whose largest output is their label, 0 to 1.
    pub accuracy: f32,
    /// Images looked at.
    pub samples: usize,
}

impl Score {
    /// From the sum of the losses and the number of correct predictions.
    pub(crate) fn new(loss: f64, correct: usize, samples: usize) -> Score {
        let n = samples as f64;
        Score { loss: (loss / n) as f32, accuracy: (correct as f64 / n) as f32, samples }
    }
}

crate::notebook::shows_as_text!(Score);

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "accuracy {:.4}, loss {:.4} ({} images)", self.accuracy, self.loss, self.samples)
    }
}
