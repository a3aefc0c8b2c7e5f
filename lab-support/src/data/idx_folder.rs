//! Data sets in the format of MNIST that are not Fashion-MNIST: MNIST, KMNIST, EMNIST, one's own.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use lab_base::{Error, Source, files, gzip, home};
use ndarray::{ArcArray, ArcArray1, Array3, Ix3};

use crate::data::idx::{self, IMAGES_HEADER, IMAGES_MAGIC, LABELS_HEADER, LABELS_MAGIC};
use crate::data::image_set::{ImageSet, own_source};
use crate::data::images::Images;
use crate::notebook::display::shorten_panics;

/// Bytes that a file may have, unpacked: twice as many as the largest of EMNIST.
const LIMIT: u64 = 1 << 30;

/// Pixels that an image may be high or wide.
const LONGEST: usize = 256;

/// What the names of files end in, in the order in which they are read; some data sets write a dot for the first dash.
const ENDS: [&str; 2] = ["images-idx3-ubyte", "labels-idx1-ubyte"];

impl ImageSet {
    /// Loads the data set in `folder`: four files in the format of MNIST, packed by gzip or not, of any number of images and
    /// any number of classes. Their names end as MNIST's do, in `images-idx3-ubyte` and `labels-idx1-ubyte`, and have `train`
    /// before that, or `t10k` or `test`. Where a file `classes.txt` is beside them, it has the name of a class in each line, in
    /// the order of the labels; else the classes are called `0`, `1`, ..., or what
    /// [`with_class_names`](Self::with_class_names) calls them.
    ///
    /// ```no_run
    /// # use lab_support::prelude::*;
    /// let data = ImageSet::idx("../data/mnist")?;
    /// # Ok::<(), lab_support::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the folder has not four such files, when one is not what its name says or has more than 1 GB, images are higher
    /// or wider than 256 pixels, or a label has no name.
    pub fn idx(folder: impl AsRef<Path>) -> Result<ImageSet, Error> {
        shorten_panics();
        let folder = folder.as_ref();
        let paths = find(folder)?;
        let mut checksums = [0; 4];
        let mut read = |which: usize| -> Result<Vec<u8>, Error> {
            let bytes = gzip::read(&paths[which], LIMIT)?;
            checksums[which] = gzip::checksum_of(&bytes);
            Ok(bytes)
        };
        let mut part = |first: usize| -> Result<(ArcArray<u8, Ix3>, ArcArray1<u8>), Error> {
            let pixels = images(&paths[first], read(first)?)?;
            Ok((pixels, labels(&paths[first + 1], read(first + 1)?)?))
        };
        let (train, test) = (part(0)?, part(2)?);
        let source = match Source::of_checksums(checksums) {
            Source::FashionMnist => Source::FashionMnist,
            _ => {
                let most = train.1.iter().chain(&test.1).max().copied().unwrap_or(0);
                let class_names = class_names(folder, usize::from(most) + 1)?;
                let parts = [(train.0.view(), train.1.view()), (test.0.view(), test.1.view())];
                own_source(&name_of(folder), parts, class_names)?
            }
        };
        let made = |(pixels, labels)| Images::new(pixels, labels, source);
        ImageSet::checked(made(train)?, made(test)?, &home::display(folder))
    }
}

/// Images and labels to learn from, then images and labels to test on.
fn find(folder: &Path) -> Result<[PathBuf; 4], Error> {
    let doing = || format!("looking for a data set in {}", home::display(folder));
    let entries = fs::read_dir(folder).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
    let entries = entries.map_err(|e| {
        let advice = "check the path: it starts at the folder of the notebook";
        Error::doing(doing()).expected("a folder that can be read").failed(e).advice(advice)
    })?;
    let mut paths: Vec<PathBuf> = entries.iter().map(|entry| entry.path()).collect();
    // A file that is unpacked stands before the same one packed.
    paths.sort();
    let mut found: [Vec<PathBuf>; 4] = Default::default();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        let name = name.strip_suffix(".gz").unwrap_or(&name);
        let kind =
            ENDS.iter().position(|end| name.ends_with(end) || name.ends_with(&end.replacen('-', ".", 1)));
        let is_test = name.contains("t10k") || name.contains("test");
        let (Some(kind), true) = (kind, is_test || name.contains("train")) else { continue };
        let same = &mut found[2 * usize::from(is_test) + kind];
        let is_packed_again = same.last().is_some_and(|before| path == with_gz(before));
        if !is_packed_again {
            same.push(path);
        }
    }
    let wanted = [
        "train-images-idx3-ubyte",
        "train-labels-idx1-ubyte",
        "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
    ];
    let expected =
        format!("four files that are called {}, or alike, with .gz at the end or not", wanted.join(", "));
    let names = |paths: &[PathBuf]| {
        let names: Vec<_> =
            paths.iter().map(|path| path.file_name().unwrap_or_default().to_string_lossy()).collect();
        names.join(", ")
    };
    if let Some(several) = found.iter().find(|paths| paths.len() > 1) {
        let advice = "put each data set into a folder of its own";
        return Err(Error::new(doing(), expected, names(several), advice));
    }
    let missing: Vec<&str> =
        wanted.into_iter().zip(&found).filter(|(_, paths)| paths.is_empty()).map(|(name, _)| name).collect();
    if !missing.is_empty() {
        let advice = "check the path, and that both the images and the labels of both parts are there";
        return Err(Error::new(doing(), expected, format!("no {}", missing.join(", no ")), advice));
    }
    Ok(found.map(|mut paths| paths.remove(0)))
}

fn with_gz(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".gz");
    name.into()
}

/// What a data set is called: as its folder.
fn name_of(folder: &Path) -> String {
    let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_path_buf());
    whole.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The lines of `classes.txt`, or else numbers for so many classes.
fn class_names(folder: &Path, classes: usize) -> Result<Vec<String>, Error> {
    let path = folder.join(idx::CLASSES);
    if !path.exists() {
        // A set of one class alone has a second one that has no images.
        return Ok((0..classes.max(2)).map(|label| label.to_string()).collect());
    }
    let text = files::read_text(&path, 1 << 20).map_err(|e| {
        let doing = format!("reading the names of the classes in {}", home::display(&path));
        Error::doing(doing).expected("a name in each line").failed(e).advice("save it as UTF-8")
    })?;
    Ok(text
        .trim_start_matches('\u{feff}')
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_string)
        .collect())
}

/// `[n, height, width]`, as the file's header says.
fn images(path: &Path, mut bytes: Vec<u8>) -> Result<ArcArray<u8, Ix3>, Error> {
    let [count, height, width] = header(path, &bytes, IMAGES_MAGIC, "images")?;
    if ![height, width].iter().all(|side| (1..=LONGEST).contains(side)) {
        let expected = format!("images of 1 to {LONGEST} pixels a side");
        return Err(wrong(path, expected, format!("{height} x {width}")));
    }
    check_length(path, bytes.len(), IMAGES_HEADER, &[count, height, width])?;
    bytes.drain(..IMAGES_HEADER);
    let pixels =
        Array3::from_shape_vec((count, height, width), bytes).expect("as many bytes as the header says");
    Ok(pixels.into_shared())
}

/// `[n]`.
fn labels(path: &Path, bytes: Vec<u8>) -> Result<ArcArray1<u8>, Error> {
    let [count] = header(path, &bytes, LABELS_MAGIC, "labels")?;
    check_length(path, bytes.len(), LABELS_HEADER, &[count])?;
    Ok(ArcArray1::from_iter(bytes.into_iter().skip(LABELS_HEADER)))
}

/// The sizes behind the magic number.
fn header<const N: usize>(path: &Path, bytes: &[u8], magic: u32, what: &str) -> Result<[usize; N], Error> {
    let (numbers, _) = bytes.as_chunks::<4>();
    let expected = format!("a file of {what}, which starts with {magic:#010x} and {N} sizes");
    match numbers.first().map(|first| u32::from_be_bytes(*first)) {
        Some(found) if found == magic && numbers.len() > N => {
            Ok(std::array::from_fn(|i| u32::from_be_bytes(numbers[i + 1]) as usize))
        }
        Some(found) if found >> 16 == 0x1f8b => {
            Err(wrong(path, expected, "a file packed by gzip, without .gz in its name"))
        }
        Some(found) if found != magic => Err(wrong(path, expected, format!("{found:#010x}"))),
        _ => Err(wrong(path, expected, format!("a file of {} bytes", bytes.len()))),
    }
}

fn check_length(path: &Path, found: usize, header: usize, sizes: &[usize]) -> Result<(), Error> {
    let expected = sizes
        .iter()
        .try_fold(1, |all: usize, size| all.checked_mul(*size))
        .and_then(|all| all.checked_add(header));
    if expected == Some(found) {
        return Ok(());
    }
    let expected = expected.map_or("fewer bytes than".into(), |bytes| format!("{bytes} bytes for"));
    Err(wrong(path, format!("{expected} the sizes in its header, {sizes:?}"), format!("{found} bytes")))
}

fn wrong(path: &Path, expected: impl fmt::Display, found: impl fmt::Display) -> Error {
    let doing = format!("reading {}", home::display(path));
    Error::new(doing, expected, found, "get the file again: it is cut off, damaged, or something else")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};
    use rand::rngs::SmallRng;
    use rand::{Rng, SeedableRng};

    use super::*;
    use crate::data::Split;

    fn file(magic: u32, sizes: &[u32], bytes: impl IntoIterator<Item = u8>) -> Vec<u8> {
        let header = std::iter::once(&magic).chain(sizes).flat_map(|number| number.to_be_bytes());
        header.chain(bytes).collect()
    }

    /// The four files of a set with so many images of 5 x 4 pixels, three classes, in a folder called `forms`.
    fn write(folder: &Path, counts: [u32; 2], names: [&str; 4]) -> PathBuf {
        let folder = folder.join("forms");
        fs::create_dir_all(&folder).unwrap();
        for (part, count) in counts.into_iter().enumerate() {
            let pixels = (0..count * 20).map(|i| (i % 251) as u8 + part as u8);
            fs::write(folder.join(names[2 * part]), file(IMAGES_MAGIC, &[count, 5, 4], pixels)).unwrap();
            let labels = (0..count).map(|i| (i % 3) as u8);
            fs::write(folder.join(names[2 * part + 1]), file(LABELS_MAGIC, &[count], labels)).unwrap();
        }
        folder
    }

    const MNIST: [&str; 4] = idx::FILES;
    const DOTS: [&str; 4] = [
        "train-images.idx3-ubyte",
        "train-labels.idx1-ubyte",
        "t10k-images.idx3-ubyte",
        "t10k-labels.idx1-ubyte",
    ];
    const EMNIST: [&str; 4] = [
        "emnist-letters-train-images-idx3-ubyte",
        "emnist-letters-train-labels-idx1-ubyte",
        "emnist-letters-test-images-idx3-ubyte",
        "emnist-letters-test-labels-idx1-ubyte",
    ];

    fn told(folder: &Path) -> String {
        ImageSet::idx(folder).err().unwrap().to_string()
    }

    #[test]
    fn sets_of_any_size_are_loaded_under_each_of_their_names() {
        for names in [MNIST, DOTS, EMNIST] {
            let place = tempfile::tempdir().unwrap();
            let folder = write(place.path(), [7, 3], names);
            let data = ImageSet::idx(&folder).unwrap();
            assert_eq!((data.train.shape(), data.test.shape()), ((7, 5, 4), (3, 5, 4)));
            assert_eq!((data.train.split(), data.test.split()), (Split::Train, Split::Test));
            assert_eq!(data.class_names(), ["0", "1", "2"]);
            assert_eq!((data.train.pixels[[1, 0, 2]], data.test.labels.to_vec()), (22, vec![0, 1, 2]));
            assert!(data.train.source.name().starts_with("forms-"), "{}", data.train.source.name());

            fs::write(folder.join(idx::CLASSES), "\u{feff}disc\r\n box\n\ncross\n").unwrap();
            let named = ImageSet::idx(&folder).unwrap();
            assert_eq!(
                (named.class_names(), named.train.class_name(2)),
                (&["disc", "box", "cross"][..], "cross")
            );
            assert_eq!(named.train.source.name(), data.train.source.name());
            fs::write(folder.join(idx::CLASSES), "disc\nbox\n").unwrap();
            assert!(told(&folder).contains("label 2 at index 2"), "{}", told(&folder));
        }
    }

    #[test]
    fn packed_files_are_read_and_unpacked_ones_first() {
        let place = tempfile::tempdir().unwrap();
        let folder = write(place.path(), [7, 3], MNIST);
        let plain = ImageSet::idx(&folder).unwrap();
        for name in MNIST {
            let mut encoder = GzEncoder::new(
                fs::File::create(folder.join(format!("{name}.gz"))).unwrap(),
                Compression::fast(),
            );
            encoder.write_all(&fs::read(folder.join(name)).unwrap()).unwrap();
            encoder.finish().unwrap();
        }
        assert_eq!(ImageSet::idx(&folder).unwrap().train.source, plain.train.source);
        MNIST.iter().for_each(|name| fs::remove_file(folder.join(name)).unwrap());
        assert_eq!(ImageSet::idx(&folder).unwrap().train.source, plain.train.source);
        fs::rename(folder.join("train-images-idx3-ubyte.gz"), folder.join(MNIST[0])).unwrap();
        assert!(told(&folder).contains("a file packed by gzip, without .gz in its name"));
    }

    #[test]
    fn what_is_saved_is_the_same_set_again() {
        let place = tempfile::tempdir().unwrap();
        let folder = write(place.path(), [7, 3], EMNIST);
        fs::write(folder.join(idx::CLASSES), "disc\nbox\ncross\n").unwrap();
        let data = ImageSet::idx(&folder).unwrap();
        let copy = place.path().join("copy/forms");
        data.save_idx(&copy).unwrap();
        let again = ImageSet::idx(&copy).unwrap();
        assert_eq!(again.train.source, data.train.source);
        assert_eq!((&again.test.pixels, &again.test.labels), (&data.test.pixels, &data.test.labels));
        data.save_idx(&copy).unwrap();
        fs::write(copy.join(idx::CLASSES), "mine\n").unwrap();
        let told = data.save_idx(&copy).unwrap_err().to_string();
        assert!(told.contains("another classes.txt"), "{told}");
        assert_eq!(fs::read_to_string(copy.join(idx::CLASSES)).unwrap(), "mine\n");
    }

    #[test]
    fn other_images_are_another_set() {
        let place = tempfile::tempdir().unwrap();
        let folder = write(place.path(), [7, 3], MNIST);
        let before = ImageSet::idx(&folder).unwrap().train.source;
        let path = folder.join(MNIST[3]);
        let mut bytes = fs::read(&path).unwrap();
        bytes[8] = 1;
        fs::write(&path, bytes).unwrap();
        let after = ImageSet::idx(&folder).unwrap().train.source;
        assert!(before != after && before.name() != after.name());
    }

    #[test]
    fn what_is_missing_or_there_twice_is_named() {
        let place = tempfile::tempdir().unwrap();
        let folder = write(place.path(), [7, 3], MNIST);
        write(place.path(), [7, 3], EMNIST);
        assert!(told(&folder).contains("emnist-letters-train-images-idx3-ubyte, train-images-idx3-ubyte"));
        EMNIST.iter().for_each(|name| fs::remove_file(folder.join(name)).unwrap());
        fs::remove_file(folder.join(MNIST[1])).unwrap();
        assert!(told(&folder).contains("found no train-labels-idx1-ubyte."), "{}", told(&folder));
        assert!(told(&place.path().join("nowhere")).contains("a folder that can be read"));
        let empty = write(place.path(), [0, 3], MNIST);
        assert!(told(&empty).contains("found 0 of (5, 4) pixels"), "{}", told(&empty));
    }

    #[test]
    fn no_file_makes_it_panic() {
        let mut rng = SmallRng::seed_from_u64(3);
        for _ in 0..300 {
            let place = tempfile::tempdir().unwrap();
            let folder = write(place.path(), [7, 3], MNIST);
            let path = folder.join(MNIST[rng.gen_range(0..4)]);
            let mut bytes = fs::read(&path).unwrap();
            match rng.gen_range(0..3) {
                0 => bytes.truncate(rng.gen_range(0..bytes.len())),
                1 => bytes.extend(vec![0; rng.gen_range(1..100)]),
                _ => bytes[rng.gen_range(0..8)] ^= rng.gen_range(1..=255),
            }
            fs::write(&path, bytes).unwrap();
            let told = told(&folder);
            assert!(
                told.contains("reading") && told.contains(path.file_name().unwrap().to_str().unwrap()),
                "{told}"
            );
        }
        let place = tempfile::tempdir().unwrap();
        let folder = write(place.path(), [7, 3], MNIST);
        // Their product is more than a number can be.
        fs::write(folder.join(MNIST[0]), file(IMAGES_MAGIC, &[u32::MAX, 256, 256], [0; 99])).unwrap();
        assert!(told(&folder).contains("the sizes in its header"), "{}", told(&folder));
        fs::write(folder.join(MNIST[0]), file(IMAGES_MAGIC, &[1, 257, 1], [0; 257])).unwrap();
        assert!(told(&folder).contains("found 257 x 1"));
    }
}
