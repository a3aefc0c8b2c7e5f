//! What stands out from the background of a photo.

use image::RgbImage;
use ndarray::Array2;

/// What is farther from the background than this belongs to the garment: a twentieth of the whole range, as the makers of
/// Fashion-MNIST took it.
const CLOSE: f32 = 0.05 * 255.0;
/// The same as a multiple of what the background itself varies by, and as a share of how far the garment mostly is: a soft shadow
/// is nearer.
const SPREADS: f32 = 5.0;
const SHADOW: f32 = 0.3;

/// Shares of the photo that the garment may take.
const LEAST: f32 = 0.01;
const MOST: f32 = 0.9;
/// Share of the photo's edge that it may touch: from there on it is not known what the background is.
const EDGE: f32 = 0.5;
/// A part belongs to the garment, and a hole stays one, from this share of the largest part on.
const PART: f32 = 0.1;
const HOLE: f32 = 0.005;

/// A photo and what stands out in it.
#[derive(Clone, Debug)]
pub(crate) struct CutOut {
    pixels: RgbImage,
    /// `[height, width]`: true where the garment is.
    pub mask: Array2<bool>,
}

impl CutOut {
    /// `[height, width]`, 0-255: the brightness that an eye sees (ITU-R BT.601).
    pub fn grey(&self) -> Array2<u8> {
        Array2::from_shape_fn(self.mask.dim(), |place| self.brightness(place))
    }

    fn brightness(&self, (y, x): (usize, usize)) -> u8 {
        let [red, green, blue] = self.pixels.get_pixel(x as u32, y as u32).0.map(f32::from);
        (0.299 * red + 0.587 * green + 0.114 * blue).round() as u8
    }

    /// Mean brightness of what is not the garment.
    pub fn background(&self) -> u8 {
        let (mut sum, mut count) = (0, 0);
        for (place, _) in self.mask.indexed_iter().filter(|(_, is_garment)| !**is_garment) {
            (sum, count) = (sum + u64::from(self.brightness(place)), count + 1);
        }
        (sum / count.max(1)) as u8
    }
}

/// # Errors
/// What was found in place of one garment on a plain background.
pub(crate) fn cut_out(pixels: RgbImage) -> Result<CutOut, String> {
    let (width, height) = (pixels.width() as usize, pixels.height() as usize);
    if width < 28 || height < 28 {
        return Err(format!("a picture of {width} x {height} pixels"));
    }
    let edge = edge(width, height);
    let background = Background::of(&pixels, &edge);
    let distance = Array2::from_shape_fn((height, width), |(y, x)| background.distance(&pixels, x, y));
    let mut spread: Vec<f32> = edge.iter().map(|&(x, y)| distance[[y, x]]).collect();
    let spread = quantile(&mut spread, 0.5);
    let mut far: Vec<f32> = distance.iter().copied().filter(|distance| *distance > CLOSE).collect();
    let limit = CLOSE.max(SPREADS * spread).max(SHADOW * quantile(&mut far, 0.9));
    let mask = smooth(&distance.mapv(|distance| distance > limit));
    let mask = without_small(&mask, true, PART);
    // What is not the garment has holes of its own, which are its small parts.
    let mask = without_small(&mask.mapv(|is_garment| !is_garment), false, HOLE).mapv(|is_not| !is_not);
    let share = mask.iter().filter(|is_garment| **is_garment).count() as f32 / mask.len() as f32;
    let touched = edge.iter().filter(|(x, y)| mask[[*y, *x]]).count() as f32 / edge.len() as f32;
    match (share, touched) {
        (share, _) if share < LEAST => Err("nothing that stands out".into()),
        (share, touched) if share > MOST || touched > EDGE => Err("no background around it".into()),
        _ => Ok(CutOut { pixels, mask }),
    }
}

/// The places near the photo's edge.
fn edge(width: usize, height: usize) -> Vec<(usize, usize)> {
    let depth = (width.min(height) / 25).max(1);
    let is_near = |x: usize, y: usize| x < depth || y < depth || x >= width - depth || y >= height - depth;
    (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).filter(|(x, y)| is_near(*x, *y)).collect()
}

/// The colour of the background: for each of red, green and blue a plane, since light falls from one side.
struct Background {
    planes: [[f64; 3]; 3],
}

impl Background {
    /// Fitted to the edge by least squares, twice: the second time without what is far from the first plane, where the garment
    /// reaches the edge.
    fn of(pixels: &RgbImage, edge: &[(usize, usize)]) -> Background {
        let first = Background { planes: [0, 1, 2].map(|part| plane(pixels, edge, part)) };
        let mut far: Vec<f32> = edge.iter().map(|(x, y)| first.distance(pixels, *x, *y)).collect();
        let limit = 2.5 * quantile(&mut far, 0.5).max(2.0);
        let near: Vec<_> =
            edge.iter().copied().filter(|(x, y)| first.distance(pixels, *x, *y) <= limit).collect();
        Background { planes: [0, 1, 2].map(|part| plane(pixels, &near, part)) }
    }

    /// How far a pixel is from it: the largest difference in red, green or blue.
    fn distance(&self, pixels: &RgbImage, x: usize, y: usize) -> f32 {
        let pixel = pixels.get_pixel(x as u32, y as u32).0;
        let there = |plane: &[f64; 3]| plane[0] + plane[1] * x as f64 + plane[2] * y as f64;
        let parts = self.planes.iter().zip(pixel);
        parts.map(|(plane, part)| (f64::from(part) - there(plane)).abs() as f32).fold(0.0, f32::max)
    }
}

/// The plane through one part of the colours at these places, by the normal equations; level where they lie in a row.
fn plane(pixels: &RgbImage, places: &[(usize, usize)], part: usize) -> [f64; 3] {
    let mut sums = [[0.0; 4]; 3];
    for &(x, y) in places {
        let terms = [1.0, x as f64, y as f64, f64::from(pixels.get_pixel(x as u32, y as u32).0[part])];
        for (row, sums) in sums.iter_mut().enumerate() {
            sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += terms[row] * term);
        }
    }
    let level = [sums[0][3] / sums[0][0].max(1.0), 0.0, 0.0];
    for column in 0..3 {
        let pivot = (column..3).max_by(|a, b| sums[*a][column].abs().total_cmp(&sums[*b][column].abs()));
        sums.swap(column, pivot.unwrap_or(column));
        if sums[column][column].abs() < 1e-9 {
            return level;
        }
        for row in (0..3).filter(|row| *row != column) {
            let (factor, pivot) = (sums[row][column] / sums[column][column], sums[column]);
            sums[row].iter_mut().zip(pivot).for_each(|(sum, pivot)| *sum -= factor * pivot);
        }
    }
    [0, 1, 2].map(|i| sums[i][3] / sums[i][i])
}

/// The value below which this share of them lies; 0 without any.
fn quantile(values: &mut [f32], share: f32) -> f32 {
    values.sort_unstable_by(f32::total_cmp);
    values.get((values.len() as f32 * share) as usize).or(values.last()).copied().unwrap_or(0.0)
}

/// Each place as most of the nine around it are: without specks.
fn smooth(mask: &Array2<bool>) -> Array2<bool> {
    let (height, width) = mask.dim();
    Array2::from_shape_fn((height, width), |(y, x)| {
        let (rows, columns) =
            (y.saturating_sub(1)..(y + 2).min(height), x.saturating_sub(1)..(x + 2).min(width));
        let around = rows.flat_map(|y| columns.clone().map(move |x| (y, x)));
        let (set, all) = around.fold((0, 0), |(set, all), place| (set + usize::from(mask[place]), all + 1));
        2 * set > all
    })
}

/// Without the parts that are smaller than this share of the largest; with `only`, or of the whole picture.
fn without_small(mask: &Array2<bool>, of_largest: bool, share: f32) -> Array2<bool> {
    let parts = parts(mask);
    let largest = parts.iter().map(Vec::len).max().unwrap_or(0);
    let least = if of_largest { largest as f32 } else { mask.len() as f32 } * share;
    let mut kept = Array2::from_elem(mask.dim(), false);
    for part in parts.iter().filter(|part| part.len() as f32 >= least) {
        part.iter().for_each(|place| kept[*place] = true);
    }
    kept
}

/// The places of each part whose places are neighbours, above, below or beside one another.
fn parts(mask: &Array2<bool>) -> Vec<Vec<(usize, usize)>> {
    let (height, width) = mask.dim();
    let mut left = mask.clone();
    let mut parts = Vec::new();
    for start in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
        if !std::mem::take(&mut left[start]) {
            continue;
        }
        let (mut part, mut next) = (vec![start], 0);
        while let Some(&(y, x)) = part.get(next) {
            next += 1;
            for place in [(y.wrapping_sub(1), x), (y + 1, x), (y, x.wrapping_sub(1)), (y, x + 1)] {
                if left.get(place).copied().unwrap_or(false) {
                    left[place] = false;
                    part.push(place);
                }
            }
        }
        parts.push(part);
    }
    parts
}
