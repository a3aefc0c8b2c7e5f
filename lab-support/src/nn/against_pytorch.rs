//! For tests that compare with numbers from PyTorch.

use crate::nn::kernels::transpose::each_row_transposed;

#[path = "../../tests/pytorch/numbers.rs"]
mod numbers;

pub(super) use numbers::{close_within, pytorch, wave};

/// A batch of images: PyTorch has channel after channel; here the channels of a pixel lie side by side.
pub(super) fn by_pixel(rows: usize, batch: &[f32], channels: usize) -> Vec<f32> {
    let mut by_pixel = vec![0.0; batch.len()];
    each_row_transposed(rows, batch, batch.len() / rows / channels, &mut by_pixel);
    by_pixel
}
