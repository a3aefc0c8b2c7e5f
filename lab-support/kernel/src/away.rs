//! What a page has missed: one that is opened while a cell runs, or after it, as when a tab was closed and is opened again. The
//! outputs of that cell go to the page that has asked for it. So the next cell that the new page runs shows them first, as they
//! are, and while it waits, as they change.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::cell::Cell;
use crate::history::short;
use crate::message::Message;
use crate::preparation::escaped;
use crate::progress::in_words;

/// What takes less is not waited for by anybody who would close the page.
const LONG: Duration = Duration::from_secs(5);

/// Of what a cell has printed, so many of the last lines and letters are kept, and so many of its last outputs: it may
/// run for hours.
const LINES: usize = 60;
const LETTERS: usize = 1 << 14;
const OUTPUTS: usize = 6;

/// Pages, and what the last cell has shown.
#[derive(Default)]
pub struct Away {
    /// When each page was heard first, by its session.
    heard: HashMap<String, Instant>,
    cell: Option<Shown>,
}

struct Shown {
    number: u64,
    line: String,
    began: Instant,
    took: Option<Duration>,
    /// Outputs, data and metadata, each with the name by which it is replaced, if it can be.
    outputs: Vec<(Value, Value)>,
    text: String,
    /// The cell that was told of it last, and whether it had ended by then.
    told: Option<(String, bool)>,
}

impl Away {
    /// A page is there.
    pub fn meet(&mut self, message: &Message) {
        self.heard.entry(message.session().into()).or_insert_with(Instant::now);
    }

    /// A cell begins to run.
    pub fn begin(&mut self, request: &Message, number: u64) {
        if Cell::counts(request) {
            let code = Cell::code_of(request);
            let line = short(code.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim());
            let (outputs, text) = (Vec::new(), String::new());
            let began = Instant::now();
            self.cell = Some(Shown { number, line, began, took: None, outputs, text, told: None });
        }
    }

    /// Whether a broadcast about the cell is news for who has missed it.
    pub fn hear(&mut self, message: &Message) -> bool {
        let Some(cell) = self.cell.as_mut().filter(|cell| cell.took.is_none()) else { return false };
        let content = message.content();
        match message.kind() {
            "stream" => cell.print(content["text"].as_str().unwrap_or_default()),
            "error" => cell.print(&format!("{}: {}\n", text(&content["ename"]), text(&content["evalue"]))),
            "display_data" | "update_display_data" | "execute_result" => {
                let name = &content["transient"]["display_id"];
                let (name, output) =
                    (name.clone(), json!({ "data": content["data"], "metadata": content["metadata"] }));
                let same = cell.outputs.iter_mut().find(|(other, _)| !name.is_null() && *other == name);
                match same {
                    Some(shown) => shown.1 = output,
                    // Of an output that is not kept, or of another cell's.
                    None if message.kind() == "update_display_data" => return false,
                    None => {
                        cell.outputs.push((name, output));
                        let more = cell.outputs.len().saturating_sub(OUTPUTS);
                        cell.outputs.drain(..more);
                    }
                }
            }
            _ => return false,
        }
        true
    }

    /// The cell has ended.
    pub fn end(&mut self) {
        self.cell.iter_mut().for_each(|cell| cell.took = cell.took.or(Some(cell.began.elapsed())));
    }

    /// What is shown where `request` is run or waits, if it comes from a page that has missed something.
    pub fn tell(&mut self, request: &Message) -> Option<Message> {
        let cell = self.cell.as_mut()?;
        let came = self.heard.get(request.session())?;
        let lasted = cell.took.unwrap_or_else(|| cell.began.elapsed());
        let is_told_its_end = cell.told.as_ref().is_some_and(|(_, has_ended)| *has_ended);
        if *came <= cell.began || lasted < LONG || !Cell::counts(request) || is_told_its_end {
            return None;
        }
        let is_new = cell.told.as_ref().is_none_or(|(id, _)| id != request.id());
        let content = json!({
            "data": cell.page(lasted), "metadata": {},
            "transient": { "display_id": format!("{}-missed", request.id()) },
        });
        cell.told = Some((request.id().into(), cell.took.is_some()));
        Some(request.broadcast(if is_new { "display_data" } else { "update_display_data" }, &content))
    }
}

impl Shown {
    fn print(&mut self, text: &str) {
        self.text.push_str(text);
        let lines = self.text.lines().count();
        if lines > LINES {
            self.text = self.text.lines().skip(lines - LINES).map(|line| format!("{line}\n")).collect();
        }
        if let Some(more) = self.text.chars().count().checked_sub(LETTERS) {
            self.text = self.text.chars().skip(more).collect();
        }
    }

    fn page(&self, lasted: Duration) -> Value {
        let (number, line, time) = (self.number, &self.line, in_words(lasted));
        let what = match self.took {
            None => format!(
                "Cell [{number}], {line}, has been running for {time}, and this cell waits for it. It began before this page was opened. It shows:"
            ),
            Some(_) => format!(
                "Cell [{number}], {line}, has ended after {time}. It began before this page was opened. It showed:"
            ),
        };
        let html: String = self.outputs.iter().map(|(_, output)| html(output)).collect();
        let words = |output: &Value| text(&output["data"]["text/plain"]).to_string() + "\n";
        let plain: String = self.outputs.iter().map(|(_, output)| words(output)).collect();
        let style = "border-left:3px solid #0072b2;padding-left:10px";
        json!({
            "text/html": format!("<div style=\"{style}\"><p>{}</p>{}{html}</div>", escaped(&what), pre(&self.text)),
            "text/plain": format!("{what}\n{}{plain}", self.text),
        })
    }
}

/// One output within a page.
fn html(output: &Value) -> String {
    let data = &output["data"];
    match (&data["text/html"], &data["image/png"]) {
        (Value::String(html), _) => html.clone(),
        (_, Value::String(png)) => {
            let alt = escaped(text(&data["text/plain"]));
            // A figure has more pixels than it has place on the page.
            let width = output["metadata"]["image/png"]["width"].as_u64();
            let width = width.map_or(String::new(), |width| format!(" width=\"{width}\""));
            format!("<img alt=\"{alt}\"{width} src=\"data:image/png;base64,{}\">", png.trim())
        }
        _ => pre(text(&data["text/plain"])),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn pre(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<pre>{}</pre>", escaped(text)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(session: &str, code: &str) -> Message {
        Message::new("execute_request", session, &json!({}), &json!({ "code": code }))
    }

    fn shown(message: &Message) -> String {
        text(&message.content()["data"]["text/plain"]).into()
    }

    /// A page that has run a training for so long, with a view that has changed.
    fn training(seconds: u64) -> Away {
        let mut away = Away::default();
        let cell = request("first", "\nlet history = model.fit(&train, plan)?;");
        away.meet(&cell);
        away.begin(&cell, 7);
        let began = Instant::now().checked_sub(Duration::from_secs(seconds)).unwrap();
        away.cell.as_mut().unwrap().began = began;
        away.heard.insert("first".into(), began);
        view(&mut away, "display_data", "epoch 1");
        view(&mut away, "update_display_data", "epoch 2 < 3");
        away
    }

    fn view(away: &mut Away, kind: &str, text: &str) {
        let content = json!({ "data": { "text/plain": text }, "transient": { "display_id": "a" } });
        assert!(away.hear(&request("first", "").broadcast(kind, &content)));
    }

    #[test]
    fn a_page_that_comes_back_sees_the_training_as_it_is_and_as_it_ended() {
        let mut away = training(60);
        let (cell, other) = (request("second", "1 + 1"), request("second", "2"));
        away.meet(&cell);
        let first = away.tell(&cell).unwrap();
        assert_eq!((first.kind(), first.is_about(&cell)), ("display_data", true));
        let told = shown(&first);
        assert!(
            told.starts_with("Cell [7], let history = model.fit(&train, plan)?;, has been running"),
            "{told}"
        );
        assert!(told.contains("epoch 2 < 3") && !told.contains("epoch 1"), "{told}");
        view(&mut away, "update_display_data", "epoch 3");
        assert!(shown(&away.tell(&cell).unwrap()).contains("epoch 3"));
        away.hear(&cell.broadcast("stream", &json!({ "name": "stdout", "text": "done\n" })));
        away.end();
        let last = away.tell(&cell).unwrap();
        assert_eq!(
            (last.kind(), &last.content()["transient"]),
            ("update_display_data", &first.content()["transient"])
        );
        assert!(
            shown(&last).contains("has ended after 1 min") && shown(&last).contains("done"),
            "{}",
            shown(&last)
        );
        assert!(away.tell(&cell).is_none() && away.tell(&other).is_none(), "it is told once");
        assert!(
            last.content()["data"]["text/html"]
                .as_str()
                .unwrap()
                .contains("<pre>done\n</pre><pre>epoch 3</pre>")
        );
    }

    #[test]
    fn nobody_else_is_told() {
        let mut away = training(60);
        assert!(away.tell(&request("first", "1")).is_none(), "it has seen it");
        let silent = request("second", "1").with_content(&json!({ "code": "1", "silent": true }));
        away.meet(&silent);
        assert!(away.tell(&silent).is_none());
        let mut short = training(1);
        short.meet(&silent);
        assert!(short.tell(&request("second", "1")).is_none());
        away.begin(&request("second", "3"), 8);
        assert!(away.tell(&request("second", "1")).is_none(), "another cell is the last one");
    }

    #[test]
    fn a_figure_has_the_size_and_the_words_that_it_has_in_its_cell() {
        let mut away = training(60);
        let figure = json!({
            "data": { "image/png": "iVBO", "text/plain": "A \"boot\"." },
            "metadata": { "image/png": { "width": 500 } },
        });
        away.hear(&request("", "").broadcast("display_data", &figure));
        let cell = request("second", "1");
        away.meet(&cell);
        let page = away.tell(&cell).unwrap().content()["data"]["text/html"].to_string();
        let image = r#"<img alt="A &quot;boot&quot;." width="500" src="data:image/png;base64,iVBO">"#;
        assert!(page.contains(json!(image).to_string().trim_matches('"')), "{page}");
    }

    #[test]
    fn of_many_outputs_the_last_are_kept() {
        let mut away = training(60);
        for i in 0..1000 {
            let figure = json!({ "data": { "text/plain": format!("figure {i}") } });
            away.hear(&request("", "").broadcast("display_data", &figure));
            away.hear(
                &request("", "").broadcast("stream", &json!({ "text": "no end of a line, ".repeat(100) })),
            );
        }
        let stale = json!({ "data": { "text/plain": "epoch 9" }, "transient": { "display_id": "a" } });
        assert!(!away.hear(&request("", "").broadcast("update_display_data", &stale)), "it is not kept");
        let cell = away.cell.unwrap();
        let kept: Vec<&str> =
            cell.outputs.iter().map(|(_, output)| text(&output["data"]["text/plain"])).collect();
        assert_eq!((kept.len(), kept[0], kept[5]), (OUTPUTS, "figure 994", "figure 999"));
        assert_eq!(cell.text.chars().count(), LETTERS);
    }

    #[test]
    fn of_many_lines_the_last_are_kept() {
        let mut away = training(60);
        for i in 0..1000 {
            away.hear(&request("", "").broadcast("stream", &json!({ "text": format!("line {i}\n") })));
        }
        let text = &away.cell.unwrap().text;
        assert!(text.starts_with("line 940\n") && text.ends_with("line 999\n"), "{text}");
    }
}
