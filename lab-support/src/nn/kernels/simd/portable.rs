use crate::nn::kernels::simd::block::{LANES, Simd, larger};

/// Any machine: the compiler makes what it can of arrays.
#[derive(Clone, Copy)]
pub(crate) struct Portable;

type Lanes = [f32; LANES];

/// On aarch64 every processor has a fused multiply-add; elsewhere two operations are far faster than the
/// library's emulation of one.
const FUSED: bool = cfg!(target_arch = "aarch64");

impl Simd for Portable {
    const LANES: usize = LANES;
    const TILE: [usize; 2] = [6, 2];
    type Block = Lanes;
    type Narrow = Portable;

    #[inline(always)]
    fn narrow(self) -> Portable {
        self
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Lanes {
        [value; LANES]
    }

    #[inline(always)]
    fn load(self, from: &[f32]) -> Lanes {
        *from.first_chunk().expect("as many numbers as a block has")
    }

    #[inline(always)]
    fn put(self, block: Lanes, to: &mut [f32]) {
        *to.first_chunk_mut().expect("as many numbers as a block has") = block;
    }

    #[inline(always)]
    fn load_first(self, n: usize, from: &[f32]) -> Lanes {
        let mut lanes = [0.0; LANES];
        lanes[..n].copy_from_slice(&from[..n]);
        lanes
    }

    #[inline(always)]
    fn put_first(self, n: usize, block: Lanes, to: &mut [f32]) {
        to[..n].copy_from_slice(&block[..n]);
    }

    #[inline(always)]
    fn add(self, a: Lanes, b: Lanes) -> Lanes {
        std::array::from_fn(|lane| a[lane] + b[lane])
    }

    #[inline(always)]
    fn mul_add(self, a: Lanes, b: Lanes, c: Lanes) -> Lanes {
        std::array::from_fn(|lane| {
            if FUSED { a[lane].mul_add(b[lane], c[lane]) } else { a[lane] * b[lane] + c[lane] }
        })
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

    #[inline(always)]
    fn turn(self, (from, rows): (&[f32], [usize; LANES]), (to, columns): (&mut [f32], [usize; LANES])) {
        for (i, row) in rows.into_iter().enumerate() {
            for (column, number) in columns.into_iter().zip(self.load(&from[row..])) {
                to[column + i] = number;
            }
        }
    }
}
