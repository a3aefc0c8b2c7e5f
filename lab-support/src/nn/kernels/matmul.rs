//! Matrix products for batches of a few dozen rows.
//!
//! A dense layer needs three: `x · wᵀ` forward, `dyᵀ · x` for the gradient of its weights, `dy · w` for
//! the gradient of its input. The first is a product of rows with rows, the others are a [`Product`]. Both
//! kernels read their operands where they lie, along the rows, and keep a block of sums in registers; at
//! these sizes that beats a general product, which first copies its operands into panels.

use ndarray::{ArrayView2, ArrayViewMut2, Axis};

use crate::nn::kernels::product::{Product, Start};
use crate::nn::kernels::simd::tile::Terms;
use crate::nn::kernels::simd::{LANES, Simd, SimdKernel, lanes, sum_lanes, vectorized};

/// Sums kept in registers at once: `ROWS * COLUMNS` blocks of eight lanes.
const ROWS: usize = 4;
const COLUMNS: usize = 3;

/// `c = a · bᵀ`: `[m, k] · [n, k]ᵀ -> [m, n]`. The rows of `a` and `b` must be contiguous.
pub(crate) fn matmul_nt(a: ArrayView2<f32>, b: ArrayView2<f32>, c: ArrayViewMut2<f32>) {
    assert_eq!((a.nrows(), b.nrows()), c.dim(), "shape of the product");
    assert_eq!(a.ncols(), b.ncols(), "columns of both factors");
    vectorized(MatmulNt { a, b, c });
}

/// `c = a · b`: `[m, k] · [k, n] -> [m, n]`, each in standard layout.
pub(crate) fn matmul_nn(a: ArrayView2<f32>, b: ArrayView2<f32>, c: ArrayViewMut2<f32>) {
    assert_eq!((a.nrows(), b.ncols()), c.dim(), "shape of the product");
    assert_eq!(a.ncols(), b.nrows(), "terms of both factors");
    let ((m, k), n) = (a.dim(), b.ncols());
    let terms = Terms { counts: [1, k], a: [0, 1], b: [0, n] };
    product(slice(a), [0, k], m, slice(b), n, terms).compute(slice_mut(c));
}

/// `c = aᵀ · b` for the columns of `a` from `first` on: `[k, first..first + m]ᵀ · [k, n] -> [m, n]`, each
/// in standard layout.
pub(crate) fn matmul_tn(a: ArrayView2<f32>, first: usize, b: ArrayView2<f32>, c: ArrayViewMut2<f32>) {
    assert_eq!(b.ncols(), c.ncols(), "columns of the product");
    assert_eq!(a.nrows(), b.nrows(), "rows of both factors");
    assert!(first + c.nrows() <= a.ncols(), "columns of the first factor");
    let ((k, columns), m, n) = (a.dim(), c.nrows(), b.ncols());
    let terms = Terms { counts: [1, k], a: [0, columns], b: [0, n] };
    product(&slice(a)[first..], [0, 1], m, slice(b), n, terms).compute(slice_mut(c));
}

/// A batch of `rows` rows as a matrix.
pub(crate) fn matrix(rows: usize, numbers: &[f32]) -> ArrayView2<'_, f32> {
    ArrayView2::from_shape((rows, numbers.len() / rows), numbers).expect("rows of equal length")
}

pub(crate) fn matrix_mut(rows: usize, numbers: &mut [f32]) -> ArrayViewMut2<'_, f32> {
    ArrayViewMut2::from_shape((rows, numbers.len() / rows), numbers).expect("rows of equal length")
}

/// A product of `m` rows and `n` columns that lie side by side.
fn product<'a>(
    a: &'a [f32],
    a_rows: [usize; 2],
    m: usize,
    b: &'a [f32],
    n: usize,
    terms: Terms,
) -> Product<'a> {
    Product { a, b, rows: [1, m], columns: n, a_rows, c_rows: [0, n], terms, start: Start::Zero }
}

/// Every element of the product is a sum along two rows.
struct MatmulNt<'a, 'b, 'c> {
    a: ArrayView2<'a, f32>,
    b: ArrayView2<'b, f32>,
    c: ArrayViewMut2<'c, f32>,
}

impl SimdKernel for MatmulNt<'_, '_, '_> {
    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let (m, n) = self.c.dim();
        for j in (0..n).step_by(COLUMNS) {
            for i in (0..m).step_by(ROWS) {
                let (rows, columns) = (ROWS.min(m - i), COLUMNS.min(n - j));
                match (rows, columns) {
                    (ROWS, COLUMNS) => self.tile::<S, ROWS, COLUMNS>(simd, i, j),
                    (ROWS, _) => (j..j + columns).for_each(|j| self.tile::<S, ROWS, 1>(simd, i, j)),
                    _ => (i..i + rows)
                        .for_each(|i| (j..j + columns).for_each(|j| self.tile::<S, 1, 1>(simd, i, j))),
                }
            }
        }
    }
}

impl MatmulNt<'_, '_, '_> {
    /// `R` rows of `a` times `C` rows of `b`, in eight running sums for each element of `c`.
    #[inline(always)]
    fn tile<S: Simd, const R: usize, const C: usize>(&mut self, simd: S, i: usize, j: usize) {
        let k = self.a.ncols();
        let a: [&[f32]; R] = std::array::from_fn(|r| &row(&self.a, i + r)[..k]);
        let b: [&[f32]; C] = std::array::from_fn(|c| &row(&self.b, j + c)[..k]);
        let mut sums = [[simd.splat(0.0); C]; R];
        let whole = k - k % LANES;
        let mut p = 0;
        while p < whole {
            let b: [S::Block; C] = std::array::from_fn(|c| simd.load(lanes(b[c], p)));
            for r in 0..R {
                let a = simd.load(lanes(a[r], p));
                for c in 0..C {
                    sums[r][c] = simd.mul_add(a, b[c], sums[r][c]);
                }
            }
            p += LANES;
        }
        for r in 0..R {
            for c in 0..C {
                let rest = a[r][whole..].iter().zip(&b[c][whole..]);
                let sum = sum_lanes(&simd.store(sums[r][c]));
                self.c[[i + r, j + c]] = rest.fold(sum, |sum, (x, y)| simd.mul_add_one(*x, *y, sum));
            }
        }
    }
}

#[inline(always)]
fn row<'a>(matrix: &ArrayView2<'a, f32>, i: usize) -> &'a [f32] {
    matrix.index_axis_move(Axis(0), i).to_slice().expect("the rows of a factor are contiguous")
}

fn slice(matrix: ArrayView2<'_, f32>) -> &[f32] {
    matrix.to_slice().expect("the factors are in standard layout")
}

fn slice_mut(matrix: ArrayViewMut2<'_, f32>) -> &mut [f32] {
    matrix.into_slice().expect("the product is in standard layout")
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::super::simd::Portable;
    use super::*;

    /// On either side of every multiple of a block's four rows, three columns and eight lanes.
    const SIZES: [usize; 15] = [1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 23, 24, 25, 33, 40];

    /// Numbers from -1 to 1, the same in every run.
    fn matrix(rows: usize, columns: usize, salt: usize) -> Array2<f32> {
        Array2::from_shape_fn((rows, columns), |(i, j)| {
            ((i * columns + j + salt) * 7919 % 2003) as f32 / 1001.0 - 1.0
        })
    }

    fn each_shape(check: impl Fn(usize, usize, usize)) {
        for m in SIZES {
            for k in SIZES {
                SIZES.iter().for_each(|&n| check(m, k, n));
            }
        }
    }

    /// Against sums in 64 bits: `k` products of numbers up to 1, each sum rounded to 24 bits.
    fn close(c: &Array2<f32>, exact: &Array2<f64>, k: usize) {
        for (at, exact) in exact.indexed_iter() {
            let error = (f64::from(c[at]) - exact).abs();
            assert!(error < 1e-7 * (k + 1) as f64, "{:?}, k {k}, at {at:?}: {} and {exact}", c.dim(), c[at]);
        }
    }

    #[test]
    fn rows_times_rows_is_the_textbooks_product() {
        each_shape(|m, k, n| {
            let (a, b) = (matrix(m, k, 1), matrix(n, k, 2));
            let exact = a.mapv(f64::from).dot(&b.mapv(f64::from).t());
            let (mut wide, mut portable) = (Array2::ones((m, n)), Array2::ones((m, n)));
            matmul_nt(a.view(), b.view(), wide.view_mut());
            MatmulNt { a: a.view(), b: b.view(), c: portable.view_mut() }.run(Portable);
            close(&wide, &exact, k);
            close(&portable, &exact, k);
        });
    }

    #[test]
    fn columns_times_is_the_textbooks_product() {
        each_shape(|m, k, n| {
            let (first, a, b) = (m / 2, matrix(k, m + m / 2, 1), matrix(k, n, 2));
            let exact = a.slice(ndarray::s![.., first..]).t().mapv(f64::from).dot(&b.mapv(f64::from));
            let mut c = Array2::ones((m, n));
            matmul_tn(a.view(), first, b.view(), c.view_mut());
            close(&c, &exact, k);
        });
    }

    #[test]
    fn rows_times_is_the_textbooks_product() {
        each_shape(|m, k, n| {
            let (a, b) = (matrix(m, k, 1), matrix(k, n, 2));
            let mut c = Array2::ones((m, n));
            matmul_nn(a.view(), b.view(), c.view_mut());
            close(&c, &a.mapv(f64::from).dot(&b.mapv(f64::from)), k);
        });
    }

    /// However the rows of the second factor are shared out.
    #[test]
    fn parts_of_rows_times_rows_have_the_bits_of_the_whole() {
        for (m, k, n) in [(32, 23, 40), (7, 41, 17), (1, 9, 13)] {
            let (a, b) = (matrix(m, k, 1), matrix(n, k, 2));
            let mut whole = Array2::ones((m, n));
            matmul_nt(a.view(), b.view(), whole.view_mut());
            for share in 1..=n {
                let mut parts = Array2::ones((m, n));
                let factors = b.axis_chunks_iter(Axis(0), share);
                factors
                    .zip(parts.axis_chunks_iter_mut(Axis(1), share))
                    .for_each(|(b, c)| matmul_nt(a.view(), b, c));
                assert_eq!(parts, whole, "shares of {share}");
            }
        }
    }

    /// However the rows of the product are shared out.
    #[test]
    fn parts_of_columns_times_have_the_bits_of_the_whole() {
        for (m, k, n) in [(32, 23, 40), (7, 41, 17), (13, 9, 1)] {
            let (a, b) = (matrix(k, m, 1), matrix(k, n, 2));
            let mut whole = Array2::ones((m, n));
            matmul_tn(a.view(), 0, b.view(), whole.view_mut());
            for share in 1..=m {
                let mut parts = Array2::ones((m, n));
                let chunks = parts.axis_chunks_iter_mut(Axis(0), share).enumerate();
                chunks.for_each(|(i, c)| matmul_tn(a.view(), i * share, b.view(), c));
                assert_eq!(parts, whole, "shares of {share}");
            }
        }
    }
}
