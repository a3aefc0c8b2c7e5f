use crate::nn::kernels::convolution::algorithm::{ConvolutionAlgorithm, Gradients};
use crate::nn::kernels::product::{Product, Start};
use crate::nn::kernels::simd::tile::Terms;
use crate::nn::kernels::transpose::{Order, transpose, transpose_part};
use crate::nn::kernels::window::Window;

/// A convolution term by term, by `filters` filters, each as large as the window and as deep as the image.
///
/// A row of a window, `size * channels` numbers, lies in one piece, and the next window begins `stride` pixels
/// on: so the windows are read where the image lies, without a copy of each.
#[derive(Clone, Copy)]
pub(crate) struct Direct {
    pub window: Window,
    pub filters: usize,
}

impl Direct {
    /// Numbers in one row of a window.
    fn run(&self) -> usize {
        self.window.size * self.window.channels
    }

    /// Weights of one filter, and of one of its channels.
    fn weights(&self) -> [usize; 2] {
        let places = self.window.size * self.window.size;
        [places * self.window.channels, places]
    }

    /// From one row of windows to the next, and from one window to the next in a row.
    fn window_steps(&self) -> [usize; 2] {
        let Window { channels, stride, .. } = self.window;
        [stride * self.window.padded_row_len(), stride * channels]
    }

    /// From one row inside a window to the next, and from one number to the next in a row.
    fn inner_steps(&self) -> [usize; 2] {
        [self.window.padded_row_len(), 1]
    }

    /// From one row of sums to the next, and from one pixel of sums to the next.
    fn sum_steps(&self) -> [usize; 2] {
        [self.window.out_width * self.filters, self.filters]
    }

    fn positions(&self) -> [usize; 2] {
        [self.window.out_height, self.window.out_width]
    }

    /// The gradient of the packed weights: each window times the gradient of its sums.
    fn weight_gradient(&self, image: &[f32], d_sums: &[f32], start: Start, gradient: &mut [f32]) {
        let product = Product {
            a: image,
            b: d_sums,
            rows: [self.window.size, self.run()],
            columns: self.filters,
            a_rows: self.inner_steps(),
            c_rows: [self.run() * self.filters, self.filters],
            terms: Terms { counts: self.positions(), a: self.window_steps(), b: self.sum_steps() },
            start,
        };
        product.compute(gradient);
    }

    /// Adds the gradient of the image: that of each sum, spread over its window.
    fn add_image_gradient(&self, d_sums: &[f32], back: &[f32], gradient: &mut [f32]) {
        for row in 0..self.window.size {
            let product = Product {
                a: d_sums,
                b: &back[row * self.run() * self.filters..],
                rows: self.positions(),
                columns: self.run(),
                a_rows: self.sum_steps(),
                c_rows: self.window_steps(),
                terms: Terms { counts: [1, self.filters], a: [0, 1], b: [0, self.run()] },
                start: Start::Add,
            };
            product.compute(&mut gradient[row * self.inner_steps()[0]..]);
        }
    }
}

impl ConvolutionAlgorithm for Direct {
    fn images(&self) -> usize {
        1
    }

    fn packed_len(&self) -> usize {
        self.window.size * self.run() * self.filters
    }

    /// An image with its padding, and the gradient of that.
    fn scratch_len(&self) -> usize {
        2 * self.window.padded_len()
    }

    /// To `[size, size, channels, filters]`.
    fn pack(&self, weight: &[f32], packed: &mut [f32], _: &mut [f32]) {
        let [columns, places] = self.weights();
        let (from, to) = ((weight, Order::Plain(columns)), (packed, Order::Regrouped(self.filters, places)));
        transpose_part(from, [self.filters, columns], to);
    }

    /// To `[size, filters, size, channels]`: each row of the window transposed.
    fn pack_backward(&self, packed: &[f32], back: &mut [f32]) {
        let length = self.run() * self.filters;
        for (from, to) in packed.chunks_exact(length).zip(back.chunks_exact_mut(length)) {
            transpose(from, self.filters, to);
        }
    }

    fn unpack_gradient(&self, packed: &[f32], gradient: &mut [f32], _: &mut [f32]) {
        let [rows, places] = self.weights();
        let (from, to) = ((packed, Order::Regrouped(self.filters, places)), (gradient, Order::Plain(rows)));
        transpose_part(from, [rows, self.filters], to);
    }

    fn forward(&self, image: &[f32], packed: &[f32], bias: &[f32], sums: &mut [f32], scratch: &mut [f32]) {
        let product = Product {
            a: self.window.pad(image, scratch),
            b: packed,
            rows: self.positions(),
            columns: self.filters,
            a_rows: self.window_steps(),
            c_rows: self.sum_steps(),
            terms: Terms {
                counts: [self.window.size, self.run()],
                a: self.inner_steps(),
                b: [self.run() * self.filters, self.filters],
            },
            start: Start::Bias(bias),
        };
        product.compute(sums);
    }

    fn backward(&self, image: &[f32], d_sums: &[f32], back: &[f32], to: Gradients, scratch: &mut [f32]) {
        let (padded, d_padded) = scratch.split_at_mut(self.window.padded_len());
        let start = if to.adds { Start::Add } else { Start::Zero };
        self.weight_gradient(self.window.pad(image, padded), d_sums, start, to.packed);
        let Some(d_image) = to.d_images else { return };
        let gradient = if self.window.is_padded() { &mut *d_padded } else { &mut *d_image };
        gradient.fill(0.0);
        self.add_image_gradient(d_sums, back, gradient);
        self.window.unpad(d_padded, d_image);
    }
}
