/// A closed line around a part of a garment.
///
/// Garments are drawn in pixels, with x = 0 in the middle of the image and y = 0 at its top, growing
/// downwards to 28.
#[derive(Clone)]
pub struct Outline {
    pub points: Vec<[f32; 2]>,
}

/// Straight pieces of a curve.
const PIECES: usize = 6;

impl Outline {
    pub fn start(x: f32, y: f32) -> Outline {
        Outline { points: vec![[x, y]] }
    }

    pub fn line(mut self, x: f32, y: f32) -> Outline {
        self.points.push([x, y]);
        self
    }

    /// A quadratic Bezier curve to `end`, pulled towards `pull`.
    pub fn curve(mut self, pull: [f32; 2], end: [f32; 2]) -> Outline {
        let start = self.points[self.points.len() - 1];
        for i in 1..=PIECES {
            let t = i as f32 / PIECES as f32;
            let (a, b, c) = ((1.0 - t) * (1.0 - t), 2.0 * t * (1.0 - t), t * t);
            self.points.push([0, 1].map(|k| a * start[k] + b * pull[k] + c * end[k]));
        }
        self
    }

    /// A right half becomes whole: its mirror image is added, from the last point back to the first.
    pub fn mirrored(mut self) -> Outline {
        let left: Vec<[f32; 2]> = self.points.iter().rev().map(|&[x, y]| [-x, y]).collect();
        self.points.extend(left);
        self
    }

    /// The same on the other side of the middle where `side` is -1.
    pub fn on_side(mut self, side: f32) -> Outline {
        for point in &mut self.points {
            point[0] *= side;
        }
        self
    }

    pub fn rectangle(left: f32, top: f32, right: f32, bottom: f32) -> Outline {
        Outline::start(left, top).line(right, top).line(right, bottom).line(left, bottom)
    }

    pub fn ellipse(center: [f32; 2], width: f32, height: f32) -> Outline {
        let [x, y] = center;
        let (w, h) = (width / 2.0, height / 2.0);
        // A parabola through three points is close enough to an eighth of an ellipse.
        let k = 0.414;
        Outline::start(x + w, y)
            .curve([x + w, y + k * h], [x + 0.707 * w, y + 0.707 * h])
            .curve([x + k * w, y + h], [x, y + h])
            .curve([x - k * w, y + h], [x - 0.707 * w, y + 0.707 * h])
            .curve([x - w, y + k * h], [x - w, y])
            .curve([x - w, y - k * h], [x - 0.707 * w, y - 0.707 * h])
            .curve([x - k * w, y - h], [x, y - h])
            .curve([x + k * w, y - h], [x + 0.707 * w, y - 0.707 * h])
            .curve([x + w, y - k * h], [x + w, y])
    }
}
