//! Matrix products for batches of a few dozen rows.
//!
//! A dense layer needs three: `x · wᵀ` forward, `dyᵀ · x` for the gradient of its weights, `dy · w` for
//! the gradient of its input. The first is a product of rows with rows, the others are a [`Product`]. Both
//! kernels read their operands where they lie, along the rows, and keep a block of sums in registers; at
//! these sizes that beats a general product, which first copies its operands into panels.

use ndarray::ArrayViewMut2;

use crate::nn::kernels::product::{Product, Start};
use crate::nn::kernels::simd::tile::Terms;
use crate::nn::kernels::simd::{LANES, Simd, SimdKernel, lanes, sum_lanes, vectorized};

/// Sums kept in registers at once: `ROWS * COLUMNS` blocks of eight lanes.
const ROWS: usize = 4;
const COLUMNS: usize = 3;

/// `c = a · bᵀ`: `[m, k] · [n, k]ᵀ -> [m, n]`.
pub(crate) fn matmul_nt(a: &[f32], b: &[f32], c: ArrayViewMut2<f32>) {
    let ((m, n), k) = (c.dim(), a.len() / c.nrows());
    assert_eq!((a.len(), b.len()), (m * k, n * k), "numbers in both factors");
    vectorized(MatmulNt { a, b, k, c });
}

/// `a · b`: `[m, k] · [k, n] -> [m, n]`.
pub(crate) fn matmul_nn<'a>(
    a: &'a [f32],
    b: &'a [f32],
    [m, k, n]: [usize; 3],
    start: Start<'a>,
) -> Product<'a> {
    let terms = Terms { counts: [1, k], a: [0, 1], b: [0, n] };
    Product { a, b, rows: [1, m], columns: n, a_rows: [0, k], c_rows: [0, n], terms, start }
}

/// `aᵀ · b` for the first `m` columns of `a`, which has `columns` of them: `[k, m]ᵀ · [k, n] -> [m, n]`.
pub(crate) fn matmul_tn<'a>(
    (a, columns): (&'a [f32], usize),
    b: &'a [f32],
    [m, k, n]: [usize; 3],
    start: Start<'a>,
) -> Product<'a> {
    let terms = Terms { counts: [1, k], a: [0, columns], b: [0, n] };
    Product { a, b, rows: [1, m], columns: n, a_rows: [0, 1], c_rows: [0, n], terms, start }
}

/// `rows` rows of numbers as a matrix.
pub(crate) fn matrix_mut(rows: usize, numbers: &mut [f32]) -> ArrayViewMut2<'_, f32> {
    ArrayViewMut2::from_shape((rows, numbers.len() / rows), numbers).expect("rows of equal length")
}

/// Every element of the product is a sum along two rows.
struct MatmulNt<'a, 'c> {
    a: &'a [f32],
    b: &'a [f32],
    /// Numbers in a row of both.
    k: usize,
    c: ArrayViewMut2<'c, f32>,
}

impl SimdKernel for MatmulNt<'_, '_> {
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

impl MatmulNt<'_, '_> {
    /// `R` rows of `a` times `C` rows of `b`, in eight running sums for each element of `c`.
    #[inline(always)]
    fn tile<S: Simd, const R: usize, const C: usize>(&mut self, simd: S, i: usize, j: usize) {
        let k = self.k;
        let a: [&[f32]; R] = std::array::from_fn(|r| &self.a[(i + r) * k..][..k]);
        let b: [&[f32]; C] = std::array::from_fn(|c| &self.b[(j + c) * k..][..k]);
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

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Axis};

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

    fn slice(matrix: &Array2<f32>) -> &[f32] {
        matrix.as_slice().unwrap()
    }

    /// What a product computes, `[m, n]`.
    fn computed(product: Product, [m, n]: [usize; 2]) -> Array2<f32> {
        let mut c = vec![1.0; m * n];
        product.compute(&mut c);
        Array2::from_shape_vec((m, n), c).unwrap()
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
    fn matmul_nt_is_the_textbooks_product() {
        each_shape(|m, k, n| {
            let (a, b) = (matrix(m, k, 1), matrix(n, k, 2));
            let exact = a.mapv(f64::from).dot(&b.mapv(f64::from).t());
            let (mut wide, mut portable) = (Array2::ones((m, n)), Array2::ones((m, n)));
            matmul_nt(slice(&a), slice(&b), wide.view_mut());
            MatmulNt { a: slice(&a), b: slice(&b), k, c: portable.view_mut() }.run(Portable);
            close(&wide, &exact, k);
            close(&portable, &exact, k);
        });
    }

    #[test]
    fn matmul_tn_is_the_textbooks_product() {
        each_shape(|m, k, n| {
            let (first, a, b) = (m / 2, matrix(k, m + m / 2, 1), matrix(k, n, 2));
            let exact = a.slice(ndarray::s![.., first..]).t().mapv(f64::from).dot(&b.mapv(f64::from));
            let product = matmul_tn((&slice(&a)[first..], m + first), slice(&b), [m, k, n], Start::Zero);
            close(&computed(product, [m, n]), &exact, k);
        });
    }

    #[test]
    fn matmul_nn_is_the_textbooks_product() {
        each_shape(|m, k, n| {
            let (a, b) = (matrix(m, k, 1), matrix(k, n, 2));
            let product = matmul_nn(slice(&a), slice(&b), [m, k, n], Start::Zero);
            close(&computed(product, [m, n]), &a.mapv(f64::from).dot(&b.mapv(f64::from)), k);
        });
    }

    /// However the rows of the second factor are shared out.
    #[test]
    fn parts_of_matmul_nt_have_the_bits_of_the_whole() {
        for (m, k, n) in [(32, 23, 40), (7, 41, 17), (1, 9, 13)] {
            let (a, b) = (matrix(m, k, 1), matrix(n, k, 2));
            let mut whole = Array2::ones((m, n));
            matmul_nt(slice(&a), slice(&b), whole.view_mut());
            for share in 1..=n {
                let mut parts = Array2::ones((m, n));
                let factors = slice(&b).chunks(share * k);
                let products = factors.zip(parts.axis_chunks_iter_mut(Axis(1), share));
                products.for_each(|(b, c)| matmul_nt(slice(&a), b, c));
                assert_eq!(parts, whole, "shares of {share}");
            }
        }
    }

    /// However the rows of the product are shared out.
    #[test]
    fn parts_of_matmul_tn_have_the_bits_of_the_whole() {
        for (m, k, n) in [(32, 23, 40), (7, 41, 17), (13, 9, 1)] {
            let (a, b) = (matrix(k, m, 1), matrix(k, n, 2));
            let part = |first: usize, rows: usize| {
                let a = (&slice(&a)[first..], m);
                computed(matmul_tn(a, slice(&b), [rows, k, n], Start::Zero), [rows, n])
            };
            let whole = part(0, m);
            for share in 1..=m {
                let parts = (0..m).step_by(share).map(|first| part(first, share.min(m - first)));
                assert!(parts.flatten().eq(whole.iter().copied()), "shares of {share}");
            }
        }
    }
}
