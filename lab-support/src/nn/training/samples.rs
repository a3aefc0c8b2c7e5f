use ndarray::ArrayViewMut2;

use crate::data::Dataset;

/// What training asks of a data set: numbers in rows, and a label for each row.
pub(crate) trait Samples: Sync {
    fn len(&self) -> usize;

    /// Numbers in one row.
    fn features(&self) -> usize;

    fn label(&self, i: usize) -> usize;

    /// Writes `rows` into `batch`, `[rows.len(), features]`.
    fn fill(&self, rows: &[usize], batch: ArrayViewMut2<f32>);
}

impl Samples for Dataset {
    fn len(&self) -> usize {
        Dataset::len(self)
    }

    fn features(&self) -> usize {
        Dataset::features(self)
    }

    fn label(&self, i: usize) -> usize {
        usize::from(self.images().labels[i])
    }

    fn fill(&self, rows: &[usize], batch: ArrayViewMut2<f32>) {
        Dataset::fill(self, rows, batch);
    }
}
