//! Files of weights that other programs wrote: numbers of other kinds are converted, and what can't be read is told by
//! what it is.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use lab_base::{Error, files};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use crate::nn::kernels::memory;
use crate::nn::layers::{Parameter, Role};

/// Bytes that a file of weights may have: hundreds of times as many as the lab's largest network takes.
pub(crate) const LIMIT: u64 = 1 << 30;

/// The advice for a file of another network.
pub(super) const OTHER_LAYERS: &str = "describe the same layers as when the file was written";

/// All bytes of a file.
///
/// # Errors
/// When there is no such file, when it can't be read, is larger than any network's, or does not fit into memory.
pub(super) fn read(path: &Path, doing: &str, advice: &str) -> Result<Vec<u8>, Error> {
    let expected = format!("the file {}", name_of(path));
    // Asked before the file is read; what is no file is refused by reading it.
    let bytes = fs::metadata(path).map_or(0, |file| file.len().min(LIMIT));
    memory::check_bytes(usize::try_from(bytes).unwrap_or(usize::MAX)).map_err(|found| {
        Error::new(doing, &expected, found, "free some memory, or take a smaller network")
    })?;
    files::read(path, LIMIT).map_err(|e| Error::doing(doing).expected(&expected).failed(e).advice(advice))
}

/// # Errors
/// When it is no safetensors file, with advice for what it is instead.
pub(super) fn tensors<'a>(path: &Path, bytes: &'a [u8]) -> Result<SafeTensors<'a>, Error> {
    SafeTensors::deserialize(bytes).map_err(|e| {
        let (found, advice) = what_it_is(bytes).unwrap_or((e.to_string(), AGAIN));
        unreadable(path, "a safetensors file", found, advice)
    })
}

/// What the file says beside its tensors.
pub(super) fn entries(path: &Path, bytes: &[u8]) -> Result<BTreeMap<String, String>, Error> {
    let (_, header) = SafeTensors::read_metadata(bytes)
        .map_err(|e| unreadable(path, "a safetensors file", e.to_string(), AGAIN))?;
    Ok(header.metadata().iter().flatten().map(|(name, text)| (name.clone(), text.clone())).collect())
}

pub(super) fn unreadable(
    path: &Path,
    expected: impl fmt::Display,
    found: impl fmt::Display,
    advice: impl fmt::Display,
) -> Error {
    Error::new(format!("reading the network in {}", name_of(path)), expected, found, advice)
}

/// The file's name alone: notebooks are published, and folders are private.
pub(super) fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

const AGAIN: &str = "copy or download it again; if it was made here, save the network again";
const FROM_PYTORCH: &str = "write it in PyTorch as safetensors, and load that:\n\
    from safetensors.torch import save_file\n\
    save_file(model.state_dict(), \"weights.safetensors\")";
const FROM_KERAS: &str = "write it in Keras as safetensors, and load that:\n\
    from safetensors.numpy import save_file\n\
    save_file({str(i): w for i, w in enumerate(model.get_weights())}, \"weights.safetensors\", {\"keras\": model.to_json()})";

/// What a file is that is no whole safetensors file, and what to do.
fn what_it_is(bytes: &[u8]) -> Option<(String, &'static str)> {
    let holds = |text: &[u8]| bytes[..bytes.len().min(4096)].windows(text.len()).any(|part| part == text);
    let told = |what: &str, advice| Some((what.to_string(), advice));
    match bytes {
        [] => told("an empty file", AGAIN),
        [b'P', b'K', 3, 4, ..] if holds(b"data.pkl") => told("a file of torch.save (.pt)", FROM_PYTORCH),
        [b'P', b'K', 3, 4, ..] => told("a zip archive, as .keras and .npz files are", FROM_KERAS),
        [0x80, 2..=5, ..] if !holds(b"{\"") => told("a pickle, as torch.save writes (.pt)", FROM_PYTORCH),
        [0x89, b'H', b'D', b'F', ..] => told("an HDF5 file of Keras (.h5)", FROM_KERAS),
        [0x93, b'N', b'U', b'M', ..] => told("an array of NumPy (.npy)", FROM_KERAS),
        [b'G', b'G', b'U', b'F', ..] => told("a GGUF file", FROM_PYTORCH),
        [b'<', ..] => told("a web page", "download the file itself"),
        _ if bytes.starts_with(b"version https://git-lfs") => {
            told("Git's note of where the file lies", "fetch the file with `git lfs pull`")
        }
        _ => {
            let header = bytes.first_chunk().map_or(u64::MAX, |length| u64::from_le_bytes(*length));
            let whole = header.saturating_add(8) <= bytes.len() as u64;
            let begins = bytes.get(8).is_none_or(|first| *first == b'{');
            if whole || !begins { None } else { told("a file that is cut short", AGAIN) }
        }
    }
}

/// The tensor called `name` as the numbers of `parameter`.
///
/// # Errors
/// When there is none, or it has another shape, another kind of numbers, or some that are not finite.
pub(super) fn values(
    path: &Path,
    tensors: &SafeTensors,
    name: &str,
    parameter: &Parameter,
) -> Result<Vec<f32>, Error> {
    let doing = format!("reading the weights in {}", name_of(path));
    let expected =
        format!("tensor {name} of shape {:?}, {:?}", parameter.shape, super::saving::dtype(parameter));
    let tensor = tensors.tensor(name).map_err(|_| {
        Error::new(&doing, &expected, format!("only {:?}", sorted(tensors)), part_of(tensors, name))
    })?;
    let found = format!("shape {:?}, {:?}", tensor.shape(), tensor.dtype());
    if tensor.shape() != parameter.shape {
        return Err(Error::new(&doing, &expected, found, other_shape(&parameter.shape, tensor.shape())));
    }
    let counted = parameter.role == Role::Counted;
    let Some(numbers) = numbers(&tensor, counted) else {
        return Err(Error::new(&doing, &expected, found, "save them as floats of 16, 32 or 64 bits"));
    };
    check_numbers(parameter, &numbers, name, &doing)?;
    Ok(numbers)
}

/// # Errors
/// When one of them is none that the parameter called `name` can have.
pub(super) fn check_numbers(
    parameter: &Parameter,
    numbers: &[f32],
    name: &str,
    doing: &str,
) -> Result<(), Error> {
    let is_size = parameter.name == "running_var" || parameter.role == Role::Counted;
    let least = if is_size { 0.0 } else { f32::MIN };
    let Some(number) = numbers.iter().find(|number| !(number.is_finite() && **number >= least)) else {
        return Ok(());
    };
    let range = if is_size { "finite numbers of at least 0" } else { "finite numbers" };
    let advice = "the training that wrote them went astray: train again with a smaller learning rate";
    Err(Error::new(doing, format!("{range} in {name}"), number, advice))
}

/// None where the kind of numbers is not one that weights have.
pub(super) fn numbers(tensor: &TensorView, counted: bool) -> Option<Vec<f32>> {
    let bytes = tensor.data();
    Some(match tensor.dtype() {
        Dtype::F32 => bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
        Dtype::F64 => bytes.as_chunks().0.iter().map(|b| f64::from_le_bytes(*b) as f32).collect(),
        Dtype::F16 => bytes.as_chunks().0.iter().map(|b| half(u16::from_le_bytes(*b))).collect(),
        Dtype::BF16 => bytes.as_chunks().0.iter().map(|b| brain(u16::from_le_bytes(*b))).collect(),
        Dtype::I64 if counted => bytes.as_chunks().0.iter().map(|b| i64::from_le_bytes(*b) as f32).collect(),
        Dtype::I32 if counted => bytes.as_chunks().0.iter().map(|b| i32::from_le_bytes(*b) as f32).collect(),
        _ => return None,
    })
}

/// A float of 16 bits (IEEE 754 binary16): sign, 5 bits of exponent, 10 of fraction.
fn half(bits: u16) -> f32 {
    let (sign, exponent, fraction) = (u32::from(bits >> 15) << 31, bits >> 10 & 31, u32::from(bits & 1023));
    match exponent {
        // Below the smallest normal one: fraction / 2^24, which a float of 32 bits holds exactly.
        0 => f32::from_bits(sign | (fraction as f32 / 16_777_216.0).to_bits()),
        31 => f32::from_bits(sign | 0x7f80_0000 | fraction << 13),
        _ => f32::from_bits(sign | (u32::from(exponent) + 112) << 23 | fraction << 13),
    }
}

/// A bfloat16: the upper half of a float of 32 bits.
fn brain(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}

/// What to do where a name is missing: PyTorch has it with a prefix in a part of a larger network.
fn part_of(tensors: &SafeTensors, name: &str) -> String {
    let found = sorted(tensors);
    let prefix =
        found.iter().filter_map(|found| found.strip_suffix(name)).find(|before| before.ends_with('.'));
    prefix.map_or(OTHER_LAYERS.into(), |prefix| {
        format!("save the state_dict() of the part alone that PyTorch calls {prefix:?}")
    })
}

/// What to do where a shape is another.
pub(super) fn other_shape(expected: &[usize], found: &[usize]) -> &'static str {
    match (expected, found) {
        (&[outputs, inputs], &[first, second]) if [second, first] == [outputs, inputs] => {
            "Keras has [inputs, outputs]: write the transpose, weight.T, into the file"
        }
        (&[filters, channels, height, width], &[a, b, c, d])
            if [a, b, c, d] == [height, width, channels, filters] =>
        {
            "Keras has [height, width, channels, filters]: write weight.transpose(3, 2, 0, 1) into the file"
        }
        _ => OTHER_LAYERS,
    }
}

pub(super) fn sorted(tensors: &SafeTensors) -> Vec<String> {
    let mut names: Vec<String> = tensors.names().into_iter().map(|name| name.to_string()).collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers are NumPy's: `np.uint16(bits).view(np.float16)`.
    #[test]
    fn halves_are_numpys() {
        let table = [
            (0x0000, 0.0),
            (0x0001, 5.960_464_5e-8),
            (0x03ff, 6.097_555e-5),
            (0x0400, 6.103_515_6e-5),
            (0x3555, 0.333_251_95),
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x7c00, f32::INFINITY),
            (0xfc00, f32::NEG_INFINITY),
        ];
        for (bits, number) in table {
            assert_eq!(half(bits), number, "{bits:#06x}");
        }
        assert!(half(0x7e00).is_nan() && half(0x8000).is_sign_negative());
        assert_eq!((brain(0x3f80), brain(0xc2c8), brain(0x0001)), (1.0, -100.0, f32::from_bits(0x1_0000)));
    }

    #[test]
    fn files_of_other_kinds_are_told_apart() {
        let zip = b"PK\x03\x04\x00\x00archive/data.pkl\x80\x02";
        let table: [(&[u8], &str, &str); 9] = [
            (b"", "an empty file", "again"),
            (zip, "torch.save", "save_file(model.state_dict()"),
            (b"PK\x03\x04\x14\x00metadata.json", ".keras", "safetensors"),
            (b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", "a pickle", "save_file"),
            (b"\x89HDF\r\n\x1a\n", "HDF5", "safetensors"),
            (b"<!DOCTYPE html>", "a web page", "download"),
            (b"version https://git-lfs.github.com/spec/v1\n", "Git's note", "git lfs pull"),
            (b"\x40\x00\x00\x00\x00\x00\x00\x00{\"a\":", "cut short", "again"),
            (b"\x02\x00\x00", "cut short", "again"),
        ];
        for (bytes, found, advice) in table {
            let message = tensors(Path::new("folder/w.bin"), bytes).unwrap_err().to_string();
            assert!(message.contains(found) && message.contains(advice), "{found}: {message}");
            assert!(message.starts_with("While reading the network in w.bin") && !message.contains("delete"));
        }
    }
}
