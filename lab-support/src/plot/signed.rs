//! Numbers on both sides of zero as colours: dark blue, grey, bright yellow.
//!
//! From one end to the other the colours get ever brighter, so that the sign shows in grey too; and blue and
//! yellow are the two that colour-blind eyes tell apart best.

use ndarray::{Array2, ArrayView2};
use plotters::prelude::RGBColor;

use crate::plot::picture;
use crate::plot::style::{Area, Drawn, INK, px, text, to_the_left, to_the_right};

const LOW: [f32; 3] = [0.0, 40.0, 116.0];
const ZERO: [f32; 3] = [140.0, 140.0, 140.0];
const HIGH: [f32; 3] = [255.0, 233.0, 92.0];

/// The largest distance of a number from zero; at least a little, so that it can be divided by.
pub(crate) fn largest<'a>(numbers: impl IntoIterator<Item = &'a f32>) -> f32 {
    numbers.into_iter().fold(f32::MIN_POSITIVE, |largest, number| largest.max(number.abs()))
}

/// The distance from zero that 199 of 200 numbers keep to: a few that lie far out would make all others grey.
pub(crate) fn usual<'a>(numbers: impl IntoIterator<Item = &'a f32>) -> f32 {
    let mut distances: Vec<f32> = numbers.into_iter().map(|number| number.abs()).collect();
    distances.sort_by(f32::total_cmp);
    let place = (distances.len() * 199 / 200).min(distances.len().saturating_sub(1));
    distances.get(place).map_or(f32::MIN_POSITIVE, |distance| distance.max(f32::MIN_POSITIVE))
}

/// Numbers from `-largest` to `largest` as levels from 1 to 255: 128 for zero; what lies beyond as these ends.
pub(crate) fn levels(numbers: ArrayView2<f32>, largest: f32) -> Array2<u8> {
    numbers.mapv(|number| (128.0 + 127.0 * (number / largest).clamp(-1.0, 1.0)).round() as u8)
}

/// The colour of a level.
pub(crate) fn colour(level: u8) -> RGBColor {
    let part = (f32::from(level) - 128.0) / 127.0;
    let end = if part < 0.0 { LOW } else { HIGH };
    let [red, green, blue] =
        [0, 1, 2].map(|c| (ZERO[c] + part.abs().min(1.0) * (end[c] - ZERO[c])).round() as u8);
    RGBColor(red, green, blue)
}

/// What the colours mean: a bar from `-largest` to `largest` with its left end at `corner`, on the canvas.
pub(crate) fn draw_bar(area: &Area, (left, top): (i32, i32), largest: f32) -> Drawn {
    let (right, height) = (left + 255 * px(1), px(14));
    let middle = top + height / 2;
    let colours = (1..=255).map(colour).collect();
    picture::draw_pixels(area, [(left, top), (right, top + height)], 255, colours)?;
    let numbers = text(14, INK);
    area.draw_text(&format!("{:.2}", -largest), &to_the_left(&numbers), (left - px(8), middle))?;
    area.draw_text(&format!("+{largest:.2}"), &to_the_right(&numbers), (right + px(8), middle))
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn zero_lies_in_the_middle() {
        let numbers = array![[-2.0, 0.0], [1.0, 2.0]];
        assert_eq!(largest(&numbers), 2.0);
        assert_eq!(levels(numbers.view(), 2.0), array![[1, 128], [192, 255]]);
        assert_eq!(levels(array![[-9.0, 9.0]].view(), 2.0), array![[1, 255]]);
        assert_eq!(levels(array![[0.0]].view(), largest(&array![[0.0]])), array![[128]]);
    }

    #[test]
    fn a_few_far_out_do_not_count_as_usual() {
        let numbers: Vec<f32> = (0..400).map(|i| if i == 7 { -50.0 } else { i as f32 / 400.0 }).collect();
        assert_eq!(usual(&numbers), 399.0 / 400.0);
        assert_eq!(usual(&[-3.0]), 3.0);
        assert!(usual(&[]) > 0.0);
    }

    #[test]
    fn every_level_is_as_bright_as_the_one_below_or_brighter() {
        let brightness = |level: u8| {
            let RGBColor(red, green, blue) = colour(level);
            0.2126 * f32::from(red) + 0.7152 * f32::from(green) + 0.0722 * f32::from(blue)
        };
        for level in 2..=255 {
            assert!(brightness(level) >= brightness(level - 1), "level {level}");
        }
        assert!(brightness(1) < 50.0 && brightness(255) > 200.0);
    }
}
