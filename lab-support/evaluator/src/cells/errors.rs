use std::mem;

/// Gathers stderr. The words of an error come here, and that it was one comes over stdout a moment later:
/// so text waits for that moment, and what a panic prints waits until the cell ends.
#[derive(Default)]
pub struct Errors {
    waiting: Vec<u8>,
}

/// How a student's error begins, where it is one of lab-support.
const LAB_ERROR: &str = "While ";

impl Errors {
    pub fn push(&mut self, bytes: &[u8]) {
        self.waiting.extend_from_slice(bytes);
    }

    /// What waits and is not part of a panic.
    pub fn take(&mut self) -> Option<String> {
        let text = self.text();
        let (before, rest) = text.split_at(panic(&text).unwrap_or(text.len()));
        self.push(rest.as_bytes());
        not_empty(before.into())
    }

    pub fn take_all(&mut self) -> Option<String> {
        not_empty(self.text())
    }

    /// Text before the error, and the error that `?` returned.
    pub fn error(&mut self) -> (Option<String>, String) {
        let waiting = self.text();
        let starts = waiting.match_indices(LAB_ERROR).map(|(at, _)| at);
        let start = starts.filter(|&at| at == 0 || waiting[..at].ends_with('\n')).last().unwrap_or(0);
        let (before, error) = waiting.split_at(start);
        (not_empty(before.into()), error.trim_end().into())
    }

    /// Text before the panic, and what the panic printed.
    pub fn panic(&mut self) -> (Option<String>, String) {
        let waiting = self.text();
        let (before, panic) = waiting.split_at(panic(&waiting).unwrap_or(0));
        (not_empty(before.into()), panic.trim().into())
    }

    fn text(&mut self) -> String {
        String::from_utf8_lossy(&mem::take(&mut self.waiting)).into_owned()
    }
}

/// Where what the first panic printed begins: the standard library names the thread in front of it.
fn panic(text: &str) -> Option<usize> {
    let line = text.find("panicked at ").map(|at| text[..at].rfind('\n').map_or(0, |end| end + 1))?;
    let is_panic = ["thread '", "panicked at "].iter().any(|start| text[line..].starts_with(start));
    is_panic.then_some(line)
}

fn not_empty(text: String) -> Option<String> {
    (!text.trim().is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(text: &str) -> Errors {
        Errors { waiting: text.into() }
    }

    #[test]
    fn a_panic_waits_and_other_text_does_not() {
        let panic = "thread 'main' (7) panicked at src/lib.rs:3:5:\nno\n";
        let mut errors = errors(&format!("a warning\n{panic}"));
        assert_eq!(errors.take().as_deref(), Some("a warning\n"));
        assert_eq!(errors.take(), None);
        assert_eq!(errors.panic(), (None, panic.trim().into()));
    }

    #[test]
    fn an_error_of_the_lab_is_told_from_text_before_it() {
        let error = "While trying: expected luck, found none.\n-> try again";
        let (before, found) = errors(&format!("a warning\n{error}\n")).error();
        assert_eq!((before.as_deref(), found.as_str()), (Some("a warning\n"), error));
        assert_eq!(errors("No such file\n").error(), (None, "No such file".into()));
    }
}
