use std::collections::HashMap;

use jupyter_protocol::{JupyterMessageContent, MediaType, Stdio};
use nbformat::v4::{DisplayData, ErrorOutput, ExecuteResult, MultilineString, Output};

use crate::report::Answer;

/// What a cell has shown, as it is saved: in the order in which it came, what was updated in its latest
/// state.
#[derive(Default)]
pub struct Outputs {
    list: Vec<Output>,
    /// Where those are that may be updated.
    places: HashMap<String, usize>,
    /// Bytes that they have together.
    size: usize,
}

/// Bytes that are kept of what a cell shows, however it shows it: one that prints without end must not fill this machine's
/// memory.
const MOST: usize = 30_000_000;

/// What an output counts for besides its bytes: many small ones fill the memory, too.
const EACH: usize = 200;

impl Outputs {
    /// Adds what a message shows.
    pub fn gather(&mut self, content: JupyterMessageContent) {
        let size = size(&content);
        if size == 0 || self.size > MOST {
            return;
        }
        self.size += size + EACH;
        if self.size > MOST {
            self.list.push(Output::Stream {
                name: "stderr".into(),
                text: MultilineString(format!(
                    "\n(more than {} MB: the rest is left out)\n",
                    MOST / 1_000_000
                )),
            });
            return;
        }
        match content {
            JupyterMessageContent::StreamContent(stream) => match stream.name {
                Stdio::Stdout => self.add_text("stdout", &stream.text),
                Stdio::Stderr => self.add_text("stderr", &stream.text),
            },
            JupyterMessageContent::ExecuteResult(result) => {
                self.list.push(Output::ExecuteResult(ExecuteResult {
                    execution_count: result.execution_count,
                    data: result.data,
                    metadata: result.metadata,
                }));
            }
            JupyterMessageContent::DisplayData(display) => {
                if let Some(id) = display.transient.and_then(|transient| transient.display_id) {
                    self.places.insert(id, self.list.len());
                }
                let (data, metadata) = (display.data, display.metadata);
                self.list.push(Output::DisplayData(DisplayData { data, metadata }));
            }
            JupyterMessageContent::UpdateDisplayData(update) => {
                let place = update.transient.display_id.and_then(|id| self.places.get(&id));
                if let Some(&place) = place {
                    let (data, metadata) = (update.data, update.metadata);
                    self.list[place] = Output::DisplayData(DisplayData { data, metadata });
                }
            }
            JupyterMessageContent::ErrorOutput(error) => self.list.push(Output::Error(ErrorOutput {
                ename: error.ename,
                evalue: error.evalue,
                traceback: error.traceback,
            })),
            _ => (),
        }
    }

    pub fn into_list(self) -> Vec<Output> {
        self.list
    }

    fn add_text(&mut self, stream: &str, more: &str) {
        match self.list.last_mut() {
            Some(Output::Stream { name, text }) if name == stream => text.0.push_str(more),
            _ => {
                let text = MultilineString(more.into());
                self.list.push(Output::Stream { name: stream.into(), text });
            }
        }
    }
}

/// Bytes that a message shows; 0 where it shows nothing.
fn size(content: &JupyterMessageContent) -> usize {
    let of = |media: &jupyter_protocol::Media| serde_json::to_vec(media).map_or(1, |bytes| bytes.len());
    match content {
        JupyterMessageContent::StreamContent(stream) => stream.text.len(),
        JupyterMessageContent::ExecuteResult(result) => of(&result.data),
        JupyterMessageContent::DisplayData(display) => of(&display.data),
        JupyterMessageContent::UpdateDisplayData(update) => of(&update.data),
        JupyterMessageContent::ErrorOutput(error) => {
            1 + error.evalue.len() + error.traceback.iter().map(String::len).sum::<usize>()
        }
        _ => 0,
    }
}

/// What a student would read: text, and error messages without their colours.
pub fn text(outputs: &[Output]) -> String {
    let mut shown = String::new();
    for output in outputs {
        match output {
            Output::Stream { text, .. } => shown.push_str(&text.0),
            Output::Error(error) => shown.push_str(&without_colours(&error.traceback.join("\n"))),
            _ => (),
        }
        if !shown.is_empty() && !shown.ends_with('\n') {
            shown.push('\n');
        }
    }
    shown
}

/// What the cell of an answer shows: the answer itself, without the question above it and the verdict below it, and the
/// figures.
pub fn answer(outputs: &[Output]) -> Answer {
    let media = outputs.iter().flat_map(|output| match output {
        Output::DisplayData(display) => display.data.content.as_slice(),
        Output::ExecuteResult(result) => result.data.content.as_slice(),
        _ => &[],
    });
    let mut answer = Answer::default();
    for media in media {
        match media {
            MediaType::Markdown(text) if text.starts_with("## ") => {
                let text = text.split_once('\n').map_or("", |(_, rest)| rest);
                answer.text = text.split("\n---\n").next().unwrap_or_default().trim().to_string();
            }
            MediaType::Png(png) => answer.figures.push(png.clone()),
            _ => (),
        }
    }
    answer
}

/// Why an output would not be seen as it is meant where a notebook is only shown: on a code host, in print, by ear.
pub fn unseen(outputs: &[Output]) -> Option<&'static str> {
    outputs.iter().find_map(|output| {
        let (media, metadata) = match output {
            Output::DisplayData(display) => (&display.data.content, &display.metadata),
            Output::ExecuteResult(result) => (&result.data.content, &result.metadata),
            _ => return None,
        };
        let says = media.iter().any(|form| matches!(form, MediaType::Plain(_)));
        let seen = media.iter().any(|form| {
            matches!(
                form,
                MediaType::Plain(_) | MediaType::Png(_) | MediaType::Html(_) | MediaType::Markdown(_)
            )
        });
        let runs = media.iter().any(|form| matches!(form, MediaType::Html(html) if html.contains("<script")));
        let figure = media.iter().any(|form| matches!(form, MediaType::Png(_)));
        let known = |name: &str| metadata.get("image/png").is_some_and(|known| !known[name].is_null());
        match () {
            () if !seen => Some("an output has no form that every page shows"),
            () if !says => Some("an output says nothing in plain text"),
            () if runs => Some("an output needs a script to be seen"),
            () if figure && !(known("width") && known("alt")) => {
                Some("a figure is without its size or its words: `cargo lab run` saves them")
            }
            () => None,
        }
    })
}

/// Removes the escape sequences that colour a terminal: ESC, `[`, numbers, `m`.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |plain, part| plain + part.split_once('m').map_or(part, |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use jupyter_protocol::{Media, MediaType, StreamContent, Transient, UpdateDisplayData};

    use super::*;

    fn stream(name: Stdio, text: &str) -> JupyterMessageContent {
        StreamContent { name, text: text.into() }.into()
    }

    fn display(text: &str) -> Media {
        Media::new(vec![MediaType::Plain(text.into())])
    }

    #[test]
    fn what_a_cell_shows_keeps_its_order() {
        let mut outputs = Outputs::default();
        let error = jupyter_protocol::ErrorOutput {
            traceback: vec!["\u{1b}[31mno\u{1b}[0m".into()],
            ..Default::default()
        };
        outputs.gather(stream(Stdio::Stdout, "one\n"));
        outputs.gather(stream(Stdio::Stdout, "two\n"));
        outputs.gather(stream(Stdio::Stderr, "a warning\n"));
        outputs.gather(error.into());
        let list = outputs.into_list();
        assert_eq!(text(&list), "one\ntwo\na warning\nno\n");
        assert_eq!(list.len(), 3);
    }

    #[test]
    fn what_a_page_that_only_shows_does_not_show_is_found() {
        let output = |media: Vec<MediaType>, known: serde_json::Value| {
            let metadata = known.as_object().cloned().unwrap_or_default();
            Output::DisplayData(DisplayData { data: Media::new(media), metadata })
        };
        let words = || MediaType::Plain("a boot".into());
        let figure = |known| output(vec![MediaType::Png("iVBO".into()), words()], known);
        let all = serde_json::json!({ "image/png": { "width": 5, "alt": "a boot" } });
        let table = |html: &str| output(vec![MediaType::Html(html.into()), words()], all.clone());
        assert_eq!(unseen(&[figure(all.clone()), table("<b>1</b>")]), None);
        for (output, found) in [
            (figure(serde_json::json!({})), "its size"),
            (figure(serde_json::json!({ "image/png": { "width": 5 } })), "its words"),
            (table("<script>run()</script>"), "a script"),
            (output(vec![MediaType::Png("iVBO".into())], all.clone()), "plain text"),
            (output(vec![MediaType::Javascript("run()".into())], all.clone()), "no form"),
        ] {
            let defect = unseen(&[table(""), output]).unwrap_or_default();
            assert!(defect.contains(found), "{defect} and not {found}");
        }
    }

    /// One stream or both in turns, many figures, or one figure updated for ever.
    #[test]
    fn what_is_shown_without_end_is_cut_off() {
        let long = "x".repeat(1_000_000);
        let kept = |content: &dyn Fn(usize) -> JupyterMessageContent, count: usize| {
            let mut outputs = Outputs::default();
            (0..count).for_each(|i| outputs.gather(content(i)));
            let list = outputs.into_list();
            let all: usize = list.iter().map(|output| serde_json::to_vec(output).unwrap().len()).sum();
            assert!(all < MOST + 2_000_000, "{all}");
            assert!(text(&list).contains("the rest is left out"), "it is said");
        };
        let streams = [Stdio::Stdout, Stdio::Stderr];
        kept(&|_| stream(Stdio::Stdout, &long), 100);
        kept(&|i| stream(streams[i % 2].clone(), &long), 100);
        kept(&|i| stream(streams[i % 2].clone(), "x"), 160_000);
        kept(&|_| jupyter_protocol::DisplayData::new(display(&long)).into(), 100);
        kept(&|_| UpdateDisplayData::new(display(&long), "a").into(), 100);
    }

    #[test]
    fn an_update_takes_the_place_of_what_was_shown() {
        let mut outputs = Outputs::default();
        let id = Transient { display_id: Some("a".into()) };
        let mut shown = jupyter_protocol::DisplayData::new(display("half"));
        shown.transient = Some(id);
        outputs.gather(shown.into());
        outputs.gather(stream(Stdio::Stdout, "one\n"));
        outputs.gather(UpdateDisplayData::new(display("all"), "a").into());
        outputs.gather(UpdateDisplayData::new(display("of another cell"), "b").into());
        let list = outputs.into_list();
        assert_eq!(list.len(), 2);
        let Output::DisplayData(DisplayData { data, .. }) = &list[0] else { panic!("a display stays one") };
        assert!(matches!(&data.content[..], [MediaType::Plain(text)] if text == "all"));
    }
}
