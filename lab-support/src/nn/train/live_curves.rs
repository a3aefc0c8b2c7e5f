//! Curves drawn as text in microseconds, many times while a network trains; `plot` draws the figure that
//! stays.

use std::fmt::Write;
use std::ops::Range;

/// One measure over epochs.
pub(crate) struct Sketch<'a> {
    pub title: &'a str,
    /// Within the epochs, a pale line.
    pub fine: &'a [(f64, f64)],
    /// Epoch by epoch.
    pub training: &'a [(f64, f64)],
    pub validation: &'a [(f64, f64)],
    /// Where the axis ends: the number of epochs wanted.
    pub epochs: usize,
}

/// As in the figures of `plot`.
const BLUE: &str = "#0072b2";
const RED: &str = "#cc3311";

/// In pixels: the picture, and the room around its axes.
const SIZE: (f64, f64) = (360.0, 170.0);
const LEFT: f64 = 44.0;
const TOP: f64 = 24.0;
const RIGHT: f64 = 10.0;
const BOTTOM: f64 = 24.0;

impl Sketch<'_> {
    /// An `svg` element.
    pub fn draw(&self) -> String {
        let (width, height) = SIZE;
        let axes = Axes { epochs: self.epochs as f64, values: self.span() };
        let mut svg = format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11" fill="none"><rect width="{width}" height="{height}" fill="#fff"/><text x="{LEFT}" y="14" fill="#191919" font-weight="bold">{}</text>"##,
            self.title
        );
        axes.draw(&mut svg);
        line(&mut svg, &axes, self.fine, &format!(r#"stroke="{BLUE}" stroke-opacity=".35""#));
        line(&mut svg, &axes, self.training, &format!(r#"stroke="{BLUE}" stroke-width="2""#));
        line(&mut svg, &axes, self.validation, &format!(r#"stroke="{RED}" stroke-width="2""#));
        let key = key(!self.validation.is_empty());
        for point in self.training {
            mark(&mut svg, axes.place(*point), &format!(r#"fill="{BLUE}""#));
        }
        for point in self.validation {
            mark(&mut svg, axes.place(*point), &format!(r##"fill="#fff" stroke="{RED}" stroke-width="2""##));
        }
        svg + &key + "</svg>"
    }

    /// The range of all values, with a little room.
    fn span(&self) -> Range<f64> {
        let all = [self.fine, self.training, self.validation].into_iter().flatten().map(|point| point.1);
        let finite = all.filter(|value| value.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        if low > high {
            return 0.0..1.0;
        }
        let room = (0.06 * (high - low)).max(0.01 * high.abs()).max(1e-3);
        low - room..high + room
    }
}

struct Axes {
    epochs: f64,
    values: Range<f64>,
}

impl Axes {
    fn place(&self, (epoch, value): (f64, f64)) -> (f64, f64) {
        let across = epoch / self.epochs;
        let up = (value - self.values.start) / (self.values.end - self.values.start);
        (LEFT + across * (SIZE.0 - LEFT - RIGHT), SIZE.1 - BOTTOM - up * (SIZE.1 - TOP - BOTTOM))
    }

    /// A light grid with numbers.
    fn draw(&self, svg: &mut String) {
        let every = step((self.values.end - self.values.start) / 4.0);
        let digits = (-every.log10().floor()).clamp(0.0, 6.0) as usize;
        let mut value = (self.values.start / every).ceil() * every;
        while value <= self.values.end {
            let (_, y) = self.place((0.0, value));
            let end = SIZE.0 - RIGHT;
            let _ = write!(
                svg,
                r##"<path d="M{LEFT} {y:.1}H{end}" stroke="#e4e4e4"/><text x="{}" y="{:.1}" text-anchor="end" fill="#555">{value:.digits$}</text>"##,
                LEFT - 5.0,
                y + 4.0
            );
            value += every;
        }
        let every = step(self.epochs / 8.0).max(1.0);
        let mut epoch = 0.0;
        while epoch <= self.epochs {
            let (x, y) = self.place((epoch, self.values.start));
            let _ = write!(
                svg,
                r##"<path d="M{x:.1} {y:.1}v4" stroke="#969696"/><text x="{x:.1}" y="{:.1}" text-anchor="middle" fill="#555">{epoch}</text>"##,
                y + 16.0
            );
            epoch += every;
        }
        let (x, y) = self.place((self.epochs, self.values.start));
        let _ = write!(svg, r##"<path d="M{LEFT} {y:.1}H{x:.1}" stroke="#969696"/>"##);
    }
}

/// The smallest of 1, 2, 5, 10, 20 ... (or 0.1, 0.2, 0.5 ...) that is at least `least`.
fn step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0].map(|n| n * power).into_iter().find(|&s| s >= least * 0.999).unwrap_or(10.0 * power)
}

fn line(svg: &mut String, axes: &Axes, points: &[(f64, f64)], style: &str) {
    let finite = points.iter().filter(|point| point.1.is_finite()).map(|&point| axes.place(point));
    let places: Vec<String> = finite.map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let _ = write!(svg, r#"<polyline points="{}" {style} stroke-linejoin="round"/>"#, places.join(" "));
}

fn mark(svg: &mut String, (x, y): (f64, f64), style: &str) {
    if y.is_finite() {
        let _ = write!(svg, r#"<circle cx="{x:.1}" cy="{y:.1}" r="2.5" {style}/>"#);
    }
}

/// Which curve is which, where there are two.
fn key(validated: bool) -> String {
    let entry = |x: f64, colour: &str, name: &str| {
        format!(
            r##"<path d="M{x} 10h16" stroke="{colour}" stroke-width="2"/><text x="{}" y="14" fill="#191919">{name}</text>"##,
            x + 21.0
        )
    };
    match validated {
        false => String::new(),
        true => entry(SIZE.0 - 180.0, BLUE, "training") + &entry(SIZE.0 - 96.0, RED, "validation"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch<'a>(training: &'a [(f64, f64)], validation: &'a [(f64, f64)]) -> Sketch<'a> {
        Sketch { title: "loss", fine: &[(0.1, 2.0), (0.2, 1.5)], training, validation, epochs: 10 }
    }

    #[test]
    fn curves_lie_inside_the_picture() {
        let svg = sketch(&[(0.5, 1.0), (1.5, 0.5)], &[(1.0, 0.7), (2.0, 0.4)]).draw();
        let points =
            svg.split("points=\"").skip(1).flat_map(|rest| rest.split('"').next().unwrap().split(' '));
        for point in points {
            let (x, y) = point.split_once(',').unwrap();
            let (x, y): (f64, f64) = (x.parse().unwrap(), y.parse().unwrap());
            assert!((LEFT..=SIZE.0 - RIGHT).contains(&x) && (TOP..=SIZE.1 - BOTTOM).contains(&y), "{point}");
        }
        assert_eq!(svg.matches("<circle").count(), 4);
        assert!(svg.contains("validation"));
    }

    #[test]
    fn what_is_no_number_is_left_out() {
        let svg = sketch(&[(0.5, 1.0), (1.5, f64::NAN), (2.5, f64::INFINITY)], &[]).draw();
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        assert!(!svg.contains("validation"));
        assert!(!sketch(&[(0.5, f64::NAN)], &[]).draw().contains("NaN"));
    }

    #[test]
    fn steps_are_round() {
        assert_eq!([0.3, 1.0, 1.2, 3.0, 7.0].map(step), [0.5, 1.0, 2.0, 5.0, 10.0]);
    }
}
