//! Sums of products of numbers that lie at regular steps: matrix products, and convolutions.
//!
//! A tile of sums, six rows of sixteen or eight of forty-eight, is kept in registers while its terms are added up. Both
//! factors are read where they lie; a convolution is a matrix product whose first factor is the image, read as
//! overlapping windows.

use crate::nn::kernels::simd::tile::{Last, Terms, sums, width};
use crate::nn::kernels::simd::{Simd, SimdKernel, vectorized};

/// `c[i][j] = start + Σₖ a[i][k] · b[k][j]`, with rows `i` and terms `k` in two levels.
///
/// A count `[m, n]` is `m` runs of `n`; the steps beside it say how far apart two runs lie, and two of a run.
/// Columns `j` lie side by side.
#[derive(Clone, Copy)]
pub(crate) struct Product<'a> {
    pub a: &'a [f32],
    pub b: &'a [f32],
    pub rows: [usize; 2],
    pub columns: usize,
    /// Steps from row to row of `a`.
    pub a_rows: [usize; 2],
    /// Steps from row to row of `c`. Rows may overlap where the start is `Add`.
    pub c_rows: [usize; 2],
    pub terms: Terms,
    pub start: Start<'a>,
}

/// What the sums are added to.
#[derive(Clone, Copy)]
pub(crate) enum Start<'a> {
    Zero,
    /// A number for each column.
    Bias(&'a [f32]),
    /// What is there already: one row after the other.
    Add,
}

impl Product<'_> {
    /// Every element is summed in the order of its terms, however the work is shared out.
    pub fn compute(self, c: &mut [f32]) {
        vectorized(Run { product: self, c });
    }
}

struct Run<'a> {
    product: Product<'a>,
    c: &'a mut [f32],
}

impl SimdKernel for Run<'_> {
    /// The columns in panels of nearly equal width, then what is left of them.
    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let columns = self.product.columns;
        let mut blocks = columns / S::LANES;
        for panels in (1..=blocks.div_ceil(S::TILE[1])).rev() {
            let j = columns - columns % S::LANES - blocks * S::LANES;
            let width = blocks.div_ceil(panels);
            match width {
                3 if S::TILE[1] >= 3 => self.panel::<S, 3>(simd, j, Last::Whole),
                2 => self.panel::<S, 2>(simd, j, Last::Whole),
                _ => self.panel::<S, 1>(simd, j, Last::Whole),
            }
            blocks -= width;
        }
        let rest = columns % S::LANES;
        if rest > 0 {
            self.panel::<S, 1>(simd, columns - rest, Last::First(rest));
        }
    }
}

impl Run<'_> {
    /// `C` blocks of columns from `j` on, in tiles of nearly equal height.
    #[inline(always)]
    fn panel<S: Simd, const C: usize>(&mut self, simd: S, j: usize, last: Last) {
        let rows = self.product.rows[0] * self.product.rows[1];
        let tiles = rows.div_ceil(S::TILE[0]);
        let mut i = 0;
        for tile in 0..tiles {
            let height = (rows - i).div_ceil(tiles - tile);
            match height {
                8 if S::TILE[0] >= 8 => self.tile::<S, 8, C>(simd, i, j, last),
                7 if S::TILE[0] >= 7 => self.tile::<S, 7, C>(simd, i, j, last),
                6 => self.tile::<S, 6, C>(simd, i, j, last),
                5 => self.tile::<S, 5, C>(simd, i, j, last),
                4 => self.tile::<S, 4, C>(simd, i, j, last),
                3 => self.tile::<S, 3, C>(simd, i, j, last),
                2 => self.tile::<S, 2, C>(simd, i, j, last),
                _ => self.tile::<S, 1, C>(simd, i, j, last),
            }
            i += height;
        }
    }

    #[inline(always)]
    fn tile<S: Simd, const R: usize, const C: usize>(&mut self, simd: S, i: usize, j: usize, last: Last) {
        let Product { a, b, rows, a_rows, c_rows, terms, start, .. } = self.product;
        let sums = sums::<S, R, C>(simd, &terms, (a, places(i, rows, a_rows)), (b, j), last);
        for (place, sums) in places::<R>(i, rows, c_rows).into_iter().zip(sums) {
            let out = &mut self.c[place + j..][..width::<S, C>(last)];
            for (block, sum) in sums.into_iter().enumerate() {
                let (at, last) = (block * S::LANES, if block + 1 == C { last } else { Last::Whole });
                let out = &mut out[at..];
                let sum = match start {
                    Start::Zero => sum,
                    Start::Bias(bias) => simd.add(last.load(simd, &bias[j + at..]), sum),
                    Start::Add => simd.add(last.load(simd, out), sum),
                };
                last.put(simd, sum, out);
            }
        }
    }
}

/// Where `R` rows from row `i` on begin.
#[inline(always)]
fn places<const R: usize>(i: usize, counts: [usize; 2], steps: [usize; 2]) -> [usize; R] {
    let (mut run, mut row) = (i / counts[1], i % counts[1]);
    let mut places = [0; R];
    for place in &mut places {
        *place = run * steps[0] + row * steps[1];
        row += 1;
        if row == counts[1] {
            (run, row) = (run + 1, 0);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::super::simd::Portable;
    use super::*;

    /// Numbers from -1 to 1 that look random.
    fn numbers(n: usize, salt: usize) -> Vec<f32> {
        (0..n).map(|i| ((i + salt) * 7919 % 2003) as f32 / 1001.0 - 1.0).collect()
    }

    /// The same in 64 bits, one element after the other.
    fn exact(product: &Product, c: &[f32]) -> Vec<f64> {
        let mut c: Vec<f64> = c.iter().copied().map(f64::from).collect();
        let Product { a, b, rows, columns, a_rows, c_rows, terms, start } = *product;
        let each = |counts: [usize; 2]| (0..counts[0]).flat_map(move |i| (0..counts[1]).map(move |j| [i, j]));
        let at = |[i, j]: [usize; 2], steps: [usize; 2]| i * steps[0] + j * steps[1];
        for row in each(rows) {
            for j in 0..columns {
                let factors =
                    each(terms.counts).map(|k| (a[at(row, a_rows) + at(k, terms.a)], b[at(k, terms.b) + j]));
                let sum: f64 = factors.map(|(a, b)| f64::from(a) * f64::from(b)).sum();
                let out = &mut c[at(row, c_rows) + j];
                *out = match start {
                    Start::Zero => sum,
                    Start::Bias(bias) => f64::from(bias[j]) + sum,
                    Start::Add => *out + sum,
                };
            }
        }
        c
    }

    fn check(product: Product, length: usize) {
        let before = numbers(length, 3);
        let exact = exact(&product, &before);
        let (mut wide, mut portable) = (before.clone(), before);
        product.compute(&mut wide);
        Run { product, c: &mut portable }.run(Portable);
        for c in [wide, portable] {
            let far = c.iter().zip(&exact).any(|(c, exact)| (f64::from(*c) - exact).abs() > 1e-5);
            let Product { rows, columns, terms, .. } = product;
            assert!(!far, "{rows:?} rows, {columns} columns, {:?} terms: {c:?}, {exact:?}", terms.counts);
        }
    }

    /// Every height of a tile and every number of columns left over, with each start.
    #[test]
    fn sums_are_the_textbooks() {
        for columns in [1, 7, 8, 9, 16, 23, 24, 41, 63] {
            for rows in [[1, 1], [1, 2], [3, 1], [2, 2], [1, 5], [2, 3], [1, 7], [5, 4]] {
                for counts in [[0, 3], [1, 1], [2, 3], [1, 17]] {
                    let bias = numbers(columns, 4);
                    for start in [Start::Zero, Start::Bias(&bias), Start::Add] {
                        let (a_rows, c_rows) = ([50, 11], [rows[1] * columns + 3, columns]);
                        let terms = Terms { counts, a: [7, 2], b: [4 * columns, columns] };
                        let (a, b) = (numbers(400, 1), numbers(20 * columns, 2));
                        let product = Product { a: &a, b: &b, rows, columns, a_rows, c_rows, terms, start };
                        check(product, 400 + 400 * columns);
                    }
                }
            }
        }
    }

    /// As where the gradient of a convolution's windows is collected.
    #[test]
    fn rows_that_overlap_add_up() {
        let (a, b) = (numbers(100, 1), numbers(24 * 4, 2));
        let terms = Terms { counts: [1, 4], a: [0, 1], b: [0, 24] };
        let (rows, a_rows, start) = ([2, 9], [36, 4], Start::Add);
        check(Product { a: &a, b: &b, rows, columns: 24, a_rows, c_rows: [40, 8], terms, start }, 200);
    }

    #[test]
    #[should_panic(expected = "terms of the first factor")]
    fn a_factor_too_short_is_noticed() {
        let (a, b) = ([1.0; 5], [1.0; 24]);
        let terms = Terms { counts: [1, 3], a: [0, 1], b: [0, 8] };
        let rows = [1, 2];
        let product = Product {
            a: &a,
            b: &b,
            rows,
            columns: 8,
            a_rows: [0, 3],
            c_rows: [0, 8],
            terms,
            start: Start::Zero,
        };
        product.compute(&mut [0.0; 16]);
    }
}
