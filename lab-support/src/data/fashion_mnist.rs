use std::path::Path;

use lab_base::Error;
use lab_base::Source;
use lab_base::home;
use mnist::{Mnist, MnistBuilder};
use ndarray::{ArcArray, ArcArray1};

use crate::data::files::Files;
use crate::data::image_set::ImageSet;
use crate::data::images::Images;
use crate::data::{idx, practice};
use crate::notebook::display::shorten_panics;

/// The data set: 60,000 images to learn from, 6,000 of each class, and 10,000 to be tested on.
///
/// Xiao, Rasul and Vollgraf, *Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning
/// Algorithms*, 2017, <https://arxiv.org/abs/1708.07747>.
///
/// ```no_run
/// # use lab_support::prelude::*;
/// let data = FashionMnist::load()?;
/// assert_eq!((data.train.len(), data.test.len()), (60_000, 10_000));
/// # Ok::<(), lab_support::Error>(())
/// ```
pub type FashionMnist = ImageSet;

impl ImageSet {
    /// Loads the data set from the folder that `FASHION_MNIST_DIR` names, else from
    /// `data/fashion-mnist`, else the [practice set](Self::practice). Files of the same names and sizes with other
    /// content are loaded too; their source is [`Source::Other`], and so are all figures and records made from them.
    ///
    /// # Errors
    /// When `FASHION_MNIST_DIR` is set or `data/fashion-mnist` has any of the four files, and one of
    /// them is missing or not what it should be.
    pub fn load() -> Result<ImageSet, Error> {
        shorten_panics();
        ImageSet::load_from(home::fashion_mnist_dir()?.as_deref(), &home::data_dir()?)
    }

    /// Loads the practice set from `data/practice`, and draws it first where it is not there: as many
    /// images of the same ten classes, drawn by this lab.
    ///
    /// # Errors
    /// When `data/practice` can't be written.
    pub fn practice() -> Result<ImageSet, Error> {
        ImageSet::practice_in(&home::data_dir()?)
    }

    fn practice_in(data: &Path) -> Result<ImageSet, Error> {
        let folder = data.join("practice");
        let loaded =
            ImageSet::read(&practice::files(&folder)?, Some(Source::Practice), &home::display(&folder))?;
        loaded.print_notice();
        Ok(loaded)
    }

    fn load_from(fashion_mnist_dir: Option<&Path>, data: &Path) -> Result<ImageSet, Error> {
        let standard = data.join("fashion-mnist");
        if fashion_mnist_dir.is_none() && !Files::any_in(&standard) {
            println!("No files in {}: `cargo lab data` fetches them.", home::display(&standard));
            return ImageSet::practice_in(data);
        }
        let folder = fashion_mnist_dir.unwrap_or(&standard);
        let files = Files::find(folder, &standard)?;
        let loaded = ImageSet::read(&files, None, &home::display(folder))?;
        loaded.print_notice();
        Ok(loaded)
    }

    fn print_notice(&self) {
        if let Some(notice) = self.train.source.notice() {
            println!("{notice}");
        }
    }

    /// Checks and parses the four files. Where it is not said what they are, their checksums say it.
    fn read(files: &Files, source: Option<Source>, from: &str) -> Result<ImageSet, Error> {
        files.check()?;
        let Mnist { trn_img, trn_lbl, tst_img, tst_lbl, .. } = MnistBuilder::new()
            .base_path("")
            .training_images_filename(utf8(&files.train_images)?)
            .training_labels_filename(utf8(&files.train_labels)?)
            .test_images_filename(utf8(&files.test_images)?)
            .test_labels_filename(utf8(&files.test_labels)?)
            .finalize();
        let parts = [
            (idx::images_header(idx::TRAIN.count), &trn_img),
            (idx::labels_header(idx::TRAIN.count), &trn_lbl),
            (idx::images_header(idx::TEST.count), &tst_img),
            (idx::labels_header(idx::TEST.count), &tst_lbl),
        ];
        let checksums = parts.map(|(header, bytes)| {
            let mut checksum = crc32fast::Hasher::new();
            checksum.update(&header);
            checksum.update(bytes);
            checksum.finalize()
        });
        let source = source.unwrap_or(Source::of_checksums(checksums));
        let (train, test) = (images(trn_img, trn_lbl, source)?, images(tst_img, tst_lbl, source)?);
        Ok(ImageSet::of(train, test, from))
    }
}

fn images(pixels: Vec<u8>, labels: Vec<u8>, source: Source) -> Result<Images, Error> {
    let shape = (labels.len(), idx::SIDE, idx::SIDE);
    let pixels = ArcArray::from_shape_vec(shape, pixels).map_err(|e| {
        Error::doing("putting pixels into rows")
            .expected("28 x 28 bytes for each label")
            .failed(e)
            .advice("the files changed while they were read: run again")
    })?;
    Images::new(pixels, ArcArray1::from_vec(labels), source)
}

/// The `mnist` crate takes paths as text.
fn utf8(path: &Path) -> Result<&str, Error> {
    path.to_str().ok_or_else(|| {
        Error::doing("loading the data set")
            .expected("a folder whose name is valid Unicode")
            .found(path.display())
            .advice("move the files to a folder with a plain name and set FASHION_MNIST_DIR to it")
    })
}

#[cfg(test)]
mod tests {
    use std::{env, fs};

    use super::*;
    use crate::data::Split;

    /// Four files of the right size: all pixels black, labels 0 to 9 in turn.
    fn write_black_images(folder: &Path) {
        for split in [idx::TRAIN, idx::TEST] {
            let mut images = idx::images_header(split.count);
            images.resize(images.len() + split.count * idx::SIDE * idx::SIDE, 0);
            let mut labels = idx::labels_header(split.count);
            labels.extend((0..split.count).map(|i| (i % 10) as u8));
            fs::create_dir_all(folder).unwrap();
            fs::write(folder.join(split.images), images).unwrap();
            fs::write(folder.join(split.labels), labels).unwrap();
        }
    }

    #[test]
    fn valid_files_are_loaded_and_damaged_ones_named() {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("fashion-mnist");
        write_black_images(&folder);
        let loaded = FashionMnist::load_from(None, data.path()).unwrap();
        assert_eq!(loaded.train.shape(), (60_000, 28, 28));
        assert_eq!(loaded.test.counts(), [1_000; 10]);
        assert_eq!((loaded.train.source, loaded.test.source), (Source::Other, Source::Other));
        let told = "other images under Fashion-MNIST's file names; not Fashion-MNIST, from ";
        assert!(loaded.to_string().starts_with(told), "{loaded}");
        assert_eq!((loaded.train.split(), loaded.test.split()), (Split::Train, Split::Test));

        fs::write(folder.join(idx::TEST.labels), "nothing of the kind").unwrap();
        let error = FashionMnist::load_from(None, data.path()).unwrap_err().to_string();
        assert!(error.contains("t10k-labels-idx1-ubyte: expected a file of labels"), "{error}");
    }

    #[test]
    fn without_files_the_practice_set_is_drawn_once_and_again_when_damaged() {
        let data = tempfile::tempdir().unwrap();
        let first = FashionMnist::load_from(None, data.path()).unwrap();
        assert_eq!(first.train.source, Source::Practice);
        assert_eq!((first.train.counts(), first.test.counts()), (vec![6_000; 10], vec![1_000; 10]));
        assert!(first.to_string().starts_with("practice set, drawn by this lab; not Fashion-MNIST, from "));

        let images = data.path().join("practice").join(idx::TEST.images);
        let drawn_at = fs::metadata(&images).unwrap().modified().unwrap();
        FashionMnist::practice_in(data.path()).unwrap();
        assert_eq!(fs::metadata(&images).unwrap().modified().unwrap(), drawn_at, "drawn once");

        fs::write(&images, "damaged").unwrap();
        let again = FashionMnist::practice_in(data.path()).unwrap();
        assert!(again.test.pixels == first.test.pixels);
    }

    #[test]
    fn a_wrong_fashion_mnist_dir_is_an_error() {
        let data = tempfile::tempdir().unwrap();
        let error = FashionMnist::load_from(Some(&data.path().join("typo")), data.path()).unwrap_err();
        assert!(error.to_string().contains("typo: expected its four files"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_is_not_unicode_is_an_error() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join(OsStr::from_bytes(b"f\xffmnist"));
        write_black_images(&folder);
        let error = FashionMnist::load_from(Some(&folder), data.path()).unwrap_err().to_string();
        assert!(error.contains("valid Unicode"), "{error}");
    }

    /// Needs the real files: skipped where `FASHION_MNIST_DIR` is not set.
    #[test]
    fn the_real_data_are_what_was_published() {
        let Some(folder) = env::var_os("FASHION_MNIST_DIR") else { return };
        let data = tempfile::tempdir().unwrap();
        let real = FashionMnist::load_from(Some(Path::new(&folder)), data.path()).unwrap();
        assert_eq!((real.train.source, real.test.source), (Source::FashionMnist, Source::FashionMnist));
        assert_eq!(real.train.counts(), [6_000; 10]);
        assert_eq!(real.test.counts(), [1_000; 10]);
        assert_eq!((real.train.labels[0], real.test.labels[0]), (9, 9), "both open with an ankle boot");
        assert_eq!(
            real.to_string(),
            "Fashion-MNIST, from FASHION_MNIST_DIR\n\
             split   images     size   pixels  labels\n\
             train    60000  28 x 28    0-255     0-9\n\
             test     10000  28 x 28    0-255     0-9"
        );
    }
}
