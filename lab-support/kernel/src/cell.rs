use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::failure::Failure;
use crate::message::Message;
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
    /// What evcxr broadcast as an error: the cell does not compile.
    error: Option<Value>,
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
            error: None,
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
            Event::Show { data, number } => return Some(self.show(data, number)),
            Event::Stopped { text } => self.stopped = Some(text),
            Event::Began => (self.has_begun, self.has_ended) = (true, false),
            Event::Skipped => self.is_skipped = true,
            Event::Panicked { message, lost } => {
                self.failure = Some(Failure::panic(&message, &source()).without(&lost));
            }
            Event::Failed { message, lost } => {
                self.failure = Some(Failure::returned(&message, &source()).without(&lost));
            }
            Event::Ended(end) => self.ended = Some(end),
            Event::Completed => self.has_ended = true,
        }
        None
    }

    /// What is to be shown of evcxr's error: nothing where it is that the process ended or the cell was stopped, which we
    /// say better.
    pub fn hear_error(&mut self, error: Message) -> Option<Message> {
        // Compilers and shells are ended by the stop button, and what evcxr says of that is another thing.
        self.is_skipped |= self.asked && self.error.is_none();
        if self.ended.is_some() || self.is_skipped {
            return None;
        }
        let mut content = error.content();
        content["ename"] = "CompileError".into();
        if let (Some(name), Some(lines)) = (about(&content), content["traceback"].as_array_mut()) {
            let code = self.request.content()["code"].as_str().unwrap_or_default().to_string();
            lines.extend(Source::new(code, "").of_variable(&name).map(Value::from));
        }
        let error = error.with_content(&content);
        self.error.get_or_insert(content);
        Some(error)
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
        self.request.content()["code"].as_str().unwrap_or_default().into()
    }

    fn show(&mut self, data: Map<String, Value>, number: Option<u64>) -> Message {
        let id = number.map(|number| format!("{}-{number}", self.request.id()));
        let is_new = number.is_none_or(|number| self.shown.insert(number));
        let transient = id.map_or(json!({}), |id| json!({ "display_id": id }));
        let content = json!({ "data": data, "metadata": {}, "transient": transient });
        self.request.broadcast(if is_new { "display_data" } else { "update_display_data" }, &content)
    }

    /// When evcxr is done with the cell: an error to show, the reply, and that the kernel is idle.
    pub fn end(&mut self) -> Option<(Option<Message>, Message, Message)> {
        if self.reply.is_none() || self.idle.is_none() {
            return None;
        }
        let (mut reply, idle) = (self.reply.take()?, self.idle.take()?);
        let failure = match (self.ended, self.stopped.take(), self.failure.take()) {
            (Some(end), ..) => Some(Failure::ended(end)),
            _ if self.is_skipped => Some(Failure::skipped()),
            _ if self.error.is_some() => None,
            (None, Some(stopped), failure) if self.asked => Some(Failure::interrupted(&stopped, failure)),
            (None, _, failure) => failure,
        };
        let content = failure.map(|failure| failure.content());
        if let Some(error) = content.as_ref().or(self.error.as_ref()) {
            reply = failed(reply, error);
        }
        let shown = content.map(|content| self.request.broadcast("error", &content));
        Some((shown, reply, idle))
    }

    /// Whether the cells that wait are not to run when this one fails.
    pub fn stops_others(&self) -> bool {
        self.request.content()["stop_on_error"] != false
    }
}

/// The variable that the error is about, where the compiler could not say where in the cell it is defined.
fn about(error: &Value) -> Option<String> {
    let (name, _) = error["evalue"].as_str()?.strip_prefix("the type of `")?.split_once('`')?;
    Some(name.into())
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
