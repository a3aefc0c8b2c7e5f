use std::time::Instant;

use crate::nn::train::epoch::Epoch;
use crate::nn::train::live_view::{LiveView, Position, Sums};
use crate::notebook::live::{Output, StopButton, stopped};
use crate::notebook::progress::{LINES, REFRESH, seconds};

/// What `fit` shows: a line per epoch; meanwhile a bar and the curves as they grow, or, where outputs can't
/// change, lines while an epoch takes long. It also hears the stop button.
pub(crate) struct TrainingProgress {
    epochs: usize,
    quiet: bool,
    /// Epochs of an earlier call that this one goes on from.
    done: usize,
    epoch: usize,
    start: Instant,
    epoch_start: Instant,
    next: Instant,
    button: StopButton,
    live: Option<(Output, LiveView)>,
    /// Lines of epochs that ended before the view was shown: they stand below it.
    held: Vec<String>,
    /// The loss and the correct predictions of this epoch so far.
    sums: Sums,
}

impl TrainingProgress {
    /// Training `network`, as `784-128-10`, for `epochs` epochs, the first of which are `done` already.
    pub fn new(network: String, epochs: usize, quiet: bool, done: &[Epoch]) -> TrainingProgress {
        let now = Instant::now();
        let output = if quiet { None } else { Output::new() };
        let live = output.map(|output| (output, LiveView::new(network, epochs, done.to_vec())));
        let patience = if live.is_some() { REFRESH } else { LINES };
        TrainingProgress {
            epochs,
            quiet,
            done: done.len(),
            epoch: 0,
            start: now,
            epoch_start: now,
            next: now + patience,
            button: StopButton::new(),
            live,
            held: Vec::new(),
            sums: Sums::default(),
        }
    }

    /// Before epoch `number`, from 1.
    pub fn begin(&mut self, number: usize) {
        self.epoch = number;
        self.epoch_start = Instant::now();
        self.sums = Sums::default();
    }

    /// After batch `step` of `steps` of this epoch, with the sum of its losses and its correct predictions. False when the
    /// student has asked to stop.
    pub fn tick(&mut self, step: usize, steps: usize, loss: f64, correct: usize, images: usize) -> bool {
        self.sums.loss += loss;
        self.sums.correct += correct;
        self.sums.images += images;
        let now = Instant::now();
        if step < steps && self.button.is_pressed(now) {
            self.stop(step, steps);
            return false;
        }
        if now >= self.next && !self.quiet {
            self.show(step, steps, now);
        }
        true
    }

    /// After an epoch.
    pub fn finish(&mut self, epoch: &Epoch) {
        let line = format!("{}  {}", self.heading(), described(epoch));
        match &mut self.live {
            Some((_, view)) => {
                view.add(epoch);
                self.held.push(line);
                if view.was_shown() {
                    self.print_held();
                }
            }
            None if self.quiet => (),
            None => println!("{line}"),
        }
    }

    fn show(&mut self, step: usize, steps: usize, now: Instant) {
        let share = step as f64 / steps as f64;
        if let Some((output, view)) = &mut self.live {
            self.next = now + REFRESH;
            let done = (self.epoch - 1) as f64 + share;
            let spent = (now - self.start).as_secs_f64();
            let left = seconds(spent * (self.epochs as f64 - done) / (done - self.done as f64));
            let position = Position { epoch: self.epoch, step, steps, left, sums: self.sums };
            let (html, text) = view.now(&position);
            output.show(&[("text/html", &html), ("text/plain", &text)]);
            return self.print_held();
        }
        self.next = now + LINES;
        let left = (now - self.epoch_start).as_secs_f64() * (1.0 - share) / share;
        if left >= 1.0 {
            let (heading, loss) = (self.heading(), self.sums.loss());
            println!("{heading}  step {step}/{steps}  about {left:.0} s left  loss {loss:.4}");
        }
    }

    fn stop(&self, step: usize, steps: usize) {
        let kept = match self.epoch - 1 {
            0 => "no whole epoch".into(),
            1 => "epoch 1".into(),
            last => format!("epochs 1 to {last}"),
        };
        stopped(&format!(
            "Training stopped in epoch {}, after step {step} of {steps}: the network keeps what it has learned, \
             the history holds {kept}, and another fit goes on.",
            self.epoch
        ));
    }

    fn print_held(&mut self) {
        self.held.drain(..).for_each(|line| println!("{line}"));
    }

    fn heading(&self) -> String {
        let width = self.epochs.to_string().len();
        format!("Epoch {:>width$}/{}", self.epoch, self.epochs)
    }
}

/// However the training ends, the view's final position stays, if it was ever shown.
impl Drop for TrainingProgress {
    fn drop(&mut self) {
        if let Some((output, view)) = self.live.as_ref().filter(|(_, view)| view.was_shown()) {
            let (html, text) = view.last(self.start.elapsed().as_secs_f64());
            output.show(&[("text/html", &html), ("text/plain", &text)]);
        }
        self.print_held();
    }
}

/// Short enough to stay one line on a narrow page, so with validation in fewer words.
fn described(epoch: &Epoch) -> String {
    let Epoch { seconds, steps, train, validation, .. } = epoch;
    let (loss, accuracy) = (train.loss, train.accuracy);
    match validation {
        None => format!("{steps} steps  {seconds:.2} s  loss {loss:.4}  accuracy {accuracy:.4}"),
        Some(validation) => format!(
            "{seconds:.2} s  loss {loss:.4}  acc {accuracy:.4}  val loss {:.4}  val acc {:.4}",
            validation.loss, validation.accuracy
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::score::{Measured, Score};
    use crate::notebook::display::WIDE;

    #[test]
    fn the_line_of_an_epoch_fits_on_a_narrow_page() {
        let score = Score::from(Measured { loss: 12.5, accuracy: 0.875, samples: 100 });
        for validation in [None, Some(score)] {
            let epoch = Epoch {
                number: 100,
                seconds: 123.45,
                steps: 60_000,
                train: score,
                validation,
                learning_rate: 0.1,
            };
            let mut progress = TrainingProgress::new("784-10".into(), 100, true, &[]);
            progress.begin(100);
            let line = format!("{}  {}", progress.heading(), described(&epoch));
            assert!(line.chars().count() <= WIDE, "{}: {line}", line.chars().count());
        }
    }
}
