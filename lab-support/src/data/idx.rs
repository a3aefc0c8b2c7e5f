//! The IDX format of the four files, and the checks that come before the `mnist` crate, which panics
//! on a file that isn't as it should be.
//!
//! ```text
//! images: 00 00 08 03 | count | 28 | 28 | count * 784 bytes, row by row, 0 black to 255 white
//! labels: 00 00 08 01 | count           | count bytes, 0 to 9          (numbers: 4 bytes, big-endian)
//! ```
//! Source: <https://github.com/zalandoresearch/fashion-mnist>, which keeps the format of MNIST.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use lab_base::{Error, files, gzip, home};

use crate::data::images::CLASS_NAMES;

/// Height and width of an image.
pub const SIDE: usize = 28;

/// Bytes before the first pixel: magic number, count, height, width.
pub const IMAGES_HEADER: usize = 16;

/// Bytes before the first label: magic number, count.
pub const LABELS_HEADER: usize = 8;

pub(crate) const IMAGES_MAGIC: u32 = 0x0803;
pub(crate) const LABELS_MAGIC: u32 = 0x0801;
const GZIP_MAGIC: u32 = 0x1f8b;

/// One half of the data set: the names of its two files, and how many images it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    /// Name of the file of images, without `.gz`.
    pub images: &'static str,
    /// Name of the file of labels, without `.gz`.
    pub labels: &'static str,
    /// Images in the file, and labels.
    pub count: usize,
}

/// The 60,000 images to learn from.
pub const TRAIN: Split =
    Split { images: "train-images-idx3-ubyte", labels: "train-labels-idx1-ubyte", count: 60_000 };

/// The 10,000 images to test on.
pub const TEST: Split =
    Split { images: "t10k-images-idx3-ubyte", labels: "t10k-labels-idx1-ubyte", count: 10_000 };

/// The file with the names of the classes of another data set, one a line.
pub(crate) const CLASSES: &str = "classes.txt";

/// The four files, unpacked.
pub const FILES: [&str; 4] = [TRAIN.images, TRAIN.labels, TEST.images, TEST.labels];

/// Checks a file of images and its file of labels: everything but the pixels, which can't be wrong.
///
/// # Errors
/// Each its own, naming the file: missing, wrong magic number, not 28 x 28, wrong size, not `count`
/// images, another number of labels than of images, a label above 9.
pub fn check(images: &Path, labels: &Path, count: usize) -> Result<(), Error> {
    let (found, labelled) = (count_images(images)?, count_labels(labels)?);
    if found != labelled {
        return Err(wrong(
            images,
            format!("as many images as {} has labels, {labelled}", home::display(labels)),
            format!("{found} images"),
        ));
    }
    if found != count {
        return Err(wrong(images, format!("{count} images"), found));
    }
    Ok(())
}

/// The start of an IDX file of images: what [`check`] wants to see.
pub fn images_header(count: usize) -> Vec<u8> {
    [IMAGES_MAGIC, count as u32, SIDE as u32, SIDE as u32].map(u32::to_be_bytes).concat()
}

/// The start of an IDX file of labels.
pub fn labels_header(count: usize) -> Vec<u8> {
    [LABELS_MAGIC, count as u32].map(u32::to_be_bytes).concat()
}

fn count_images(path: &Path) -> Result<usize, Error> {
    let header = read(path, IMAGES_HEADER as u64)?;
    check_magic(path, &header, IMAGES_MAGIC, "images")?;
    let [_, count, height, width] = numbers(path, &header)?;
    if [height, width] != [SIDE; 2] {
        return Err(wrong(path, "images of 28 x 28 pixels", format!("{height} x {width}")));
    }
    check_size(path, IMAGES_HEADER, count, SIDE * SIDE)?;
    Ok(count)
}

fn count_labels(path: &Path) -> Result<usize, Error> {
    let header = read(path, LABELS_HEADER as u64)?;
    check_magic(path, &header, LABELS_MAGIC, "labels")?;
    let [_, count] = numbers(path, &header)?;
    check_size(path, LABELS_HEADER, count, 1)?;
    let bytes = read(path, gzip::LIMIT)?;
    let labels = bytes.iter().skip(LABELS_HEADER);
    match labels.enumerate().find(|(_, label)| usize::from(**label) >= CLASS_NAMES.len()) {
        Some((i, label)) => Err(wrong(path, "labels from 0 to 9", format!("label {label} at index {i}"))),
        None => Ok(count),
    }
}

/// The first bytes of a file, fewer where it is shorter.
fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let result = files::open(path, gzip::LIMIT).and_then(|file| file.take(limit).read_to_end(&mut bytes));
    match result {
        Ok(_) => Ok(bytes),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Err(wrong(path, "a file", "none")),
        Err(e) => Err(wrong(path, "a file that can be read", e)),
    }
}

fn check_magic(path: &Path, bytes: &[u8], magic: u32, what: &str) -> Result<(), Error> {
    let [found] = numbers(path, bytes)?;
    let expected = format!("a file of {what}, which starts with {magic:#010x}");
    match u32::try_from(found) {
        Ok(found) if found == magic => Ok(()),
        Ok(found) if found >> 16 == GZIP_MAGIC => {
            Err(Error::doing(format!("reading {}", home::display(path)))
                .expected(expected)
                .found("a file packed by gzip")
                .advice("add .gz to its name: the lab unpacks it by itself"))
        }
        _ => Err(wrong(path, expected, format!("{found:#010x}"))),
    }
}

fn check_size(path: &Path, header: usize, count: usize, each: usize) -> Result<(), Error> {
    let expected = header as u64 + count as u64 * each as u64;
    let found = fs::metadata(path).map_err(|e| wrong(path, "a file that can be read", e))?.len();
    if found != expected {
        let expected = format!("{expected} bytes for the {count} that its header announces");
        return Err(wrong(path, expected, format!("{found} bytes")));
    }
    Ok(())
}

/// The first `N` numbers of a header.
fn numbers<const N: usize>(path: &Path, bytes: &[u8]) -> Result<[usize; N], Error> {
    let (numbers, _) = bytes.as_chunks::<4>();
    if numbers.len() < N {
        return Err(wrong(path, format!("a header of {} bytes", 4 * N), format!("{} bytes", bytes.len())));
    }
    Ok(std::array::from_fn(|i| u32::from_be_bytes(numbers[i]) as usize))
}

fn wrong(path: &Path, expected: impl std::fmt::Display, found: impl std::fmt::Display) -> Error {
    Error::doing(format!("reading {}", home::display(path)))
        .expected(expected)
        .found(found)
        .advice("the file is not what it should be: fetch Fashion-MNIST again with `cargo lab data`")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use rand::rngs::SmallRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    const COUNT: usize = 3;

    fn valid() -> (Vec<u8>, Vec<u8>) {
        let mut images = images_header(COUNT);
        images.extend((0..COUNT * SIDE * SIDE).map(|i| (i % 251) as u8));
        let mut labels = labels_header(COUNT);
        labels.extend([9, 0, 5]);
        (images, labels)
    }

    /// What `check` says to files with these bytes.
    fn checked(images: &[u8], labels: &[u8]) -> Result<(), Error> {
        let folder = tempfile::tempdir().unwrap();
        let (images_file, labels_file) = (folder.path().join("images"), folder.path().join("labels"));
        fs::write(&images_file, images).unwrap();
        fs::write(&labels_file, labels).unwrap();
        check(&images_file, &labels_file, COUNT)
    }

    fn assert_says(result: Result<(), Error>, parts: &[&str]) {
        let text = result.unwrap_err().to_string();
        for part in parts {
            assert!(text.contains(part), "{part:?} is not in: {text}");
        }
    }

    #[test]
    fn a_valid_pair_passes() {
        let (images, labels) = valid();
        checked(&images, &labels).unwrap();
    }

    #[test]
    fn each_defect_has_its_own_error() {
        let (images, labels) = valid();
        let changed = |bytes: &[u8], at: usize, to: u8| {
            let mut bytes = bytes.to_vec();
            bytes[at] = to;
            bytes
        };
        assert_says(checked(&labels, &labels), &["/images:", "a file of images", "found 0x00000801"]);
        assert_says(checked(&images, &images), &["/labels:", "a file of labels", "found 0x00000803"]);
        assert_says(checked(&changed(&images, 11, 27), &labels), &["28 x 28 pixels", "found 27 x 28"]);
        assert_says(checked(&images[..images.len() - 1], &labels), &["2368 bytes", "found 2367 bytes"]);
        assert_says(checked(&images[..9], &labels), &["a header of 16 bytes", "found 9 bytes"]);
        assert_says(checked(&images, &changed(&labels, 9, 10)), &["0 to 9", "found label 10 at index 1"]);
        assert_says(checked(&[0x1f, 0x8b, 8, 0], &labels), &["found a file packed by gzip", "add .gz"]);

        let mut fewer = labels_header(COUNT - 1);
        fewer.extend([1, 2]);
        assert_says(checked(&images, &fewer), &["as many images as", "has labels, 2", "found 3 images"]);
        let mut fewer_images = images_header(COUNT - 1);
        fewer_images.resize(fewer_images.len() + (COUNT - 1) * SIDE * SIDE, 0);
        assert_says(checked(&fewer_images, &fewer), &["expected 3 images, found 2"]);
    }

    #[test]
    fn a_missing_file_and_a_folder_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("nowhere");
        assert_says(check(&missing, &missing, COUNT), &["nowhere", "expected a file, found none"]);
        assert_says(check(folder.path(), &missing, COUNT), &["a file that can be read"]);
    }

    #[test]
    fn what_has_no_end_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let (images, labels) = valid();
        fs::write(at("images"), images).unwrap();
        fs::write(at("labels"), labels).unwrap();
        assert!(Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
        symlink("/dev/zero", at("zeros")).unwrap();
        // Four thousand million labels, as its header says: a file with holes takes no space.
        let mut header = labels_header(0);
        header[4..].copy_from_slice(&u32::MAX.to_be_bytes());
        fs::write(at("huge"), header).unwrap();
        let huge = fs::File::options().write(true).open(at("huge")).unwrap();
        huge.set_len(u64::from(u32::MAX) + LABELS_HEADER as u64).unwrap();
        for (name, what) in [("pipe", "a pipe"), ("zeros", "a device"), ("huge", "more than 64 MB")] {
            assert_says(check(&at(name), &at("labels"), COUNT), &[what]);
            assert_says(check(&at("images"), &at(name), COUNT), &[what]);
        }
    }

    #[test]
    fn every_truncation_is_an_error() {
        let (images, labels) = valid();
        for length in (0..images.len()).step_by(97).chain(0..20) {
            checked(&images[..length], &labels).unwrap_err();
        }
        for length in 0..labels.len() {
            checked(&images, &labels[..length]).unwrap_err();
        }
    }

    #[test]
    fn any_other_header_any_growth_and_any_label_above_9_is_an_error() {
        let mut rng = SmallRng::seed_from_u64(1);
        for _ in 0..400 {
            let (mut images, mut labels) = valid();
            match rng.gen_range(0..4) {
                0 => images[rng.gen_range(0..IMAGES_HEADER)] ^= rng.gen_range(1..=255),
                1 => labels[rng.gen_range(0..LABELS_HEADER)] ^= rng.gen_range(1..=255),
                2 => labels[LABELS_HEADER + rng.gen_range(0..COUNT)] = rng.gen_range(10..=255),
                _ => images.extend(vec![0; rng.gen_range(1..2000)]),
            }
            checked(&images, &labels).unwrap_err();
        }
    }

    #[test]
    fn any_bytes_at_all_never_panic() {
        let mut rng = SmallRng::seed_from_u64(2);
        for _ in 0..400 {
            let mut bytes = || (0..rng.gen_range(0..64)).map(|_| rng.r#gen()).collect::<Vec<u8>>();
            checked(&bytes(), &bytes()).unwrap_err();
        }
    }
}
