//! A garment of any size as an image of 28 x 28.

use image::imageops::{self, FilterType};
use image::{GrayImage, Luma};
use ndarray::Array2;

use crate::cut_out::CutOut;

/// Pixels of an image's side.
pub(crate) const SIDE: usize = 28;

/// Brightness of the garment, turned round with `inverted`, and 0 around it.
pub(crate) fn against_black(cut_out: &CutOut, inverted: bool) -> Array2<u8> {
    let mut grey = cut_out.grey();
    grey.zip_mut_with(&cut_out.mask, |pixel, is_garment| {
        *pixel = match (is_garment, inverted) {
            (false, _) => 0,
            (true, true) => 255 - *pixel,
            (true, false) => *pixel,
        }
    });
    grey
}

/// What is not black in it, cropped, its longer side shrunk to 28 pixels, and centred: each pixel is the mean of what it covers.
pub(crate) fn shrink(garment: &Array2<u8>) -> Array2<u8> {
    let places = || garment.indexed_iter().filter(|(_, pixel)| **pixel > 0).map(|(place, _)| place);
    let ends = |of: fn((usize, usize)) -> usize| Some((places().map(of).min()?, places().map(of).max()?));
    let (Some((top, bottom)), Some((left, right))) = (ends(|(y, _)| y), ends(|(_, x)| x)) else {
        return Array2::zeros((SIDE, SIDE));
    };
    let (height, width) = (bottom - top + 1, right - left + 1);
    let cropped = GrayImage::from_fn(width as u32, height as u32, |x, y| {
        Luma([garment[[top + y as usize, left + x as usize]]])
    });
    let scale = SIDE as f32 / height.max(width) as f32;
    let [new_height, new_width] =
        [height, width].map(|side| ((side as f32 * scale).round() as usize).clamp(1, SIDE));
    let small = imageops::resize(&cropped, new_width as u32, new_height as u32, FilterType::Triangle);
    let (above, before) = ((SIDE - new_height) / 2, (SIDE - new_width) / 2);
    Array2::from_shape_fn((SIDE, SIDE), |(y, x)| {
        let place = (x.wrapping_sub(before) as u32, y.wrapping_sub(above) as u32);
        if place.0 < small.width() && place.1 < small.height() {
            small.get_pixel(place.0, place.1).0[0]
        } else {
            0
        }
    })
}
