use linfa::metrics::{ConfusionMatrix, ToConfusionMatrix};
use ndarray::{Array1, Array2};

use crate::Error;
use crate::data::CLASS_NAMES;

/// The confusion matrix: how often each class (row) was predicted as each class (column).
#[derive(Clone, Debug)]
pub struct Confusion {
    /// `[10, 10]` counts, rows actual, columns predicted.
    pub counts: Array2<u32>,
    /// One per class, in label order.
    pub classes: Vec<ClassScore>,
    /// Share on the diagonal, 0 to 1.
    pub accuracy: f32,
}

/// Precision, recall and F1 of one class against all others, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassScore {
    pub label: usize,
    /// Of the images called this class, the share that are.
    pub precision: f32,
    /// Of the images of this class, the share that were called so.
    pub recall: f32,
    /// Harmonic mean of precision and recall.
    pub f1: f32,
    /// Images of this class.
    pub support: u32,
}

impl Confusion {
    pub(crate) fn new(actual: Array1<usize>, predicted: Array1<usize>) -> Result<Confusion, Error> {
        let mut counts = Array2::zeros((CLASS_NAMES.len(), CLASS_NAMES.len()));
        for (&a, &p) in actual.iter().zip(&predicted) {
            counts[[a, p]] += 1;
        }
        // linfa 0.8 counts the receiver's labels by row, and its `precision` divides by a column's sum:
        // the textbook's precision comes out when rows are the actual classes.
        let matrix: ConfusionMatrix<usize> = actual.confusion_matrix(&predicted).map_err(|e| {
            Error::new(
                "counting right and wrong predictions",
                "one prediction for each label",
                e,
                "predict the whole set",
            )
        })?;
        let mut present: Vec<usize> = actual.iter().chain(&predicted).copied().collect();
        present.sort_unstable();
        present.dedup();
        let classes = present
            .iter()
            .zip(matrix.split_one_vs_all())
            .map(|(&label, one)| ClassScore {
                label,
                precision: one.precision(),
                recall: one.recall(),
                f1: one.f1_score(),
                support: counts.row(label).sum(),
            })
            .collect();
        Ok(Confusion { counts, classes, accuracy: matrix.accuracy() })
    }
}
