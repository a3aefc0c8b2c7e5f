//! The compiler's own message, folded: with the numbers of the cell's lines, and without lines that evcxr wrote.

use super::diagnostic::Diagnostic;
use crate::preparation::escaped;
use crate::source::Source;

/// HTML that shows the messages when it is unfolded.
pub fn folded(messages: &[&Diagnostic], source: &Source) -> Option<String> {
    let texts: Vec<String> = messages.iter().filter_map(|message| text(message, source)).collect();
    if texts.is_empty() {
        return None;
    }
    let text = escaped(&texts.join("\n"));
    Some(format!("<details><summary>full message</summary><pre>{text}</pre></details>"))
}

fn text(message: &Diagnostic, source: &Source) -> Option<String> {
    let rendered = message.rendered.as_deref()?;
    let mut lines = Vec::new();
    let mut is_shown = true;
    for line in rendered.lines() {
        let digits = line.trim_start().len()
            - line.trim_start().trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = line.trim_start().split_at(digits);
        let is_code = digits > 0 && rest.trim_start().starts_with('|');
        if is_code {
            let place = number.parse().ok().and_then(|number| source.place(number, 1));
            is_shown = place.is_some();
            if let Some((at, _)) = place {
                lines.push(format!("{:>width$}{rest}", at + 1, width = line.len() - rest.len()));
            }
        } else if let Some(place) = line.trim_start().strip_prefix("--> src/lib.rs:") {
            is_shown = true;
            let mut numbers = place.split(':').map_while(|number| number.parse().ok());
            let place =
                numbers.next().zip(numbers.next()).and_then(|(line, column)| source.place(line, column));
            lines.extend(place.map(|(at, column)| format!("   --> line {}, column {}", at + 1, column + 1)));
        } else if let Some(place) = line.trim_start().strip_prefix("::: src/lib.rs:") {
            is_shown = !place.is_empty();
        } else if is_shown || !line.trim_start().starts_with(['|', '.']) {
            // What is not under a line of code is about all of the message.
            is_shown |= !line.trim_start().starts_with(['|', '.']);
            lines.push(line.to_string());
        }
    }
    lines.retain(|line| !line.contains("evcxr"));
    Some(lines.join("\n").replace("note: note:", "note:").replace("EvcxrUserCodeError", "Error"))
}
