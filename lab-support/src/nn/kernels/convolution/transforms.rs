//! The six transforms of a Winograd convolution: of filters, images and sums, each with its gradient.

use crate::nn::kernels::convolution::tiles::{
    FilterMatrix, FilterMatrixTransposed, InputMatrix, InputMatrixTransposed, OutputMatrix,
    OutputMatrixTransposed, gather, parts_of, scatter, transformed, zeros,
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

/// The pixel in the corner of each tile of an image, row by row, and the number of the tile among those of all images.
fn corners(image: usize, [rows, columns]: [usize; 2]) -> impl Iterator<Item = (usize, [usize; 2])> {
    let tiles = (0..rows).flat_map(move |i| (0..columns).map(move |j| [2 * i, 2 * j]));
    tiles.enumerate().map(move |(tile, corner)| (image * rows * columns + tile, corner))
}

/// Images to `[16, tiles, channels]`; what a tile has of the border, and beyond it, is 0.
pub(crate) struct InputTransform<'a> {
    pub window: &'a Window,
    pub tiles: [usize; 2],
    pub images: &'a [f32],
    pub to: &'a mut [f32],
}

impl SimdKernel for InputTransform<'_> {
    fn depth(&self) -> usize {
        self.window.channels
    }

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (channels, parts) = (self.window.channels, parts_of(self.to));
        for (image, numbers) in self.images.chunks_exact(self.window.inputs()).enumerate() {
            for (tile, corner) in corners(image, self.tiles) {
                let places = places(self.window, corner);
                for c in (0..channels).step_by(S::LANES) {
                    let mut tile_in = zeros(simd);
                    for (line, places) in tile_in.iter_mut().zip(&places) {
                        for (number, place) in line.iter_mut().zip(places) {
                            if let Some(place) = place {
                                *number = simd.load(&numbers[place + c..]);
                            }
                        }
                    }
                    let tile_out = transformed::<S, InputMatrix>(simd, tile_in);
                    scatter(simd, tile_out, self.to, tile * channels + c, parts);
                }
            }
        }
    }
}

/// Where the 4 × 4 pixels of the tile lie that has its first in this corner.
#[inline(always)]
fn places(window: &Window, [i, j]: [usize; 2]) -> [[Option<usize>; 4]; 4] {
    let mut places = [[None; 4]; 4];
    for (row, places) in places.iter_mut().enumerate() {
        for (column, place) in places.iter_mut().enumerate() {
            *place = window.inside(i + row, j + column);
        }
    }
    places
}

/// The gradient of transformed tiles as that of the images.
pub(crate) struct InputGradient<'a> {
    pub window: &'a Window,
    pub tiles: [usize; 2],
    pub from: &'a [f32],
    pub d_images: &'a mut [f32],
}

impl SimdKernel for InputGradient<'_> {
    fn depth(&self) -> usize {
        self.window.channels
    }

    /// Tiles overlap by two pixels: what none above and none to the left has reached is written, the rest added to.
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (channels, parts) = (self.window.channels, parts_of(self.from));
        for (image, numbers) in self.d_images.chunks_exact_mut(self.window.inputs()).enumerate() {
            for (tile, [i, j]) in corners(image, self.tiles) {
                let places = places(self.window, [i, j]);
                for c in (0..channels).step_by(S::LANES) {
                    let d_sums = gather(simd, self.from, tile * channels + c, parts);
                    let d_sums = transformed::<S, InputMatrixTransposed>(simd, d_sums);
                    for (row, (line, places)) in d_sums.into_iter().zip(&places).enumerate() {
                        for (column, (number, place)) in line.into_iter().zip(places).enumerate() {
                            let Some(place) = place else { continue };
                            let number = match (row < 2 && i > 0) || (column < 2 && j > 0) {
                                true => simd.add(simd.load(&numbers[place + c..]), number),
                                false => number,
                            };
                            simd.put(number, &mut numbers[place + c..]);
                        }
                    }
                }
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
        for (image, out) in self.sums.chunks_exact_mut(out_height * out_width * filters).enumerate() {
            for (tile, corner) in corners(image, self.tiles) {
                for f in (0..filters).step_by(S::LANES) {
                    let sums = gather(simd, self.from, tile * filters + f, parts);
                    let sums = transformed::<S, OutputMatrix>(simd, sums);
                    let bias = simd.load(&self.bias[f..]);
                    for [i, j] in QUARTER {
                        let [row, column] = [corner[0] + i, corner[1] + j];
                        if row < out_height && column < out_width {
                            let at = (row * out_width + column) * filters + f;
                            simd.put(simd.add(bias, sums[i][j]), &mut out[at..]);
                        }
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
    pub filters: usize,
    pub d_sums: &'a [f32],
    pub to: &'a mut [f32],
}

impl SimdKernel for OutputGradient<'_> {
    fn depth(&self) -> usize {
        self.filters
    }

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Window { out_height, out_width, .. } = *self.window;
        let (filters, parts) = (self.filters, parts_of(self.to));
        for (image, numbers) in self.d_sums.chunks_exact(out_height * out_width * filters).enumerate() {
            for (tile, corner) in corners(image, self.tiles) {
                for f in (0..filters).step_by(S::LANES) {
                    let mut d_sums = zeros(simd);
                    for [i, j] in QUARTER {
                        let [row, column] = [corner[0] + i, corner[1] + j];
                        if row < out_height && column < out_width {
                            let at = (row * out_width + column) * filters + f;
                            d_sums[i][j] = simd.load(&numbers[at..]);
                        }
                    }
                    let d_sums = transformed::<S, OutputMatrixTransposed>(simd, d_sums);
                    scatter(simd, d_sums, self.to, tile * filters + f, parts);
                }
            }
        }
    }
}
