use ndarray::{Array2, ArrayViewMut2};

use crate::data::{CLASS_NAMES, Dataset};

/// Images that go through a network at once, when nothing is learned: as many as a core's own cache holds.
pub(super) const BLOCK: usize = 64;

/// What training asks of a data set: numbers in rows, and a label for each row.
pub(crate) trait Samples: Sync {
    fn len(&self) -> usize;

    /// Numbers in one row.
    fn features(&self) -> usize;

    /// Of the images that the rows are, `[height, width]`; None where they are rows of numbers and no more.
    fn image_shape(&self) -> Option<[usize; 2]> {
        None
    }

    /// How many classes there can be; None where that is not known.
    fn classes(&self) -> Option<usize> {
        None
    }

    fn label(&self, i: usize) -> usize;

    /// Writes `rows` into `batch`, `[rows.len(), features]`.
    fn fill(&self, rows: &[usize], batch: ArrayViewMut2<f32>);

    /// A checksum of all labels and a hundred rows, by which data sets are told apart.
    fn fingerprint(&self) -> u32 {
        let mut checksum = crc32fast::Hasher::new();
        (0..self.len()).for_each(|i| checksum.update(&self.label(i).to_le_bytes()));
        let rows: Vec<usize> = (0..self.len()).step_by(self.len() / 100 + 1).collect();
        let mut numbers = Array2::zeros((rows.len(), self.features()));
        self.fill(&rows, numbers.view_mut());
        numbers.iter().for_each(|number: &f32| checksum.update(&number.to_le_bytes()));
        checksum.finalize()
    }
}

impl Samples for Dataset {
    fn len(&self) -> usize {
        Dataset::len(self)
    }

    fn features(&self) -> usize {
        Dataset::features(self)
    }

    fn image_shape(&self) -> Option<[usize; 2]> {
        let (_, height, width) = self.shape();
        Some([height, width])
    }

    fn classes(&self) -> Option<usize> {
        Some(CLASS_NAMES.len())
    }

    fn label(&self, i: usize) -> usize {
        usize::from(self.images().labels[i])
    }

    fn fill(&self, rows: &[usize], batch: ArrayViewMut2<f32>) {
        Dataset::fill(self, rows, batch);
    }
}
