//! Notebooks as people have them: saved by Colab, VS Code or an older Jupyter, or put together by hand.

use std::collections::HashSet;

use nbformat::v4;
use serde_json::{Value, json};

/// A notebook of any format from 3 to 4.5, as one of format 4.5. Cells without an id, or with one that is there already, get
/// an id of their own; what the format asks for and a cell doesn't have is empty.
pub fn read(text: &str) -> anyhow::Result<v4::Notebook> {
    let mut value: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))?;
    if value["nbformat"] == 4 {
        mend(&mut value);
    }
    Ok(match nbformat::parse_notebook(&value.to_string())? {
        nbformat::Notebook::V4(notebook) => notebook,
        nbformat::Notebook::V4QuirksMode(quirks) => quirks.repair(),
        nbformat::Notebook::Legacy(legacy) => nbformat::upgrade_legacy_notebook(legacy)?,
        nbformat::Notebook::V3(old) => nbformat::upgrade_v3_notebook(old)?,
        _ => anyhow::bail!("an unknown format"),
    })
}

fn mend(notebook: &mut Value) {
    notebook["nbformat_minor"] = json!(5);
    if !notebook["metadata"].is_object() {
        notebook["metadata"] = json!({});
    }
    let mut seen = HashSet::new();
    for cell in notebook["cells"].as_array_mut().into_iter().flatten() {
        let is_code = cell["cell_type"] == "code";
        let Some(cell) = cell.as_object_mut() else { continue };
        let id = cell.get("id").and_then(Value::as_str).and_then(|id| v4::CellId::new(id).ok());
        if id.is_none_or(|id| !seen.insert(id)) {
            cell.remove("id");
        }
        let mut fill = |name: &str, value: Value| _ = cell.entry(name).or_insert(value);
        fill("metadata", json!({}));
        fill("source", json!([]));
        if is_code {
            fill("outputs", json!([]));
            fill("execution_count", Value::Null);
        }
    }
}

#[cfg(test)]
mod tests {
    use nbformat::v4::Cell;

    use super::*;

    fn sources(text: &str) -> Vec<String> {
        let notebook = read(text).unwrap_or_else(|error| panic!("{error:#}: {text}"));
        let ids: HashSet<_> = notebook.cells.iter().map(Cell::id).collect();
        assert_eq!(ids.len(), notebook.cells.len(), "each cell has an id of its own");
        assert_eq!((notebook.nbformat, notebook.nbformat_minor), (4, 5));
        let code = notebook.cells.iter().filter(|cell| matches!(cell, Cell::Code { .. }));
        code.map(|cell| cell.source().concat()).collect()
    }

    #[test]
    fn every_format_since_the_third_is_read() {
        let cell =
            |more: &str| format!("{{\"cell_type\": \"code\", \"source\": [\"let a = 1;\\n\", \"a\"]{more}}}");
        let whole = ", \"metadata\": {}, \"outputs\": [], \"execution_count\": 7";
        for minor in 0..=6 {
            let cells =
                [cell(whole), cell(", \"id\": \"x\""), cell(", \"id\": \"x\""), cell(", \"id\": \"no id!\"")];
            let text = format!(
                "\u{feff}{{\"cells\": [{}], \"metadata\": {{}}, \"nbformat\": 4, \"nbformat_minor\": {minor}}}",
                cells.join(", ")
            );
            assert_eq!(sources(&text), ["let a = 1;\na"; 4]);
        }
        let one = "{\"cells\": [{\"cell_type\": \"code\", \"source\": \"one string\"}], \"nbformat\": 4}";
        assert_eq!(sources(one), ["one string"]);
        let third = r##"{"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0, "worksheets": [{"metadata": {}, "cells": [
            {"cell_type": "heading", "level": 1, "metadata": {}, "source": ["A title"]},
            {"cell_type": "code", "collapsed": false, "input": ["1 + 1"], "language": "python", "metadata": {},
             "outputs": [{"output_type": "pyout", "prompt_number": 1, "text": ["2"], "metadata": {}}], "prompt_number": 1}]}]}"##;
        assert_eq!(sources(third), ["1 + 1"]);
        for other in ["{}", "[]", "12", "{\"nbformat\": 2}", "{\"nbformat\": 4, \"cells\": 3}", "{ not", ""] {
            assert!(read(other).is_err(), "{other}");
        }
    }
}
