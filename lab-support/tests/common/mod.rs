//! What the comparisons with PyTorch share.

use std::path::Path;

use safetensors::tensor::SafeTensors;

/// Numbers from -1 to 1 that look like chance.
pub fn wave(first: usize, n: usize) -> Vec<f32> {
    (first..first + n).map(|i| ((37 * i * i + 11 * i + 7) % 101) as f32 / 50.0 - 1.0).collect()
}

/// Within a millionth of the largest of them, or of 1.
pub fn close(what: &str, ours: &[f32], theirs: &[f32]) {
    let largest = theirs.iter().fold(1.0f32, |largest, number| largest.max(number.abs()));
    let far = ours.iter().zip(theirs).any(|(a, b)| (a - b).abs() > 1e-6 * largest);
    assert!(ours.len() == theirs.len() && !far, "{what}: {ours:?}, and PyTorch has {theirs:?}");
}

pub fn tensor(path: &Path, name: &str) -> Vec<f32> {
    let bytes = std::fs::read(path).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let (numbers, _) = tensors.tensor(name).unwrap().data().as_chunks();
    numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}
