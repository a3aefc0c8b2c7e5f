use std::collections::VecDeque;
use std::mem;
use std::time::{Duration, Instant};

use lab_base::event::{Event, Stream};

/// Texts are gathered for so long: a page draws few long ones sooner than many short ones.
const PAUSE: Duration = Duration::from_millis(100);

/// When more is printed than a page can show, it shows the end of it as often as this.
const PAUSE_IN_FLOOD: Duration = Duration::from_secs(1);

/// How many bytes and lines may be printed at once, and each second from then on, until the middle of it is left out: as
/// many as somebody reads. JupyterLab drops whatever comes when a kernel sends a million bytes in a second.
const MOST: Amount = Amount { bytes: 1 << 16, lines: 1000 };
const EACH_SECOND: Amount = Amount { bytes: 1 << 13, lines: 50 };

/// How many of the last bytes and lines are shown of what is left out.
const END: Amount = Amount { bytes: 1 << 13, lines: 50 };

/// How many bytes of a result are shown, and of its end: of a list, the first and the last thousands.
const RESULT: usize = 1 << 13;
const RESULT_END: usize = 1 << 11;

/// The same of a result that a page draws as a table or otherwise, where the middle can't be left out.
const DRAWN: usize = 1 << 20;

#[derive(Clone, Copy)]
struct Amount {
    bytes: usize,
    lines: usize,
}

/// What cells have printed and the page has not shown. However much that is, only so much of it is held.
pub struct Printed {
    ready: VecDeque<(Stream, Vec<u8>)>,
    end: VecDeque<(Stream, Vec<u8>)>,
    left_out: (usize, usize),
    allowed: Amount,
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
        let seconds = self.granted.elapsed().as_secs() as usize;
        if seconds > 0 {
            self.granted = Instant::now();
            self.allowed.bytes = (self.allowed.bytes + seconds * EACH_SECOND.bytes).min(MOST.bytes);
            self.allowed.lines = (self.allowed.lines + seconds * EACH_SECOND.lines).min(MOST.lines);
        }
        let fits = if self.end.is_empty() { self.allowed.of(bytes) } else { 0 };
        self.allowed.bytes -= fits;
        self.allowed.lines -= newlines(&bytes[..fits]);
        append(&mut self.ready, stream, &bytes[..fits]);
        append(&mut self.end, stream, &bytes[fits..]);
        let count = |count: fn(&[u8]) -> usize| self.end.iter().map(|(_, text)| count(text)).sum::<usize>();
        let mut over = count(<[u8]>::len).saturating_sub(END.bytes);
        let mut lines = count(newlines).saturating_sub(END.lines);
        while over > 0 || lines > 0 {
            let Some((_, first)) = self.end.front_mut() else { return };
            // Up to the newline that ends the last line too many.
            let mut ends = first.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
            let of_lines = if lines > 0 { ends.nth(lines - 1).unwrap_or(first.len()) } else { 0 };
            let cut = over.min(first.len()).max(of_lines);
            let cut_lines = newlines(&first[..cut]);
            first.drain(..cut);
            self.left_out.0 += cut_lines;
            self.left_out.1 += cut;
            (over, lines) = (over.saturating_sub(cut), lines.saturating_sub(cut_lines));
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

impl Amount {
    /// How many of these bytes are no more than this.
    fn of(self, bytes: &[u8]) -> usize {
        let bytes = &bytes[..bytes.len().min(self.bytes)];
        match self.lines.checked_sub(1) {
            None => 0,
            Some(last) => {
                let end = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(last);
                end.map_or(bytes.len(), |(at, _)| at + 1)
            }
        }
    }
}

fn newlines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

fn append(texts: &mut VecDeque<(Stream, Vec<u8>)>, stream: Stream, bytes: &[u8]) {
    match texts.back_mut() {
        _ if bytes.is_empty() => (),
        Some((last, text)) if *last == stream => text.extend_from_slice(bytes),
        _ => texts.push_back((stream, bytes.into())),
    }
}

/// As in `48,123 lines, 3.2 MB,`.
fn size(lines: usize, bytes: usize) -> String {
    let bytes = match bytes {
        1_000_000.. => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} KB", bytes as f64 / 1e3),
    };
    if lines < 2 { bytes } else { format!("{} lines, {bytes},", grouped(lines)) }
}

/// As in `48,123`.
fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
    groups.collect::<Vec<_>>().join(",")
}

/// How many of these bytes are whole letters, if they are text.
fn whole(text: &[u8]) -> usize {
    match std::str::from_utf8(text) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => text.len(),
    }
}

/// A result of this type that a page can show; with what is left out said.
pub fn shortened(kind: &str, content: Vec<u8>) -> String {
    let text = String::from_utf8_lossy(&content);
    let is_plain = kind == "text/plain";
    let (begin, end) = if is_plain { (RESULT, RESULT_END) } else { (DRAWN, RESULT_END) };
    if text.len() <= begin + end {
        return text.into_owned();
    }
    let (begin, end) = (text.floor_char_boundary(begin), text.ceil_char_boundary(text.len() - end));
    // A list goes on behind one of its commas.
    let begin = text[..begin].rfind([' ', '\n']).filter(|at| *at > begin / 2).map_or(begin, |at| at + 1);
    let end = text[end..].find([' ', '\n']).filter(|at| *at < RESULT_END / 2).map_or(end, |at| end + at + 1);
    let between = &text[begin..end];
    let values = between.matches(", ").count();
    let left_out = match between.matches('\n').count() {
        0 | 1 if is_plain && values > 1 => format!("{} values", grouped(values)),
        lines => size(lines, between.len()),
    };
    format!("{}\n[{left_out} left out here]\n{}", &text[..begin], &text[end..])
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
        assert!(shown.starts_with("line 0\nline 1\n") && shown.contains("line 999\n\n["), "{shown}");
        assert!(shown.contains("left out here]\nline 1999950\n"), "{shown}");
        assert!(shown.ends_with("line 1999999\n"));
        let said = shown.split(" left out here]").next().unwrap().rsplit('[').next().unwrap();
        let lines: usize = said.split(' ').next().unwrap().replace(',', "").parse().unwrap();
        assert_eq!(shown.matches("\n").count() - 2 + lines, 2_000_000, "{said}");
        assert!(said.ends_with(" MB,"), "{said}");
        printed.begin();
        printed.push(Stream::Stdout, b"next");
        assert_eq!(texts(printed.take(true)), [(Stream::Stdout, "next".into())]);
    }

    #[test]
    fn a_long_line_and_many_short_pieces_are_shortened_too() {
        let mut printed = Printed::new();
        printed.push(Stream::Stdout, &[b'x'; 100_000]);
        (0..10_000).for_each(|_| printed.push(Stream::Stderr, b"a\n"));
        let shown: String = texts(printed.take(true)).into_iter().map(|(_, text)| text).collect();
        assert!(shown.len() < MOST.bytes + END.bytes + 100 && shown.ends_with("a\na\n"), "{}", shown.len());
        assert!(shown.contains("[9,950 lines, 54.4 KB, left out here]"), "{shown}");
    }

    #[test]
    fn of_a_long_list_the_first_and_the_last_values_are_shown() {
        let list = format!("{:?}", (0..100_000).collect::<Vec<i32>>());
        let shown = shortened("text/plain", list.into_bytes());
        assert!(
            shown.len() < 12_000 && shown.starts_with("[0, 1, 2,") && shown.ends_with("99999]"),
            "{shown}"
        );
        let (first, rest) = shown.split_once("\n[").unwrap();
        let (left_out, last) = rest.split_once(" values left out here]\n").unwrap();
        let left_out: usize = left_out.replace(',', "").parse().unwrap();
        assert_eq!(first.matches(", ").count() + left_out + last.split(", ").count(), 100_000);
        assert_eq!(shortened("text/html", vec![b'a'; 100_000]).len(), 100_000);
        assert!(shortened("text/plain", vec![b'a'; 100_000]).contains("\n[89.8 KB left out here]\n"));
    }
}
