use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::division;
use crate::failure::Failure;
use crate::history::{Came, History};
use crate::message::Message;
use crate::mistake::{self, Compiled};
use crate::source::Source;
use lab_base::event::{End, Event, Stream};

/// The cell that is running: what front ends have seen of it, and how it is about to end.
pub struct Cell {
    pub request: Message,
    /// As front ends know it.
    pub number: u64,
    /// What it is worth, by MIME type.
    pub result: Option<Value>,
    /// What evcxr answered, and its word that it is idle; both are held back until the other is there.
    pub reply: Option<Message>,
    pub idle: Option<Message>,
    /// Its code has begun to run.
    pub has_begun: bool,
    /// The student pressed the stop button before its code had ended.
    asked: bool,
    has_ended: bool,
    is_skipped: bool,
    stopped: Option<String>,
    failure: Option<Failure>,
    ended: Option<End>,
    /// What evcxr broadcast as errors: the cell does not compile.
    errors: Vec<String>,
    /// What the compiler said of it.
    compiled: Compiled,
    /// Numbers of the outputs that can be replaced.
    shown: HashSet<u64>,
}

impl Cell {
    pub fn new(request: Message, number: u64) -> Cell {
        Cell {
            request,
            number,
            result: None,
            reply: None,
            idle: None,
            has_begun: false,
            asked: false,
            has_ended: false,
            is_skipped: false,
            stopped: None,
            failure: None,
            ended: None,
            errors: Vec::new(),
            compiled: Compiled::default(),
            shown: HashSet::new(),
        }
    }

    /// The student has pressed the stop button.
    pub fn ask(&mut self) {
        self.asked |= !self.has_ended;
    }

    /// What front ends are to see of an event. `compiled` is the file that evcxr made of the cell.
    pub fn hear(&mut self, event: Event, compiled: impl FnOnce() -> String) -> Option<Message> {
        let source = || Source::new(self.code(), compiled());
        match event {
            Event::Text { stream, text } => return Some(text_of(&self.request, stream, &text)),
            Event::Show { data, metadata, number } => return Some(self.show(data, metadata, number)),
            Event::Stopped { text } => self.stopped = Some(text),
            Event::Began => (self.has_begun, self.has_ended) = (true, false),
            Event::Skipped => self.is_skipped = true,
            Event::Panicked { message, callers, lost } => {
                self.failure = Some(Failure::panic(&message, &callers, &source()).without(&lost));
            }
            Event::Failed { message, lost } => {
                self.failure = Some(Failure::returned(&message, &source()).without(&lost));
            }
            Event::Ended(end) => self.ended = Some(end),
            Event::Completed => self.has_ended = true,
        }
        None
    }

    /// Keeps an error of evcxr's, of which there may be several, until all are there: nothing where it is that the process
    /// ended or the cell was stopped, which we say better.
    pub fn hear_error(&mut self, error: &Message, compiled: impl FnOnce() -> Compiled) {
        // Compilers and shells are ended by the stop button, and what evcxr says of that is another thing.
        self.is_skipped |= self.asked && self.errors.is_empty();
        if self.ended.is_some() || self.is_skipped {
            return;
        }
        if self.errors.is_empty() {
            self.compiled = compiled();
        }
        self.errors.push(error.content()["evalue"].as_str().unwrap_or_default().into());
    }

    /// Whether it gets a number of its own and a place in the history.
    pub fn counts(request: &Message) -> bool {
        let content = request.content();
        content["silent"] != true && content["store_history"] != false
    }

    /// Whether front ends are to see what it prints and shows.
    pub fn is_silent(&self) -> bool {
        self.request.content()["silent"] == true
    }

    pub fn code(&self) -> String {
        Cell::code_of(&self.request)
    }

    pub fn code_of(request: &Message) -> String {
        request.content()["code"].as_str().unwrap_or_default().into()
    }

    fn show(
        &mut self,
        data: Map<String, Value>,
        metadata: Map<String, Value>,
        number: Option<u64>,
    ) -> Message {
        let id = number.map(|number| format!("{}-{number}", self.request.id()));
        let is_new = number.is_none_or(|number| self.shown.insert(number));
        let transient = id.map_or(json!({}), |id| json!({ "display_id": id }));
        let content = json!({ "data": data, "metadata": metadata, "transient": transient });
        self.request.broadcast(if is_new { "display_data" } else { "update_display_data" }, &content)
    }

    /// When evcxr is done with the cell: what is to be shown of an error, the reply, and that the kernel is idle.
    pub fn end(&mut self, history: &History) -> Option<(Vec<Message>, Message, Message)> {
        if self.reply.is_none() || self.idle.is_none() {
            return None;
        }
        let (mut reply, idle) = (self.reply.take()?, self.idle.take()?);
        let mut full = None;
        let failure = match (self.ended, self.stopped.take(), self.failure.take()) {
            (Some(end), ..) => Some(Failure::ended(end)),
            _ if self.is_skipped => Some(Failure::skipped()),
            _ if !self.errors.is_empty() => {
                let mistake = mistake::explain(&self.code(), &self.errors, &self.compiled, history);
                full = mistake.full.clone();
                Some(Failure::mistake(mistake))
            }
            (None, Some(stopped), failure) if self.asked => Some(Failure::interrupted(&stopped, failure)),
            (None, _, failure) => failure,
        };
        let content = failure.map(|failure| failure.again(history).content());
        if let Some(error) = &content {
            reply = failed(reply, error);
        }
        let error = content.map(|content| self.request.broadcast("error", &content));
        let full = full.map(|html| self.show(folded(html), Map::new(), None));
        let slip = self.slip(history).filter(|_| error.is_none());
        let slip = slip.map(|slip| text_of(&self.request, Stream::Stdout, &format!("{slip}\n")));
        Some((error.into_iter().chain(full).chain(slip).collect(), reply, idle))
    }

    /// What is said beside a value that can't be the one that was meant.
    fn slip(&self, history: &History) -> Option<String> {
        let value = self.result.as_ref()?["text/plain"].as_str()?;
        division::told(&self.code(), value, history)
    }

    /// What came of it, when it has ended with this reply.
    pub fn came(&self, reply: &Message) -> Came {
        match (reply.content()["status"] == "ok", self.has_begun) {
            (true, _) => Came::Worked,
            (false, true) => Came::Failed,
            (false, false) => Came::Nothing,
        }
    }

    /// Whether the cells that wait are not to run when this one fails.
    pub fn stops_others(&self) -> bool {
        self.request.content()["stop_on_error"] != false
    }
}

/// An output for pages; a console shows nothing of it.
fn folded(html: String) -> Map<String, Value> {
    [("text/html", html), ("text/plain", String::new())]
        .map(|(kind, text)| (kind.into(), text.into()))
        .into_iter()
        .collect()
}

/// What a cell has printed, the last one where none is running.
pub fn text_of(request: &Message, stream: Stream, text: &str) -> Message {
    request.broadcast("stream", &json!({ "name": stream, "text": text }))
}

/// The reply of a cell that failed.
fn failed(reply: Message, error: &Value) -> Message {
    let mut content = json!({ "status": "error", "execution_count": reply.content()["execution_count"] });
    for part in ["ename", "evalue", "traceback"] {
        content[part] = error[part].clone();
    }
    reply.with_content(&content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_of_a_figure_reaches_front_ends() {
        let request = Message::new("execute_request", "page", &json!({}), &json!({ "code": "figure" }));
        let mut cell = Cell::new(request, 1);
        let told = json!({ "show": { "data": { "image/png": "iVBO", "text/plain": "A boot." },
            "metadata": { "image/png": { "width": 500, "alt": "A boot." } }, "number": null } });
        let event = serde_json::from_value(told.clone()).unwrap();
        let shown = cell.hear(event, String::new).unwrap();
        assert_eq!(shown.kind(), "display_data");
        assert_eq!(shown.content()["data"], told["show"]["data"]);
        assert_eq!(shown.content()["metadata"], told["show"]["metadata"]);
    }
}
