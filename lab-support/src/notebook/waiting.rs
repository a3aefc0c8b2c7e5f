//! A long call of unknown length: how long it has taken so far.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::notebook::display::in_notebook;
use crate::notebook::live::Output;
use crate::notebook::progress::{PATIENCE, capitalized, card, moving_bar, seconds};

/// Refresh interval of the output.
const REFRESH: Duration = Duration::from_millis(500);

/// Shows in a notebook that a call goes on, from a second after it was made until it is dropped.
pub struct Waiting {
    /// Closed when the call has ended.
    end: Option<Sender<()>>,
    watch: Option<JoinHandle<()>>,
}

impl Waiting {
    /// `doing` as `placing 2,000 images`. Shows nothing outside notebooks.
    pub fn new(doing: impl AsRef<str>) -> Waiting {
        let (end, ended) = channel();
        let doing = capitalized(doing.as_ref());
        let watch = in_notebook().then(|| thread::spawn(move || watch(&doing, &ended)));
        Waiting { end: Some(end), watch }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.end.take();
        // It only shows: there is nothing to do about a panic in it.
        let _ = self.watch.take().map(JoinHandle::join);
    }
}

/// Shows the time until the other end of `ended` is closed.
fn watch(doing: &str, ended: &Receiver<()>) {
    let start = Instant::now();
    let goes_on = |pause| ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout);
    if !goes_on(PATIENCE) {
        return;
    }
    let Some(output) = Output::new() else { return println!("{doing} ...") };
    let mut step = 0;
    loop {
        let text = format!("{doing}: {} so far", seconds(start.elapsed().as_secs_f64()));
        output.show(&[("text/html", &card(&text, &moving_bar(step))), ("text/plain", &text)]);
        step += 1;
        if !goes_on(REFRESH) {
            break;
        }
    }
    let text = format!("{doing}: {}.", seconds(start.elapsed().as_secs_f64()));
    output.show(&[("text/plain", &text)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_ends_with_the_call() {
        let (end, ended) = channel();
        let watch = thread::spawn(move || watch("Waiting", &ended));
        drop(end);
        watch.join().unwrap();
        drop(Waiting::new("waiting"));
    }
}
