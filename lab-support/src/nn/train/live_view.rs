use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::nn::score::Score;
use crate::nn::train::epoch::Epoch;
use crate::nn::train::live_curves::Sketch;
use crate::notebook::progress::{bar, seconds};

/// What a notebook shows of a training while it goes on, and when it has ended.
pub(crate) struct LiveView {
    network: String,
    epochs: usize,
    /// Loss and accuracy at moments within the epochs.
    loss: Vec<(f64, f64)>,
    accuracy: Vec<(f64, f64)>,
    whole: Vec<Epoch>,
    /// The sums at the last of these moments, and its epoch.
    last: (usize, Sums),
}

/// Where a training is.
pub(crate) struct Position {
    pub epoch: usize,
    pub step: usize,
    pub steps: usize,
    /// In words.
    pub left: String,
    pub sums: Sums,
}

/// Sums over the images that a training has images in an epoch.
#[derive(Clone, Copy, Default)]
pub(crate) struct Sums {
    pub loss: f64,
    pub correct: usize,
    pub images: usize,
}

impl Sums {
    pub fn loss(&self) -> f64 {
        self.loss / self.images as f64
    }

    pub fn accuracy(&self) -> f64 {
        self.correct as f64 / self.images as f64
    }
}

/// Appears when no other moment takes its place: what a page that was reloaded shows does not change any more.
const STALE: &str = r##"<svg width="100%" height="34" font-size="12" fill="#a1330f" visibility="hidden"><set attributeName="visibility" to="visible" begin="10s"/><text y="13">No news for 10 seconds. After a page was closed or reloaded, a training goes on out of sight:</text><text y="29">the next cell that you run shows how it goes and how it ended; the network learns it all.</text></svg>"##;

/// More moments than pixels across add nothing.
const MOMENTS: usize = 256;

impl LiveView {
    pub fn new(network: String, epochs: usize, whole: Vec<Epoch>) -> LiveView {
        let (loss, accuracy) = (Vec::new(), Vec::new());
        LiveView { network, epochs, loss, accuracy, whole, last: (0, Sums::default()) }
    }

    pub fn add(&mut self, epoch: &Epoch) {
        self.whole.push(*epoch);
    }

    pub fn was_shown(&self) -> bool {
        !self.loss.is_empty()
    }

    /// HTML and text for this moment.
    pub fn now(&mut self, position: &Position) -> (String, String) {
        self.remember(position);
        let Position { epoch, step, steps, left, sums } = position;
        let done = (*epoch as f64 - 1.0 + *step as f64 / *steps as f64) / self.epochs as f64;
        let place = format!("epoch {epoch}/{}, step {step}/{steps}, about {left} left", self.epochs);
        let figures = format!("loss {:.4}, accuracy {:.4}", sums.loss(), sums.accuracy());
        let validation =
            self.whole.last().and_then(|epoch| epoch.validation).map_or(String::new(), validated);
        let head = format!("<b>Training {}</b>: {place}", self.network);
        let html = card(&format!(
            "{head}{}{figures}{validation}<div>{} {}</div>{STALE}",
            bar(done),
            self.curve("loss", &self.loss, |score| score.loss),
            self.curve("accuracy", &self.accuracy, |score| score.accuracy)
        ));
        (html, format!("Training {}: {place}; {figures}", self.network))
    }

    /// HTML and text for the notebook as it is saved: the curves as pictures, which no code host takes for
    /// text.
    pub fn last(&self, took: f64) -> (String, String) {
        let (n, took) = (self.whole.len(), seconds(took));
        let epochs = if self.epochs == 1 { "epoch" } else { "epochs" };
        let done = if n == self.epochs { n.to_string() } else { format!("{n} of {}", self.epochs) };
        let head = format!("{}: {done} {epochs} in {took}", self.network);
        let figures = self.whole.last().map_or(String::new(), |epoch| {
            let (loss, accuracy) = (epoch.train.loss, epoch.train.accuracy);
            let validation = epoch.validation.map_or(String::new(), validated);
            format!("loss {loss:.4}, accuracy {accuracy:.4}{validation}")
        });
        let text = format!("Trained {head}; {figures}");
        let pictures = match n {
            0 | 1 => String::new(),
            _ => format!(
                "<div>{} {}</div>",
                picture("loss", &self.curve("loss", &[], |score| score.loss)),
                picture("accuracy", &self.curve("accuracy", &[], |score| score.accuracy))
            ),
        };
        (card(&format!("<b>Trained {head}</b><br>{figures}{pictures}")), text)
    }

    /// Adds what was learned since the moment before; keeps every second moment when there are too many.
    fn remember(&mut self, position: &Position) {
        let before = if self.last.0 == position.epoch { self.last.1 } else { Sums::default() };
        let now = position.sums;
        let since = Sums {
            loss: now.loss - before.loss,
            correct: now.correct - before.correct,
            images: now.images - before.images,
        };
        let at = position.epoch as f64 - 1.0 + position.step as f64 / position.steps as f64;
        self.loss.push((at, since.loss()));
        self.accuracy.push((at, since.accuracy()));
        self.last = (position.epoch, now);
        if self.loss.len() > MOMENTS {
            for moments in [&mut self.loss, &mut self.accuracy] {
                *moments = moments.iter().copied().step_by(2).collect();
            }
        }
    }

    /// A mean over an epoch stands at its middle, what is measured after it at its end.
    fn curve(&self, title: &str, fine: &[(f64, f64)], of: fn(Score) -> f32) -> String {
        let value = |score: Score| f64::from(of(score));
        let training: Vec<(f64, f64)> =
            self.whole.iter().map(|epoch| (epoch.number as f64 - 0.5, value(epoch.train))).collect();
        let validation: Vec<(f64, f64)> =
            self.whole.iter().filter_map(|e| Some((e.number as f64, value(e.validation?)))).collect();
        let (training, validation) = (training.as_slice(), validation.as_slice());
        Sketch { title, fine, training, validation, epochs: self.epochs }.draw()
    }
}

fn validated(score: Score) -> String {
    format!("; validation loss {:.4}, accuracy {:.4}", score.loss, score.accuracy)
}

/// White also on a dark page, as the figures are.
fn card(inside: &str) -> String {
    format!(
        r##"<div style="font:13px sans-serif;color:#191919;background:#fff;max-width:740px;padding:8px 12px;border:1px solid #e4e4e4;border-radius:6px">{inside}</div>"##
    )
}

fn picture(what: &str, svg: &str) -> String {
    format!(r#"<img alt="{what} over the epochs" src="data:image/svg+xml;base64,{}">"#, STANDARD.encode(svg))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::score::Measured;

    fn position(epoch: usize, step: usize, loss: f64, images: usize) -> Position {
        let sums = Sums { loss, correct: images / 2, images };
        Position { epoch, step, steps: 100, left: "3 s".into(), sums }
    }

    fn epoch(number: usize) -> Epoch {
        let train = Score::from(Measured { loss: 0.5, accuracy: 0.8, samples: 100 });
        Epoch { number, seconds: 1.0, steps: 100, train, validation: Some(train), learning_rate: 0.001 }
    }

    #[test]
    fn a_moment_shows_where_the_training_is() {
        let mut view = LiveView::new("784-128-10".into(), 2, vec![]);
        let (html, text) = view.now(&position(1, 50, 100.0, 50));
        assert_eq!(
            text,
            "Training 784-128-10: epoch 1/2, step 50/100, about 3 s left; loss 2.0000, accuracy 0.5000"
        );
        assert!(html.contains("width:25.0%") && html.matches("<svg").count() == 3, "{html}");
    }

    #[test]
    fn a_curve_shows_what_was_learned_between_two_moments() {
        let mut view = LiveView::new("784-10".into(), 2, vec![]);
        view.now(&position(1, 50, 100.0, 50));
        view.now(&position(1, 100, 120.0, 100));
        view.now(&position(2, 50, 10.0, 50));
        assert_eq!(view.loss, [(0.5, 2.0), (1.0, 0.4), (1.5, 0.2)]);
    }

    #[test]
    fn a_long_training_keeps_few_moments() {
        let mut view = LiveView::new("784-10".into(), 1, vec![]);
        for step in 1..=2000 {
            view.now(&position(1, step, step as f64, step));
        }
        assert!(view.loss.len() <= MOMENTS && view.loss.len() > MOMENTS / 3, "{}", view.loss.len());
    }

    #[test]
    fn what_stays_says_how_it_went() {
        let mut view = LiveView::new("784-128-10".into(), 10, vec![]);
        view.now(&position(1, 50, 100.0, 50));
        assert!(view.was_shown());
        view.add(&epoch(1));
        view.add(&epoch(2));
        let (html, text) = view.last(12.3);
        let figures = "loss 0.5000, accuracy 0.8000; validation loss 0.5000, accuracy 0.8000";
        assert_eq!(text, format!("Trained 784-128-10: 2 of 10 epochs in 12 s; {figures}"));
        assert!(html.contains(figures) && html.contains("<img alt=\"loss over the epochs\""), "{html}");
        assert!(!html.contains("<svg"), "a code host would show its letters");
    }
}
