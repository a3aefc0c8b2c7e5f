//! Loops over batches of which each channel has numbers of its own.
//!
//! A batch is `[batch, pixels · channels]`, the channels of a pixel side by side (flat inputs are one pixel);
//! what is known of a channel stands in a slice of `[channels]`.

use crate::nn::kernels::simd::{Simd, SimdKernel, vectorized};
use crate::nn::kernels::threads::Threads;

/// Images whose sums are added up before they join those of other images: the same whatever the number of
/// threads, and few enough for a sum to keep its digits.
const GROUP: usize = 4;

/// The fewest images for which another thread pays off.
const LEAST_IMAGES: usize = 4;

/// Numbers of a batch, and an offset for each channel that is taken off them.
#[derive(Clone, Copy)]
pub(crate) struct Centered<'a>(pub &'a [f32], pub &'a [f32]);

/// For each channel Σ a and Σ a · b over the batch of `rows` images, with `a` and `b` less their offsets. `scratch` is
/// for sums of groups, kept from batch to batch.
pub(crate) fn sums(
    rows: usize,
    a: Centered,
    b: Centered,
    totals: [&mut [f32]; 2],
    scratch: &mut Vec<f32>,
    threads: &Threads,
) {
    let channels = a.1.len();
    let (groups, group) = (rows.div_ceil(GROUP), GROUP * (a.0.len() / rows));
    scratch.clear();
    scratch.resize(groups * 2 * channels, 0.0);
    let share = threads.share(groups, 1);
    let parts = a.0.chunks(share * group).zip(b.0.chunks(share * group));
    let parts = parts.zip(scratch.chunks_mut(share * 2 * channels));
    threads.for_each(parts, |((a_part, b_part), scratch)| {
        let groups = a_part.chunks(group).zip(b_part.chunks(group));
        for ((a_group, b_group), totals) in groups.zip(scratch.chunks_mut(2 * channels)) {
            vectorized(Sums { a: Centered(a_group, a.1), b: Centered(b_group, b.1), totals });
        }
    });
    for (i, total) in totals.into_iter().enumerate() {
        total.fill(0.0);
        for group in scratch.chunks(channels).skip(i).step_by(2) {
            total.iter_mut().zip(group).for_each(|(total, sum)| *total += sum);
        }
    }
}

struct Sums<'a> {
    a: Centered<'a>,
    b: Centered<'a>,
    /// `[2, channels]`: sums, then products.
    totals: &'a mut [f32],
}

impl SimdKernel for Sums<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Sums { a: Centered(a, j), b: Centered(b, k), totals } = self;
        let channels = j.len();
        let (sums, products) = totals.split_at_mut(channels);
        for (a, b) in a.chunks_exact(channels).zip(b.chunks_exact(channels)) {
            let totals = sums.iter_mut().zip(products.iter_mut());
            for (((sum, product), (a, j)), (b, k)) in totals.zip(a.iter().zip(j)).zip(b.iter().zip(k)) {
                *sum += a - j;
                *product += (a - j) * (b - k);
            }
        }
    }
}

/// Three numbers for each channel.
pub(crate) type Factors<'a> = [&'a [f32]; 3];

/// `to = f · a + g · b + h` for a batch of `rows` images, each channel with its own f, g and h.
pub(crate) fn combine(
    rows: usize,
    a: &[f32],
    b: &[f32],
    to: &mut [f32],
    factors: Factors,
    threads: &Threads,
) {
    let share = threads.share(rows, LEAST_IMAGES) * (a.len() / rows);
    let parts = a.chunks(share).zip(b.chunks(share)).zip(to.chunks_mut(share));
    threads.for_each(parts, |((a, b), to)| vectorized(Combine { a, b, to, factors }));
}

struct Combine<'a> {
    a: &'a [f32],
    b: &'a [f32],
    to: &'a mut [f32],
    factors: Factors<'a>,
}

impl SimdKernel for Combine<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Combine { a, b, to, factors: [f, g, h] } = self;
        let channels = f.len();
        let pixels = a.chunks_exact(channels).zip(b.chunks_exact(channels));
        for (to, (a, b)) in to.chunks_exact_mut(channels).zip(pixels) {
            for (((to, a), b), ((f, g), h)) in to.iter_mut().zip(a).zip(b).zip(f.iter().zip(g).zip(h)) {
                *to = f * a + g * b + h;
            }
        }
    }
}
