//! Two ways to compute a convolution: term by term ([`direct`]), and with fewer multiplications ([`winograd`]).

mod algorithm;
mod direct;
mod tiles;
mod transforms;
mod winograd;

use std::sync::Arc;

pub(crate) use crate::nn::kernels::convolution::algorithm::{ConvolutionAlgorithm, Gradients};
use crate::nn::kernels::convolution::direct::Direct;
use crate::nn::kernels::convolution::winograd::Winograd;
use crate::nn::kernels::window::Window;

/// The faster of both ways.
pub(crate) fn fastest(window: Window, filters: usize) -> Arc<dyn ConvolutionAlgorithm> {
    match Winograd::new(window, filters) {
        Some(winograd) => Arc::new(winograd),
        None => Arc::new(Direct { window, filters }),
    }
}
