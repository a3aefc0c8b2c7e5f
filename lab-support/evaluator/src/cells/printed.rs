use std::collections::VecDeque;
use std::mem;
use std::time::{Duration, Instant};

use lab_base::event::{Event, Stream};

/// Texts are gathered for so long: a page draws few long ones sooner than many short ones.
const PAUSE: Duration = Duration::from_millis(100);

/// When more is printed than a page can show, it shows the end of it as often as this.
const PAUSE_IN_FLOOD: Duration = Duration::from_secs(1);

/// How many bytes may be printed at once, and each second from then on, until the middle of it is left out. JupyterLab
/// drops whatever comes when a kernel sends a million bytes in a second.
const MOST: usize = 1 << 20;
const EACH_SECOND: usize = 1 << 13;

/// How many of the last bytes are shown of what is left out.
const END: usize = 1 << 15;

/// What cells have printed and the page has not shown. However much that is, only so much of it is held.
pub struct Printed {
    ready: VecDeque<(Stream, Vec<u8>)>,
    end: VecDeque<(Stream, Vec<u8>)>,
    left_out: (usize, usize),
    allowed: usize,
    shown: Instant,
    granted: Instant,
}

impl Printed {
    pub fn new() -> Printed {
        let now = Instant::now();
        Printed {
            ready: VecDeque::new(),
            end: VecDeque::new(),
            left_out: (0, 0),
            allowed: MOST,
            shown: now,
            granted: now,
        }
    }

    /// Another cell begins: all of what it prints is shown, whatever the one before did.
    pub fn begin(&mut self) {
        self.allowed = MOST;
    }

    pub fn push(&mut self, stream: Stream, bytes: &[u8]) {
        let seconds = self.granted.elapsed().as_secs();
        if seconds > 0 {
            self.granted = Instant::now();
            self.allowed = (self.allowed + seconds as usize * EACH_SECOND).min(MOST);
        }
        let fits = if self.end.is_empty() { bytes.len().min(self.allowed) } else { 0 };
        self.allowed -= fits;
        append(&mut self.ready, stream, &bytes[..fits]);
        append(&mut self.end, stream, &bytes[fits..]);
        let mut over = self.end.iter().map(|(_, text)| text.len()).sum::<usize>().saturating_sub(END);
        while over > 0 {
            let Some((_, first)) = self.end.front_mut() else { return };
            let cut = over.min(first.len());
            self.left_out.0 += first.drain(..cut).filter(|byte| *byte == b'\n').count();
            self.left_out.1 += cut;
            over -= cut;
            if first.is_empty() {
                self.end.pop_front();
            }
        }
    }

    /// What is to be shown by now; with `all`, whatever there is.
    pub fn take(&mut self, all: bool) -> Vec<Event> {
        let pause = if self.end.is_empty() { PAUSE } else { PAUSE_IN_FLOOD };
        if !all && self.shown.elapsed() < pause || self.ready.is_empty() && self.end.is_empty() {
            return Vec::new();
        }
        self.shown = Instant::now();
        let mut texts = mem::take(&mut self.ready);
        if self.left_out.1 > 0 {
            let (lines, bytes) = mem::take(&mut self.left_out);
            append(
                &mut texts,
                Stream::Stdout,
                format!("\n[{} left out here]\n", size(lines, bytes)).as_bytes(),
            );
        }
        mem::take(&mut self.end).into_iter().for_each(|(stream, text)| append(&mut texts, stream, &text));
        let mut events = Vec::new();
        for (stream, text) in texts {
            // The rest of a letter is still to come.
            let whole = if all { text.len() } else { whole(&text) };
            append(&mut self.ready, stream, &text[whole..]);
            let text = String::from_utf8_lossy(&text[..whole]).into_owned();
            if !text.is_empty() {
                events.push(Event::Text { stream, text });
            }
        }
        events
    }
}

fn append(texts: &mut VecDeque<(Stream, Vec<u8>)>, stream: Stream, bytes: &[u8]) {
    match texts.back_mut() {
        _ if bytes.is_empty() => (),
        Some((last, text)) if *last == stream => text.extend_from_slice(bytes),
        _ => texts.push_back((stream, bytes.into())),
    }
}

/// As in `48,123 lines, 3.2 MB`.
fn size(lines: usize, bytes: usize) -> String {
    format!("{lines} lines, {:.1} MB,", bytes as f64 / 1e6)
}

/// How many of these bytes are whole letters, if they are text.
fn whole(text: &[u8]) -> usize {
    match std::str::from_utf8(text) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => text.len(),
    }
}

/// A result in words that a page can show; with what is left out said.
pub fn shortened(content: Vec<u8>) -> String {
    let text = String::from_utf8_lossy(&content);
    if text.len() <= MOST {
        return text.into_owned();
    }
    let begin = text.floor_char_boundary(MOST);
    let end = text.ceil_char_boundary(text.len() - END);
    let lines = text[begin..end].matches('\n').count();
    format!("{}\n[{} left out here]\n{}", &text[..begin], size(lines, end - begin), &text[end..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(events: Vec<Event>) -> Vec<(Stream, String)> {
        let text = |event| match event {
            Event::Text { stream, text } => (stream, text),
            other => panic!("{other:?}"),
        };
        events.into_iter().map(text).collect()
    }

    #[test]
    fn texts_are_gathered_in_their_order() {
        let mut printed = Printed::new();
        for (stream, text) in [(Stream::Stdout, "a"), (Stream::Stdout, "b"), (Stream::Stderr, "c")] {
            printed.push(stream, text.as_bytes());
        }
        assert_eq!(printed.take(false), [], "a moment later");
        assert_eq!(texts(printed.take(true)), [(Stream::Stdout, "ab".into()), (Stream::Stderr, "c".into())]);
        printed.push(Stream::Stdout, &"\u{e4}".as_bytes()[..1]);
        std::thread::sleep(PAUSE);
        assert_eq!(printed.take(false), [], "half a letter");
        printed.push(Stream::Stdout, &"\u{e4}".as_bytes()[1..]);
        assert_eq!(texts(printed.take(true)), [(Stream::Stdout, "\u{e4}".into())]);
    }

    #[test]
    fn of_a_flood_begin_and_end_are_shown_and_how_much_is_left_out() {
        let mut printed = Printed::new();
        let line = |i: usize| format!("line {i}\n");
        let all: String = (0..2_000_000).map(line).collect();
        all.as_bytes().chunks(1 << 16).for_each(|bytes| printed.push(Stream::Stdout, bytes));
        let shown: String = texts(printed.take(true)).into_iter().map(|(_, text)| text).collect();
        assert!(shown.len() < MOST + END + 100 && shown.starts_with("line 0\nline 1\n"), "{}", shown.len());
        assert!(shown.ends_with("line 1999999\n"));
        let said = shown.split(" left out here]").next().unwrap().rsplit('[').next().unwrap();
        let lines: usize = said.split(' ').next().unwrap().parse().unwrap();
        assert_eq!(shown.matches("\n").count() - 2 + lines, 2_000_000, "{said}");
        assert!(said.ends_with(" MB,"), "{said}");
        printed.begin();
        printed.push(Stream::Stdout, b"next");
        assert_eq!(texts(printed.take(true)), [(Stream::Stdout, "next".into())]);
    }
}
