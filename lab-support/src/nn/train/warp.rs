//! One image into a variant of it. An image is a slice of rows of `width` numbers; outside it is
//! `black`.

use crate::nn::kernels::math::{cosine, exp, sine};
use crate::nn::kernels::simd::{Simd, SimdKernel, vectorized};

/// Moves the image by whole pixels (right, down), mirrored first where that is asked for.
pub(crate) fn shift(
    from: &[f32],
    to: &mut [f32],
    width: usize,
    (right, down): (isize, isize),
    mirrored: bool,
    black: f32,
) {
    let height = from.len() / width;
    let (left, end) = (right.max(0) as usize, (width as isize + right.min(0)) as usize);
    for (y, to) in to.chunks_exact_mut(width).enumerate() {
        let row = y as isize - down;
        if !(0..height as isize).contains(&row) {
            to.fill(black);
            continue;
        }
        let from = &from[row as usize * width..][..width];
        to[..left].fill(black);
        to[end..].fill(black);
        let first = (-right).max(0) as usize;
        let to = &mut to[left..end];
        if mirrored {
            to.iter_mut().zip(from.iter().rev().skip(first)).for_each(|(to, from)| *to = *from);
        } else {
            to.copy_from_slice(&from[first..first + to.len()]);
        }
    }
}

/// Where each pixel of the variant comes from: `x' = xx · x + xy · y + x0`, and `y'` likewise.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Move {
    xx: f32,
    xy: f32,
    x0: f32,
    yx: f32,
    yy: f32,
    y0: f32,
}

impl Move {
    /// Mirrored, turned clockwise by `angle` degrees and scaled about the middle of the image, then shifted.
    pub fn new(
        (height, width): (usize, usize),
        (right, down): (isize, isize),
        mirrored: bool,
        angle: f32,
        scale: f32,
    ) -> Move {
        let radians = f64::from(angle).to_radians();
        let (cos, sin) = ((cosine(radians) as f32) / scale, (sine(radians) as f32) / scale);
        let side = if mirrored { -1.0 } else { 1.0 };
        let (middle_x, middle_y) = ((width - 1) as f32 / 2.0, (height - 1) as f32 / 2.0);
        let (x, y) = (middle_x + right as f32, middle_y + down as f32);
        let (xx, xy, yx, yy) = (side * cos, side * sin, -sin, cos);
        Move { xx, xy, x0: middle_x - xx * x - xy * y, yx, yy, y0: middle_y - yx * x - yy * y }
    }
}

/// Takes each pixel from the four around the place that it comes from, each by its nearness (bilinear sampling).
pub(crate) fn resample(from: &[f32], to: &mut [f32], width: usize, place: Move, black: f32) {
    vectorized(Resample { from, to, width, place, black });
}

struct Resample<'a> {
    from: &'a [f32],
    to: &'a mut [f32],
    width: usize,
    place: Move,
    black: f32,
}

/// Makes numbers positive before they are cut to whole ones; images are smaller.
const FAR: f32 = 65_536.0;

impl SimdKernel for Resample<'_> {
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Resample { from, to, width, place: Move { xx, xy, x0, yx, yy, y0 }, black } = self;
        let height = from.len() / width;
        let pixel = |x: i32, y: i32| {
            let inside = (x as u32) < width as u32 && (y as u32) < height as u32;
            if inside { from[y as usize * width + x as usize] } else { black }
        };
        // The pixel at (x, y), the one to its right, and the two below: nearly always all are inside.
        let four = |x: i32, y: i32| {
            if (x as u32) < width as u32 - 1 && (y as u32) < height as u32 - 1 {
                let at = y as usize * width + x as usize;
                let (upper, lower) = (&from[at..at + 2], &from[at + width..at + width + 2]);
                [upper[0], upper[1], lower[0], lower[1]]
            } else {
                [pixel(x, y), pixel(x + 1, y), pixel(x, y + 1), pixel(x + 1, y + 1)]
            }
        };
        for (row, to) in to.chunks_exact_mut(width).enumerate() {
            for (column, to) in to.iter_mut().enumerate() {
                let x = xx * column as f32 + (xy * row as f32 + x0);
                let y = yx * column as f32 + (yy * row as f32 + y0);
                let (left, top) = ((x + FAR) as i32 - FAR as i32, (y + FAR) as i32 - FAR as i32);
                let (right, below) = (x - left as f32, y - top as f32);
                let [a, b, c, d] = four(left, top);
                let (upper, lower) = (a + right * (b - a), c + right * (d - c));
                *to = upper + below * (lower - upper);
            }
        }
    }
}

/// A rectangle of the image.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Erasure {
    rows: std::ops::Range<usize>,
    columns: std::ops::Range<usize>,
}

impl Erasure {
    /// From four random numbers, 0 to 1: area, shape, and the middle's place.
    pub fn new((height, width): (usize, usize), [area, ratio, x, y]: [f32; 4]) -> Erasure {
        const AREA: (f32, f32) = (0.02, 0.33);
        /// The logarithm of 3.3, so that twice as wide is as likely as twice as high.
        const SHAPE: f32 = 1.193_922_5;
        let pixels = (AREA.0 + area * (AREA.1 - AREA.0)) * (height * width) as f32;
        let ratio = exp((2.0 * ratio - 1.0) * SHAPE);
        let range = |length: f32, middle: f32, all: usize| {
            let (start, end) = (middle * all as f32 - length / 2.0, middle * all as f32 + length / 2.0);
            (start.max(0.0) as usize)..(end as usize).min(all)
        };
        let columns = range((pixels * ratio).sqrt(), x, width);
        Erasure { rows: range((pixels / ratio).sqrt(), y, height), columns }
    }
}

pub(crate) fn erase(image: &mut [f32], width: usize, Erasure { rows, columns }: Erasure, black: f32) {
    for row in image.chunks_exact_mut(width).take(rows.end).skip(rows.start) {
        row[columns.clone()].fill(black);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 3 rows of 4.
    const IMAGE: [f32; 12] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0];

    fn shifted(offset: (isize, isize), mirrored: bool) -> [f32; 12] {
        let mut to = [-1.0; 12];
        shift(&IMAGE, &mut to, 4, offset, mirrored, 0.0);
        to
    }

    #[test]
    fn shifts_fill_up_with_0() {
        assert_eq!(shifted((0, 0), false), IMAGE);
        assert_eq!(shifted((1, 0), false), [0.0, 1.0, 2.0, 3.0, 0.0, 5.0, 6.0, 7.0, 0.0, 9.0, 10.0, 11.0]);
        assert_eq!(shifted((-2, 1), false), [0.0, 0.0, 0.0, 0.0, 3.0, 4.0, 0.0, 0.0, 7.0, 8.0, 0.0, 0.0]);
        assert_eq!(shifted((0, -1), true), [8.0, 7.0, 6.0, 5.0, 12.0, 11.0, 10.0, 9.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(shifted((1, -2), true), [0.0, 12.0, 11.0, 10.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    }

    /// Sampling between pixels gives the same where the places are whole.
    #[test]
    fn resampling_agrees_with_shifting() {
        for offset in [(0, 0), (1, 0), (-2, 1), (0, -1), (1, -2)] {
            for mirrored in [false, true] {
                let mut to = [-1.0; 12];
                resample(&IMAGE, &mut to, 4, Move::new((3, 4), offset, mirrored, 0.0, 1.0), 0.0);
                assert_eq!(to, shifted(offset, mirrored), "{offset:?}, {mirrored}");
            }
        }
    }

    #[test]
    fn a_quarter_turn_and_twice_the_size() {
        let image: Vec<f32> = (1..=9).map(|i| i as f32).collect();
        let mut to = [0.0; 9];
        resample(&image, &mut to, 3, Move::new((3, 3), (0, 0), false, 90.0, 1.0), 0.0);
        let expected = [7.0, 4.0, 1.0, 8.0, 5.0, 2.0, 9.0, 6.0, 3.0];
        assert!(to.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-5), "{to:?}");
        resample(&image, &mut to, 3, Move::new((3, 3), (0, 0), false, 0.0, 2.0), 0.0);
        assert_eq!(to, [3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0]);
    }

    #[test]
    fn erased_rectangles_lie_inside_and_have_the_area() {
        let numbers = |i: usize| [37, 61, 83, 97].map(|step| (i * step % 101) as f32 / 101.0);
        for i in 0..200 {
            let mut image = [1.0; 784];
            erase(&mut image, 28, Erasure::new((28, 28), numbers(i)), 0.0);
            let erased = image.iter().filter(|pixel| **pixel == 0.0).count();
            assert!(erased <= 300, "{erased} pixels");
        }
        let mut image = [1.0; 784];
        erase(&mut image, 28, Erasure::new((28, 28), [1.0, 0.5, 0.5, 0.5]), 0.0);
        let erased = image.iter().filter(|pixel| **pixel == 0.0).count();
        assert!((225..=290).contains(&erased), "{erased} of 784 is not a third");
    }
}
