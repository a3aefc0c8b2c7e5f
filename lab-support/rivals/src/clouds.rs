//! Images that fall into three well separated groups, for tests.

use lab_support::data::{Dataset, Images, Source};
use lab_support::nn::{Activations, Sequential};
use ndarray::{ArcArray, ArcArray1};

/// `n` images of 4 x 4 pixels: a bright row, 0 to 2, is the class; the other pixels are noise.
pub fn images(n: usize) -> Dataset {
    let noise = |i: usize| ((i * i * 7919 + i * 131) % 61) as u8;
    let pixels = ArcArray::from_shape_fn((n, 4, 4), |(i, row, column)| {
        noise(16 * i + 4 * row + column) + if row == i % 3 { 160 } else { 0 }
    });
    let labels = ArcArray1::from_shape_fn(n, |i| (i % 3) as u8);
    Images::new(pixels, labels, Source::Practice).unwrap().normalized()
}

/// Their pixels, as a layer's numbers.
pub fn activations(n: usize) -> Activations {
    Sequential::new([4, 4]).flatten().activations("flatten", &images(n)).unwrap()
}
