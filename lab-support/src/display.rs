//! How a cell shows more than text: the protocol between a cell and the notebook's kernel.

use std::io::Write;

/// Shows one result in several forms, `(MIME type, content)`; the notebook picks the richest it can draw.
pub(crate) fn show(forms: &[(&str, &str)]) {
    let mut text = String::new();
    for (mime, content) in forms {
        text += &format!("EVCXR_BEGIN_CONTENT {mime}\n{}\nEVCXR_END_CONTENT\n", content.trim_end());
    }
    let mut out = std::io::stdout().lock();
    // Nothing can be done about a closed stdout: there is no page to show an error on either.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
