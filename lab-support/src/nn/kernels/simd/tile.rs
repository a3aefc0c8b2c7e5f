use crate::nn::kernels::simd::block::Simd;

/// The terms of a sum of products: `counts[0]` runs of `counts[1]` terms. From one run to the next, and from one
/// term to the next, the first factor moves on by the steps in `a` and the second by those in `b`.
#[derive(Clone, Copy)]
pub(crate) struct Terms {
    pub counts: [usize; 2],
    pub a: [usize; 2],
    pub b: [usize; 2],
}

/// How many numbers of the last block of a row count.
#[derive(Clone, Copy)]
pub(crate) enum Last {
    Whole,
    /// So many, fewer than a block has.
    First(usize),
}

impl Last {
    #[inline(always)]
    pub fn load<S: Simd>(self, simd: S, from: &[f32]) -> S::Block {
        match self {
            Last::Whole => simd.load(from),
            Last::First(n) => simd.load_first(n, from),
        }
    }

    #[inline(always)]
    pub fn put<S: Simd>(self, simd: S, block: S::Block, to: &mut [f32]) {
        match self {
            Last::Whole => simd.put(block, to),
            Last::First(n) => simd.put_first(n, block, to),
        }
    }
}

/// `R` rows of `C` blocks of sums, all kept in registers: row `r` is the sum over the terms of the one number of `a`,
/// counted from `rows[r]`, times the `C` blocks of `b`, counted from `column`.
///
/// Where a number lies follows from the steps alone, so that one check before the loop does for all of them.
#[inline(always)]
pub(crate) fn sums<S: Simd, const R: usize, const C: usize>(
    simd: S,
    terms: &Terms,
    (a, rows): (&[f32], [usize; R]),
    (b, column): (&[f32], usize),
    last_block: Last,
) -> [[S::Block; C]; R] {
    let mut sums = [[simd.splat(0.0); C]; R];
    let [runs, length] = terms.counts;
    if runs == 0 || length == 0 {
        return sums;
    }
    for row in rows {
        assert!(last(row, terms.counts, terms.a) < a.len(), "terms of the first factor");
    }
    let end = last(column, terms.counts, terms.b).saturating_add(width::<S, C>(last_block));
    assert!(end <= b.len(), "terms of the second factor");

    for run in 0..runs {
        // SAFETY, here and below: no index is above the largest, which was found to lie in its slice. The last step
        // leads past it, to a place that is not read.
        let mut from_a = unsafe { a.as_ptr().add(run * terms.a[0]) };
        let mut from_b = column + run * terms.b[0];
        for _ in 0..length {
            let mut blocks = [simd.splat(0.0); C];
            for (c, block) in blocks.iter_mut().enumerate() {
                let from = from_b + c * S::LANES;
                *block = match last_block {
                    Last::First(n) if c + 1 == C => {
                        simd.load_first(n, unsafe { b.get_unchecked(from..from + n) })
                    }
                    _ => simd.load(unsafe { b.get_unchecked(from..from + S::LANES) }),
                };
            }
            for r in 0..R {
                let number = simd.splat(unsafe { *from_a.add(rows[r]) });
                for c in 0..C {
                    sums[r][c] = simd.mul_add(number, blocks[c], sums[r][c]);
                }
            }
            from_a = from_a.wrapping_add(terms.a[1]);
            from_b += terms.b[1];
        }
    }
    sums
}

/// Numbers in `C` blocks.
#[inline(always)]
pub(crate) fn width<S: Simd, const C: usize>(last_block: Last) -> usize {
    match last_block {
        Last::Whole => C * S::LANES,
        Last::First(n) => (C - 1) * S::LANES + n,
    }
}

/// The largest index of all terms, counted from `first`: never too small, because nothing wraps around.
#[inline(always)]
fn last(first: usize, counts: [usize; 2], steps: [usize; 2]) -> usize {
    let runs = (counts[0] - 1).saturating_mul(steps[0]);
    let terms = (counts[1] - 1).saturating_mul(steps[1]);
    first.saturating_add(runs).saturating_add(terms)
}
