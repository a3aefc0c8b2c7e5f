//! For tests that compare with numbers from PyTorch.

use crate::nn::kernels::transpose::each_row_transposed;

/// Numbers from -1 to 1 that look random, the same in every run and in `tests/pytorch.py`.
pub(super) fn wave(first: usize, n: usize) -> Vec<f32> {
    (first..first + n).map(|i| ((37 * i * i + 11 * i + 7) % 101) as f32 / 50.0 - 1.0).collect()
}

/// As many numbers as PyTorch has, none further from its own than `most`.
#[track_caller]
pub(super) fn close(what: &str, ours: &[f32], theirs: &[f32], most: f32) {
    let far = ours.iter().zip(theirs).any(|(a, b)| (a - b).abs() > most);
    assert!(ours.len() == theirs.len() && !far, "{what}: {ours:?}, and PyTorch has {theirs:?}");
}

/// A batch of images: PyTorch has channel after channel; here the channels of a pixel lie side by side.
pub(super) fn by_pixel(rows: usize, batch: &[f32], channels: usize) -> Vec<f32> {
    let mut by_pixel = vec![0.0; batch.len()];
    each_row_transposed(rows, batch, batch.len() / rows / channels, &mut by_pixel);
    by_pixel
}
