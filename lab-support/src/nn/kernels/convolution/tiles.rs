//! The transformations of [`Winograd`](super::winograd::Winograd), forward and backward: of tiles of 4 × 4 numbers, a block
//! of channels or filters at a time. The 16 numbers of a transformed tile lie in 16 equal parts of a slice.

use crate::nn::kernels::simd::Simd;

/// Numbers in a tile.
pub(crate) const TILE: usize = 16;

/// Four numbers of a block of channels each.
pub(super) type Line<S> = [<S as Simd>::Block; 4];

/// A matrix of a transformation, as what it does to one line of a tile.
pub(super) trait Matrix {
    fn times<S: Simd>(simd: S, line: Line<S>) -> Line<S>;
}

/// `M · tile · Mᵀ`.
#[inline(always)]
pub(super) fn transformed<S: Simd, M: Matrix>(simd: S, mut tile: [Line<S>; 4]) -> [Line<S>; 4] {
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
pub(super) fn turned<B>(
    [[a, b, c, d], [e, f, g, h], [i, j, k, l], [m, n, o, p]]: [[B; 4]; 4],
) -> [[B; 4]; 4] {
    [[a, e, i, m], [b, f, j, n], [c, g, k, o], [d, h, l, p]]
}

#[inline(always)]
pub(super) fn zeros<S: Simd>(simd: S) -> [Line<S>; 4] {
    [[simd.splat(0.0); 4]; 4]
}

/// Steps from line to line of a tile, and from number to number of a line.
pub(super) type Steps = [usize; 2];

/// Where the 16 equal parts of a slice begin.
pub(super) fn parts_of(slice: &[f32]) -> Steps {
    [slice.len() / 4, slice.len() / TILE]
}

/// The tile whose first number lies at `at`. Line by line, so that the compiler keeps all of it in registers.
#[inline(always)]
pub(super) fn gather<S: Simd>(simd: S, from: &[f32], at: usize, steps: Steps) -> [Line<S>; 4] {
    let mut tile = zeros(simd);
    for (i, line) in tile.iter_mut().enumerate() {
        for (j, number) in line.iter_mut().enumerate() {
            *number = simd.load(&from[at + i * steps[0] + j * steps[1]..]);
        }
    }
    tile
}

#[inline(always)]
pub(super) fn scatter<S: Simd>(simd: S, tile: [Line<S>; 4], to: &mut [f32], at: usize, steps: Steps) {
    for (i, line) in tile.into_iter().enumerate() {
        for (j, number) in line.into_iter().enumerate() {
            simd.put(number, &mut to[at + i * steps[0] + j * steps[1]..]);
        }
    }
}

/// Bᵀ: 1 0 -1 0, 0 1 1 0, 0 -1 1 0, 0 1 0 -1.
pub(super) struct InputMatrix;

impl Matrix for InputMatrix {
    #[inline(always)]
    fn times<S: Simd>(simd: S, [a, b, c, d]: Line<S>) -> Line<S> {
        [simd.sub(a, c), simd.add(b, c), simd.sub(c, b), simd.sub(b, d)]
    }
}

/// B.
pub(super) struct InputMatrixTransposed;

impl Matrix for InputMatrixTransposed {
    #[inline(always)]
    fn times<S: Simd>(simd: S, [a, b, c, d]: Line<S>) -> Line<S> {
        let zero = simd.splat(0.0);
        [a, simd.add(simd.sub(b, c), d), simd.sub(simd.add(b, c), a), simd.sub(zero, d)]
    }
}

/// Aᵀ: 1 1 1 0, 0 1 -1 -1; two lines of 0 below.
pub(super) struct OutputMatrix;

impl Matrix for OutputMatrix {
    #[inline(always)]
    fn times<S: Simd>(simd: S, [a, b, c, d]: Line<S>) -> Line<S> {
        let zero = simd.splat(0.0);
        [simd.add(a, simd.add(b, c)), simd.sub(simd.sub(b, c), d), zero, zero]
    }
}

/// A; what would be multiplied by the lines of 0 is not read.
pub(super) struct OutputMatrixTransposed;

impl Matrix for OutputMatrixTransposed {
    #[inline(always)]
    fn times<S: Simd>(simd: S, [a, b, _, _]: Line<S>) -> Line<S> {
        [a, simd.add(a, b), simd.sub(a, b), simd.sub(simd.splat(0.0), b)]
    }
}

/// G: 1 0 0, ½ ½ ½, ½ -½ ½, 0 0 1.
pub(super) struct FilterMatrix;

impl Matrix for FilterMatrix {
    #[inline(always)]
    fn times<S: Simd>(simd: S, [a, b, c, _]: Line<S>) -> Line<S> {
        let (half, zero) = (simd.splat(0.5), simd.splat(0.0));
        let (outer, inner) = (simd.mul_add(half, simd.add(a, c), zero), simd.mul_add(half, b, zero));
        [a, simd.add(outer, inner), simd.sub(outer, inner), c]
    }
}

/// Gᵀ.
pub(super) struct FilterMatrixTransposed;

impl Matrix for FilterMatrixTransposed {
    #[inline(always)]
    fn times<S: Simd>(simd: S, [a, b, c, d]: Line<S>) -> Line<S> {
        let (half, zero) = (simd.splat(0.5), simd.splat(0.0));
        let (sum, difference) = (simd.add(b, c), simd.sub(b, c));
        [simd.mul_add(half, sum, a), simd.mul_add(half, difference, zero), simd.mul_add(half, sum, d), zero]
    }
}
