//! The training of several networks in one figure.

use lab_base::Error;
use plotters::prelude::RGBColor;

use crate::data::Source;
use crate::nn::History;
use crate::plot::curve::{self, Curve};
use crate::plot::figure::{Figure, Frame};
use crate::plot::mark::Mark;
use crate::plot::style::{BLUE, GREEN, ORANGE, PURPLE, RED, SKY};

/// Colour and sign of each curve.
pub(crate) const LOOKS: [(RGBColor, Mark); 6] = [
    (BLUE, Mark::Disc),
    (RED, Mark::Ring),
    (GREEN, Mark::Square),
    (ORANGE, Mark::Frame),
    (PURPLE, Mark::Up),
    (SKY, Mark::Diamond),
];

/// Accuracy over the epochs of 1 to 6 runs: on the validation set where every run has one, else on the
/// training set.
///
/// # Errors
/// When there are no runs, more than 6, or one of no epochs.
///
/// ```
/// # use lab_support::prelude::*;
/// # let pixels = ndarray::ArcArray::from_shape_fn((40, 2, 2), |(i, row, _)| if row == i % 2 { 255 } else { 0 });
/// # let labels = ndarray::ArcArray1::from_shape_fn(40, |i| (i % 2) as u8);
/// # let data = lab_support::data::Images::new(pixels, labels, lab_support::data::Source::Practice)?.normalized();
/// let mut model = Sequential::new([2, 2]).flatten().dense(2, Linear).seed(1);
/// model.compile(Sgd::new(0.1), CrossEntropy::from_logits());
/// let history = model.fit(&data, Fit::epochs(3).quiet())?;
/// assert!(curves(&[("first try", &history)])?.alt().contains("first try"));
/// # Ok::<(), lab_support::Error>(())
/// ```
pub fn curves(runs: &[(&str, &History)]) -> Result<Figure, Error> {
    let doing = "drawing the curves of runs";
    if !(1..=LOOKS.len()).contains(&runs.len()) {
        return Err(Error::new(doing, "1 to 6 runs", runs.len(), "choose among them"));
    }
    if let Some((name, _)) = runs.iter().find(|(_, history)| history.epochs.is_empty()) {
        return Err(Error::doing(doing)
            .expected("at least one epoch each")
            .found(format!("none in {name}"))
            .advice("train with `fit`"));
    }
    let validated = runs.iter().flat_map(|(_, history)| &history.epochs).all(|e| e.validation.is_some());
    let (measure, note) = match validated {
        true => ("validation accuracy", "measured at the end of each epoch"),
        false => ("training accuracy", "each point is the mean over an epoch and stands at its middle"),
    };
    let curves: Vec<Curve> = runs
        .iter()
        .zip(LOOKS)
        .map(|((name, history), look)| {
            let points = history.epochs.iter().map(|epoch| match epoch.validation.filter(|_| validated) {
                Some(score) => (epoch.number as f64, f64::from(score.accuracy)),
                None => (epoch.number as f64 - 0.5, f64::from(epoch.train.accuracy)),
            });
            Curve::new(*name, look.0, look.1, points)
        })
        .collect();
    let last: Vec<String> = curves.iter().filter_map(Curve::last).collect();
    let practice = runs.iter().map(|(_, history)| history.setup.source).find(|s| s.notice().is_some());
    let frame = Frame {
        title: &format!("{}{} over epochs", measure[..1].to_uppercase(), &measure[1..]),
        note,
        size: (720, 380),
        source: practice.unwrap_or(Source::FashionMnist),
        alt: format!("{measure} over epochs, last: {}.", last.join(", ")),
    };
    Figure::draw(frame, |area| curve::draw_panel(area, ("epoch", measure), &curves, None))
}
