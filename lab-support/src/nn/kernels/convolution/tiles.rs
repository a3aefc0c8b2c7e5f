//! The transformations of [`Winograd`](super::winograd::Winograd), there and back: of tiles of 4 × 4 numbers, eight
//! channels or filters at a time. The 16 numbers of a transformed tile lie in 16 equal parts of a slice.

use crate::nn::kernels::simd::{Kernel, LANES, Simd, lanes, put};
use crate::nn::kernels::window::Window;

/// Numbers in a tile.
pub(crate) const TILE: usize = 16;

/// Four numbers of eight channels each.
type Line<S> = [<S as Simd>::Block; 4];

/// A matrix of a transformation, as what it does to one line of a tile.
trait Matrix {
    fn times<S: Simd>(simd: S, line: Line<S>) -> Line<S>;
}

/// `M · tile · Mᵀ`.
#[inline(always)]
fn transformed<S: Simd, M: Matrix>(simd: S, mut tile: [Line<S>; 4]) -> [Line<S>; 4] {
    for line in &mut tile {
        *line = M::times(simd, *line);
    }
    tile = turned(tile);
    for line in &mut tile {
        *line = M::times(simd, *line);
    }
    turned(tile)
}

/// Lines as columns.
#[inline(always)]
fn turned<B>([[a, b, c, d], [e, f, g, h], [i, j, k, l], [m, n, o, p]]: [[B; 4]; 4]) -> [[B; 4]; 4] {
    [[a, e, i, m], [b, f, j, n], [c, g, k, o], [d, h, l, p]]
}

#[inline(always)]
fn zeros<S: Simd>(simd: S) -> [Line<S>; 4] {
    [[simd.splat(0.0); 4]; 4]
}

/// Steps from line to line of a tile, and from number to number of a line.
type Steps = [usize; 2];

/// Where the 16 equal parts of a slice begin.
fn parts_of(slice: &[f32]) -> Steps {
    [slice.len() / 4, slice.len() / TILE]
}

/// The tile whose first number lies at `at`. Line by line, so that the compiler keeps all of it in registers.
#[inline(always)]
fn gather<S: Simd>(simd: S, from: &[f32], at: usize, steps: Steps) -> [Line<S>; 4] {
    let mut tile = zeros(simd);
    for (i, line) in tile.iter_mut().enumerate() {
        for (j, number) in line.iter_mut().enumerate() {
            *number = simd.load(lanes(from, at + i * steps[0] + j * steps[1]));
        }
    }
    tile
}

#[inline(always)]
fn scatter<S: Simd>(simd: S, tile: [Line<S>; 4], to: &mut [f32], at: usize, steps: Steps) {
    for (i, line) in tile.into_iter().enumerate() {
        for (j, number) in line.into_iter().enumerate() {
            put(simd, number, to, at + i * steps[0] + j * steps[1]);
        }
    }
}

#[inline(always)]
fn added<S: Simd>(simd: S, mut a: [Line<S>; 4], b: [Line<S>; 4]) -> [Line<S>; 4] {
    for (a, b) in a.iter_mut().zip(b) {
        a.iter_mut().zip(b).for_each(|(a, b)| *a = simd.add(*a, b));
    }
    a
}

/// Bᵀ: 1 0 -1 0, 0 1 1 0, 0 -1 1 0, 0 1 0 -1.
struct OfImage;

impl Matrix for OfImage {
    #[inline(always)]
    fn times<S: Simd>(simd: S, [a, b, c, d]: Line<S>) -> Line<S> {
        [simd.sub(a, c), simd.add(b, c), simd.sub(c, b), simd.sub(b, d)]
    }
}

/// B.
struct OfImageBack;

impl Matrix for OfImageBack {
    #[inline(always)]
    fn times<S: Simd>(simd: S, [a, b, c, d]: Line<S>) -> Line<S> {
        let zero = simd.splat(0.0);
        [a, simd.add(simd.sub(b, c), d), simd.sub(simd.add(b, c), a), simd.sub(zero, d)]
    }
}

/// Aᵀ: 1 1 1 0, 0 1 -1 -1; two lines of 0 below.
struct OfSums;

impl Matrix for OfSums {
    #[inline(always)]
    fn times<S: Simd>(simd: S, [a, b, c, d]: Line<S>) -> Line<S> {
        let zero = simd.splat(0.0);
        [simd.add(a, simd.add(b, c)), simd.sub(simd.sub(b, c), d), zero, zero]
    }
}

/// A; what would be multiplied by the lines of 0 is not read.
struct OfSumsBack;

impl Matrix for OfSumsBack {
    #[inline(always)]
    fn times<S: Simd>(simd: S, [a, b, _, _]: Line<S>) -> Line<S> {
        [a, simd.add(a, b), simd.sub(a, b), simd.sub(simd.splat(0.0), b)]
    }
}

/// G: 1 0 0, ½ ½ ½, ½ -½ ½, 0 0 1.
struct OfFilters;

impl Matrix for OfFilters {
    #[inline(always)]
    fn times<S: Simd>(simd: S, [a, b, c, _]: Line<S>) -> Line<S> {
        let (half, zero) = (simd.splat(0.5), simd.splat(0.0));
        let (outer, inner) = (simd.mul_add(half, simd.add(a, c), zero), simd.mul_add(half, b, zero));
        [a, simd.add(outer, inner), simd.sub(outer, inner), c]
    }
}

/// Gᵀ.
struct OfFiltersBack;

impl Matrix for OfFiltersBack {
    #[inline(always)]
    fn times<S: Simd>(simd: S, [a, b, c, d]: Line<S>) -> Line<S> {
        let (half, zero) = (simd.splat(0.5), simd.splat(0.0));
        let (sum, difference) = (simd.add(b, c), simd.sub(b, c));
        [simd.mul_add(half, sum, a), simd.mul_add(half, difference, zero), simd.mul_add(half, sum, d), zero]
    }
}

/// Filters `[3, 3, channels, filters]` to `[16, channels, filters]`.
pub(crate) struct FiltersThere<'a> {
    pub plain: &'a [f32],
    pub packed: &'a mut [f32],
}

impl Kernel for FiltersThere<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (step, parts) = (self.plain.len() / 9, parts_of(self.packed));
        for at in (0..step).step_by(LANES) {
            let mut filter = zeros(simd);
            for i in 0..9 {
                filter[i / 3][i % 3] = simd.load(lanes(self.plain, at + i * step));
            }
            scatter(simd, transformed::<S, OfFilters>(simd, filter), self.packed, at, parts);
        }
    }
}

/// The slopes along packed filters as those along plain ones.
pub(crate) struct FiltersBack<'a> {
    pub packed: &'a [f32],
    pub plain: &'a mut [f32],
}

impl Kernel for FiltersBack<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (step, parts) = (self.plain.len() / 9, parts_of(self.packed));
        for at in (0..step).step_by(LANES) {
            let filter = transformed::<S, OfFiltersBack>(simd, gather(simd, self.packed, at, parts));
            for i in 0..9 {
                put(simd, filter[i / 3][i % 3], self.plain, at + i * step);
            }
        }
    }
}

/// The pixel in the corner of each tile, row by row.
fn corners([rows, columns]: [usize; 2]) -> impl Iterator<Item = [usize; 2]> {
    (0..rows).flat_map(move |i| (0..columns).map(move |j| [2 * i, 2 * j]))
}

/// An image in its border to `[16, tiles, channels]`.
pub(crate) struct ImageThere<'a> {
    pub window: &'a Window,
    pub tiles: [usize; 2],
    pub image: &'a [f32],
    pub to: &'a mut [f32],
}

impl Kernel for ImageThere<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (channels, row) = (self.window.channels, self.window.padded_row_len());
        let parts = parts_of(self.to);
        for (tile, [i, j]) in corners(self.tiles).enumerate() {
            for c in (0..channels).step_by(LANES) {
                let numbers = gather(simd, self.image, i * row + j * channels + c, [row, channels]);
                let numbers = transformed::<S, OfImage>(simd, numbers);
                scatter(simd, numbers, self.to, tile * channels + c, parts);
            }
        }
    }
}

/// The slopes along transformed tiles, added to those along the image.
pub(crate) struct ImageBack<'a> {
    pub window: &'a Window,
    pub tiles: [usize; 2],
    pub from: &'a [f32],
    pub d_image: &'a mut [f32],
}

impl Kernel for ImageBack<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (channels, row) = (self.window.channels, self.window.padded_row_len());
        let parts = parts_of(self.from);
        for (tile, [i, j]) in corners(self.tiles).enumerate() {
            for c in (0..channels).step_by(LANES) {
                let slopes = gather(simd, self.from, tile * channels + c, parts);
                let slopes = transformed::<S, OfImageBack>(simd, slopes);
                let at = i * row + j * channels + c;
                let there = gather(simd, self.d_image, at, [row, channels]);
                scatter(simd, added(simd, there, slopes), self.d_image, at, [row, channels]);
            }
        }
    }
}

/// The 2 × 2 sums of a tile.
const QUARTER: [[usize; 2]; 4] = [[0, 0], [0, 1], [1, 0], [1, 1]];

/// `[16, tiles, filters]` to the sums, plus the bias.
pub(crate) struct SumsThere<'a> {
    pub window: &'a Window,
    pub tiles: [usize; 2],
    pub from: &'a [f32],
    pub bias: &'a [f32],
    pub sums: &'a mut [f32],
}

impl Kernel for SumsThere<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (filters, parts) = (self.bias.len(), parts_of(self.from));
        let Window { out_height, out_width, .. } = *self.window;
        for (tile, corner) in corners(self.tiles).enumerate() {
            for f in (0..filters).step_by(LANES) {
                let sums = gather(simd, self.from, tile * filters + f, parts);
                let sums = transformed::<S, OfSums>(simd, sums);
                let bias = simd.load(lanes(self.bias, f));
                for [i, j] in QUARTER {
                    let [row, column] = [corner[0] + i, corner[1] + j];
                    if row < out_height && column < out_width {
                        let at = (row * out_width + column) * filters + f;
                        put(simd, simd.add(bias, sums[i][j]), self.sums, at);
                    }
                }
            }
        }
    }
}

/// The slopes along the sums to `[16, tiles, filters]`.
pub(crate) struct SumsBack<'a> {
    pub window: &'a Window,
    pub tiles: [usize; 2],
    pub slopes: &'a [f32],
    pub to: &'a mut [f32],
}

impl Kernel for SumsBack<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Window { out_height, out_width, .. } = *self.window;
        let (filters, parts) = (self.slopes.len() / (out_height * out_width), parts_of(self.to));
        for (tile, corner) in corners(self.tiles).enumerate() {
            for f in (0..filters).step_by(LANES) {
                let mut slopes = zeros(simd);
                for [i, j] in QUARTER {
                    let [row, column] = [corner[0] + i, corner[1] + j];
                    if row < out_height && column < out_width {
                        let at = (row * out_width + column) * filters + f;
                        slopes[i][j] = simd.load(lanes(self.slopes, at));
                    }
                }
                let slopes = transformed::<S, OfSumsBack>(simd, slopes);
                scatter(simd, slopes, self.to, tile * filters + f, parts);
            }
        }
    }
}
