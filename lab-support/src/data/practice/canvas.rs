use super::outline::Outline;
use super::rng::ImageRng;
use crate::data::idx::SIDE;

/// Lines looked at within a row of pixels.
const LINES: usize = 4;

/// An image while it is drawn: brightness from 0 (black) to 1 (white).
pub struct Canvas {
    pixels: [[f32; SIDE]; SIDE],
    place: Place,
}

/// Where the garment lies: what `Outline` coordinates become on the image.
struct Place {
    scale: [f32; 2],
    shift: [f32; 2],
    lean: f32,
}

impl Canvas {
    /// A black image, on which the garment lies not quite straight and not quite in the middle.
    pub fn new(rng: &mut ImageRng) -> Canvas {
        let size = rng.uniform(0.9, 1.02);
        let place = Place {
            scale: [size * rng.uniform(0.94, 1.06), size],
            shift: [rng.uniform(-1.2, 1.2), rng.uniform(-1.2, 1.2)],
            lean: rng.uniform(-0.06, 0.06),
        };
        Canvas { pixels: [[0.0; SIDE]; SIDE], place }
    }

    /// Fills an outline; `shade` gives the brightness at a pixel's column and row.
    pub fn fill(&mut self, outline: &Outline, shade: impl Fn(f32, f32) -> f32) {
        let coverage = coverage(outline, &self.place);
        for (y, (row, covered)) in self.pixels.iter_mut().zip(&coverage).enumerate() {
            for (x, (pixel, &part)) in row.iter_mut().zip(covered).enumerate() {
                if part > 0.001 {
                    *pixel += (shade(x as f32, y as f32) - *pixel) * part;
                }
            }
        }
    }

    /// Fills an outline with one brightness.
    pub fn fill_plain(&mut self, outline: &Outline, brightness: f32) {
        self.fill(outline, |_, _| brightness);
    }

    /// Draws the line through `points` with a pen of this width.
    pub fn stroke(&mut self, points: &[[f32; 2]], width: f32, brightness: f32) {
        for pair in points.windows(2) {
            let ([ax, ay], [bx, by]) = (pair[0], pair[1]);
            let (dx, dy) = (bx - ax, by - ay);
            let half = width / 2.0 / (dx * dx + dy * dy).sqrt().max(0.01);
            let (nx, ny) = (-dy * half, dx * half);
            let piece = Outline::start(ax + nx, ay + ny)
                .line(bx + nx, by + ny)
                .line(bx - nx, by - ny)
                .line(ax - nx, ay - ny);
            self.fill_plain(&piece, brightness);
        }
    }

    /// The image as bytes, row by row, with the noise of a camera wherever something is drawn.
    pub fn finish(&self, rng: &mut ImageRng, noise: f32, bytes: &mut [u8]) {
        for (byte, &pixel) in bytes.iter_mut().zip(self.pixels.as_flattened()) {
            let grain = if pixel > 0.02 { rng.normal() * noise } else { 0.0 };
            *byte = ((pixel + grain).clamp(0.0, 1.0) * 255.0).round() as u8;
        }
    }
}

/// How much of each pixel lies inside the outline, 0 to 1.
///
/// A line of pixels that crosses the outline at x has the inside on its right (or stops having it): so
/// each crossing is added to the pixel it falls into, and a running sum from the left gives the coverage.
fn coverage(outline: &Outline, place: &Place) -> [[f32; SIDE]; SIDE] {
    let mut crossings = [[0.0; SIDE + 2]; SIDE];
    let points: Vec<[f32; 2]> = outline.points.iter().map(|&point| place.map(point)).collect();
    for (i, &a) in points.iter().enumerate() {
        add_crossings(&mut crossings, a, points[(i + 1) % points.len()]);
    }
    crossings.map(|row| {
        let mut sum = 0.0;
        std::array::from_fn(|x| {
            sum += row[x];
            f32::min(f32::abs(sum), 1.0)
        })
    })
}

fn add_crossings(crossings: &mut [[f32; SIDE + 2]; SIDE], a: [f32; 2], b: [f32; 2]) {
    let (top, bottom, direction) = if a[1] < b[1] { (a, b, 1.0) } else { (b, a, -1.0) };
    let slope = (bottom[0] - top[0]) / (bottom[1] - top[1]).max(1e-6);
    let line_at = |y: f32| (y * LINES as f32 + 0.5).clamp(0.0, (SIDE * LINES) as f32) as usize;
    for line in line_at(top[1])..line_at(bottom[1]) {
        let y = (line as f32 + 0.5) / LINES as f32;
        let x = (top[0] + (y - top[1]) * slope).clamp(0.0, SIDE as f32);
        let (column, part) = (x as usize, x.fract());
        let row = &mut crossings[line / LINES];
        row[column] += direction * (1.0 - part) / LINES as f32;
        row[column + 1] += direction * part / LINES as f32;
    }
}

impl Place {
    fn map(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let middle = SIDE as f32 / 2.0;
        let y = y - middle;
        let x = x + self.lean * y;
        [middle + x * self.scale[0] + self.shift[0], middle + y * self.scale[1] + self.shift[1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRAIGHT: Place = Place { scale: [1.0; 2], shift: [0.0; 2], lean: 0.0 };

    #[test]
    fn a_rectangle_covers_its_pixels_and_parts_of_those_at_its_edge() {
        let covered = coverage(&Outline::rectangle(-4.0, 2.5, 1.25, 5.0), &STRAIGHT);
        assert_eq!((covered[3][9], covered[3][10], covered[3][14]), (0.0, 1.0, 1.0));
        assert_eq!((covered[3][15], covered[3][16]), (0.25, 0.0));
        assert_eq!((covered[2][12], covered[4][12], covered[5][12]), (0.5, 1.0, 0.0));
    }

    #[test]
    fn the_area_of_a_circle_is_right_wherever_it_lies() {
        for shift in [0.0, 0.3, 0.77] {
            let circle = Outline::ellipse([shift, 14.0 - shift], 16.0, 16.0);
            let area: f32 = coverage(&circle, &STRAIGHT).as_flattened().iter().sum();
            assert!((area - 201.06).abs() < 1.5, "{area}");
        }
    }

    #[test]
    fn what_lies_outside_the_image_is_cut_off() {
        let covered = coverage(&Outline::rectangle(-40.0, -40.0, 40.0, 40.0), &STRAIGHT);
        assert!(covered.as_flattened().iter().all(|&part| part == 1.0));
    }
}
