use std::mem;

use lab_base::event::Event;

/// How lab-support marks a line that is an event.
const LIVE: &str = "EVCXR_LAB ";

/// What all marks begin with, evcxr's own and ours.
const MARK: &str = "EVCXR_";

const BEGIN_CONTENT: &str = "EVCXR_BEGIN_CONTENT ";
const END_CONTENT: &str = "EVCXR_END_CONTENT";

/// A piece of what the process that runs the cells writes to stdout.
#[derive(Debug, PartialEq)]
pub enum Piece {
    Text(String),
    Event(Event),
    /// A line for evcxr, without its newline.
    Line(String),
    /// The same, for a line that says that the cell returned an error, panicked or ended.
    Failed(String),
    Panicked(String),
    Completed(String),
}

/// Takes stdout apart into what was printed and what is meant for evcxr. A mark may stand behind text
/// that ended without a newline.
#[derive(Default)]
pub struct Output {
    rest: Vec<u8>,
    in_content: bool,
}

impl Output {
    /// The pieces that are whole with these bytes.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Piece> {
        self.rest.extend_from_slice(bytes);
        let Some(end) = self.rest.iter().rposition(|&byte| byte == b'\n') else { return Vec::new() };
        let whole: Vec<u8> = self.rest.drain(..=end).collect();
        let mut pieces = Vec::new();
        let mut text = String::new();
        for line in String::from_utf8_lossy(&whole).split_inclusive('\n') {
            let at = if self.in_content { Some(0) } else { line.find(MARK) };
            text += &line[..at.unwrap_or(line.len())];
            if let Some(at) = at {
                add_text(&mut text, &mut pieces);
                pieces.push(self.marked(line[at..].trim_end_matches('\n')));
            }
        }
        add_text(&mut text, &mut pieces);
        pieces
    }

    /// Text without a newline that nothing has followed for a while.
    pub fn flush(&mut self) -> Option<Piece> {
        let text = String::from_utf8_lossy(&self.rest);
        let is_mark = self.in_content || text.contains(MARK) || ends_like(&text, MARK);
        if self.rest.is_empty() || is_mark || std::str::from_utf8(&self.rest).is_err() {
            return None;
        }
        let text = Piece::Text(text.into_owned());
        self.rest.clear();
        Some(text)
    }

    fn marked(&mut self, line: &str) -> Piece {
        let panicked = line == "EVCXR_PANIC_NOTIFICATION";
        if self.in_content {
            self.in_content = line != END_CONTENT && !panicked;
        }
        if let Some(event) = line.strip_prefix(LIVE).and_then(|json| serde_json::from_str(json).ok()) {
            return Piece::Event(event);
        }
        self.in_content |= line.starts_with(BEGIN_CONTENT);
        let line = line.to_string();
        match line.as_str() {
            "EVCXR_EXECUTION_COMPLETE" => Piece::Completed(line),
            "EVCXR_ERROR_OCCURRED" => Piece::Failed(line),
            _ if panicked => Piece::Panicked(line),
            _ => Piece::Line(line),
        }
    }
}

fn add_text(text: &mut String, pieces: &mut Vec<Piece>) {
    if !text.is_empty() {
        pieces.push(Piece::Text(mem::take(text)));
    }
}

/// Whether `text` ends with the beginning of `mark`.
fn ends_like(text: &str, mark: &str) -> bool {
    (1..mark.len()).any(|n| text.ends_with(&mark[..n]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Piece {
        Piece::Text(text.into())
    }

    #[test]
    fn lines_for_evcxr_are_told_from_text() {
        let mut output = Output::default();
        let pieces = output.push(b"one\ntwo\nEVCXR_ERROR_OCCURRED\nEVCXR_EXECUTION_COMPLETE\n");
        let completed = Piece::Completed("EVCXR_EXECUTION_COMPLETE".into());
        assert_eq!(pieces, [text("one\ntwo\n"), Piece::Failed("EVCXR_ERROR_OCCURRED".into()), completed]);
    }

    #[test]
    fn a_mark_behind_unfinished_text_is_found() {
        let mut output = Output::default();
        assert_eq!(output.push(b"50 %EVCXR_EXEC"), []);
        assert_eq!(output.flush(), None);
        let pieces = output.push(b"UTION_COMPLETE\n");
        assert_eq!(pieces, [text("50 %"), Piece::Completed("EVCXR_EXECUTION_COMPLETE".into())]);
    }

    #[test]
    fn text_without_newline_is_shown_after_a_while() {
        let mut output = Output::default();
        assert_eq!(output.push(b"50 %"), []);
        assert_eq!(output.flush(), Some(text("50 %")));
        assert_eq!(output.flush(), None);
        output.push(b"text that ends in EVC");
        assert_eq!(output.flush(), None, "the rest may follow");
    }

    #[test]
    fn content_goes_to_evcxr_whatever_it_says() {
        let mut output = Output::default();
        let content = "EVCXR_BEGIN_CONTENT text/plain\nfirst\nEVCXR_LAB no\nEVCXR_END_CONTENT\n";
        let lines = content.lines().map(|line| Piece::Line(line.into()));
        assert!(output.push(content.as_bytes()).into_iter().eq(lines));
        assert_eq!(output.push(b"after\n"), [text("after\n")]);
    }

    #[test]
    fn an_event_of_lab_support_is_read() {
        let mut output = Output::default();
        let pieces = output.push(b"EVCXR_LAB {\"show\":{\"data\":{\"text/plain\":\"a\"},\"number\":3}}\n");
        let data = [("text/plain".to_string(), "a".into())].into_iter().collect();
        assert_eq!(pieces, [Piece::Event(Event::Show { data, number: Some(3) })]);
    }
}
