use std::time::Instant;

use serde_json::json;

use crate::message::Message;

/// While what notebooks use is compiled, the first cell says so, in one output that changes.
#[derive(Default)]
pub struct Preparation {
    /// When the compiler began.
    start: Option<Instant>,
    crates: usize,
    line: String,
    /// The cell that waits, and has said so.
    shown: Option<Message>,
}

impl Preparation {
    /// What to broadcast when the compiler has said another line, or a cell waits.
    pub fn show(&mut self, line: Option<&str>, waits: Option<&Message>) -> Option<Message> {
        if let Some(line) = line {
            self.start.get_or_insert_with(Instant::now);
            self.crates += usize::from(line.trim_start().starts_with("Compiling "));
            self.line = line.trim().into();
        }
        let seconds = self.start?.elapsed().as_secs();
        let (crates, line) = (self.crates, &self.line);
        let text = format!(
            "Compiling what the notebooks use, once for this state of lab-support: {seconds} s, {crates} crates ({line})"
        );
        self.update(waits?, &text)
    }

    /// What to broadcast when evcxr is ready.
    pub fn end(&mut self) -> Option<Message> {
        let request = self.shown.take()?;
        let seconds = self.start?.elapsed().as_secs();
        let text = format!("Compiled what the notebooks use, in {seconds} s.");
        self.shown = Some(request.clone());
        self.update(&request, &text)
    }

    fn update(&mut self, request: &Message, text: &str) -> Option<Message> {
        let kind = if self.shown.is_some() { "update_display_data" } else { "display_data" };
        let request = self.shown.get_or_insert_with(|| request.clone());
        let content = json!({
            "data": { "text/plain": text },
            "metadata": {},
            "transient": { "display_id": format!("{}-preparation", request.id()) },
        });
        Some(request.broadcast(kind, &content))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_output_says_how_far_the_compiler_is() {
        let mut preparation = Preparation::default();
        let cell = Message::request("execute_request");
        assert!(preparation.show(None, Some(&cell)).is_none(), "nothing is compiled: it will start soon");
        assert!(preparation.show(Some("   Compiling ndarray v1"), None).is_none(), "no cell waits");
        let first = preparation.show(Some("   Compiling linfa v1"), Some(&cell)).unwrap();
        assert_eq!(first.kind(), "display_data");
        let text = first.content()["data"]["text/plain"].to_string();
        assert!(text.contains("2 crates (Compiling linfa v1)"), "{text}");
        let last = preparation.end().unwrap();
        assert_eq!(last.kind(), "update_display_data");
        assert_eq!(last.content()["transient"], first.content()["transient"]);
    }
}
