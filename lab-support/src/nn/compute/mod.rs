//! What makes it fast: matrix products, vector instructions, threads. The only `unsafe` is in `simd.rs`.

pub(crate) mod math;
pub(crate) mod matmul;
pub(crate) mod simd;
pub(crate) mod threads;
