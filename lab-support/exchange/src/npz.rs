use std::collections::BTreeMap;
use std::fmt;
use std::io::{Cursor, Read, Write};
use std::path::Path;

use lab_base::{files, home};
use lab_support::Error;
use lab_support::data::{Dataset, ImageSet, Images, Source};
use ndarray::{Array, Array1, Array3, ArrayBase, Data, Dimension};
use ndarray_npy::WritableElement;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::npy::{LIMIT, decode, encode};
use crate::number::Number;

/// Arrays by name, as `numpy.savez` and `numpy.load` have them in one file.
///
/// Images and labels are `x_train`, `y_train`, `x_test`, `y_test`, as in the files of Keras:
///
/// ```
/// use lab_exchange::*;
/// use lab_support::data::Source;
/// # use lab_support::prelude::*;
/// # use ndarray::{ArcArray, ArcArray1};
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("shirts.npz");
/// # let pixels = ArcArray::from_shape_fn((6, 28, 28), |(i, ..)| i as u8);
/// # let images = Images::new(pixels, ArcArray1::zeros(6), Source::Other)?;
///
/// Npz::new().with_images("train", &images)?.save(&path)?;
/// let file = Npz::load(&path)?;
/// println!("{file}");                                     // x_train, y_train
/// let labels: Array1<usize> = file.get("y_train")?;
/// let train = file.images("train", Source::Other)?.normalized();
/// # assert_eq!((labels.len(), train.len()), (6, 6));
/// # Ok::<(), lab_support::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Npz {
    /// Each as a `.npy` file.
    arrays: BTreeMap<String, Vec<u8>>,
}

impl Npz {
    /// No arrays.
    pub fn new() -> Npz {
        Npz::default()
    }

    /// Reads a file of `numpy.savez` or `numpy.savez_compressed`.
    ///
    /// # Errors
    /// When the file can't be read, is no such file, or holds more than a GB.
    pub fn load(path: impl AsRef<Path>) -> Result<Npz, Error> {
        let path = path.as_ref();
        let doing = format!("reading the arrays in {}", home::display(path));
        let expected = "a file of numpy.savez (.npz)";
        let bytes = files::read(path, LIMIT)
            .map_err(|e| Error::doing(&doing).expected(expected).failed(e).advice("check the path"))?;
        unpack(&bytes, LIMIT).map_err(|found| {
            let advice = "write it with numpy.savez(\"arrays.npz\", x_train=x_train, y_train=y_train)";
            Error::new(doing, expected, found, advice)
        })
    }

    /// Writes all of them as `numpy.savez` does, for `numpy.load`. The file appears whole or not at all.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let bytes = self.pack().map_err(|e| {
            let doing = Error::doing("writing arrays").expected("arrays that fit the format");
            doing.failed(e).advice("report this as a bug")
        })?;
        files::write_atomically(path.as_ref(), &bytes)
    }

    fn pack(&self) -> zip::result::ZipResult<Vec<u8>> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in &self.arrays {
            let large = bytes.len() as u64 >= u64::from(u32::MAX);
            let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
            archive.start_file(format!("{name}.npy"), stored.large_file(large))?;
            archive.write_all(bytes)?;
        }
        Ok(archive.finish()?.into_inner())
    }

    /// The same and an array called `name`, in the place of one that had the name.
    ///
    /// # Errors
    /// When the name is one that no file can have.
    pub fn with<S, D>(mut self, name: &str, array: &ArrayBase<S, D>) -> Result<Npz, Error>
    where
        S: Data<Elem: WritableElement>,
        D: Dimension,
    {
        let is_plain = |c: char| c.is_alphanumeric() || "_-. ".contains(c);
        if name.is_empty() || name.starts_with('.') || !name.chars().all(is_plain) {
            let advice = "write letters, digits and underscores: \"x_train\"";
            return Err(Error::new("adding an array", "a name for it", format!("{name:?}"), advice));
        }
        self.arrays.insert(name.to_string(), encode(array)?);
        Ok(self)
    }

    /// The same and images of bytes, `x_train` `[n, 28, 28]`, and their labels, `y_train` `[n]`, where `part` is `train`.
    ///
    /// # Errors
    /// As [`with`](Self::with).
    pub fn with_images(self, part: &str, images: &Images) -> Result<Npz, Error> {
        self.with(&format!("x_{part}"), &images.pixels)?.with(&format!("y_{part}"), &images.labels)
    }

    /// The same and images as a network sees them, numbers in 32 bits `[n, 28, 28]`, and their labels.
    ///
    /// # Errors
    /// As [`with`](Self::with).
    pub fn with_numbers(self, part: &str, data: &Dataset) -> Result<Npz, Error> {
        let rows = data.rows();
        let numbers = rows.into_shape_with_order(data.shape()).expect("as many numbers as the shape says");
        self.with(&format!("x_{part}"), &numbers)?.with(&format!("y_{part}"), &data.images().labels)
    }

    /// The names, in the order of the alphabet.
    pub fn names(&self) -> Vec<&str> {
        self.arrays.keys().map(String::as_str).collect()
    }

    /// The array called `name`: `let x: Array3<u8> = file.get("x_train")?`. Numbers of another kind are converted as
    /// [`load_npy`](crate::load_npy) does.
    ///
    /// # Errors
    /// When there is none, or it has another number of dimensions, or numbers that are none of that kind.
    pub fn get<T: Number, D: Dimension>(&self, name: &str) -> Result<Array<T, D>, Error> {
        let doing = format!("reading the array {name}");
        let bytes = self.arrays.get(name).ok_or_else(|| {
            let found = format!("{:?}", self.names());
            Error::new(&doing, format!("an array called {name:?}"), found, "choose one of these names")
        })?;
        decode(bytes, &doing)
    }

    /// The images `x_train`, bytes `[n, height, width]`, with their labels `y_train`, where `part` is `train`.
    ///
    /// # Errors
    /// As [`get`](Self::get) and [`Images::new`].
    pub fn images(&self, part: &str, source: Source) -> Result<Images, Error> {
        let pixels: Array3<u8> = self.get(&format!("x_{part}"))?;
        let labels: Array1<u8> = self.get(&format!("y_{part}"))?;
        Images::new(pixels.into_shared(), labels.into_shared(), source)
    }

    /// Both parts of a data set, `x_train`, `y_train`, `x_test` and `y_test`, as in Keras's `mnist.npz`, with the names of its
    /// classes: `Npz::load("mnist.npz")?.image_set("mnist", (0..10).map(|digit| digit.to_string()))?`.
    ///
    /// # Errors
    /// As [`get`](Self::get) and [`ImageSet::new`].
    pub fn image_set(
        &self,
        name: &str,
        class_names: impl IntoIterator<Item = impl Into<String>>,
    ) -> Result<ImageSet, Error> {
        let part =
            |part: &str| Ok::<_, Error>((self.get(&format!("x_{part}"))?, self.get(&format!("y_{part}"))?));
        ImageSet::new(name, part("train")?, part("test")?, class_names)
    }
}

/// The names, a line each.
impl fmt::Display for Npz {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}", self.names().join("\n"))
    }
}

/// # Errors
/// What was found in place of such an archive.
fn unpack(bytes: &[u8], limit: u64) -> Result<Npz, String> {
    if bytes.starts_with(b"\x93NUMPY") {
        return Err("a file of numpy.save (.npy), which load_npy reads".into());
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| e.to_string())?;
    let (mut npz, mut left) = (Npz::new(), limit);
    for i in 0..archive.len() {
        let file = archive.by_index(i).map_err(|e| e.to_string())?;
        let name = file.name().map_err(|e| e.to_string())?.into_owned();
        let Some(name) = name.strip_suffix(".npy").map(str::to_string) else {
            return Err(format!("{name:?} among its files"));
        };
        let mut array = Vec::new();
        file.take(left + 1).read_to_end(&mut array).map_err(|e| format!("{name}: {e}"))?;
        left = left.checked_sub(array.len() as u64).ok_or("more than 1 GB when it is unpacked")?;
        npz.arrays.insert(name, array);
    }
    Ok(npz)
}

#[cfg(test)]
mod tests;
