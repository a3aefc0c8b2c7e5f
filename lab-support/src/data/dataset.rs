use std::fmt;

use lab_base::{Error, expect_below};
use ndarray::{Array2, Axis, Ix1};

use crate::data::digest::Digest;
use crate::data::images::Images;
use crate::data::images::write_notice;
use crate::data::scale::Scale;

/// Images as a network sees them: pixels divided by a number, or standardized, in `f32`.
///
/// The pixels stay bytes in memory, shared with the [`Images`] they came from; each batch is converted
/// as it is drawn. A training set so takes 47 MB and not 188.
///
/// ```
/// # use lab_support::data::Source;
/// # use lab_support::prelude::*;
/// # use ndarray::{ArcArray, ArcArray1};
/// # let pixels = ArcArray::from_shape_fn((10, 28, 28), |(i, ..)| 25 * i as u8);
/// # let images = Images::new(pixels, ArcArray1::from_iter(0..10), Source::Other)?;
/// let data = images.normalized();
/// assert_eq!((data.len(), data.features(), data.range()), (10, 784, (0.0, 225.0 / 255.0)));
/// let (learn, validation) = data.split(8)?;
/// assert_eq!((learn.len(), validation.labels()), (8, vec![8, 9]));
/// # Ok::<(), lab_support::Error>(())
/// ```
#[derive(Clone)]
pub struct Dataset {
    images: Images,
    scale: Scale,
}

impl Dataset {
    pub(crate) fn new(images: Images, scale: Scale) -> Dataset {
        Dataset { images, scale }
    }

    /// How its bytes become numbers.
    pub(crate) fn scale(&self) -> Scale {
        self.scale
    }

    /// The images behind it, as bytes.
    pub fn images(&self) -> &Images {
        &self.images
    }

    /// All its numbers and labels, in their order.
    pub(crate) fn digest(&self) -> Digest {
        let Scale { divisor, mean, deviation } = self.scale;
        let digest = self.images.digest().with_numbers(&[divisor]);
        if self.scale.is_standardized() { digest.with_numbers(&[mean, deviation]) } else { digest }
    }

    /// How many images it has.
    pub fn len(&self) -> usize {
        self.images.len()
    }

    /// Whether it has no images.
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
        let (low, high) = self.images.pixel_range();
        (self.scale.of(f32::from(low)), self.scale.of(f32::from(high)))
    }

    /// Image `i` as `[28, 28]`.
    ///
    /// # Panics
    /// When `i` is not below [`len`](Self::len).
    #[track_caller]
    pub fn image(&self, i: usize) -> Array2<f32> {
        expect_below("taking an image", i, self.len());
        self.images.pixels.index_axis(Axis(0), i).mapv(|p| self.scale.of(f32::from(p)))
    }

    /// The first `at` images and the rest, as in 55,000 for training and 5,000 for validation.
    ///
    /// # Errors
    /// When a part would be empty.
    pub fn split(&self, at: usize) -> Result<(Dataset, Dataset), Error> {
        if at == 0 || at >= self.len() {
            return Err(Error::doing("splitting a data set")
                .expected("at least one image on either side")
                .found(format!("a cut after image {at} of {}", self.len()))
                .advice("cut at a place above 0 and below the number of images"));
        }
        let part = |start, end| Dataset::new(self.images.range(start, end), self.scale);
        Ok((part(0, at), part(at, self.len())))
    }

    /// All but the last `fraction` of the images, and these: with 0.1, 54,000 for training and 6,000
    /// for validation. Keras's `validation_split` takes the last ones too.
    ///
    /// # Errors
    /// When `fraction` is not between 0 and 1, or a part would be empty.
    pub fn split_fraction(&self, fraction: f64) -> Result<(Dataset, Dataset), Error> {
        if !(fraction > 0.0 && fraction < 1.0) {
            return Err(Error::doing("splitting a data set")
                .expected("a fraction between 0 and 1")
                .found(fraction)
                .advice("try 0.1: the last tenth for validation"));
        }
        let last = (self.len() as f64 * fraction).round() as usize;
        self.split(self.len() - last)
    }

    /// The first `n` images (all of them where there are fewer).
    pub fn take(&self, n: usize) -> Dataset {
        Dataset::new(self.images.range(0, n.min(self.len())), self.scale)
    }

    /// Writes the images at `rows` into `batch`, `[rows.len(), 784]`, one after the other.
    ///
    /// # Panics
    /// When `batch` has not as many numbers, or a row is not below [`len`](Self::len).
    pub fn fill(&self, rows: &[usize], batch: &mut [f32]) {
        self.convert(rows, batch, |bytes, numbers| self.scale.each(bytes, numbers));
    }

    /// Calls `convert` with the bytes of each of the images at `rows`, and with where their numbers go in `batch`.
    pub(crate) fn convert(&self, rows: &[usize], batch: &mut [f32], convert: impl Fn(&[u8], &mut [f32])) {
        assert_eq!(batch.len(), rows.len() * self.features(), "numbers in a batch");
        // Images that are drawn at random lie all over the memory. So their bytes are fetched before they are needed, many
        // lines of the cache at once, and not one after the other.
        let mut seen = 0;
        for &row in rows {
            if let Some(image) = self.images.pixels.index_axis(Axis(0), row).to_slice() {
                image.chunks(LINE).for_each(|line| seen ^= line[0]);
            }
        }
        std::hint::black_box(seen);
        for (&row, numbers) in rows.iter().zip(batch.chunks_exact_mut(self.features().max(1))) {
            let image = self.images.pixels.index_axis(Axis(0), row);
            let image = image.as_standard_layout();
            convert(image.as_slice().expect("standard layout"), numbers);
        }
    }

    /// The data set as linfa's algorithms take it: records `[n, 784]`, targets `[n]`, the labels.
    ///
    /// The numbers are converted at once: 188 MB for the training set.
    pub fn to_linfa(&self) -> linfa::Dataset<f32, usize, Ix1> {
        linfa::Dataset::new(self.rows(), self.images.labels.mapv(usize::from))
    }

    /// All its numbers, one image a row: `[n, 784]`.
    ///
    /// They are converted at once: 188 MB for the training set.
    pub fn rows(&self) -> Array2<f32> {
        let rows: Vec<usize> = (0..self.len()).collect();
        let mut numbers = vec![0.0; self.len() * self.features()];
        self.fill(&rows, &mut numbers);
        let shape = (self.len(), self.features());
        Array2::from_shape_vec(shape, numbers).expect("as many numbers as the shape says")
    }

    /// The labels, for Fashion-MNIST 0 to 9, one for each image.
    pub fn labels(&self) -> Vec<usize> {
        self.images.labels.iter().copied().map(usize::from).collect()
    }
}

/// Bytes in a line of the cache.
const LINE: usize = 64;

impl Images {
    /// Every pixel divided by 255: values from 0 to 1.
    pub fn normalized(&self) -> Dataset {
        Dataset::new(self.clone(), Scale::by(255.0))
    }

    /// Pixels as they are, 0 to 255: to see what normalizing is good for.
    pub fn unnormalized(&self) -> Dataset {
        Dataset::new(self.clone(), Scale::by(1.0))
    }
}

crate::notebook::shows_as_text!(Dataset);

impl fmt::Display for Dataset {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let ((n, height, width), (low, high)) = (self.shape(), self.range());
        let last = self.images.source.class_names().len() - 1;
        write!(f, "{n} images of {height} x {width} numbers from {low} to {high}, labels 0-{last}")?;
        write_notice(f, self.images.source)
    }
}

#[cfg(test)]
mod tests {
    use linfa::dataset::{Labels, Records};
    use ndarray::array;

    use super::*;
    use lab_base::Source;

    /// Five images of 1 x 2 pixels.
    fn data() -> Dataset {
        let pixels = [0, 255, 10, 20, 30, 40, 51, 102, 1, 2];
        let pixel = |(i, _, column): (usize, usize, usize)| pixels[2 * i + column];
        Images::made(Source::FashionMnist, (5, 1, 2), pixel, |i| [9, 0, 1, 2, 3][i]).normalized()
    }

    #[test]
    fn fill_divides_the_chosen_rows() {
        let mut batch = [0.0; 6];
        data().fill(&[3, 0, 3], &mut batch);
        assert_eq!(batch, [0.2, 0.4, 0.0, 1.0, 0.2, 0.4]);
    }

    #[test]
    fn fill_reads_a_part_as_it_reads_the_whole() {
        let (_, last) = data().split(3).unwrap();
        let mut batch = [0.0; 2];
        last.fill(&[0], &mut batch);
        assert_eq!(batch, [0.2, 0.4]);
    }

    #[test]
    fn splits_leave_nothing_out() {
        let (first, last) = data().split_fraction(0.4).unwrap();
        assert_eq!((first.len(), last.len()), (3, 2));
        assert_eq!(last.images().labels.to_vec(), [2, 3]);
        for bad in [0.0, 1.0, -0.1, f64::NAN, 0.01] {
            data().split_fraction(bad).unwrap_err();
        }
        for bad in [0, 5, 6] {
            data().split(bad).unwrap_err();
        }
    }

    #[test]
    fn linfa_takes_it_in_one_call() {
        let linfa = data().to_linfa();
        assert_eq!((linfa.nsamples(), linfa.nfeatures()), (5, 2));
        assert_eq!(linfa.records().row(0), array![0.0, 1.0]);
        assert_eq!(linfa.label_count()[0][&9], 1);
    }

    #[test]
    fn it_says_what_it_is() {
        assert_eq!(data().to_string(), "5 images of 1 x 2 numbers from 0 to 1, labels 0-9");
    }
}
