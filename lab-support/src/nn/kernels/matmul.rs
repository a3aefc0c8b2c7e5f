//! Matrix products: each of them a [`Product`], which reads its operands where they lie.
//!
//! A dense layer needs three: `x · wᵀ` forward, `dyᵀ · x` for the gradient of its weights, `dy · w` for the gradient of its
//! input. The first would be sums along the rows of both, whose order depends on the length of a block; so x is
//! transposed, and what is computed is `w · xᵀ`, each sum in the order of its terms on every machine.

use crate::nn::kernels::product::{Product, Start};
use crate::nn::kernels::simd::tile::Terms;

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

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;

    /// On either side of every multiple of a tile's rows and of a block's eight or sixteen columns.
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
