use ndarray::{Array2, ArrayViewMut2, Axis};

use crate::Error;
use crate::data::Images;

/// Images as a network sees them: pixels divided by a number, in `f32`.
///
/// The pixels stay bytes in memory, shared with the [`Images`] they came from; each batch is converted
/// as it is drawn. A training set so takes 47 MB and not 188.
#[derive(Clone, Debug)]
pub struct Dataset {
    images: Images,
    divisor: f32,
}

impl Dataset {
    pub(crate) fn new(images: Images, divisor: f32) -> Dataset {
        Dataset { images, divisor }
    }

    /// What each byte is divided by: 255 after normalizing.
    pub(crate) fn divisor(&self) -> f32 {
        self.divisor
    }

    /// The images behind it, as bytes.
    pub fn images(&self) -> &Images {
        &self.images
    }

    pub fn len(&self) -> usize {
        self.images.len()
    }

    pub fn is_empty(&self) -> bool {
        self.images.is_empty()
    }

    /// `(n, height, width)`.
    pub fn shape(&self) -> (usize, usize, usize) {
        self.images.shape()
    }

    /// Numbers in one image: 784.
    pub fn features(&self) -> usize {
        let (_, height, width) = self.shape();
        height * width
    }

    /// The smallest and the largest value: (0, 1) after normalizing.
    pub fn range(&self) -> (f32, f32) {
        let pixels = self.images.pixels.iter();
        let (low, high) = pixels.fold((u8::MAX, u8::MIN), |(low, high), p| (low.min(*p), high.max(*p)));
        (f32::from(low) / self.divisor, f32::from(high) / self.divisor)
    }

    /// Image `i` as `[28, 28]`.
    ///
    /// # Panics
    /// When `i` is not below [`len`](Self::len).
    pub fn image(&self, i: usize) -> Array2<f32> {
        self.images.pixels.index_axis(Axis(0), i).mapv(|p| f32::from(p) / self.divisor)
    }

    /// The first `at` images and the rest, as in 55,000 for training and 5,000 for validation.
    ///
    /// # Errors
    /// When a part would be empty.
    pub fn split(&self, at: usize) -> Result<(Dataset, Dataset), Error> {
        if at == 0 || at >= self.len() {
            return Err(Error::new(
                "splitting a data set",
                format!("a place between 1 and {}", self.len().saturating_sub(1)),
                at,
                "leave at least one image on either side",
            ));
        }
        let part = |start, end| Dataset::new(self.images.range(start, end), self.divisor);
        Ok((part(0, at), part(at, self.len())))
    }

    /// The first `n` images (all of them where there are fewer).
    pub fn take(&self, n: usize) -> Dataset {
        Dataset::new(self.images.range(0, n.min(self.len())), self.divisor)
    }

    /// Writes the images at `rows` into `batch`, `[rows.len(), 784]`.
    ///
    /// # Panics
    /// When the shapes don't fit or a row is not below [`len`](Self::len).
    pub fn fill(&self, rows: &[usize], mut batch: ArrayViewMut2<f32>) {
        assert_eq!(batch.dim(), (rows.len(), self.features()), "shape of a batch");
        for (&row, mut out) in rows.iter().zip(batch.rows_mut()) {
            let pixels = self.images.pixels.index_axis(Axis(0), row);
            for (value, &pixel) in out.iter_mut().zip(pixels) {
                *value = f32::from(pixel) / self.divisor;
            }
        }
    }
}
