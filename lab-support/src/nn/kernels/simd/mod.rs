//! Blocks of numbers: the instructions behind the inner loops of training.
//!
//! A [`SimdKernel`] is written once over blocks of [`Simd::LANES`] numbers and compiled for each instruction set;
//! [`vectorized`] chooses at run time. On x86-64 these are AVX-512, or AVX2 with fused multiply-add, where the
//! processor has them, and otherwise arrays of eight floats that every machine can add and multiply.
//!
//! A kernel adds up each result in one order, whatever the length of a block: AVX-512 gives the bits of AVX2, only
//! sooner.
//!
//! This is the only module of the crate with `unsafe` in it. Its argument: the instructions are reached
//! through a value of [`Avx2`] or [`Avx512`] alone, and such a value is made only after the processor was asked.

mod portable;
pub(crate) mod tile;
#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(test)]
pub(crate) use portable::Portable;
#[cfg(not(test))]
use portable::Portable;
#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2, Avx512};

/// Numbers in a narrow block, the least that an instruction set has.
pub(crate) const LANES: usize = 8;

/// An instruction set: what a kernel may do with a block of numbers.
pub(crate) trait Simd: Copy {
    /// Numbers in one block: 8 or 16.
    const LANES: usize;
    /// Rows and blocks of sums that its registers hold, beside the numbers that are multiplied.
    const TILE: [usize; 2];
    type Block: Copy;
    /// The same machine, with blocks of eight.
    type Narrow: Simd;

    fn narrow(self) -> Self::Narrow;
    fn splat(self, value: f32) -> Self::Block;
    /// The first numbers of a slice, which has as many.
    fn load(self, from: &[f32]) -> Self::Block;
    /// Writes a block over the first numbers of a slice, which has as many.
    fn put(self, block: Self::Block, to: &mut [f32]);
    /// The first `n` numbers of a slice, fewer than a block has, and 0 beside them.
    fn load_first(self, n: usize, from: &[f32]) -> Self::Block;
    /// Writes the first `n` numbers of a block, fewer than it has, over those of a slice.
    fn put_first(self, n: usize, block: Self::Block, to: &mut [f32]);
    fn add(self, a: Self::Block, b: Self::Block) -> Self::Block;
    /// `a * b + c`, lane by lane.
    fn mul_add(self, a: Self::Block, b: Self::Block, c: Self::Block) -> Self::Block;
    fn sub(self, a: Self::Block, b: Self::Block) -> Self::Block;
    /// The larger of both, and not a number where one of them is none.
    fn larger(self, a: Self::Block, b: Self::Block) -> Self::Block;
    /// `value` where `a` and `b` are equal, and 0 elsewhere.
    fn where_equal(self, value: Self::Block, a: Self::Block, b: Self::Block) -> Self::Block;
    /// `value` where `by` is not below `limit`, and 0 where it is.
    fn unless_below(self, value: Self::Block, by: Self::Block, limit: Self::Block) -> Self::Block;
    /// Eight rows of eight numbers, which begin at the places beside the slice, as columns.
    fn turn(self, from: (&[f32], [usize; LANES]), to: (&mut [f32], [usize; LANES]));
}

/// Work that is compiled for each instruction set. `run` and all that it calls must be
/// `#[inline(always)]`, so that it is compiled inside the function that names the instructions.
pub(crate) trait SimdKernel {
    /// How many numbers it takes side by side, where these are to fill whole blocks: sixteen go at once only where
    /// nothing is left over.
    fn depth(&self) -> usize {
        0
    }

    fn run<S: Simd>(self, simd: S);
}

/// Runs a kernel with the widest instructions of this machine.
#[inline]
pub(crate) fn vectorized(kernel: impl SimdKernel) {
    #[cfg(target_arch = "x86_64")]
    {
        if let Some(simd) = Avx512::detect().filter(|_| is_allowed(Avx512::LANES, kernel.depth())) {
            // SAFETY: a value of `Avx512` says that this processor has the instructions `run_widest` is built of.
            return unsafe { run_widest(kernel, simd) };
        }
        if let Some(simd) = Avx2::detect() {
            // SAFETY: the same, for `Avx2` and `run_wide`.
            return unsafe { run_wide(kernel, simd) };
        }
    }
    kernel.run(Portable);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512vl,avx2,fma")]
fn run_widest(kernel: impl SimdKernel, simd: Avx512) {
    kernel.run(simd);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn run_wide(kernel: impl SimdKernel, simd: Avx2) {
    kernel.run(simd);
}

/// Whether blocks of `lanes` numbers leave nothing over.
#[cfg(target_arch = "x86_64")]
fn is_allowed(lanes: usize, depth: usize) -> bool {
    #[cfg(test)]
    if NARROW.load(std::sync::atomic::Ordering::Relaxed) > 0 {
        return false;
    }
    depth.is_multiple_of(lanes)
}

/// The larger of both, and not a number where one of them is none.
#[inline(always)]
pub(crate) fn larger(a: f32, b: f32) -> f32 {
    if b > a || b.is_nan() { b } else { a }
}

/// How many tests want narrow blocks at present: all threads see it, and none a difference but in time.
#[cfg(test)]
static NARROW: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);

/// What `work` gives with blocks of eight.
#[cfg(test)]
pub(crate) fn without_wide_blocks<R>(work: impl FnOnce() -> R) -> R {
    NARROW.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let result = work();
    NARROW.fetch_sub(1, std::sync::atomic::Ordering::Relaxed);
    result
}
