use std::path::Path;

use lab_support::Error;
use lab_support::data::{CLASS_NAMES, Dataset, Images, Source};
use ndarray::{ArcArray, Array3, s};

use crate::photo::Photo;
use crate::shrink::SIDE;

/// Photos with the classes that their owner says they are of.
#[derive(Clone, Debug)]
pub struct Photos {
    /// As they were given.
    pub all: Vec<Photo>,
    labels: Vec<u8>,
}

/// Reads photos, each with the name of its class, as in `photos(&[("shirt.jpg", "Shirt"), ("boot.png", "Ankle boot")])?`.
///
/// # Errors
/// When one of them can't be read (see [`Photo::open`]), a name is none of [`CLASS_NAMES`], or there are none.
pub fn photos<P: AsRef<Path>>(files: &[(P, &str)]) -> Result<Photos, Error> {
    let photos = files.iter().map(|(file, class)| Ok((Photo::open(file)?, *class)));
    Photos::of(photos.collect::<Result<_, Error>>()?)
}

impl Photos {
    pub(crate) fn of(photos: Vec<(Photo, &str)>) -> Result<Photos, Error> {
        let doing = "putting photos together";
        if photos.is_empty() {
            return Err(Error::new(doing, "at least one photo", "none", "name a file and its class"));
        }
        let label = |class: &str| {
            let found = CLASS_NAMES.iter().position(|name| name.eq_ignore_ascii_case(class.trim()));
            let expected = format!("one of {}", CLASS_NAMES.join(", "));
            let advice = "name the class that is nearest to what it is";
            found
                .map(|label| label as u8)
                .ok_or_else(|| Error::new(doing, expected, format!("\"{class}\""), advice))
        };
        let labels = photos.iter().map(|(_, class)| label(class)).collect::<Result<_, Error>>()?;
        Ok(Photos { all: photos.into_iter().map(|(photo, _)| photo).collect(), labels })
    }

    /// The images that were made of them, for a network that has learned from normalized ones.
    pub fn normalized(&self) -> Dataset {
        let mut pixels = Array3::zeros((self.all.len(), SIDE, SIDE));
        for (i, photo) in self.all.iter().enumerate() {
            pixels.slice_mut(s![i, .., ..]).assign(&photo.image);
        }
        let labels = ArcArray::from(self.labels.clone());
        let images = Images::new(pixels.into_shared(), labels, Source::Photos);
        images.expect("a label below 10 for each image").normalized()
    }
}
