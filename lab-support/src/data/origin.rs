//! Where images come from, by what they show: a copy of a test image is a test image wherever it lies.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use lab_base::Source;
use ndarray::{ArcArray, ArcArray1, Axis, Ix3, s};
use serde::{Deserialize, Serialize};

use crate::data::digest::Digest;
use crate::data::image_ids::{ImageId, ImageIds, Split, elsewhere, place};

/// The data set that images were loaded with, and which image of it each of them is, unless somebody has changed it.
#[derive(Clone, Debug)]
pub(crate) struct Origin {
    originals: Arc<Originals>,
    places: ArcArray1<u32>,
}

/// A data set as it was loaded, training images first; digested when that is first asked for.
struct Originals {
    source: Source,
    splits: [(ArcArray<u8, Ix3>, ArcArray1<u8>); 2],
    table: OnceLock<Table>,
}

struct Table {
    /// Of the pixels, image by image.
    digests: Vec<u64>,
    /// The first image with these pixels.
    by_digest: HashMap<u64, u32>,
}

/// What a set of images is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Contents {
    pub source: Source,
    /// The part of the data set that all of its images are from, with their own labels; `Unknown` where they are not.
    pub split: Split,
    /// Whether each image of that part is there once, and no other.
    pub whole: bool,
}

impl Origin {
    /// Of the training images and of the test images of a data set.
    pub fn of(source: Source, splits: [(ArcArray<u8, Ix3>, ArcArray1<u8>); 2]) -> [Origin; 2] {
        let [train, test] = [0, 1].map(|split: usize| splits[split].1.len() as u32);
        let originals = Arc::new(Originals { source, splits, table: OnceLock::new() });
        let of = |places| Origin { originals: originals.clone(), places: ArcArray1::from_iter(places) };
        [of(0..train), of(train..train + test)]
    }

    pub fn select(&self, rows: &[usize]) -> Origin {
        let places = self.places.select(Axis(0), rows).into_shared();
        Origin { originals: self.originals.clone(), places }
    }

    pub fn range(&self, start: usize, end: usize) -> Origin {
        let places = self.places.clone().slice_move(s![start..end]);
        Origin { originals: self.originals.clone(), places }
    }

    /// Which images these pixels are.
    pub fn ids(origin: Option<&Origin>, pixels: &ArcArray<u8, Ix3>) -> ImageIds {
        let id = |(i, digest)| {
            let place = origin.and_then(|origin| Some(origin.originals.id(origin.find(i, digest)?)));
            place.unwrap_or_else(|| elsewhere(digest))
        };
        ImageIds::new(Origin::digests(origin, pixels).iter().copied().enumerate().map(id))
    }

    /// Of each image's pixels. Those that lie where the data set lies need not be read again: the data set shares them, so
    /// that whoever changes them gets a copy.
    pub fn digests<'a>(origin: Option<&'a Origin>, pixels: &ArcArray<u8, Ix3>) -> Cow<'a, [u64]> {
        let known = origin.and_then(|origin| origin.originals.digests(pixels));
        known.map_or_else(|| digests(pixels).collect::<Vec<_>>().into(), Cow::from)
    }

    /// What a set with these pixels and labels is; None where that is not one part of the data set.
    pub fn contents(&self, pixels: &ArcArray<u8, Ix3>, labels: &ArcArray1<u8>) -> Option<Contents> {
        let digests = Origin::digests(Some(self), pixels);
        let found = digests.iter().enumerate().map(|(i, digest)| self.find(i, *digest));
        let found: Vec<u32> = found.collect::<Option<_>>()?;
        let (split, _) = self.originals.place(*found.first()?);
        let originals = &self.originals.splits[usize::from(split == Split::Test)].1;
        let is_original = |(at, label): (&u32, &u8)| {
            let (of, index) = self.originals.place(*at);
            of == split && originals[index] == *label
        };
        if found.len() != labels.len() || !found.iter().zip(labels).all(is_original) {
            return None;
        }
        let distinct = ImageIds::new(found.iter().map(|at| ImageId::from(*at))).len();
        let whole = distinct == originals.len() && found.len() == originals.len();
        Some(Contents { source: self.originals.source, split, whole })
    }

    /// The original with these pixels: the one that image `i` is said to be, where that is so, as some are there twice.
    fn find(&self, i: usize, digest: u64) -> Option<u32> {
        let table = self.originals.table();
        let said = self.places.get(i).copied().filter(|at| table.digests[*at as usize] == digest);
        said.or_else(|| table.by_digest.get(&digest).copied())
    }
}

impl Originals {
    fn table(&self) -> &Table {
        self.table.get_or_init(|| {
            let digests: Vec<u64> = self.splits.iter().flat_map(|(pixels, _)| digests(pixels)).collect();
            let mut by_digest = HashMap::with_capacity(digests.len());
            for (at, digest) in digests.iter().enumerate() {
                by_digest.entry(*digest).or_insert(at as u32);
            }
            Table { digests, by_digest }
        })
    }

    /// Of pixels that are a range of those of one part; None where they lie elsewhere.
    fn digests(&self, pixels: &ArcArray<u8, Ix3>) -> Option<&[u64]> {
        let mut first = 0;
        for (part, _) in &self.splits {
            if let Some(start) = start_within(part, pixels) {
                return self.table().digests.get(first + start..)?.get(..pixels.len_of(Axis(0)));
            }
            first += part.len_of(Axis(0));
        }
        None
    }

    fn place(&self, at: u32) -> (Split, usize) {
        let (at, train) = (at as usize, self.splits[0].1.len());
        if at < train { (Split::Train, at) } else { (Split::Test, at - train) }
    }

    fn id(&self, at: u32) -> ImageId {
        let (split, index) = self.place(at);
        place(self.source.number(), split, index)
    }
}

impl fmt::Debug for Originals {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "Originals({})", self.source.name())
    }
}

/// At which image of `all` these begin, where they are images of it that follow one another, in the same memory.
fn start_within(all: &ArcArray<u8, Ix3>, images: &ArcArray<u8, Ix3>) -> Option<usize> {
    let [(n, height, width), (of, ..)] = [images.dim(), all.dim()];
    let are_alike = all.shape()[1..] == images.shape()[1..] && n > 0 && height * width > 0;
    if !(are_alike && all.is_standard_layout() && images.is_standard_layout()) {
        return None;
    }
    let bytes = images.as_ptr().addr().checked_sub(all.as_ptr().addr())?;
    let start = bytes / (height * width);
    (bytes % (height * width) == 0 && start + n <= of).then_some(start)
}

/// Of each image's pixels.
fn digests(pixels: &ArcArray<u8, Ix3>) -> impl Iterator<Item = u64> {
    pixels.axis_iter(Axis(0)).map(|image| {
        let image = image.as_standard_layout();
        Digest::new().with(image.as_slice().expect("standard layout")).bits()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Images;

    /// Twenty training images and ten test images, each of one grey, and one training image twice.
    fn data() -> (Images, Images) {
        let images = |from: u8, n: usize| {
            let pixel = |(i, ..): (usize, usize, usize)| from + (i as u8).min(18);
            Images::made(Source::Practice, (n, 2, 2), pixel, |i| (i % 10) as u8)
        };
        Images::originals(images(0, 20), images(100, 10))
    }

    #[test]
    fn sets_are_what_their_images_are() {
        let (train, test) = data();
        let of = |images: &Images| (images.contents().split, images.contents().whole);
        assert_eq!((of(&train), of(&test)), ((Split::Train, true), (Split::Test, true)));
        assert_eq!(of(&train.range(3, 20)), (Split::Train, false));
        assert_eq!(of(&test.select(&[9, 8, 7, 6, 5, 4, 3, 2, 1, 0])), (Split::Test, true), "in any order");
        assert_eq!(of(&test.select(&[0; 10])), (Split::Test, false), "one image ten times");
        assert_eq!(train.ids().len(), 20, "an image that is there twice counts twice");
        assert_eq!(train.range(0, 19).ids().common(&train.range(19, 20).ids()), 0);
    }

    #[test]
    fn what_lies_where_the_data_set_lies_is_not_read_again() {
        let (train, test) = data();
        let known =
            |images: &Images| train.origin().unwrap().originals.digests(&images.pixels).map(<[u64]>::to_vec);
        let read = |images: &Images| digests(&images.pixels).collect::<Vec<_>>();
        for part in [&train, &test, &train.range(3, 7), &test.range(9, 10).clone()] {
            assert_eq!(known(part), Some(read(part)));
        }
        let mut painted = train.range(2, 5);
        painted.pixels[[1, 0, 0]] = 77;
        assert_eq!(painted.ids().splits(), [Split::Train, Split::Unknown]);
        let mut upside_down = train.clone();
        upside_down.pixels.invert_axis(Axis(1));
        for other in [&painted, &upside_down, &train.select(&[4, 5]), &train.range(2, 2)] {
            assert_eq!(known(other), None);
        }
        assert_eq!(known(&train), Some(read(&train)), "the copy was painted");
    }

    #[test]
    fn whatever_is_done_to_a_set_is_seen() {
        let (train, test) = data();
        let mut copied = train.clone();
        copied.pixels.index_axis_mut(Axis(0), 4).assign(&test.pixels.index_axis(Axis(0), 7));
        assert_eq!((copied.contents().split, copied.ids().common(&test.ids())), (Split::Unknown, 1));
        assert_eq!(copied.ids().splits(), [Split::Train, Split::Test]);

        let mut relabelled = test.clone();
        relabelled.labels[3] = 9;
        assert_eq!((relabelled.contents().split, relabelled.ids()), (Split::Unknown, test.ids()));

        let mut painted = train.clone();
        painted.pixels[[0, 0, 0]] = 77;
        assert_eq!(painted.ids().splits(), [Split::Train, Split::Unknown]);

        let mut both = train.clone();
        let pixels = [train.pixels.view(), test.pixels.view()];
        both.pixels = ndarray::concatenate(Axis(0), &pixels).unwrap().into_shared();
        both.labels = [train.labels.to_vec(), test.labels.to_vec()].concat().into();
        assert_eq!((both.contents().split, both.ids().common(&test.ids())), (Split::Unknown, 10));

        let (pixels, labels) = (test.pixels.clone(), test.labels.clone());
        let by_hand = Images::new(pixels, labels, Source::Practice).unwrap();
        assert_eq!((by_hand.split(), by_hand.ids().splits()), (Split::Unknown, vec![Split::Unknown]));
        assert_ne!(train.digest(), copied.digest());
        assert_ne!(relabelled.digest(), test.digest());
        assert_eq!(train.digest(), train.clone().digest());
    }
}
