//! What the compiler says of a cell, before evcxr reads it.

use serde_json::Value;

use crate::amend::stored;

/// Whether the compiler's message is about this line, from 1.
pub fn is_about(message: &Value, line: usize) -> bool {
    let spans = message["message"]["spans"].as_array();
    spans.is_some_and(|spans| spans.iter().any(|span| is_in_cell(span) && span["line_start"] == line))
}

/// Whether a place lies in the file that was made of the cell.
fn is_in_cell(span: &Value) -> bool {
    span["file_name"].as_str().is_none_or(|name| name.ends_with("src/lib.rs") && !name.starts_with('/'))
}

/// Errors that evcxr understands where it stores a variable.
const UNDERSTOOD: [&str; 6] = ["E0382", "E0425", "E0505", "E0562", "E0597", "E0603"];

/// Says of which variable's type the compiler speaks. Of some errors evcxr shows only what might help.
pub fn explain(message: &mut Value, lines: &[&str]) {
    let said = &message["message"];
    let spans = said["spans"].as_array();
    let main = spans.and_then(|spans| spans.iter().find(|span| span["is_primary"] == true));
    // Within a macro, as `format!`, the place lies in a file of another crate, whose lines are others.
    let main = main.filter(|span| is_in_cell(span));
    let line = main.and_then(|span| span["line_start"].as_u64());
    let variable = line.and_then(|line| lines.get(line as usize - 1)).and_then(|line| stored(line));
    let Some((name, kind)) = variable.filter(|_| said["level"] == "error") else { return };
    if UNDERSTOOD.iter().any(|code| said["code"]["code"] == *code) {
        return;
    }
    let why = said["message"].as_str().unwrap_or_default();
    let mut text = format!("the type of `{name}`, `{kind}`, can't be named here: {why}");
    let helps = said["children"].as_array().into_iter().flatten();
    let helps = helps.flat_map(|help| help["spans"].as_array().into_iter().flatten());
    let names: Vec<&str> =
        helps.filter_map(|span| span["suggested_replacement"].as_str()).map(str::trim).collect();
    if let Some(import) = names.iter().find(|text| text.starts_with("use std::")).or(names.first()) {
        text += &format!("; begin the cell with `{import}`");
    }
    message["message"]["message"] = text.into();
    message["message"]["children"] = Value::Array(Vec::new());
}

/// A `Result` that a cell drops, as in `model.fit(&train, plan);`, would take its error with it: that is an error in itself.
pub fn refuse_dropped(messages: &mut [Value]) -> bool {
    let mut is_refused = false;
    for message in messages.iter_mut().map(|message| &mut message["message"]) {
        let is_dropped = message["code"]["code"] == "unused_must_use"
            && message["message"].as_str().is_some_and(|text| text.starts_with("unused `Result`"));
        if is_dropped {
            message["level"] = "error".into();
            is_refused = true;
        }
    }
    is_refused
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_about_a_type_names_the_variable() {
        let line = "evcxr_variable_store.put_variable::<Box<dyn Error>>(stringify!(b), 7, b);";
        let help = serde_json::json!({ "spans": [{ "suggested_replacement": "use std::error::Error;\n" }] });
        let said = |code: &str| {
            serde_json::json!({ "message": {
                "level": "error", "code": { "code": code }, "message": "cannot find trait `Error`",
                "spans": [{ "line_start": 2, "is_primary": true }], "children": [help],
            } })
        };
        let mut message = said("E0405");
        explain(&mut message, &["", line]);
        let text = "the type of `b`, `Box<dyn Error>`, can't be named here: cannot find trait `Error`; begin the cell \
                    with `use std::error::Error;`";
        assert_eq!(message["message"]["message"], text);
        let mut moved = said("E0382");
        explain(&mut moved, &["", line]);
        assert_eq!(moved, said("E0382"));
        let mut before = said("E0405");
        before["message"]["spans"] =
            serde_json::json!([{ "line_start": 2 }, { "line_start": 1, "is_primary": true }]);
        let unchanged = before.clone();
        explain(&mut before, &["let b = 1", line]);
        assert_eq!(before, unchanged, "it is about the line before");
    }

    #[test]
    fn a_place_in_a_library_is_none_of_the_cell() {
        let line = "evcxr_variable_store.put_variable::<Runs>(stringify!(all), 7, all);";
        let mut message = serde_json::json!({ "message": {
            "level": "error", "code": { "code": "E0308" }, "message": "mismatched types",
            "spans": [{ "file_name": "/rustc/library/alloc/src/macros.rs", "line_start": 2, "is_primary": true }],
        } });
        let unchanged = message.clone();
        explain(&mut message, &["", line]);
        assert_eq!(message, unchanged);
        assert!(!is_about(&message, 2));
    }

    #[test]
    fn only_a_dropped_result_is_refused() {
        let said = |code: &str, text: &str| serde_json::json!({ "message": { "level": "warning", "code": { "code": code }, "message": text } });
        let mut others = [
            said("unused_must_use", "unused arithmetic operation that must be used"),
            said("unused_must_use", "unused `Map` that must be used"),
            said("unused_variables", "unused variable: `Result`"),
        ];
        assert!(
            !refuse_dropped(&mut others) && others.iter().all(|one| one["message"]["level"] == "warning")
        );
        let mut dropped = [said("unused_must_use", "unused `Result` that must be used")];
        assert!(refuse_dropped(&mut dropped) && dropped[0]["message"]["level"] == "error");
    }
}
