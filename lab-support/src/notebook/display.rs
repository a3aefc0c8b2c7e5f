//! How a cell shows what it made: the protocol between a cell and the notebook's kernel.

use std::io::Write;
use std::sync::Once;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::notebook::live;

/// Shows one result in several forms, `(MIME type, content)`; the notebook picks the richest it can draw.
///
/// The lab's kernel shows it at once. On evcxr's own a cell has one output of each type: of two figures in one
/// cell, the last is seen, when the cell ends.
pub(crate) fn show(forms: &[(&str, &str)]) {
    if live::show(forms) {
        return;
    }
    let mut out = std::io::stdout().lock();
    // Nothing can be done about a closed stdout: there is no page to show an error on either.
    let _ = out.write_all(message(forms).as_bytes()).and_then(|()| out.flush());
}

/// Shows a PNG so many pixels of the page wide, which may be fewer than it has, and what it shows in words.
///
/// Its height follows: VS Code squeezes a figure on a narrow page if it is told both. evcxr's own kernel passes neither on; HTML
/// says it there.
pub(crate) fn show_picture(png: &[u8], width: u32, words: &str) {
    let png = STANDARD.encode(png);
    let known = json!({ "image/png": { "width": width, "alt": words } });
    if live::show_with(&[("image/png", &png), ("text/plain", words)], known) {
        return;
    }
    let image = format!(
        "<img alt=\"{}\" width=\"{width}\" style=\"max-width:100%\" src=\"data:image/png;base64,{png}\">",
        escaped(words)
    );
    show(&[("text/html", &image), ("text/plain", words)]);
}

/// As many characters of a line as a page of 900 pixels has room for. A notebook would break a longer one where it ends.
pub(crate) const WIDE: usize = 84;

/// Shows text in which the rows of a table stay whole: what is wider than a page is moved to and fro. Sentences beside them
/// are broken where a page ends.
pub(crate) fn show_text(text: &str) {
    if is_narrow(text) {
        println!("{text}");
    } else {
        show(&[("text/html", &whole_rows(text)), ("text/plain", text)]);
    }
}

fn is_narrow(text: &str) -> bool {
    text.lines().all(|line| line.chars().count() <= WIDE)
}

/// The colours are those of the page.
fn whole_rows(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let block = |lines: &[&str]| {
        let space = if is_row(lines[0]) { "pre;overflow-x:auto" } else { "pre-wrap" };
        let style = format!(
            "white-space:{space};word-break:normal;font-family:var(--jp-code-font-family,monospace);font-size:12px;\
                             line-height:1.4;margin:0"
        );
        // A browser leaves out a line's end that comes first.
        format!("<pre style=\"{style}\">\n{}</pre>", escaped(&lines.join("\n")))
    };
    lines.chunk_by(|one, next| is_row(one) == is_row(next)).map(block).collect()
}

/// Whether a line has columns: four at least, set apart by two spaces or more.
fn is_row(line: &str) -> bool {
    line.split("  ").filter(|cell| !cell.trim().is_empty()).count() > 3
}

/// Whether this is the process that runs a notebook's cells.
pub(crate) fn in_notebook() -> bool {
    std::env::var_os("EVCXR_IS_RUNTIME").is_some()
}

/// In a cell of evcxr's own kernel, lets a panic print one line in place of a page of stack frames. The lab's shows it by
/// itself.
pub(crate) fn shorten_panics() {
    static ONCE: Once = Once::new();
    if in_notebook() && !live::is_listened_to() {
        ONCE.call_once(|| std::panic::set_hook(Box::new(|panic| eprintln!("{panic}"))));
    }
}

/// 101770 as `101,770`.
pub(crate) fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Text that stands in HTML as it is.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Whole lines, as the kernel reads them.
fn message(forms: &[(&str, &str)]) -> String {
    forms
        .iter()
        .map(|(mime, content)| {
            format!("EVCXR_BEGIN_CONTENT {mime}\n{}\nEVCXR_END_CONTENT\n", content.trim_end())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_wide_table_stay_whole() {
        let html = whole_rows("a  b  c  < d\n1  2  3  & 4\n\n* compared:\n  a  -0.1  by chance");
        let (table, sentences) = html.split_once("</pre>").unwrap();
        assert!(
            table.contains("white-space:pre;") && table.ends_with(">\na  b  c  &lt; d\n1  2  3  &amp; 4"),
            "{html}"
        );
        assert!(sentences.contains("white-space:pre-wrap"), "{html}");
        assert!(sentences.ends_with(">\n\n* compared:\n  a  -0.1  by chance</pre>"), "{html}");
    }

    #[test]
    fn each_form_stands_between_its_marks() {
        assert_eq!(
            message(&[("image/png", "iVBO"), ("text/plain", "A figure.\n")]),
            "EVCXR_BEGIN_CONTENT image/png\niVBO\nEVCXR_END_CONTENT\n\
             EVCXR_BEGIN_CONTENT text/plain\nA figure.\nEVCXR_END_CONTENT\n"
        );
    }
}
