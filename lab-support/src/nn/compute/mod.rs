//! What makes it fast: matrix products, vector instructions, threads. The only `unsafe` is in `simd/`.

pub(crate) mod math;
pub(crate) mod matmul;
pub(crate) mod product;
pub(crate) mod room;
pub(crate) mod simd;
pub(crate) mod threads;
pub(crate) mod transpose;
