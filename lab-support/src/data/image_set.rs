use std::path::Path;
use std::{fmt, fs};

use lab_base::{Error, Source, files, home};
use ndarray::{Array1, Array3, ArrayView1, ArrayView3};

use crate::data::idx;
use crate::data::images::Images;

/// A data set of labelled grey images in two parts: to learn from, and to be tested on. [`FashionMnist`](super::FashionMnist),
/// the files of another set in the same format ([`idx`](ImageSet::idx)), or arrays ([`new`](ImageSet::new)).
#[derive(Clone)]
pub struct ImageSet {
    /// To learn from: of Fashion-MNIST 60,000 images.
    pub train: Images,
    /// To be tested on: of Fashion-MNIST 10,000 images.
    pub test: Images,
    from: String,
}

impl ImageSet {
    /// Both parts of a data set that is known by now, whose images are known again wherever they turn up.
    pub(crate) fn of(train: Images, test: Images, from: &str) -> ImageSet {
        let (train, test) = Images::originals(train, test);
        ImageSet { train, test, from: from.to_string() }
    }

    /// A data set of arrays: pixels `[n, height, width]`, 0 (black) to 255 (white), and `[n]` labels, of which `i` means
    /// `class_names[i]`, for each of its parts. Records, saved networks and answers of a set called `name` are kept apart
    /// from those of all others.
    ///
    /// ```
    /// use lab_support::data::ImageSet;
    /// use ndarray::{Array3, array};
    ///
    /// let bright_or_dark = |pixels: &[u8]| Array3::from_shape_fn((2, 28, 28), |(i, ..)| pixels[i]);
    /// let train = (bright_or_dark(&[10, 200]), array![0, 1]);
    /// let test = (bright_or_dark(&[20, 240]), array![0, 1]);
    /// let data = ImageSet::new("lamps", train, test, ["off", "on"])?;
    /// assert_eq!(data.test.class_name(1), "on");
    /// # Ok::<(), lab_support::Error>(())
    /// ```
    ///
    /// # Errors
    /// When there are fewer than 2 classes or more than 256, a part has no images or not one label for each, a label has no
    /// name, or the images of the two parts differ in size.
    pub fn new(
        name: &str,
        train: (Array3<u8>, Array1<u8>),
        test: (Array3<u8>, Array1<u8>),
        class_names: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<ImageSet, Error> {
        let parts = [&train, &test].map(|(pixels, labels)| (pixels.view(), labels.view()));
        let source = own_source(name, parts, class_names.into_iter().map(Into::into).collect())?;
        let images =
            |(pixels, labels): (Array3<u8>, Array1<u8>)| Images::new(pixels.into(), labels.into(), source);
        ImageSet::checked(images(train)?, images(test)?, "")
    }

    /// As [`of`](Self::of), where nothing has been looked at yet.
    pub(crate) fn checked(train: Images, test: Images, from: &str) -> Result<ImageSet, Error> {
        let ((n, ..), (m, ..)) = (train.shape(), test.shape());
        let sizes = [&train, &test].map(|images| (images.shape().1, images.shape().2));
        let is_image = sizes[0].0 > 0 && sizes[0].1 > 0;
        if n == 0 || m == 0 || sizes[0] != sizes[1] || !is_image {
            return Err(Error::doing(format!("putting the data set {} together", train.source.title()))
                .expected("images of one size in both parts, at least one in each")
                .found(format!(
                    "{n} of {:?} pixels to learn from and {m} of {:?} to test on",
                    sizes[0], sizes[1]
                ))
                .advice("make all images as high and wide as the first"));
        }
        Ok(ImageSet::of(train, test, from))
    }

    /// The same images with these names for their classes: the label `i` means the `i`th of them.
    ///
    /// # Errors
    /// When the set is Fashion-MNIST, whose classes have their names, or not every label gets a name of its own.
    pub fn with_class_names(
        self,
        class_names: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<ImageSet, Error> {
        let class_names = class_names.into_iter().map(Into::into).collect();
        let source = self.train.source.with_class_names(class_names)?;
        let named = |images: Images| Images::new(images.pixels, images.labels, source);
        Ok(ImageSet::of(named(self.train)?, named(self.test)?, &self.from))
    }

    /// Writes the four files of MNIST into `folder`, which is made if need be, and the names of the classes beside them: for
    /// [`idx`](Self::idx), and for whatever else reads MNIST.
    ///
    /// # Errors
    /// When a file of one of these names is there that has other content, or the folder can't be written.
    pub fn save_idx(&self, folder: impl AsRef<Path>) -> Result<(), Error> {
        let folder = folder.as_ref();
        let [train, test] = [&self.train, &self.test].map(idx_files);
        let names = self.class_names().iter().map(|name| format!("{name}\n")).collect::<String>();
        let files = idx::FILES.into_iter().chain([idx::CLASSES]);
        let contents = [train.0, train.1, test.0, test.1, names.into_bytes()];
        let all: Vec<_> = files.zip(contents).map(|(name, bytes)| (folder.join(name), bytes)).collect();
        for (path, bytes) in &all {
            let is_other = fs::metadata(path).is_ok_and(|file| file.len() != bytes.len() as u64)
                || fs::read(path).is_ok_and(|found| found != *bytes);
            if is_other {
                let name = path.file_name().unwrap_or_default().display();
                return Err(Error::doing(format!("saving a data set into {}", home::display(folder)))
                    .expected("a folder without files of the same names")
                    .found(format!("another {name}"))
                    .advice("choose a new folder"));
            }
        }
        all.iter().try_for_each(|(path, bytes)| files::write_atomically(path, bytes))
    }

    /// What its classes are called: the label `i` means `class_names()[i]`.
    pub fn class_names(&self) -> &'static [&'static str] {
        self.train.source.class_names()
    }
}

/// A part's file of images, and its file of labels.
fn idx_files(images: &Images) -> (Vec<u8>, Vec<u8>) {
    let (n, height, width) = images.shape();
    let file = |magic: u32, sizes: &[usize], bytes: &mut dyn Iterator<Item = u8>| {
        let numbers = [magic].into_iter().chain(sizes.iter().map(|size| *size as u32));
        numbers.flat_map(u32::to_be_bytes).chain(bytes).collect()
    };
    let pixels = file(idx::IMAGES_MAGIC, &[n, height, width], &mut images.pixels.iter().copied());
    (pixels, file(idx::LABELS_MAGIC, &[n], &mut images.labels.iter().copied()))
}

/// A data set called `name`, told from all others by what is in it: pixels and labels to learn from, and to be tested on.
///
/// # Errors
/// As [`Source::own`].
pub(crate) fn own_source(
    name: &str,
    parts: [(ArrayView3<u8>, ArrayView1<u8>); 2],
    class_names: Vec<String>,
) -> Result<Source, Error> {
    let mut checksum = crc32fast::Hasher::new();
    for (pixels, labels) in parts {
        pixels.shape().iter().for_each(|size| checksum.update(&(*size as u64).to_le_bytes()));
        for image in pixels.outer_iter() {
            checksum.update(image.as_standard_layout().as_slice().expect("standard layout"));
        }
        checksum.update(&labels.to_vec());
    }
    Source::own(name, checksum.finalize(), class_names)
}

crate::notebook::shows_as_text!(ImageSet);

/// The splits as a table, and where they came from.
impl fmt::Display for ImageSet {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let name = self.train.source.notice().unwrap_or("Fashion-MNIST");
        let from = if self.from.is_empty() { String::new() } else { format!(", from {}", self.from) };
        writeln!(f, "{name}{from}")?;
        write!(f, "{:<6} {:>7}  {:>7}  {:>7}  {:>6}", "split", "images", "size", "pixels", "labels")?;
        for (split, images) in [("train", &self.train), ("test", &self.test)] {
            let (n, height, width) = images.shape();
            let (low, high) = images.pixel_range();
            let (size, pixels) = (format!("{height} x {width}"), format!("{low}-{high}"));
            let labels = format!("0-{}", self.class_names().len() - 1);
            write!(f, "\n{split:<6} {n:>7}  {size:>7}  {pixels:>7}  {labels:>6}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::data::Split;

    fn set(names: &[&str]) -> Result<ImageSet, Error> {
        let images = |from: u8, n: usize| Array3::from_shape_fn((n, 2, 3), |(i, ..)| from + i as u8);
        ImageSet::new(
            "shapes",
            (images(0, 3), array![0, 1, 2]),
            (images(100, 2), array![2, 0]),
            names.to_vec(),
        )
    }

    #[test]
    fn a_set_of_arrays_has_classes_and_places_of_its_own() {
        let data = set(&["disc", "box", "cross"]).unwrap();
        assert_eq!((data.train.class_name(1), data.test.class_name(0)), ("box", "cross"));
        assert_eq!((data.train.split(), data.test.split()), (Split::Train, Split::Test));
        assert!(data.train.contents().whole && data.test.contents().whole);
        assert_eq!(data.train.counts(), [1, 1, 1]);
        assert_eq!(
            data.to_string(),
            "shapes, a data set of your own; not Fashion-MNIST\n\
             split   images     size   pixels  labels\n\
             train        3    2 x 3      0-2     0-2\n\
             test         2    2 x 3  100-101     0-2"
        );
        let same = set(&["disc", "box", "cross"]).unwrap();
        assert_eq!(same.train.source, data.train.source);
        let renamed = data.clone().with_class_names(["a", "b", "c", "d"]).unwrap();
        assert_eq!((renamed.train.class_name(1), renamed.train.split()), ("b", Split::Train));
        assert_eq!(renamed.train.source.name(), data.train.source.name(), "the same images");
        assert!(data.with_class_names(["a", "b"]).is_err(), "a label without a name");
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let images = |n, side| (Array3::<u8>::zeros((n, side, side)), Array1::<u8>::zeros(n));
        let made = |train, test| ImageSet::new("x", train, test, ["a", "b"]);
        for (train, test, says) in [
            (images(0, 2), images(1, 2), "0 of (2, 2) pixels"),
            (images(1, 2), images(1, 3), "1 of (3, 3) to test on"),
            (images(1, 0), images(1, 0), "(0, 0)"),
            ((Array3::zeros((2, 2, 2)), array![0]), images(1, 2), "found 1 labels"),
            (images(1, 2), (Array3::zeros((1, 2, 2)), array![2]), "label 2 at index 0"),
        ] {
            let told = made(train, test).err().unwrap().to_string();
            assert!(told.contains(says), "{says}: {told}");
        }
        assert!(set(&["one"]).is_err());
    }
}
