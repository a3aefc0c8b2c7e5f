//! How far a long call is: a bar in the notebook, lines on a kernel whose outputs can't change.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::notebook::display::{in_notebook, thousands};
use crate::notebook::live;

/// Delay before the first sign of progress: a shorter call shows nothing.
pub(crate) const PATIENCE: Duration = Duration::from_secs(1);

/// Refresh interval of a bar.
pub(crate) const REFRESH: Duration = Duration::from_millis(250);

/// Interval of progress lines, where there are no bars.
pub(crate) const LINES: Duration = Duration::from_secs(3);

/// What a call does, and how much of it is done. Any thread may say that it has done some.
pub(crate) struct Progress {
    /// As `drawing the practice set`.
    doing: String,
    /// What is counted, as `images`.
    unit: &'static str,
    total: usize,
    done: AtomicUsize,
    start: Instant,
    shown: Mutex<Shown>,
}

struct Shown {
    output: Option<live::Output>,
    next: Instant,
    ever: bool,
}

impl Progress {
    /// `total` of `unit` are to be done.
    pub fn new(doing: impl Into<String>, total: usize, unit: &'static str) -> Progress {
        let start = Instant::now();
        let shown = Shown { output: live::Output::new(), next: start + PATIENCE, ever: false };
        Progress {
            doing: doing.into(),
            unit,
            total,
            done: AtomicUsize::new(0),
            start,
            shown: Mutex::new(shown),
        }
    }

    /// `n` more are done.
    pub fn advance(&self, n: usize) {
        let done = self.done.fetch_add(n, Ordering::Relaxed) + n;
        // Another thread is updating the bar: this update is skipped.
        let Ok(mut shown) = self.shown.try_lock() else { return };
        let now = Instant::now();
        if now < shown.next || done >= self.total {
            return;
        }
        shown.ever = true;
        let share = done as f64 / self.total as f64;
        let left = seconds((now - self.start).as_secs_f64() * (1.0 - share) / share);
        let (doing, total) = (capitalized(&self.doing), thousands(self.total));
        let text = format!("{doing}: {} of {total} {}, about {left} left", thousands(done), self.unit);
        shown.next = now + if shown.output.is_some() { REFRESH } else { LINES };
        match &shown.output {
            Some(output) => {
                output.show(&[("text/html", &card(&text, &bar(share))), ("text/plain", &text)]);
            }
            None if in_notebook() => println!("{text}"),
            // What a program prints is its result.
            None => eprintln!("{text}"),
        }
    }

    /// All is done: the bar says so, if it was ever shown.
    pub fn finish(self) {
        let done = self.done.load(Ordering::Relaxed);
        let Ok(shown) = self.shown.into_inner() else { return };
        if let Some(output) = shown.output.filter(|_| shown.ever) {
            let took = seconds(self.start.elapsed().as_secs_f64());
            let doing = capitalized(&self.doing);
            let text = format!("{doing}: {} {} in {took}.", thousands(done), self.unit);
            output.show(&[("text/plain", &text)]);
        }
    }
}

/// A bar with a line of text above it.
pub(crate) fn card(text: &str, bar: &str) -> String {
    format!(r#"<div style="font:13px sans-serif;max-width:720px">{text}{bar}</div>"#)
}

/// A bar filled from the left.
pub(crate) fn bar(share: f64) -> String {
    filled(0.0, 100.0 * share.clamp(0.0, 1.0))
}

/// A bar of which a part is filled that moves to and fro, a fifth of its way with each step.
pub(crate) fn moving_bar(step: usize) -> String {
    let place = step % 10;
    filled(15.0 * place.min(10 - place) as f64, 25.0)
}

/// A bar filled from `start`, both in percent of its length.
fn filled(start: f64, width: f64) -> String {
    format!(
        r#"<div style="height:8px;margin:6px 0;border-radius:4px;background:#e4e4e4"><div style="height:8px;margin-left:{start:.1}%;width:{width:.1}%;border-radius:4px;background:#0072b2"></div></div>"#
    )
}

/// A time in words: `0.4 s`, `12 s`, `3 min 20 s`, `1 h 05 min`.
pub(crate) fn seconds(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        _ if seconds < 9.95 => format!("{seconds:.1} s"),
        0..100 => format!("{whole} s"),
        100..3600 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} min", whole / 3600, whole / 60 % 60),
    }
}

pub(crate) fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_as_precisely_as_one_needs() {
        let told = [0.42, 12.4, 200.0, 3900.0].map(seconds);
        assert_eq!(told, ["0.4 s", "12 s", "3 min 20 s", "1 h 05 min"]);
    }

    #[test]
    fn a_bar_is_as_long_as_the_share_that_is_done() {
        assert!(bar(0.25).contains("width:25.0%"));
        assert!(bar(7.0).contains("width:100.0%"));
    }

    #[test]
    fn a_moving_bar_stays_inside() {
        let starts = (0..=10).map(moving_bar).map(|bar| {
            let start = bar.split("margin-left:").nth(1).unwrap().split('%').next().unwrap();
            start.parse::<f64>().unwrap()
        });
        let starts: Vec<f64> = starts.collect();
        assert_eq!((starts[0], starts[5], starts[9], starts[10]), (0.0, 75.0, 15.0, 0.0));
    }

    #[test]
    fn threads_count_together() {
        let progress = Progress::new("counting", 1000, "things");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..250).for_each(|_| progress.advance(1)));
            }
        });
        assert_eq!(progress.done.load(Ordering::Relaxed), 1000);
    }
}
