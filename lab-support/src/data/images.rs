use ndarray::{ArcArray, ArcArray1, Ix3, s};

use crate::Error;
use crate::data::Dataset;

/// The ten classes of Fashion-MNIST: the label `i` means `CLASS_NAMES[i]`.
pub const CLASS_NAMES: [&str; 10] = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
];

/// Where images come from; figures and records say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The real Fashion-MNIST.
    FashionMnist,
    /// The practice set, drawn by this lab.
    Practice,
}

impl Source {
    /// The sentence that must stand beside every result made from the practice set.
    pub fn notice(self) -> Option<&'static str> {
        match self {
            Source::FashionMnist => None,
            Source::Practice => Some("practice set, drawn by this lab; not Fashion-MNIST"),
        }
    }
}

/// Labelled grey images as they lie on disk: pixels `[n, 28, 28]`, bytes 0 (black) to 255 (white),
/// labels `[n]`, 0 to 9.
///
/// Cloning and slicing share the pixels.
#[derive(Clone, Debug)]
pub struct Images {
    /// `[n, height, width]`, 0-255.
    pub pixels: ArcArray<u8, Ix3>,
    /// `[n]`, each an index into [`CLASS_NAMES`].
    pub labels: ArcArray1<u8>,
    pub source: Source,
}

impl Images {
    /// # Errors
    /// When the counts differ or a label is above 9.
    pub fn new(pixels: ArcArray<u8, Ix3>, labels: ArcArray1<u8>, source: Source) -> Result<Images, Error> {
        let doing = "putting images and labels together";
        if pixels.shape()[0] != labels.len() {
            return Err(Error::new(
                doing,
                format!("one label for each of the {} images", pixels.shape()[0]),
                format!("{} labels", labels.len()),
                "check that both files belong to the same set",
            ));
        }
        if let Some((i, label)) = labels.iter().enumerate().find(|(_, l)| **l as usize >= CLASS_NAMES.len()) {
            return Err(Error::new(
                doing,
                "labels from 0 to 9",
                format!("label {label} at index {i}"),
                "the labels file is damaged: fetch it again with `cargo lab data`",
            ));
        }
        Ok(Images { pixels, labels, source })
    }

    pub fn len(&self) -> usize {
        self.labels.len()
    }

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
    pub fn class_name(&self, i: usize) -> &'static str {
        CLASS_NAMES[self.labels[i] as usize]
    }

    /// Every pixel divided by 255: values from 0 to 1.
    pub fn normalized(&self) -> Dataset {
        Dataset::new(self.clone(), 255.0)
    }

    /// Pixels as they are, 0 to 255: to see what normalizing is good for.
    pub fn unnormalized(&self) -> Dataset {
        Dataset::new(self.clone(), 1.0)
    }

    /// The images `start..end`, sharing their pixels.
    pub(crate) fn range(&self, start: usize, end: usize) -> Images {
        Images {
            pixels: self.pixels.clone().slice_move(s![start..end, .., ..]),
            labels: self.labels.clone().slice_move(s![start..end]),
            source: self.source,
        }
    }
}
