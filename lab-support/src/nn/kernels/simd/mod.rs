//! Blocks of numbers: the instructions behind the inner loops of training.
//!
//! A [`SimdKernel`] is written once over blocks of [`Simd::LANES`] numbers and compiled for each instruction set;
//! [`vectorized`] chooses at run time. On x86-64 these are AVX-512, or AVX2 with fused multiply-add, where the
//! processor has them, and otherwise arrays of eight floats that every machine can add and multiply.
//!
//! A kernel adds up each result in one order, whatever the length of a block: AVX-512 gives the bits of AVX2, only
//! sooner.
//!
//! Here is all `unsafe` of the crate, but for one call that asks the system how busy it is. Its argument: the
//! instructions are reached through a value of [`Avx2`] or [`Avx512`] alone, and such a value is made only after the
//! processor was asked.

mod block;
mod portable;
pub(crate) mod tile;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(crate) use block::{LANES, Simd, larger};
#[cfg(test)]
pub(crate) use portable::Portable;
#[cfg(not(test))]
use portable::Portable;
#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2, Avx512};

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
