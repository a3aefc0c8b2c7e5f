//! The loss over rising learning rates.

use lab_base::Error;
use plotters::element::PathElement;
use plotters::prelude::{Color, LineSeries};

use crate::nn::RateRange;
use crate::plot::figure::{Figure, Frame};
use crate::plot::style::{Axis, BLUE, FADED, INK, axes, px, text, thin, to_the_right};

impl RateRange {
    /// The smoothed loss over the learning rate, which rises from left to right, each mark ten times the last; a
    /// line marks the suggestion.
    ///
    /// # Errors
    /// When the loss ran away at once.
    pub fn plot(&self) -> Result<Figure, Error> {
        if self.points.len() < 2 {
            let advice = "normalize the images, or draw the weights anew";
            return Err(Error::new("drawing losses", "a finite loss at small rates", "none", advice));
        }
        let points = || self.points.iter().map(|(rate, loss)| (f64::from(rate.log10()), f64::from(*loss)));
        let (low, high) = points().fold((f64::INFINITY, 0.0f64), |(l, h), (_, y)| (l.min(y), h.max(y)));
        let room = 0.06 * (high - low).max(0.1);
        let (left, right) =
            (points().map(|p| p.0).fold(0.0, f64::min), points().map(|p| p.0).fold(-9.0, f64::max));
        let frame = Frame {
            title: &format!("Looking for a learning rate: {}", self.layers),
            note: "smoothed loss while the rate rises; to the right of its minimum, training runs away",
            size: (700, 340),
            source: self.source,
            alt: format!("Loss over the learning rate for {}: {self}.", self.layers),
        };
        let whole = |exponent: &f64| match exponent.fract() == 0.0 {
            true => format!("{}", 10f64.powi(*exponent as i32)),
            false => String::new(),
        };
        let loss = |loss: &f64| format!("{loss:.1}");
        Figure::draw(frame, |area| {
            let x =
                Axis { range: left.floor()..right.ceil(), title: "learning rate", labels: 9, format: &whole };
            let y = Axis { range: low - room..high + room, title: "loss", labels: 6, format: &loss };
            let mut chart = axes(area, x, y)?;
            let suggestion = f64::from(self.suggestion.log10());
            let line = vec![(suggestion, low - room), (suggestion, high + room)];
            chart.draw_series([PathElement::new(line, thin(FADED))])?;
            chart.draw_series(LineSeries::new(points(), BLUE.stroke_width(px(2) as u32)))?;
            let ((x, y), (left, top)) =
                (chart.backend_coord(&(suggestion, high + 0.5 * room)), area.get_base_pixel());
            let words = format!("{:.1e}", self.suggestion);
            area.draw_text(&words, &to_the_right(&text(14, INK)), (x - left + px(6), y - top + px(6)))
        })
    }
}
