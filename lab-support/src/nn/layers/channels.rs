//! Loops over batches whose images are planes of equal size, one for each channel.
//!
//! A batch is `[batch, channels · plane]`; what is known of a channel stands in a slice of `[channels]`.

use ndarray::{ArrayView2, ArrayViewMut2, Axis, s};

use crate::nn::compute::simd::{Kernel, LANES, Simd, lanes, sum_lanes, vectorized};
use crate::nn::compute::threads::Threads;

/// Channels that are worth a thread of their own.
const LEAST_CHANNELS: usize = 4;

/// Images that are worth a thread of their own.
const LEAST_IMAGES: usize = 4;

/// Numbers of a batch, and an offset for each channel that is taken off them.
#[derive(Clone, Copy)]
pub(crate) struct Less<'a>(pub ArrayView2<'a, f32>, pub &'a [f32]);

/// For each channel Σ a and Σ a · b over the batch, with `a` and `b` less their offsets.
pub(crate) fn sums<'a>(a: Less<'a>, b: Less<'a>, sums: [&'a mut [f32]; 2], threads: &Threads) {
    let channels = a.1.len();
    let plane = a.0.ncols() / channels;
    let share = threads.share(channels, LEAST_CHANNELS);
    let [sums, products] = sums.map(|sums| sums.chunks_mut(share));
    let parts = split(a, share).zip(split(b, share)).zip(sums.zip(products));
    threads.for_each(parts, |((a, b), (sums, products))| {
        sums.fill(0.0);
        products.fill(0.0);
        vectorized(Sums { a, b, plane, sums, products });
    });
}

/// Batch and offsets in parts of `share` channels.
fn split(Less(numbers, offsets): Less, share: usize) -> impl Iterator<Item = Less> + Send {
    let plane = numbers.ncols() / offsets.len();
    let starts = (0..offsets.len()).step_by(share);
    starts.zip(offsets.chunks(share)).map(move |(start, offsets)| {
        let end = start + offsets.len();
        Less(numbers.slice_move(s![.., start * plane..end * plane]), offsets)
    })
}

struct Sums<'a> {
    a: Less<'a>,
    b: Less<'a>,
    plane: usize,
    sums: &'a mut [f32],
    products: &'a mut [f32],
}

impl Kernel for Sums<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Sums { a: Less(a, a_less), b: Less(b, b_less), plane, sums, products } = self;
        for (a, b) in a.rows().into_iter().zip(b.rows()) {
            let (a, b) = (a.to_slice().expect("contiguous rows"), b.to_slice().expect("contiguous rows"));
            let offsets = a_less.iter().zip(b_less);
            let totals = sums.iter_mut().zip(products.iter_mut()).zip(offsets);
            if plane == 1 {
                // Neighbours are different channels: each adds to sums of its own.
                for (((sum, product), (j, k)), (a, b)) in totals.zip(a.iter().zip(b)) {
                    *sum += a - j;
                    *product += (a - j) * (b - k);
                }
            } else {
                let planes = a.chunks_exact(plane).zip(b.chunks_exact(plane));
                for (((sum, product), (j, k)), (a, b)) in totals.zip(planes) {
                    let (s, p) = plane_sums(simd, (a, *j), (b, *k));
                    *sum += s;
                    *product += p;
                }
            }
        }
    }
}

/// Σ (a - j) and Σ (a - j) (b - k) over one plane, eight partial sums at a time.
#[inline(always)]
fn plane_sums<S: Simd>(simd: S, (a, j): (&[f32], f32), (b, k): (&[f32], f32)) -> (f32, f32) {
    let (one, less_j, less_k) = (simd.splat(1.0), simd.splat(-j), simd.splat(-k));
    let (mut sum, mut product) = (simd.splat(0.0), simd.splat(0.0));
    let whole = a.len() / LANES * LANES;
    for at in (0..whole).step_by(LANES) {
        let a = simd.mul_add(simd.load(lanes(a, at)), one, less_j);
        let b = simd.mul_add(simd.load(lanes(b, at)), one, less_k);
        sum = simd.mul_add(a, one, sum);
        product = simd.mul_add(a, b, product);
    }
    let (mut sum, mut product) = (sum_lanes(&simd.store(sum)), sum_lanes(&simd.store(product)));
    for (a, b) in a[whole..].iter().zip(&b[whole..]) {
        sum += a - j;
        product += (a - j) * (b - k);
    }
    (sum, product)
}

/// Three numbers for each channel.
pub(crate) type Factors<'a> = [&'a [f32]; 3];

/// `to = f · a + g · b + h`, each channel with its own f, g and h.
pub(crate) fn combine(
    a: ArrayView2<f32>,
    b: ArrayView2<f32>,
    mut to: ArrayViewMut2<f32>,
    factors: Factors,
    threads: &Threads,
) {
    let plane = a.ncols() / factors[0].len();
    let share = threads.share(a.nrows(), LEAST_IMAGES);
    let from = a.axis_chunks_iter(Axis(0), share).zip(b.axis_chunks_iter(Axis(0), share));
    let parts = from.zip(to.axis_chunks_iter_mut(Axis(0), share));
    threads.for_each(parts, |((a, b), to)| vectorized(Combine { a, b, to, factors, plane }));
}

struct Combine<'a> {
    a: ArrayView2<'a, f32>,
    b: ArrayView2<'a, f32>,
    to: ArrayViewMut2<'a, f32>,
    factors: Factors<'a>,
    plane: usize,
}

impl Kernel for Combine<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Combine { a, b, mut to, factors: [f, g, h], plane } = self;
        for ((a, b), mut to) in a.rows().into_iter().zip(b.rows()).zip(to.rows_mut()) {
            let (a, b) = (a.to_slice().expect("contiguous rows"), b.to_slice().expect("contiguous rows"));
            let to = to.as_slice_mut().expect("contiguous rows");
            let factors = f.iter().zip(g).zip(h);
            if plane == 1 {
                for (((to, a), b), ((f, g), h)) in to.iter_mut().zip(a).zip(b).zip(factors) {
                    *to = f * a + g * b + h;
                }
            } else {
                let planes = a.chunks_exact(plane).zip(b.chunks_exact(plane));
                for ((to, (a, b)), ((f, g), h)) in to.chunks_exact_mut(plane).zip(planes).zip(factors) {
                    for (to, (a, b)) in to.iter_mut().zip(a.iter().zip(b)) {
                        *to = f * a + g * b + h;
                    }
                }
            }
        }
    }
}
