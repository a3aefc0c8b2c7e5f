use std::time::Instant;

use serde_json::{Value, json};

use crate::message::Message;
use crate::progress::{Progress, in_words};

/// While the kernel is set up, the first cell that was run says how far that is, in one output that changes.
#[derive(Default)]
pub struct Preparation {
    progress: Option<Progress>,
    /// The cell that waits and has said so, and since when.
    shown: Option<(Message, Instant)>,
}

impl Preparation {
    /// What to broadcast when setting up has come further, or a cell waits.
    pub fn show(&mut self, progress: Option<Progress>, waits: Option<&Message>) -> Option<Message> {
        self.progress = progress.or(self.progress.take());
        let progress = self.progress.as_ref()?;
        let text =
            format!("{progress}. This cell runs by itself when all is ready; meanwhile you can read on.");
        let bar =
            progress.part.map_or(String::new(), |part| format!("<progress value=\"{part:.3}\"></progress> "));
        let forms = json!({ "text/plain": text, "text/html": format!("{bar}{}", escaped(&text)) });
        self.update(waits?, forms)
    }

    /// What to broadcast when evcxr is ready.
    pub fn end(&mut self) -> Option<Message> {
        let (request, since) = self.shown.as_ref()?;
        let (request, waited) = (request.clone(), since.elapsed());
        let text = format!("The lab is set up. This cell waited for {}.", in_words(waited));
        self.update(&request, json!({ "text/plain": text, "text/html": text }))
    }

    fn update(&mut self, request: &Message, forms: Value) -> Option<Message> {
        let kind = if self.shown.is_some() { "update_display_data" } else { "display_data" };
        let (request, _) = self.shown.get_or_insert_with(|| (request.clone(), Instant::now()));
        let content = json!({
            "data": forms,
            "metadata": {},
            "transient": { "display_id": format!("{}-preparation", request.id()) },
        });
        Some(request.broadcast(kind, &content))
    }
}

/// Text that stands in HTML as it is.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(stage: &str, part: f64, seconds: f64) -> Progress {
        Progress { stage: stage.into(), part: Some(part), detail: "2 of 4 crates".into(), seconds }
    }

    #[test]
    fn one_output_says_how_far_setting_up_is() {
        let mut preparation = Preparation::default();
        let cell = Message::request("execute_request");
        assert!(preparation.show(None, Some(&cell)).is_none(), "nothing is made: it will start soon");
        assert!(preparation.show(Some(progress("Building", 0.1, 5.0)), None).is_none(), "no cell waits");
        let first = preparation.show(Some(progress("Building", 0.5, 60.0)), Some(&cell)).unwrap();
        assert_eq!(first.kind(), "display_data");
        let data = &first.content()["data"];
        let text = data["text/plain"].as_str().unwrap();
        assert!(
            text.starts_with("Building: 2 of 4 crates, 1 min, about 1 min left. This cell runs"),
            "{text}"
        );
        assert!(data["text/html"].as_str().unwrap().starts_with("<progress value=\"0.500\">"), "{data}");
        preparation.show(Some(progress("Compiling", 1.0, 30.0)), None);
        let last = preparation.end().unwrap();
        assert_eq!(last.kind(), "update_display_data");
        assert_eq!(last.content()["transient"], first.content()["transient"]);
        assert_eq!(last.content()["data"]["text/plain"], "The lab is set up. This cell waited for 0 s.");
    }
}
