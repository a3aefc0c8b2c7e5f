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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::against_pytorch::wave;
    use crate::nn::kernels::simd::without_wide_blocks;
    use crate::nn::kernels::window::Padding;

    /// Sums, and the gradients of weights and images, of `n` images that are computed as many at once as the algorithm
    /// takes, with the gradient `d_sums`.
    fn computed(
        algorithm: &dyn ConvolutionAlgorithm,
        window: &Window,
        filters: usize,
        n: usize,
    ) -> [Vec<f32>; 3] {
        let (inputs, outputs) = (window.inputs(), filters * window.out_height * window.out_width);
        let (images, d_sums) = (wave(0, n * inputs), wave(50, n * outputs));
        let (weight, bias) = (wave(7, filters * window.channels * 9), wave(3, filters));
        let mut scratch = vec![0.0; algorithm.scratch_len()];
        let (mut packed, mut back) = (vec![0.0; algorithm.packed_len()], vec![0.0; algorithm.packed_len()]);
        algorithm.pack(&weight, &mut packed, &mut scratch);
        algorithm.pack_backward(&packed, &mut back);
        // Gradients are written over whatever is there.
        let (mut sums, mut d_packed) = (vec![9.0; n * outputs], vec![9.0; packed.len()]);
        let mut d_images = vec![9.0; images.len()];
        let few = algorithm.images();
        for i in 0..n.div_ceil(few) {
            let count = few.min(n - i * few);
            let numbers = |length: usize| i * few * length..(i * few + count) * length;
            let (x, y) = (&images[numbers(inputs)], &mut sums[numbers(outputs)]);
            algorithm.forward(x, &packed, &bias, y, &mut scratch);
            let d_images = Some(&mut d_images[numbers(inputs)]);
            let to = Gradients { packed: &mut d_packed, adds: i > 0, d_images };
            algorithm.backward(x, &d_sums[numbers(outputs)], &back, to, &mut scratch);
        }
        let mut d_weight = vec![9.0; weight.len()];
        algorithm.unpack_gradient(&d_packed, &mut d_weight, &mut scratch);
        [sums, d_weight, d_images]
    }

    /// With whole tiles and cut ones, with a border and without, and with one image and several in a product.
    #[test]
    fn both_ways_are_the_same() {
        for (image, filters) in
            [([16, 7, 7], 16), ([24, 6, 9], 16), ([16, 3, 4], 40), ([32, 14, 5], 24), ([16, 20, 19], 16)]
        {
            for padding in [Padding::Same, Padding::Valid] {
                let window = Window::new(&image, 3, 1, padding).unwrap();
                let (direct, winograd) =
                    (Direct { window, filters }, Winograd::new(window, filters).unwrap());
                let exact = computed(&direct, &window, filters, 5);
                let fast = computed(&winograd, &window, filters, 5);
                let narrow = without_wide_blocks(|| computed(&winograd, &window, filters, 5));
                for (part, (fast, exact)) in fast.iter().zip(&exact).enumerate() {
                    let largest = exact.iter().fold(0.0, |largest: f32, x| largest.max(x.abs()));
                    let apart = fast.iter().zip(exact).map(|(a, b)| (a - b).abs());
                    let apart = apart.fold(0.0, f32::max) / largest;
                    assert!(apart < 2e-6, "{image:?}, {filters} filters, part {part}: {apart}");
                }
                assert!(fast == narrow, "blocks of eight, {image:?}");
            }
        }
    }
}
