use crate::nn::kernels::convolution::algorithm::{ConvolutionAlgorithm, Gradients};
use crate::nn::kernels::convolution::direct::Direct;
use crate::nn::kernels::convolution::tiles::TILE;
use crate::nn::kernels::convolution::transforms::{
    FilterGradient, FilterTransform, InputGradient, InputTransform, OutputGradient, OutputTransform,
};
use crate::nn::kernels::matmul::{matmul_nn, matmul_tn};
use crate::nn::kernels::product::Start;
use crate::nn::kernels::simd::{LANES, vectorized};
use crate::nn::kernels::transpose::transpose;
use crate::nn::kernels::window::Window;

/// A convolution of 3 × 3 filters with 16 multiplications for each 2 × 2 sums, where term by term takes 36:
/// `Y = Aᵀ [(G g Gᵀ) ∘ (Bᵀ d B)] A` for the filter g and the 4 × 4 numbers d that the four sums see. Channels are added
/// up between the brackets, so there the work is 16 matrix products. (Winograd, 1980; Lavin and Gray, 2016: F(2×2, 3×3),
/// whose factors are 1 and 1/2, so that rounding is as mild as term by term.)
///
/// The backward pass is each of these steps transposed, in reverse order.
pub(crate) struct Winograd {
    direct: Direct,
    /// Rows and columns of 2 × 2 sums.
    tiles: [usize; 2],
}

/// Channels and filters below which the transformations cost more than they save.
const LEAST: usize = 16;

/// Rows of a product from which it pays no more to compute a further image at once.
const ROWS: usize = 64;

impl Winograd {
    /// None where the window is another, or where term by term is faster.
    pub fn new(window: Window, filters: usize) -> Option<Winograd> {
        let fits = |n: usize| n >= LEAST && n.is_multiple_of(LANES);
        if (window.size, window.stride) != (3, 1) || !fits(window.channels) || !fits(filters) {
            return None;
        }
        let tiles = [window.out_height.div_ceil(2), window.out_width.div_ceil(2)];
        Some(Winograd { direct: Direct { window, filters }, tiles })
    }

    fn tiles(&self) -> usize {
        self.tiles[0] * self.tiles[1]
    }

    fn channels(&self) -> usize {
        self.direct.window.channels
    }

    /// Filters in the order of [`Direct`], `[3, 3, channels, filters]`.
    fn plain_len(&self) -> usize {
        9 * self.channels() * self.direct.filters
    }

    /// The transformed tiles of the images, `[16, tiles, channels]`, and of their sums, `[16, tiles, filters]`.
    fn tiles_in<'a>(&self, tiles: usize, scratch: &'a mut [f32]) -> (&'a mut [f32], &'a mut [f32]) {
        let (of_images, rest) = scratch.split_at_mut(TILE * tiles * self.channels());
        (of_images, &mut rest[..TILE * tiles * self.direct.filters])
    }
}

impl ConvolutionAlgorithm for Winograd {
    /// As many as give each product enough rows to be worth the reading of its weights.
    fn images(&self) -> usize {
        (ROWS / self.tiles()).max(1)
    }

    /// `[16, channels, filters]`.
    fn packed_len(&self) -> usize {
        TILE * self.channels() * self.direct.filters
    }

    /// All transformed tiles, or all filters as [`Direct`] has them.
    fn scratch_len(&self) -> usize {
        let tiles = TILE * self.images() * self.tiles() * (self.channels() + self.direct.filters);
        tiles.max(self.plain_len())
    }

    fn pack(&self, weight: &[f32], packed: &mut [f32], scratch: &mut [f32]) {
        let plain = &mut scratch[..self.plain_len()];
        self.direct.pack(weight, plain, &mut []);
        vectorized(FilterTransform { plain, packed });
    }

    /// To `[16, filters, channels]`.
    fn pack_backward(&self, packed: &[f32], back: &mut [f32]) {
        let length = packed.len() / TILE;
        for (from, to) in packed.chunks_exact(length).zip(back.chunks_exact_mut(length)) {
            transpose(from, self.direct.filters, to);
        }
    }

    fn unpack_gradient(&self, packed: &[f32], gradient: &mut [f32], scratch: &mut [f32]) {
        let plain = &mut scratch[..self.plain_len()];
        vectorized(FilterGradient { packed, plain });
        self.direct.unpack_gradient(plain, gradient, &mut []);
    }

    fn forward(&self, images: &[f32], packed: &[f32], bias: &[f32], sums: &mut [f32], scratch: &mut [f32]) {
        let (window, tiles) = (&self.direct.window, self.tiles);
        let count = images.len() / window.inputs() * self.tiles();
        let shape = [count, self.channels(), self.direct.filters];
        let (image_tiles, sum_tiles) = self.tiles_in(count, scratch);
        vectorized(InputTransform { window, tiles, images, to: image_tiles });
        for i in 0..TILE {
            let (a, b) = (part(image_tiles, i), part(packed, i));
            matmul_nn(a, b, shape, Start::Zero).compute(part_mut(sum_tiles, i));
        }
        vectorized(OutputTransform { window, tiles, from: sum_tiles, bias, sums });
    }

    fn backward(&self, images: &[f32], d_sums: &[f32], back: &[f32], to: Gradients, scratch: &mut [f32]) {
        let (window, tiles) = (&self.direct.window, self.tiles);
        let [channels, filters] = [self.channels(), self.direct.filters];
        let count = images.len() / window.inputs() * self.tiles();
        let (image_tiles, sum_tiles) = self.tiles_in(count, scratch);
        vectorized(InputTransform { window, tiles, images, to: image_tiles });
        let start = if to.adds { Start::Add } else { Start::Zero };
        vectorized(OutputGradient { window, tiles, filters, d_sums, to: sum_tiles });
        for i in 0..TILE {
            let (a, b) = (part(image_tiles, i), part(sum_tiles, i));
            let shape = [channels, count, filters];
            matmul_tn((a, channels), b, shape, start).compute(part_mut(to.packed, i));
        }
        let Some(d_images) = to.d_images else { return };
        for i in 0..TILE {
            let (a, b) = (part(sum_tiles, i), part(back, i));
            let shape = [count, filters, channels];
            matmul_nn(a, b, shape, Start::Zero).compute(part_mut(image_tiles, i));
        }
        vectorized(InputGradient { window, tiles, from: image_tiles, d_images });
    }
}

/// Of 16 equal parts, number `i`.
fn part(all: &[f32], i: usize) -> &[f32] {
    let length = all.len() / TILE;
    &all[i * length..][..length]
}

fn part_mut(all: &mut [f32], i: usize) -> &mut [f32] {
    let length = all.len() / TILE;
    &mut all[i * length..][..length]
}
