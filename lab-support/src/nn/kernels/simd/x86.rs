use std::arch::x86_64::*;

use crate::nn::kernels::simd::block::{LANES, Simd};

/// A processor that has AVX2 and FMA: there is no other way to a value than [`detect`](Self::detect).
#[derive(Clone, Copy)]
pub(crate) struct Avx2(());

impl Avx2 {
    #[inline]
    pub(crate) fn detect() -> Option<Avx2> {
        (is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")).then_some(Avx2(()))
    }
}

/// A processor that has AVX-512 on top of that, with the short forms of its instructions.
#[derive(Clone, Copy)]
pub(crate) struct Avx512(Avx2);

impl Avx512 {
    #[inline]
    pub(crate) fn detect() -> Option<Avx512> {
        let has = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vl");
        Avx2::detect().filter(|_| has).map(Avx512)
    }
}

// SAFETY, for every block below: `self` proves that the processor has the instructions, and the pointers are those of
// slices that were found to have as many numbers.
impl Simd for Avx2 {
    const LANES: usize = 8;
    const TILE: [usize; 2] = [6, 2];
    type Block = __m256;
    type Narrow = Avx2;

    #[inline(always)]
    fn narrow(self) -> Avx2 {
        self
    }

    #[inline(always)]
    fn splat(self, value: f32) -> __m256 {
        unsafe { _mm256_set1_ps(value) }
    }

    #[inline(always)]
    fn load(self, from: &[f32]) -> __m256 {
        let from = &from[..Self::LANES];
        unsafe { _mm256_loadu_ps(from.as_ptr()) }
    }

    #[inline(always)]
    fn put(self, block: __m256, to: &mut [f32]) {
        let to = &mut to[..Self::LANES];
        unsafe { _mm256_storeu_ps(to.as_mut_ptr(), block) };
    }

    #[inline(always)]
    fn load_first(self, n: usize, from: &[f32]) -> __m256 {
        let from = &from[..n.min(Self::LANES)];
        unsafe { _mm256_maskload_ps(from.as_ptr(), first_256(from.len())) }
    }

    #[inline(always)]
    fn put_first(self, n: usize, block: __m256, to: &mut [f32]) {
        let to = &mut to[..n.min(Self::LANES)];
        unsafe { _mm256_maskstore_ps(to.as_mut_ptr(), first_256(to.len()), block) };
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

    #[inline(always)]
    fn turn(self, (from, rows): (&[f32], [usize; LANES]), (to, columns): (&mut [f32], [usize; LANES])) {
        let mut blocks = [self.splat(0.0); LANES];
        // One check for all of them: this is what a transpose spends its time on.
        assert!(last(rows) + LANES <= from.len() && last(columns) + LANES <= to.len(), "rows of a matrix");
        for (block, row) in blocks.iter_mut().zip(rows) {
            // SAFETY: no row begins behind the last one, which was found to have eight numbers.
            *block = unsafe { _mm256_loadu_ps(from.as_ptr().add(row)) };
        }
        let [a, b, c, d, e, f, g, h] = blocks;
        // In each half of a block: pairs of two rows, then fours of four rows; then the halves change places.
        let turned = unsafe {
            let [ab, ab_high] = [_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b)];
            let [cd, cd_high] = [_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d)];
            let [ef, ef_high] = [_mm256_unpacklo_ps(e, f), _mm256_unpackhi_ps(e, f)];
            let [gh, gh_high] = [_mm256_unpacklo_ps(g, h), _mm256_unpackhi_ps(g, h)];
            let [abcd_0, efgh_0] = [_mm256_shuffle_ps::<LOW>(ab, cd), _mm256_shuffle_ps::<LOW>(ef, gh)];
            let [abcd_1, efgh_1] = [_mm256_shuffle_ps::<HIGH>(ab, cd), _mm256_shuffle_ps::<HIGH>(ef, gh)];
            let [abcd_2, efgh_2] =
                [_mm256_shuffle_ps::<LOW>(ab_high, cd_high), _mm256_shuffle_ps::<LOW>(ef_high, gh_high)];
            let [abcd_3, efgh_3] =
                [_mm256_shuffle_ps::<HIGH>(ab_high, cd_high), _mm256_shuffle_ps::<HIGH>(ef_high, gh_high)];
            [
                _mm256_permute2f128_ps::<FIRST>(abcd_0, efgh_0),
                _mm256_permute2f128_ps::<FIRST>(abcd_1, efgh_1),
                _mm256_permute2f128_ps::<FIRST>(abcd_2, efgh_2),
                _mm256_permute2f128_ps::<FIRST>(abcd_3, efgh_3),
                _mm256_permute2f128_ps::<SECOND>(abcd_0, efgh_0),
                _mm256_permute2f128_ps::<SECOND>(abcd_1, efgh_1),
                _mm256_permute2f128_ps::<SECOND>(abcd_2, efgh_2),
                _mm256_permute2f128_ps::<SECOND>(abcd_3, efgh_3),
            ]
        };
        for (block, column) in turned.into_iter().zip(columns) {
            // SAFETY: the same.
            unsafe { _mm256_storeu_ps(to.as_mut_ptr().add(column), block) };
        }
    }
}

impl Simd for Avx512 {
    const LANES: usize = 16;
    const TILE: [usize; 2] = [8, 3];
    type Block = __m512;
    type Narrow = Avx2;

    #[inline(always)]
    fn narrow(self) -> Avx2 {
        self.0
    }

    #[inline(always)]
    fn splat(self, value: f32) -> __m512 {
        unsafe { _mm512_set1_ps(value) }
    }

    #[inline(always)]
    fn load(self, from: &[f32]) -> __m512 {
        let from = &from[..Self::LANES];
        unsafe { _mm512_loadu_ps(from.as_ptr()) }
    }

    #[inline(always)]
    fn put(self, block: __m512, to: &mut [f32]) {
        let to = &mut to[..Self::LANES];
        unsafe { _mm512_storeu_ps(to.as_mut_ptr(), block) };
    }

    #[inline(always)]
    fn load_first(self, n: usize, from: &[f32]) -> __m512 {
        let from = &from[..n.min(Self::LANES)];
        unsafe { _mm512_maskz_loadu_ps(first_512(from.len()), from.as_ptr()) }
    }

    #[inline(always)]
    fn put_first(self, n: usize, block: __m512, to: &mut [f32]) {
        let to = &mut to[..n.min(Self::LANES)];
        unsafe { _mm512_mask_storeu_ps(to.as_mut_ptr(), first_512(to.len()), block) };
    }

    #[inline(always)]
    fn add(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_add_ps(a, b) }
    }

    #[inline(always)]
    fn mul_add(self, a: __m512, b: __m512, c: __m512) -> __m512 {
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    fn sub(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_sub_ps(a, b) }
    }

    #[inline(always)]
    fn larger(self, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_mask_mov_ps(_mm512_max_ps(a, b), _mm512_cmp_ps_mask::<_CMP_UNORD_Q>(a, a), a) }
    }

    #[inline(always)]
    fn where_equal(self, value: __m512, a: __m512, b: __m512) -> __m512 {
        unsafe { _mm512_maskz_mov_ps(_mm512_cmp_ps_mask::<_CMP_EQ_OQ>(a, b), value) }
    }

    #[inline(always)]
    fn unless_below(self, value: __m512, by: __m512, limit: __m512) -> __m512 {
        unsafe { _mm512_maskz_mov_ps(_mm512_cmp_ps_mask::<_CMP_NLT_UQ>(by, limit), value) }
    }

    #[inline(always)]
    fn turn(self, from: (&[f32], [usize; LANES]), to: (&mut [f32], [usize; LANES])) {
        self.0.turn(from, to);
    }
}

/// The largest of some places.
#[inline(always)]
fn last(places: [usize; LANES]) -> usize {
    let mut last = 0;
    for place in places {
        last = if place > last { place } else { last };
    }
    last
}

/// The first `n` lanes of eight.
#[inline(always)]
fn first_256(n: usize) -> __m256i {
    const ONES: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];
    let lanes = &ONES[8 - n..][..8];
    // SAFETY: eight numbers are there.
    unsafe { std::ptr::read_unaligned(lanes.as_ptr().cast()) }
}

/// The first `n` lanes of sixteen.
#[inline(always)]
fn first_512(n: usize) -> __mmask16 {
    ((1u32 << n) - 1) as __mmask16
}

/// Of a shuffle: the first two, or the last two, of four numbers from each side.
const LOW: i32 = 0x44;
const HIGH: i32 = 0xee;
/// Of an exchange: the first half of both sides, or the second.
const FIRST: i32 = 0x20;
const SECOND: i32 = 0x31;
