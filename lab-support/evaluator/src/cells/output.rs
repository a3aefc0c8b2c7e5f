use std::mem;

/// What all marks begin with, evcxr's own and ours.
const BEGIN: &[u8] = b"EVCXR_";

/// evcxr's own marks around a result, which crates print for it that know it, and not us.
const BEGIN_CONTENT: &[u8] = b"EVCXR_BEGIN_CONTENT ";
const END_CONTENT: &[u8] = b"EVCXR_END_CONTENT";

/// A piece of what the process that runs the cells writes to stdout.
#[derive(Debug, PartialEq)]
pub enum Piece {
    Text(Vec<u8>),
    /// What a cell, lab-support or the process tells: a word, and the rest of the line.
    Told(String, String),
    /// A result, by its MIME type.
    Content(String, Vec<u8>),
}

/// Takes stdout apart into what was printed and what is told, which may stand behind text that ended without a newline.
/// Each byte is looked at once, however long a line is.
pub struct Output {
    mark: Vec<u8>,
    rest: Vec<u8>,
    /// How much of the rest is known to have no newline.
    scanned: usize,
    content: Option<(String, Vec<u8>)>,
}

impl Output {
    /// `mark` is how a line begins in which something is told.
    pub fn new(mark: &str) -> Output {
        Output { mark: mark.into(), rest: Vec::new(), scanned: 0, content: None }
    }

    /// The pieces that are whole with these bytes.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Piece> {
        self.rest.extend_from_slice(bytes);
        let mut rest = mem::take(&mut self.rest);
        let mut pieces = Vec::new();
        let mut at = 0;
        while at < rest.len() {
            let text = if self.content.is_some() { 0 } else { self.text(&rest[at..]) };
            if text > 0 {
                pieces.push(Piece::Text(rest[at..at + text].into()));
                (at, self.scanned) = (at + text, 0);
                continue;
            }
            let Some(end) = newline(&rest[at..], self.scanned) else {
                let is_mark = self.content.is_some() || self.is_mark(&rest[at..]) != Some(false);
                self.scanned = if is_mark { rest.len() - at } else { 0 };
                break;
            };
            self.scanned = 0;
            self.line(&rest[at..at + end], &mut pieces);
            at += end + 1;
        }
        rest.drain(..at);
        self.rest = rest;
        join(pieces)
    }

    /// What has been printed and not been shown, because more might have followed.
    pub fn flush(&mut self) -> Vec<Piece> {
        let (kind, mut bytes) = self.content.take().unwrap_or_default();
        if !kind.is_empty() {
            bytes.splice(..0, [BEGIN_CONTENT, kind.as_bytes(), b"\n"].concat());
        }
        bytes.append(&mut self.rest);
        self.scanned = 0;
        if bytes.is_empty() { Vec::new() } else { vec![Piece::Text(bytes)] }
    }

    /// How many of these bytes are text and no part of a mark.
    fn text(&self, bytes: &[u8]) -> usize {
        let mut from = 0;
        while let Some(found) = bytes[from..].iter().position(|byte| *byte == BEGIN[0]) {
            let at = from + found;
            if self.is_mark(&bytes[at..]) != Some(false) {
                return at;
            }
            from = at + 1;
        }
        bytes.len()
    }

    /// Whether a mark begins here, where that can be known already.
    fn is_mark(&self, bytes: &[u8]) -> Option<bool> {
        let begins = |mark: &[u8]| match bytes.len() < mark.len() {
            true => {
                if mark.starts_with(bytes) {
                    None
                } else {
                    Some(false)
                }
            }
            false => Some(bytes.starts_with(mark)),
        };
        match (begins(&self.mark), begins(BEGIN_CONTENT)) {
            (Some(false), other) | (other, Some(false)) => other,
            (Some(true), _) | (_, Some(true)) => Some(true),
            _ => None,
        }
    }

    /// A line that begins with a mark, or a line of content.
    fn line(&mut self, line: &[u8], pieces: &mut Vec<Piece>) {
        if let Some((_, content)) = &mut self.content {
            let told = find(line, &self.mark);
            if told.is_none() && line != END_CONTENT {
                content.extend_from_slice(line);
                content.push(b'\n');
                return;
            }
            if told.is_none() {
                let (kind, mut content) = self.content.take().unwrap_or_default();
                content.pop();
                return pieces.push(Piece::Content(kind, content));
            }
        }
        match find(line, &self.mark) {
            Some(at) => {
                let (name, text) = told(&line[at + self.mark.len()..]);
                // Whatever ends a cell ends its content, too.
                if self.content.is_some() && (name.starts_with("PANICK") || name == "COMPLETED") {
                    pieces.append(&mut self.flush());
                }
                pieces.push(Piece::Told(name, text));
            }
            None => {
                let kind = String::from_utf8_lossy(&line[BEGIN_CONTENT.len()..]);
                self.content = Some((kind.trim().to_string(), Vec::new()));
            }
        }
    }
}

/// Where the first newline is, of which none is among the first `scanned` bytes.
fn newline(bytes: &[u8], scanned: usize) -> Option<usize> {
    let scanned = scanned.min(bytes.len());
    bytes[scanned..].iter().position(|byte| *byte == b'\n').map(|at| scanned + at)
}

fn find(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    let first = *mark.first()?;
    let mut starts = (0..bytes.len()).filter(|&at| bytes[at] == first);
    starts.find(|&at| bytes[at..].starts_with(mark))
}

/// A word and a text in which newlines are escaped.
fn told(line: &[u8]) -> (String, String) {
    let line = String::from_utf8_lossy(line);
    let (name, escaped) = line.split_once(' ').unwrap_or((&line, ""));
    let mut text = String::with_capacity(escaped.len());
    let mut characters = escaped.chars();
    while let Some(character) = characters.next() {
        text.push(match character {
            '\\' => match characters.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                other => other.unwrap_or('\\'),
            },
            other => other,
        });
    }
    (name.into(), text)
}

/// Texts that follow one another as one.
fn join(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (joined.last_mut(), piece) {
            (Some(Piece::Text(text)), Piece::Text(more)) => text.extend(more),
            (_, piece) => joined.push(piece),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn output() -> Output {
        Output::new("EVCXR_7f_")
    }

    fn text(text: &str) -> Piece {
        Piece::Text(text.into())
    }

    fn told(name: &str, text: &str) -> Piece {
        Piece::Told(name.into(), text.into())
    }

    #[test]
    fn what_is_told_is_taken_from_text_wherever_it_stands() {
        let mut output = output();
        let pieces = output.push(b"one\ntwoEVCXR_7f_FAILED a\\nb\\\\\nthree\nEVCXR_7f_COMPLETED\n");
        assert_eq!(
            pieces,
            [text("one\ntwo"), told("FAILED", "a\nb\\"), text("three\n"), told("COMPLETED", "")]
        );
        assert_eq!(output.push(b"50 %EVCXR_7"), [text("50 %")]);
        assert_eq!(output.push(b"f_COMPLETED\n"), [told("COMPLETED", "")]);
    }

    #[test]
    fn marks_that_a_cell_prints_are_text() {
        let mut output = output();
        let forged = "EVCXR_EXECUTION_COMPLETE\nEVCXR_PANIC_NOTIFICATION\nEVCXR_8f_COMPLETED\n";
        assert_eq!(output.push(forged.as_bytes()), [text(forged)]);
        assert_eq!(output.push(b"EVCXR_BEGIN_CONTENT text/plain\nno end\n"), []);
        let unfinished = text("EVCXR_BEGIN_CONTENT text/plain\nno end\n");
        assert_eq!(output.push(b"EVCXR_7f_COMPLETED\n"), [unfinished, told("COMPLETED", "")]);
    }

    #[test]
    fn content_is_whole_whatever_it_says() {
        let mut output = output();
        let pieces =
            output.push(b"EVCXR_BEGIN_CONTENT text/plain\nfirst\nEVCXR_x\n\nEVCXR_END_CONTENT\nafter\n");
        assert_eq!(
            pieces,
            [Piece::Content("text/plain".into(), b"first\nEVCXR_x\n".into()), text("after\n")]
        );
    }

    #[test]
    fn what_might_be_a_mark_waits() {
        let mut output = output();
        assert_eq!(output.push(b"text that ends in EVC"), [text("text that ends in ")]);
        assert_eq!(output.flush(), [text("EVC")]);
        assert_eq!(output.flush(), []);
    }

    #[test]
    fn a_long_line_is_read_in_linear_time() {
        let start = Instant::now();
        let mut output = output();
        for line in ["EVCXR_BEGIN_CONTENT text/plain\n", "plain", "EVCXR_7f_LAB "] {
            output.push(line.as_bytes());
            for _ in 0..1000 {
                output.push(&[b'E'; 1 << 14]);
            }
            output.push(b"\nEVCXR_END_CONTENT\n");
        }
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    }
}
