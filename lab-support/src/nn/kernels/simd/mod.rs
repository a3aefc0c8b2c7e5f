//! Eight numbers at a time: the instructions behind the inner loops of training.
//!
//! A [`SimdKernel`] is written once over blocks of eight lanes and compiled for each instruction set;
//! [`vectorized`] chooses at run time. On x86-64 these are AVX2 with fused multiply-add where the
//! processor has it, and otherwise arrays of eight floats that every machine can add and multiply.
//!
//! This is the only module of the crate with `unsafe` in it. Its argument: the instructions are reached
//! through a value of [`Avx2`] alone, and such a value is made only after the processor was asked.

pub(crate) mod tile;

/// Numbers in one block: a 256-bit register of `f32`.
pub(crate) const LANES: usize = 8;

pub(crate) type Lanes = [f32; LANES];

/// An instruction set: what a kernel may do with a block of eight numbers.
pub(crate) trait Simd: Copy {
    type Block: Copy;
    fn splat(self, value: f32) -> Self::Block;
    fn load(self, from: &Lanes) -> Self::Block;
    fn store(self, block: Self::Block) -> Lanes;
    fn add(self, a: Self::Block, b: Self::Block) -> Self::Block;
    /// `a * b + c`, lane by lane.
    fn mul_add(self, a: Self::Block, b: Self::Block, c: Self::Block) -> Self::Block;
    /// `a * b + c` for one number, rounded as a lane is.
    fn mul_add_one(self, a: f32, b: f32, c: f32) -> f32;
    fn sub(self, a: Self::Block, b: Self::Block) -> Self::Block;
    /// The larger of both, and not a number where one of them is none.
    fn larger(self, a: Self::Block, b: Self::Block) -> Self::Block;
    /// `value` where `a` and `b` are equal, and 0 elsewhere.
    fn where_equal(self, value: Self::Block, a: Self::Block, b: Self::Block) -> Self::Block;
    /// `value` where `by` is not below `limit`, and 0 where it is.
    fn unless_below(self, value: Self::Block, by: Self::Block, limit: Self::Block) -> Self::Block;
}

/// Work that is compiled for each instruction set. `run` and all that it calls must be
/// `#[inline(always)]`, so that it is compiled inside the function that names the instructions.
pub(crate) trait SimdKernel {
    fn run<S: Simd>(self, simd: S);
}

/// Runs a kernel with the widest instructions of this machine.
#[inline]
pub(crate) fn vectorized(kernel: impl SimdKernel) {
    #[cfg(target_arch = "x86_64")]
    if let Some(simd) = Avx2::detect() {
        // SAFETY: a value of `Avx2` says that this processor has the instructions `run_wide` is built of.
        return unsafe { run_wide(kernel, simd) };
    }
    kernel.run(Portable);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn run_wide(kernel: impl SimdKernel, simd: Avx2) {
    kernel.run(simd);
}

/// Any machine: the compiler makes what it can of arrays.
#[derive(Clone, Copy)]
pub(crate) struct Portable;

/// On aarch64 every processor has a fused multiply-add; elsewhere two operations are far faster than the
/// library's emulation of one.
const FUSED: bool = cfg!(target_arch = "aarch64");

impl Simd for Portable {
    type Block = Lanes;

    #[inline(always)]
    fn splat(self, value: f32) -> Lanes {
        [value; LANES]
    }

    #[inline(always)]
    fn load(self, from: &Lanes) -> Lanes {
        *from
    }

    #[inline(always)]
    fn store(self, block: Lanes) -> Lanes {
        block
    }

    #[inline(always)]
    fn add(self, a: Lanes, b: Lanes) -> Lanes {
        std::array::from_fn(|lane| a[lane] + b[lane])
    }

    #[inline(always)]
    fn mul_add(self, a: Lanes, b: Lanes, c: Lanes) -> Lanes {
        std::array::from_fn(|lane| self.mul_add_one(a[lane], b[lane], c[lane]))
    }

    #[inline(always)]
    fn mul_add_one(self, a: f32, b: f32, c: f32) -> f32 {
        if FUSED { a.mul_add(b, c) } else { a * b + c }
    }

    #[inline(always)]
    fn sub(self, a: Lanes, b: Lanes) -> Lanes {
        std::array::from_fn(|lane| a[lane] - b[lane])
    }

    #[inline(always)]
    fn larger(self, a: Lanes, b: Lanes) -> Lanes {
        std::array::from_fn(|lane| larger(a[lane], b[lane]))
    }

    #[inline(always)]
    fn where_equal(self, value: Lanes, a: Lanes, b: Lanes) -> Lanes {
        std::array::from_fn(|lane| if a[lane] == b[lane] { value[lane] } else { 0.0 })
    }

    #[inline(always)]
    fn unless_below(self, value: Lanes, by: Lanes, limit: Lanes) -> Lanes {
        std::array::from_fn(|lane| if by[lane] < limit[lane] { 0.0 } else { value[lane] })
    }
}

#[cfg(target_arch = "x86_64")]
pub(crate) use x86::Avx2;

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m256, _CMP_EQ_OQ, _CMP_NLT_UQ, _CMP_UNORD_Q, _mm256_add_ps, _mm256_and_ps, _mm256_cmp_ps,
        _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_max_ps, _mm256_or_ps, _mm256_set1_ps, _mm256_storeu_ps,
        _mm256_sub_ps,
    };

    use crate::nn::kernels::simd::{LANES, Lanes, Simd};

    /// A processor that has AVX2 and FMA: there is no other way to a value than [`detect`](Self::detect).
    #[derive(Clone, Copy)]
    pub(crate) struct Avx2(());

    impl Avx2 {
        #[inline]
        pub(crate) fn detect() -> Option<Avx2> {
            (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")).then_some(Avx2(()))
        }
    }

    // SAFETY, for every block below: `self` proves that the processor has the instructions, and the
    // pointers are those of arrays of eight numbers.
    impl Simd for Avx2 {
        type Block = __m256;

        #[inline(always)]
        fn splat(self, value: f32) -> __m256 {
            unsafe { _mm256_set1_ps(value) }
        }

        #[inline(always)]
        fn load(self, from: &Lanes) -> __m256 {
            unsafe { _mm256_loadu_ps(from.as_ptr()) }
        }

        #[inline(always)]
        fn store(self, block: __m256) -> Lanes {
            let mut lanes = [0.0; LANES];
            unsafe { _mm256_storeu_ps(lanes.as_mut_ptr(), block) };
            lanes
        }

        #[inline(always)]
        fn add(self, a: __m256, b: __m256) -> __m256 {
            unsafe { _mm256_add_ps(a, b) }
        }

        #[inline(always)]
        fn mul_add(self, a: __m256, b: __m256, c: __m256) -> __m256 {
            unsafe { _mm256_fmadd_ps(a, b, c) }
        }

        #[inline(always)]
        fn mul_add_one(self, a: f32, b: f32, c: f32) -> f32 {
            a.mul_add(b, c)
        }

        #[inline(always)]
        fn sub(self, a: __m256, b: __m256) -> __m256 {
            unsafe { _mm256_sub_ps(a, b) }
        }

        #[inline(always)]
        fn larger(self, a: __m256, b: __m256) -> __m256 {
            // The instruction gives its second operand where one is no number: what is lost is put back.
            unsafe { _mm256_or_ps(_mm256_max_ps(a, b), _mm256_cmp_ps::<_CMP_UNORD_Q>(a, a)) }
        }

        #[inline(always)]
        fn where_equal(self, value: __m256, a: __m256, b: __m256) -> __m256 {
            unsafe { _mm256_and_ps(value, _mm256_cmp_ps::<_CMP_EQ_OQ>(a, b)) }
        }

        #[inline(always)]
        fn unless_below(self, value: __m256, by: __m256, limit: __m256) -> __m256 {
            unsafe { _mm256_and_ps(value, _mm256_cmp_ps::<_CMP_NLT_UQ>(by, limit)) }
        }
    }
}

/// The larger of both, and not a number where one of them is none.
#[inline(always)]
pub(crate) fn larger(a: f32, b: f32) -> f32 {
    if b > a || b.is_nan() { b } else { a }
}

/// The sum of the lanes, in a fixed order.
#[inline(always)]
pub(crate) fn sum_lanes(v: &Lanes) -> f32 {
    ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]))
}

/// Writes a block over the eight numbers from `at` on.
#[inline(always)]
pub(crate) fn put<S: Simd>(simd: S, block: S::Block, slice: &mut [f32], at: usize) {
    slice[at..at + LANES].copy_from_slice(&simd.store(block));
}

/// The block of eight numbers that starts at `at`.
#[inline(always)]
pub(crate) fn lanes(slice: &[f32], at: usize) -> &Lanes {
    slice[at..at + LANES].try_into().expect("a slice of eight is an array of eight")
}
