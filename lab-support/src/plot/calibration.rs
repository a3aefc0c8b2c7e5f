//! The reliability diagram: how often a network is right, by how sure it was.

use lab_base::Error;
use plotters::element::PathElement;
use plotters::prelude::{Color, Rectangle};

use crate::eval::{BINS, Calibration};
use crate::notebook::display::thousands;
use crate::plot::figure::{Figure, Frame};
use crate::plot::style::{Axis, BLUE, Drawn, INK, RED, axes, thin};

impl Calibration {
    /// For each range of confidence a bar as high as the share that was right (blue), and the distance to the mean
    /// confidence (red): above the bar where the network was too sure of itself. A network that is as sure as it is
    /// right has its bars end on the diagonal.
    ///
    /// # Errors
    /// When the figure can't be encoded.
    pub fn plot(&self) -> Result<Figure, Error> {
        let images: usize = self.bins.iter().map(|bin| bin.images).sum();
        let note = format!(
            "expected calibration error {:.4} on {} images; blue: right, red: distance to the confidence",
            self.error,
            thousands(images)
        );
        let frame = Frame {
            title: "Is the network right as often as it says?",
            note: &note,
            size: (700, 380),
            source: self.source,
            alt: self.described(),
        };
        let tenths = |share: &f64| format!("{share:.1}");
        Figure::draw(frame, |area| {
            let x = Axis {
                range: 0.0..1.0,
                title: "confidence: probability of the answer",
                labels: 11,
                format: &tenths,
            };
            let y = Axis { range: 0.0..1.0, title: "accuracy", labels: 6, format: &tenths };
            let mut chart = axes(area, x, y)?;
            let filled = self.bins.iter().enumerate().filter(|(_, bin)| bin.images > 0);
            for (i, bin) in filled {
                let (left, right) = (i as f64 / BINS as f64, (i + 1) as f64 / BINS as f64);
                let (accuracy, confidence) = (f64::from(bin.accuracy), f64::from(bin.confidence));
                chart.draw_series([
                    Rectangle::new([(left, 0.0), (right, accuracy)], BLUE.filled()),
                    Rectangle::new([(left, accuracy), (right, confidence)], RED.mix(0.35).filled()),
                    Rectangle::new([(left, 0.0), (right, accuracy)], thin(INK)),
                ])?;
            }
            chart.draw_series([PathElement::new(vec![(0.0, 0.0), (1.0, 1.0)], thin(INK))])?;
            Drawn::Ok(())
        })
    }

    fn described(&self) -> String {
        let parts = self
            .bins
            .iter()
            .filter(|bin| bin.images > 0)
            .map(|bin| format!("{:.2}: {:.2} ({})", bin.confidence, bin.accuracy, bin.images));
        let parts: Vec<String> = parts.collect();
        format!("Confidence and accuracy: {self}. Confidence: accuracy (images): {}.", parts.join(", "))
    }
}
