use crate::data::{Dataset, Scale};
use crate::nn::kernels::simd::{Simd, SimdKernel, vectorized};

/// Images that go through a network at once, when nothing is learned: as many as a core's own cache holds.
pub(crate) const BLOCK: usize = 64;

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

    /// What the background of an image is.
    fn black(&self) -> f32 {
        0.0
    }

    fn label(&self, i: usize) -> usize;

    /// Writes `rows` into `batch`, `[rows.len(), features]`, one after the other.
    fn fill(&self, rows: &[usize], batch: &mut [f32]);
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
        Some(self.images().source.class_names().len())
    }

    fn black(&self) -> f32 {
        self.scale().of(0.0)
    }

    fn label(&self, i: usize) -> usize {
        usize::from(self.images().labels[i])
    }

    fn fill(&self, rows: &[usize], batch: &mut [f32]) {
        let scale = self.scale();
        self.convert(rows, batch, |bytes, numbers| vectorized(Numbers { scale, bytes, numbers }));
    }
}

/// Bytes as numbers.
struct Numbers<'a> {
    scale: Scale,
    bytes: &'a [u8],
    numbers: &'a mut [f32],
}

impl SimdKernel for Numbers<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Numbers { scale, bytes, numbers } = self;
        scale.each(bytes, numbers);
    }
}
