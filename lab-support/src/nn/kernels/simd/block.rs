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

/// The larger of both, and not a number where one of them is none.
#[inline(always)]
pub(crate) fn larger(a: f32, b: f32) -> f32 {
    if b > a || b.is_nan() { b } else { a }
}
