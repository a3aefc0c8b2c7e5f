//! A training run as two curves: loss and accuracy over epochs.

use lab_base::Error;

use crate::nn::{Epoch, History, Score};
use crate::plot::curve::{self, Curve};
use crate::plot::figure::{Figure, Frame};
use crate::plot::mark::Mark;
use crate::plot::style::{Area, BLUE, Drawn, RED, px};

impl History {
    /// Loss and accuracy over the epochs, of training and, where there is a validation set, of validation; the
    /// epoch of the smallest validation loss is marked.
    ///
    /// A training figure is the mean over an epoch, while the weights move: its point stands at the epoch's
    /// middle. A validation figure is measured at the epoch's end: its point stands there.
    ///
    /// # Errors
    /// When there is no epoch.
    pub fn plot(&self) -> Result<Figure, Error> {
        let Some(last) = self.epochs.last() else {
            return Err(Error::doing("drawing a training run")
                .expected("at least one epoch")
                .found("none")
                .advice("train with `fit`"));
        };
        let best = best(&self.epochs);
        let note = match best {
            None => "each point is the mean over an epoch and stands at its middle",
            Some(_) => {
                "training: mean over an epoch, at its middle; validation: at its end; shaded: the gap; best: smallest validation loss"
            }
        };
        let epochs = if self.epochs.len() == 1 { "epoch" } else { "epochs" };
        let frame = Frame {
            title: &format!("Training {}: {} {epochs}", self.setup.layers, self.epochs.len()),
            note,
            size: (800, 340),
            source: self.setup.source,
            alt: described(&self.setup.layers, last, best),
        };
        Figure::draw(frame, |area| {
            let (left, right) = area.split_horizontally(px(400));
            draw_panel(&left, "loss", &self.epochs, |score| score.loss, best)?;
            draw_panel(&right, "accuracy", &self.epochs, |score| score.accuracy, best)
        })
    }
}

/// The epoch with the smallest validation loss.
fn best(epochs: &[Epoch]) -> Option<&Epoch> {
    let loss = |epoch: &Epoch| epoch.validation.map_or(f32::INFINITY, |score| score.loss);
    epochs.iter().filter(|e| e.validation.is_some()).min_by(|a, b| loss(a).total_cmp(&loss(b)))
}

fn described(layers: &str, last: &Epoch, best: Option<&Epoch>) -> String {
    let Epoch { number, train, .. } = last;
    let mut alt = format!(
        "Training {layers}: after epoch {number} training loss {:.4}, accuracy {:.4}",
        train.loss, train.accuracy
    );
    if let Some(score) = last.validation {
        alt.push_str(&format!("; validation loss {:.4}, accuracy {:.4}", score.loss, score.accuracy));
    }
    if let Some(best) = best {
        alt.push_str(&format!("; smallest validation loss in epoch {}", best.number));
    }
    alt.push('.');
    alt
}

/// One measure of all epochs.
fn draw_panel(
    area: &Area,
    measure: &str,
    epochs: &[Epoch],
    of: fn(Score) -> f32,
    best: Option<&Epoch>,
) -> Drawn {
    let train = epochs.iter().map(|e| (e.number as f64 - 0.5, f64::from(of(e.train))));
    let validation = epochs.iter().filter_map(|e| Some((e.number as f64, f64::from(of(e.validation?)))));
    let mut curves = vec![Curve::new("training", BLUE, Mark::Disc, train)];
    if best.is_some() {
        curves.push(Curve::new("validation", RED, Mark::Ring, validation).shaded_to(&curves[0]));
    }
    curve::draw_panel(area, ("epoch", measure), &curves, best.map(|epoch| epoch.number))
}
