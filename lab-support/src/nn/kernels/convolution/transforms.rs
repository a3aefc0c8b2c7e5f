//! The six transforms of a Winograd convolution: of filters, images and sums, each with its gradient.

use crate::nn::kernels::convolution::tiles::{
    FilterMatrix, FilterMatrixTransposed, InputMatrix, InputMatrixTransposed, OutputMatrix,
    OutputMatrixTransposed, added, gather, parts_of, scatter, transformed, zeros,
};
use crate::nn::kernels::simd::{Simd, SimdKernel};
use crate::nn::kernels::window::Window;

/// Filters `[3, 3, channels, filters]` to `[16, channels, filters]`.
pub(crate) struct FilterTransform<'a> {
    pub plain: &'a [f32],
    pub packed: &'a mut [f32],
}

impl SimdKernel for FilterTransform<'_> {
    fn depth(&self) -> usize {
        self.plain.len() / 9
    }

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (step, parts) = (self.plain.len() / 9, parts_of(self.packed));
        for at in (0..step).step_by(S::LANES) {
            let mut filter = zeros(simd);
            for i in 0..9 {
                filter[i / 3][i % 3] = simd.load(&self.plain[at + i * step..]);
            }
            scatter(simd, transformed::<S, FilterMatrix>(simd, filter), self.packed, at, parts);
        }
    }
}

/// The gradient of packed filters as that of plain ones.
pub(crate) struct FilterGradient<'a> {
    pub packed: &'a [f32],
    pub plain: &'a mut [f32],
}

impl SimdKernel for FilterGradient<'_> {
    fn depth(&self) -> usize {
        self.plain.len() / 9
    }

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (step, parts) = (self.plain.len() / 9, parts_of(self.packed));
        for at in (0..step).step_by(S::LANES) {
            let filter = transformed::<S, FilterMatrixTransposed>(simd, gather(simd, self.packed, at, parts));
            for i in 0..9 {
                simd.put(filter[i / 3][i % 3], &mut self.plain[at + i * step..]);
            }
        }
    }
}

/// The pixel in the corner of each tile, row by row.
fn corners([rows, columns]: [usize; 2]) -> impl Iterator<Item = [usize; 2]> {
    (0..rows).flat_map(move |i| (0..columns).map(move |j| [2 * i, 2 * j]))
}

/// An image in its border to `[16, tiles, channels]`.
pub(crate) struct InputTransform<'a> {
    pub window: &'a Window,
    pub tiles: [usize; 2],
    pub image: &'a [f32],
    pub to: &'a mut [f32],
}

impl SimdKernel for InputTransform<'_> {
    fn depth(&self) -> usize {
        self.window.channels
    }

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (channels, row) = (self.window.channels, self.window.padded_row_len());
        let parts = parts_of(self.to);
        for (tile, [i, j]) in corners(self.tiles).enumerate() {
            for c in (0..channels).step_by(S::LANES) {
                let numbers = gather(simd, self.image, i * row + j * channels + c, [row, channels]);
                let numbers = transformed::<S, InputMatrix>(simd, numbers);
                scatter(simd, numbers, self.to, tile * channels + c, parts);
            }
        }
    }
}

/// The gradient of transformed tiles, added to that of the image.
pub(crate) struct InputGradient<'a> {
    pub window: &'a Window,
    pub tiles: [usize; 2],
    pub from: &'a [f32],
    pub d_image: &'a mut [f32],
}

impl SimdKernel for InputGradient<'_> {
    fn depth(&self) -> usize {
        self.window.channels
    }

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (channels, row) = (self.window.channels, self.window.padded_row_len());
        let parts = parts_of(self.from);
        for (tile, [i, j]) in corners(self.tiles).enumerate() {
            for c in (0..channels).step_by(S::LANES) {
                let d_sums = gather(simd, self.from, tile * channels + c, parts);
                let d_sums = transformed::<S, InputMatrixTransposed>(simd, d_sums);
                let at = i * row + j * channels + c;
                let there = gather(simd, self.d_image, at, [row, channels]);
                scatter(simd, added(simd, there, d_sums), self.d_image, at, [row, channels]);
            }
        }
    }
}

/// The 2 × 2 sums of a tile.
const QUARTER: [[usize; 2]; 4] = [[0, 0], [0, 1], [1, 0], [1, 1]];

/// `[16, tiles, filters]` to the sums, plus the bias.
pub(crate) struct OutputTransform<'a> {
    pub window: &'a Window,
    pub tiles: [usize; 2],
    pub from: &'a [f32],
    pub bias: &'a [f32],
    pub sums: &'a mut [f32],
}

impl SimdKernel for OutputTransform<'_> {
    fn depth(&self) -> usize {
        self.bias.len()
    }

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (filters, parts) = (self.bias.len(), parts_of(self.from));
        let Window { out_height, out_width, .. } = *self.window;
        for (tile, corner) in corners(self.tiles).enumerate() {
            for f in (0..filters).step_by(S::LANES) {
                let sums = gather(simd, self.from, tile * filters + f, parts);
                let sums = transformed::<S, OutputMatrix>(simd, sums);
                let bias = simd.load(&self.bias[f..]);
                for [i, j] in QUARTER {
                    let [row, column] = [corner[0] + i, corner[1] + j];
                    if row < out_height && column < out_width {
                        let at = (row * out_width + column) * filters + f;
                        simd.put(simd.add(bias, sums[i][j]), &mut self.sums[at..]);
                    }
                }
            }
        }
    }
}

/// The gradient of the sums to `[16, tiles, filters]`.
pub(crate) struct OutputGradient<'a> {
    pub window: &'a Window,
    pub tiles: [usize; 2],
    pub d_sums: &'a [f32],
    pub to: &'a mut [f32],
}

impl SimdKernel for OutputGradient<'_> {
    fn depth(&self) -> usize {
        self.d_sums.len() / (self.window.out_height * self.window.out_width)
    }

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Window { out_height, out_width, .. } = *self.window;
        let (filters, parts) = (self.d_sums.len() / (out_height * out_width), parts_of(self.to));
        for (tile, corner) in corners(self.tiles).enumerate() {
            for f in (0..filters).step_by(S::LANES) {
                let mut d_sums = zeros(simd);
                for [i, j] in QUARTER {
                    let [row, column] = [corner[0] + i, corner[1] + j];
                    if row < out_height && column < out_width {
                        let at = (row * out_width + column) * filters + f;
                        d_sums[i][j] = simd.load(&self.d_sums[at..]);
                    }
                }
                let d_sums = transformed::<S, OutputMatrixTransposed>(simd, d_sums);
                scatter(simd, d_sums, self.to, tile * filters + f, parts);
            }
        }
    }
}
