//! The three products of a convolution, on one image that lies pixel by pixel, its channels side by side.
//!
//! A row of a window, `size * channels` numbers, lies in one piece, and the next window begins `stride`
//! pixels on: so the windows are read where the image lies, without a copy of each.

use crate::nn::compute::product::{Product, Start};
use crate::nn::compute::simd::tile::Terms;
use crate::nn::compute::transpose::transpose;
use crate::nn::layers::window::Window;

/// `filters` filters, each as large as the window and as deep as the image.
#[derive(Clone, Copy)]
pub(crate) struct Convolution {
    pub window: Window,
    pub filters: usize,
}

impl Convolution {
    /// Numbers in one row of a window.
    fn run(&self) -> usize {
        self.window.size * self.window.channels
    }

    /// Numbers in all filters.
    pub fn weights(&self) -> usize {
        self.window.size * self.run() * self.filters
    }

    /// PyTorch's `[filters, channels, size, size]` to `[size, size, channels, filters]`, as the products read it.
    pub fn pack(&self, weight: &[f32], packed: &mut [f32]) {
        self.each_weight(|theirs, ours| packed[ours] = weight[theirs]);
    }

    /// The other way round.
    pub fn unpack(&self, packed: &[f32], weight: &mut [f32]) {
        self.each_weight(|theirs, ours| weight[theirs] = packed[ours]);
    }

    fn each_weight(&self, mut each: impl FnMut(usize, usize)) {
        let (channels, places) = (self.window.channels, self.window.size * self.window.size);
        for filter in 0..self.filters {
            for channel in 0..channels {
                for place in 0..places {
                    let theirs = (filter * channels + channel) * places + place;
                    each(theirs, (place * channels + channel) * self.filters + filter);
                }
            }
        }
    }

    /// Packed weights to `[size, filters, size, channels]`: each row of the window transposed.
    pub fn pack_transposed(&self, packed: &[f32], transposed: &mut [f32]) {
        let length = self.run() * self.filters;
        for (from, to) in packed.chunks_exact(length).zip(transposed.chunks_exact_mut(length)) {
            transpose(from, self.filters, to);
        }
    }

    /// From one row of windows to the next, and from one window to the next in a row.
    fn window_steps(&self) -> [usize; 2] {
        let Window { channels, stride, .. } = self.window;
        [stride * self.window.padded_width() * channels, stride * channels]
    }

    /// From one row inside a window to the next, and from one number to the next in a row.
    fn inner_steps(&self) -> [usize; 2] {
        [self.window.padded_width() * self.window.channels, 1]
    }

    /// From one row of sums to the next, and from one pixel of sums to the next.
    fn sum_steps(&self) -> [usize; 2] {
        [self.window.out_width * self.filters, self.filters]
    }

    fn positions(&self) -> [usize; 2] {
        [self.window.out_height, self.window.out_width]
    }

    /// Every sum of the image: its window times the filters, plus the bias.
    pub fn forward(&self, image: &[f32], packed: &[f32], bias: &[f32], sums: &mut [f32]) {
        let product = Product {
            a: image,
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

    /// Adds the image's part to the gradient of the packed weights: each window times the slopes of its sums.
    pub fn add_weight_gradient(&self, image: &[f32], slopes: &[f32], gradient: &mut [f32]) {
        let product = Product {
            a: image,
            b: slopes,
            rows: [self.window.size, self.run()],
            columns: self.filters,
            a_rows: self.inner_steps(),
            c_rows: [self.run() * self.filters, self.filters],
            terms: Terms { counts: self.positions(), a: self.window_steps(), b: self.sum_steps() },
            start: Start::Add,
        };
        product.compute(gradient);
    }

    /// Adds the slopes along the image's numbers: those of each sum, spread over its window.
    pub fn add_image_gradient(&self, slopes: &[f32], transposed: &[f32], gradient: &mut [f32]) {
        for row in 0..self.window.size {
            let product = Product {
                a: slopes,
                b: &transposed[row * self.run() * self.filters..],
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
