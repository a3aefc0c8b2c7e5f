//! What the lab's own kernel understands beyond evcxr's protocol: outputs that are shown at once and may
//! change, and the stop button. Nothing here does anything on another kernel.

use std::env;
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use lab_base::Error;
use serde_json::{Value, json};

/// Set by the lab's kernel: names a file that exists while the student waits for the cell to stop.
const LIVE: &str = "LAB_LIVE";

/// Poll interval of that file.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// An output that changes while a call goes on; shown in a later cell, it is another one.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    number: u64,
}

impl Output {
    /// None where outputs can't change.
    pub fn new() -> Option<Output> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        is_listened_to().then(|| Output { number: NEXT.fetch_add(1, Ordering::Relaxed) })
    }

    /// Shows `(MIME type, content)` in the place of what it showed before.
    pub fn show(&self, forms: &[(&str, &str)]) {
        send(shown(forms, json!({}), Some(self.number)));
    }
}

/// Shows one result at once; false where a cell shows one result, when it ends.
pub(crate) fn show(forms: &[(&str, &str)]) -> bool {
    show_with(forms, json!({}))
}

/// The same with what is to be known of its forms, by MIME type.
pub(crate) fn show_with(forms: &[(&str, &str)], metadata: Value) -> bool {
    if is_listened_to() {
        send(shown(forms, metadata, None));
    }
    is_listened_to()
}

/// Says that a call has ended early because the student asked for it, so that the cell may take its time to
/// end by itself.
pub(crate) fn stopped(text: &str) {
    if is_listened_to() {
        send(json!({ "stopped": { "text": text } }));
    }
}

/// For what needs a training to its end.
///
/// # Errors
/// When the student has pressed the stop button in this cell.
pub(crate) fn check_not_stopped(doing: &str) -> Result<(), Error> {
    match env::var_os(LIVE).is_some_and(|file| PathBuf::from(file).exists()) {
        false => Ok(()),
        true => {
            let expected = "a training that came to its end";
            Err(Error::new(doing, expected, "one that was stopped", "run the cell again"))
        }
    }
}

pub(crate) fn is_listened_to() -> bool {
    env::var_os(LIVE).is_some()
}

fn shown(forms: &[(&str, &str)], metadata: Value, number: Option<u64>) -> Value {
    let data: serde_json::Map<String, Value> =
        forms.iter().map(|&(mime, content)| (mime.into(), content.into())).collect();
    json!({ "show": { "data": data, "metadata": metadata, "number": number } })
}

/// One line, as the kernel reads it.
fn send(event: Value) {
    // Nothing can be done about a closed stdout: there is no page to show an error on either.
    let _ = std::io::stdout().lock().write_all(line(&mark(), &event).as_bytes());
}

/// What is told begins with a mark that the kernel gives, and is one line in which newlines are escaped.
fn line(mark: &str, event: &Value) -> String {
    format!("{mark}LAB {}\n", event.to_string().replace('\\', "\\\\"))
}

fn mark() -> String {
    env::var(lab_base::event::MARK).unwrap_or_default()
}

/// The stop button, as a loop sees it.
pub(crate) struct StopButton {
    file: Option<PathBuf>,
    last: Instant,
}

impl StopButton {
    pub fn new() -> StopButton {
        StopButton { file: env::var_os(LIVE).map(PathBuf::from), last: Instant::now() }
    }

    /// Whether it was pressed in this cell; cheap enough to ask a thousand times a second.
    pub fn is_pressed(&mut self, now: Instant) -> bool {
        let Some(file) = &self.file else { return false };
        if now < self.last + POLL_INTERVAL {
            return false;
        }
        self.last = now;
        file.exists()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_is_one_line_of_json() {
        let event = shown(&[("text/plain", "two\nlines")], json!({}), Some(3));
        let text = r#"{"show":{"data":{"text/plain":"two\nlines"},"metadata":{},"number":3}}"#;
        assert_eq!(event.to_string(), text);
        let line = line("EVCXR_7_", &event);
        assert!(line.starts_with("EVCXR_7_LAB {") && line.contains(r"two\\nlines"), "{line}");
    }

    #[test]
    fn a_pressed_button_is_seen_after_a_moment() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let start = Instant::now();
        let mut button = StopButton { file: Some(file.path().into()), last: start };
        assert!(!button.is_pressed(start));
        assert!(button.is_pressed(start + POLL_INTERVAL));
        file.close().unwrap();
        assert!(!button.is_pressed(start + 3 * POLL_INTERVAL));
        assert!(!StopButton { file: None, last: start }.is_pressed(start + POLL_INTERVAL));
    }
}
