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

/// The faster of both ways, and the window with the border that it needs.
pub(crate) fn fastest(window: Window, filters: usize) -> (Window, Arc<dyn ConvolutionAlgorithm>) {
    match Winograd::new(window, filters) {
        Some(winograd) => (winograd.window(), Arc::new(winograd)),
        None => (window, Arc::new(Direct { window, filters })),
    }
}
