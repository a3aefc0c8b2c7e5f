//! The loops behind the layers: matrix products, convolutions, vector instructions, threads, random numbers.

pub(crate) mod aligned;
pub(crate) mod channels;
pub(crate) mod convolution;
pub(crate) mod crowd;
pub(crate) mod math;
pub(crate) mod matmul;
pub(crate) mod memory;
pub(crate) mod product;
pub(crate) mod rng;
pub(crate) mod scratch;
pub(crate) mod simd;
pub(crate) mod threads;
pub(crate) mod transpose;
pub(crate) mod window;

pub(crate) use aligned::Aligned;
pub(crate) use channels::Centered;
pub(crate) use convolution::{ConvolutionAlgorithm, Gradients};
pub(crate) use rng::RandomStream;
pub(crate) use scratch::ScratchBuffers;
pub(crate) use threads::Threads;
pub use window::Padding;
pub(crate) use window::{Misfit, Window};
