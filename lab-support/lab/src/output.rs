use jupyter_protocol::{JupyterMessageContent, Stdio};
use nbformat::v4::{DisplayData, ErrorOutput, ExecuteResult, MultilineString, Output};

/// Adds what a message shows. A stream's lines arrive one by one, and as the two streams are not
/// synchronized, each is gathered in one output: stdout before stderr, both before results.
pub fn gather(content: JupyterMessageContent, outputs: &mut Vec<Output>) {
    match content {
        JupyterMessageContent::StreamContent(stream) => match stream.name {
            Stdio::Stdout => add_text("stdout", &stream.text, outputs),
            Stdio::Stderr => add_text("stderr", &stream.text, outputs),
        },
        JupyterMessageContent::ExecuteResult(result) => outputs.push(Output::ExecuteResult(ExecuteResult {
            execution_count: result.execution_count,
            data: result.data,
            metadata: result.metadata,
        })),
        JupyterMessageContent::DisplayData(display) => {
            outputs.push(Output::DisplayData(DisplayData { data: display.data, metadata: display.metadata }));
        }
        JupyterMessageContent::ErrorOutput(error) => outputs.push(Output::Error(ErrorOutput {
            ename: error.ename,
            evalue: error.evalue,
            traceback: error.traceback,
        })),
        _ => (),
    }
}

/// Bytes of a stream that are kept: a cell that prints without end must not fill this machine's memory.
const MOST: usize = 10_000_000;

fn add_text(stream: &str, text: &str, outputs: &mut Vec<Output>) {
    let existing = outputs.iter_mut().find_map(|output| match output {
        Output::Stream { name, text } if name == stream => Some(text),
        _ => None,
    });
    match existing {
        Some(MultilineString(lines)) if lines.len() < MOST => lines.push_str(text),
        Some(_) => (),
        None => {
            let is_stdout = |o: &&Output| matches!(o, Output::Stream { name, .. } if name == "stdout");
            let place = outputs.iter().take_while(is_stdout).count();
            let new = Output::Stream { name: stream.into(), text: MultilineString(text.into()) };
            outputs.insert(if stream == "stdout" { 0 } else { place }, new);
        }
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

/// Removes the escape sequences that colour a terminal: ESC, `[`, numbers, `m`.
fn without_colours(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_string();
    parts.fold(first, |plain, part| plain + part.split_once('m').map_or(part, |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use jupyter_protocol::StreamContent;

    use super::*;

    fn stream(name: Stdio, text: &str) -> JupyterMessageContent {
        StreamContent { name, text: text.into() }.into()
    }

    #[test]
    fn a_stream_is_one_output_whatever_the_order_of_its_lines() {
        let mut outputs = Vec::new();
        let error = jupyter_protocol::ErrorOutput {
            traceback: vec!["\u{1b}[31mno\u{1b}[0m".into()],
            ..Default::default()
        };
        gather(stream(Stdio::Stderr, "a warning\n"), &mut outputs);
        gather(stream(Stdio::Stdout, "one\n"), &mut outputs);
        gather(error.into(), &mut outputs);
        gather(stream(Stdio::Stdout, "two\n"), &mut outputs);
        assert_eq!(text(&outputs), "one\ntwo\na warning\nno\n");
        assert_eq!(outputs.len(), 3);
    }
}
