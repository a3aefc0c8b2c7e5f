//! What the comparisons with PyTorch share.

use std::path::Path;

use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use crate::numbers::{close_within, wave};

/// Within a millionth of the largest of them, or of 1.
#[track_caller]
pub fn close(what: &str, ours: &[f32], theirs: &[f32]) {
    let largest = theirs.iter().fold(1.0f32, |largest, number| largest.max(number.abs()));
    close_within(1e-6 * largest, what, ours, theirs);
}

/// A tensor's name, shape and numbers.
pub type Tensor<'a> = (&'a str, Vec<usize>, Vec<f32>);

/// Tensors of these names and shapes that hold one `wave` from end to end, times `factor`.
pub fn waves<'a>(shapes: impl IntoIterator<Item = (&'a str, Vec<usize>)>, factor: f32) -> Vec<Tensor<'a>> {
    let mut first = 0;
    let tensor = |(name, shape): (&'a str, Vec<usize>)| {
        let n = shape.iter().product();
        first += n;
        (name, shape, wave(first - n, n).iter().map(|number| number * factor).collect())
    };
    shapes.into_iter().map(tensor).collect()
}

/// A file with these tensors of floats, as PyTorch writes them, and batch normalization's counts of no batches.
pub fn write(path: &Path, tensors: &[Tensor], counts: &[&str]) {
    let bytes: Vec<Vec<u8>> =
        tensors.iter().map(|(_, _, v)| v.iter().flat_map(|v| v.to_le_bytes()).collect()).collect();
    let floats = tensors.iter().zip(&bytes).map(|((name, shape, _), bytes)| {
        (name.to_string(), TensorView::new(Dtype::F32, shape.clone(), bytes).unwrap())
    });
    let none = 0i64.to_le_bytes();
    let counts =
        counts.iter().map(|name| (name.to_string(), TensorView::new(Dtype::I64, Vec::new(), &none).unwrap()));
    std::fs::write(path, safetensors::serialize(floats.chain(counts), None).unwrap()).unwrap();
}

pub fn tensor(path: &Path, name: &str) -> Vec<f32> {
    let bytes = std::fs::read(path).unwrap();
    let tensors = SafeTensors::deserialize(&bytes).unwrap();
    let (numbers, _) = tensors.tensor(name).unwrap().data().as_chunks();
    numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}
