use std::path::Path;

use lab_base::{files, home, memory};
use lab_support::Error;
use ndarray::{Array, ArrayBase, ArrayViewD, Data, Dimension};
use ndarray_npy::{ViewNpyError, ViewNpyExt, WritableElement, WriteNpyExt};

use crate::number::Number;

/// Bytes that a file of arrays may have: twenty times as many as Fashion-MNIST's images.
pub(crate) const LIMIT: u64 = 1 << 30;

/// Characters that the description of an array may have, as NumPy itself has it, and brackets in them, those of a dictionary
/// and of a shape: many of them take for ever to parse.
const HEADER: usize = 10_000;
const BRACKETS: usize = 2;

/// Writes an array as `numpy.save` does, for `numpy.load`. The file appears whole or not at all.
///
/// ```
/// use lab_exchange::*;
/// use lab_support::prelude::*;
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("logits.npy");
/// save_npy(&path, &array![[0.5f32, 1.5], [2.5, 3.5]])?;
/// let logits: Array2<f32> = load_npy(&path)?;
/// assert_eq!(logits[[1, 0]], 2.5);
/// # Ok::<(), lab_support::Error>(())
/// ```
///
/// # Errors
/// When the file can't be written.
pub fn save_npy<S, D>(path: impl AsRef<Path>, array: &ArrayBase<S, D>) -> Result<(), Error>
where
    S: Data<Elem: WritableElement>,
    D: Dimension,
{
    files::write_atomically(path.as_ref(), &encode(array)?)
}

/// Reads an array that `numpy.save` wrote: `let images: Array3<u8> = load_npy("images.npy")?`. Numbers of another kind are
/// converted where each of them is one of that kind, too; floats are rounded to the nearest.
///
/// # Errors
/// When the file can't be read, is no such file, or holds an array of another number of dimensions, or numbers that are none
/// of that kind.
pub fn load_npy<T: Number, D: Dimension>(path: impl AsRef<Path>) -> Result<Array<T, D>, Error> {
    let path = path.as_ref();
    let doing = format!("reading the array in {}", home::display(path));
    let bytes = files::read(path, LIMIT).map_err(|e| {
        Error::doing(&doing).expected("a file of numpy.save (.npy)").failed(e).advice("check the path")
    })?;
    decode(&bytes, &doing)
}

/// The bytes of a `.npy` file.
pub(crate) fn encode<S, D>(array: &ArrayBase<S, D>) -> Result<Vec<u8>, Error>
where
    S: Data<Elem: WritableElement>,
    D: Dimension,
{
    let mut bytes = Vec::new();
    array.write_npy(&mut bytes).map_err(|e| {
        Error::doing("writing an array")
            .expected("numbers that fit the format")
            .failed(e)
            .advice("report this as a bug")
    })?;
    Ok(bytes)
}

/// The array of a `.npy` file's bytes.
pub(crate) fn decode<T: Number, D: Dimension>(bytes: &[u8], doing: &str) -> Result<Array<T, D>, Error> {
    let refuse = |found: String, advice: &str| Error::new(doing, expected::<T, D>(), found, advice);
    let data = data_offset(bytes)
        .map_err(|found| refuse(found, "write it with numpy.save(\"array.npy\", array)"))?;
    let needed = bytes.len().saturating_mul(2 + size_of::<T>());
    if memory::free().is_some_and(|free| needed > free) {
        return Err(refuse(
            format!("{} MB", bytes.len() >> 20),
            "free some memory, or take a part of the array",
        ));
    }
    // Numbers are looked at where they lie, which has to be where the processor finds them.
    let mut copy = vec![0; bytes.len() + ALIGNMENT];
    let start = (copy[data..].as_ptr().align_offset(ALIGNMENT)).min(ALIGNMENT);
    copy[start..start + bytes.len()].copy_from_slice(bytes);
    let read = read(&copy[start..start + bytes.len()]);
    let array = read.map_err(|found| {
        refuse(found, "convert it: array.astype(\"float32\"), or \"uint8\" for pixels and labels")
    })?;
    let shape = format!("shape {:?}", array.shape());
    array.into_dimensionality().map_err(|_| refuse(shape, "ask for another Array, or use array.reshape"))
}

fn expected<T: Number, D: Dimension>() -> String {
    match D::NDIM {
        Some(dimensions) => format!("an array of {} in {dimensions} dimensions", T::NAME),
        None => format!("an array of {}", T::NAME),
    }
}

/// Bytes, a power of 2, of which numbers of any kind lie at a multiple.
const ALIGNMENT: usize = 16;

/// Where the numbers begin. A description that is longer than any of NumPy's, or has more in it, is not even parsed.
fn data_offset(bytes: &[u8]) -> Result<usize, String> {
    let (first, length) = match bytes {
        [0x93, b'N', b'U', b'M', b'P', b'Y', 1, _, a, b, ..] => {
            (10, usize::from(u16::from_le_bytes([*a, *b])))
        }
        [0x93, b'N', b'U', b'M', b'P', b'Y', 2 | 3, _, a, b, c, d, ..] => {
            (12, u32::from_le_bytes([*a, *b, *c, *d]) as usize)
        }
        [b'P', b'K', 3, 4, ..] => return Err("a zip archive, as .npz files are".into()),
        [] => return Err("an empty file".into()),
        _ => return Err("something else".into()),
    };
    if length > HEADER {
        return Err(format!("a description of {length} characters"));
    }
    let header = bytes.get(first..first + length).ok_or("a file that is cut short")?;
    let brackets = header.iter().filter(|byte| b"([{".contains(byte)).count();
    if brackets > BRACKETS {
        Err("a description of something else than an array of numbers".into())
    } else {
        Ok(first + length)
    }
}

/// # Errors
/// What was found in place of such an array.
fn read<T: Number>(bytes: &[u8]) -> Result<ndarray::ArrayD<T>, String> {
    macro_rules! read_as {
        ($($kind:ident as $wide:ident by $convert:ident),*) => {$(
            match ArrayViewD::<$kind>::view_npy(bytes) {
                Ok(array) => return convert(&array, |number| T::$convert($wide::from(number))),
                Err(ViewNpyError::WrongDescriptor(_)) => (),
                Err(e) => return Err(e.to_string()),
            }
        )*};
    }
    read_as!(
        f32 as f64 by from_float, f64 as f64 by from_float, u8 as i128 by from_integer, i64 as i128 by from_integer,
        i32 as i128 by from_integer, u64 as i128 by from_integer, u32 as i128 by from_integer,
        i16 as i128 by from_integer, u16 as i128 by from_integer, i8 as i128 by from_integer,
        bool as i128 by from_integer
    );
    Err(match ArrayViewD::<f32>::view_npy(bytes) {
        Err(ViewNpyError::WrongDescriptor(kind)) => format!("numbers of the kind {kind}"),
        _ => "numbers of another kind".into(),
    })
}

fn convert<A: Copy + std::fmt::Display, T: Copy>(
    array: &ArrayViewD<A>,
    number: impl Fn(A) -> Option<T>,
) -> Result<ndarray::ArrayD<T>, String> {
    if let Some((place, other)) = array.indexed_iter().find(|(_, value)| number(**value).is_none()) {
        return Err(format!("{other} at {:?}", place.slice()));
    }
    let numbers = array.iter().filter_map(|value| number(*value)).collect();
    ndarray::ArrayD::from_shape_vec(array.raw_dim(), numbers).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests;
