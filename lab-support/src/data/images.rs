use std::fmt;

pub use lab_base::CLASS_NAMES;
use lab_base::Source;
use lab_base::{Error, expect_below};
use ndarray::{ArcArray, ArcArray1, Axis, Ix3, s};

use crate::data::digest::Digest;
use crate::data::image_ids::{ImageIds, Split};
use crate::data::origin::{Contents, Origin};

/// Labelled grey images as they lie on disk: pixels `[n, 28, 28]`, bytes 0 (black) to 255 (white),
/// labels `[n]`, 0 to 9 (of another data set as many as it has classes).
///
/// Cloning and slicing share the pixels.
///
/// ```
/// # use lab_support::data::Source;
/// # use lab_support::prelude::*;
/// use ndarray::{ArcArray, ArcArray1};
///
/// let pixels = ArcArray::from_shape_fn((2, 28, 28), |(i, row, _)| if i == 0 { 9 * row as u8 } else { 255 });
/// let images = Images::new(pixels, ArcArray1::from_vec(vec![0, 9]), Source::Other)?;
/// assert_eq!((images.shape(), images.class_name(1)), ((2, 28, 28), "Ankle boot"));
/// assert_eq!((images.pixel_range(), images.counts()[9]), ((0, 255), 1));
/// # Ok::<(), lab_support::Error>(())
/// ```
#[derive(Clone)]
pub struct Images {
    /// `[n, height, width]`, 0-255.
    pub pixels: ArcArray<u8, Ix3>,
    /// `[n]`, each an index into the names of the classes, for Fashion-MNIST [`CLASS_NAMES`].
    pub labels: ArcArray1<u8>,
    /// Where the images come from.
    pub source: Source,
    /// None where they were made by hand.
    origin: Option<Origin>,
}

impl Images {
    /// # Errors
    /// When the counts differ or a label has no class.
    pub fn new(pixels: ArcArray<u8, Ix3>, labels: ArcArray1<u8>, source: Source) -> Result<Images, Error> {
        let doing = "putting images and labels together";
        if pixels.shape()[0] != labels.len() {
            return Err(Error::doing(doing)
                .expected(format!("one label for each of the {} images", pixels.shape()[0]))
                .found(format!("{} labels", labels.len()))
                .advice("check that both files belong to the same set"));
        }
        let classes = source.class_names().len();
        if let Some((i, label)) = labels.iter().enumerate().find(|(_, label)| usize::from(**label) >= classes)
        {
            return Err(Error::doing(doing)
                .expected(format!("labels from 0 to {}", classes - 1))
                .found(format!("label {label} at index {i}"))
                .advice(match source {
                    Source::Own(_) => "give every class a name",
                    _ => "the labels file is damaged: fetch it again with `cargo lab data`",
                }));
        }
        Ok(Images { pixels, labels, source, origin: None })
    }

    /// The two parts of a data set, whose images are known again wherever they turn up.
    pub(crate) fn originals(train: Images, test: Images) -> (Images, Images) {
        let splits = [&train, &test].map(|images| (images.pixels.clone(), images.labels.clone()));
        let [first, second] = Origin::of(train.source, splits);
        (Images { origin: Some(first), ..train }, Images { origin: Some(second), ..test })
    }

    /// Which images they are, whatever their labels.
    pub(crate) fn ids(&self) -> ImageIds {
        Origin::ids(self.origin.as_ref(), &self.pixels)
    }

    /// What they are as a set, labels included.
    pub(crate) fn contents(&self) -> Contents {
        let contents = self.origin.as_ref().and_then(|origin| origin.contents(&self.pixels, &self.labels));
        contents.unwrap_or(Contents { source: self.source, split: Split::Unknown, whole: false })
    }

    /// All pixels and labels, in their order.
    pub(crate) fn digest(&self) -> Digest {
        let labels = Digest::new().with(&self.labels.to_vec());
        let images = Origin::digests(self.origin.as_ref(), &self.pixels);
        images.iter().fold(labels, |all, image| all.with(&image.to_le_bytes()))
    }

    /// Which part of the data set they are, by what they show and how they are labelled.
    pub fn split(&self) -> Split {
        self.contents().split
    }

    /// How many images there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `(n, height, width)`, as Keras's `train_images.shape`.
    pub fn shape(&self) -> (usize, usize, usize) {
        self.pixels.dim()
    }

    /// The class name of image `i`.
    ///
    /// # Panics
    /// When `i` is not below [`len`](Self::len).
    #[track_caller]
    pub fn class_name(&self, i: usize) -> &'static str {
        expect_below("naming the class of an image", i, self.len());
        self.source.class_names()[usize::from(self.labels[i])]
    }

    /// Images of each class, in label order: 6,000 of each in the training set.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.source.class_names().len()];
        for &label in &self.labels {
            counts[usize::from(label)] += 1;
        }
        counts
    }

    /// The darkest and the brightest pixel, `(0, 255)`; `(255, 0)` where there are no images.
    pub fn pixel_range(&self) -> (u8, u8) {
        self.pixels.fold((u8::MAX, u8::MIN), |(low, high), &p| (low.min(p), high.max(p)))
    }

    /// A copy of the images at `rows`.
    pub(crate) fn select(&self, rows: &[usize]) -> Images {
        let pixels = self.pixels.select(Axis(0), rows).into_shared();
        let labels = self.labels.select(Axis(0), rows).into_shared();
        let origin = self.origin.as_ref().map(|origin| origin.select(rows));
        Images { pixels, labels, source: self.source, origin }
    }

    /// The images `start..end`, sharing their pixels.
    pub(crate) fn range(&self, start: usize, end: usize) -> Images {
        Images {
            pixels: self.pixels.clone().slice_move(s![start..end, .., ..]),
            labels: self.labels.clone().slice_move(s![start..end]),
            source: self.source,
            origin: self.origin.as_ref().map(|origin| origin.range(start, end)),
        }
    }
}

crate::notebook::shows_as_text!(Images);

impl fmt::Display for Images {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let ((n, height, width), (low, high)) = (self.shape(), self.pixel_range());
        let last = self.source.class_names().len() - 1;
        write!(f, "{n} images of {height} x {width} pixels, bytes from {low} to {high}, labels 0-{last}")?;
        write_notice(f, self.source)
    }
}

/// The words that must stand beside everything that is not made from Fashion-MNIST.
pub(crate) fn write_notice(f: &mut fmt::Formatter, source: Source) -> fmt::Result {
    match source.notice() {
        Some(notice) => write!(f, "\n({notice})"),
        None => Ok(()),
    }
}

#[cfg(test)]
impl Images {
    pub(crate) fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }

    /// As many images of as many rows and columns as `shape` says: `pixel` is called with image, row and column.
    pub(crate) fn made(
        source: Source,
        shape: (usize, usize, usize),
        pixel: impl Fn((usize, usize, usize)) -> u8,
        label: impl Fn(usize) -> u8,
    ) -> Images {
        let labels = ArcArray1::from_shape_fn(shape.0, label);
        Images::new(ArcArray::from_shape_fn(shape, pixel), labels, source).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(labels: &[u8]) -> Result<Images, Error> {
        let pixels = ArcArray::from_shape_fn((3, 28, 28), |(i, _, column)| (10 * i + column) as u8);
        Images::new(pixels, ArcArray1::from_vec(labels.to_vec()), Source::Practice)
    }

    #[test]
    fn labels_must_fit() {
        assert!(images(&[1, 2]).unwrap_err().to_string().contains("found 2 labels"));
        assert!(images(&[1, 10, 2]).unwrap_err().to_string().contains("label 10 at index 1"));
    }

    #[test]
    fn counts_and_range() {
        let images = images(&[9, 0, 9]).unwrap();
        assert_eq!(images.counts(), [1, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
        assert_eq!(images.pixel_range(), (0, 47));
        assert_eq!(images.class_name(2), "Ankle boot");
        assert_eq!(
            images.to_string(),
            "3 images of 28 x 28 pixels, bytes from 0 to 47, labels 0-9\n\
             (practice set, drawn by this lab; not Fashion-MNIST)"
        );
        assert_eq!(
            format!("{:#?}", Some(&images)),
            format!("Some(\n    {},\n)", images.to_string().replace('\n', "\n    "))
        );
    }

    #[test]
    fn a_range_shares_its_pixels() {
        let images = images(&[9, 0, 4]).unwrap();
        let last = images.range(1, 3);
        assert_eq!(last.labels.to_vec(), [0, 4]);
        assert!(std::ptr::eq(&last.pixels[[0, 0, 0]], &images.pixels[[1, 0, 0]]));
    }
}
