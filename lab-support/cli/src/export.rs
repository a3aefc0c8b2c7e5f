//! The notebooks as one page to hand in or to keep: HTML with everything in it, and a PDF where a browser makes one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use lab_base::{Error, files, home};
use lab_kernel::Temporary;
use rustix::process::geteuid;
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::time::timeout;

use crate::board::Board;
use crate::notebook::Notebook;
use crate::setup::Kernel;
use crate::{jupyter, python, run, terminal};

/// Browsers that print a page without a window, in the order in which they are looked for.
const BROWSERS: [&str; 6] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// How long a browser may take for the PDF.
const PRINT: Duration = Duration::from_secs(180);

/// The name of the page without its ending.
const NAME: &str = "fashion-mnist-lab";

/// Writes the notebooks of a folder, as they are saved, into `folder`.
///
/// # Errors
/// When there are no notebooks, or the page can't be made or written. Without a browser there is no PDF, which is said.
pub async fn write(folder: &Path, from: Option<PathBuf>) -> Result<bool, Error> {
    let root = home::root()?;
    let from = from.map_or_else(home::work_dir, Ok)?;
    let paths = run::notebooks(&from)?;
    let books: Vec<Notebook> = paths.iter().map(|path| Notebook::load(path)).collect::<Result<_, _>>()?;
    let kernel = Kernel::of(&root)?;
    let board = Board::start();
    {
        let line = board.line();
        jupyter::ensure(&kernel, &|progress| line.show(progress))?;
    }
    let never_run = books.iter().filter(|book| book.outputs().iter().all(|outputs| outputs.is_empty()));
    for book in never_run {
        println!("{} has no results in it: run it and save it first", terminal::line(&book.name()));
    }
    let folder = std::path::absolute(folder).map_err(|e| failed("a folder", e))?;
    fs::create_dir_all(&folder).map_err(|e| failed(&format!("{} to be a folder", folder.display()), e))?;
    let page = html(&root, &books, &folder).await?;
    println!("{}", terminal::line(&page.display().to_string()));
    match pdf(&page).await {
        Ok(file) => println!("{}", terminal::line(&file.display().to_string())),
        Err(why) => println!("No PDF: {why}. Open the page in a browser and print it into a file."),
    }
    Ok(true)
}

/// Left by nbconvert where it is to fetch nothing.
const NO_SCRIPT: &str = r#"<script src=""></script>"#;

/// On paper nothing can be moved to and fro: code is wrapped, and tables are set small enough for most of them.
const PRINT_STYLE: &str = "<style>
@page { size: A4; margin: 12mm; }
@media print {
  pre, pre * { white-space: pre-wrap !important; overflow-wrap: anywhere; }
  .jp-OutputArea-output pre { font-size: 7.5px !important; }
  img, table { break-inside: avoid; }
}
</style>
";

async fn html(root: &Path, books: &[Notebook], folder: &Path) -> Result<PathBuf, Error> {
    let temporary = Temporary::new().map_err(|e| failed("a temporary folder", e))?;
    let all: Vec<(String, Value)> =
        books.iter().map(|book| Ok((book.name(), book.json()?))).collect::<Result<_, Error>>()?;
    let file = temporary.path().join(format!("{NAME}.ipynb"));
    files::write_atomically(&file, merged(&all).to_string().as_bytes())?;
    let mut command = Command::new(python::interpreter(&jupyter::environment(root)));
    command.args([
        "-m",
        "nbconvert",
        "--log-level=ERROR",
        "--to=html",
        "--no-prompt",
        "--template",
        jupyter::TEMPLATE,
    ]);
    // What only widgets need is fetched from nowhere.
    command.args(["--HTMLExporter.require_js_url=", "--HTMLExporter.jquery_url="]);
    command.arg("--output-dir").arg(folder).arg(&file);
    // Whatever else is set up for a Jupyter of this machine has no say in it.
    command.env("JUPYTER_CONFIG_DIR", temporary.path()).env("JUPYTER_NO_CONFIG", "1");
    let output = command.stdin(Stdio::null()).output().await.map_err(|e| failed("nbconvert to start", e))?;
    if output.status.success() {
        let page = folder.join(format!("{NAME}.html"));
        let text = fs::read_to_string(&page).map_err(|e| failed("a page made by nbconvert", e))?;
        let text = text.replace(NO_SCRIPT, "").replacen("</head>", &format!("{PRINT_STYLE}</head>"), 1);
        files::write_atomically(&page, text.as_bytes())?;
        return Ok(page);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(failed("a page made by nbconvert", said.lines().last().unwrap_or("nothing that it says")))
}

/// Prints a page beside itself, or says why not.
async fn pdf(page: &Path) -> Result<PathBuf, String> {
    let file = page.with_extension("pdf");
    // One of an earlier page.
    let _ = fs::remove_file(&file);
    for browser in BROWSERS {
        let profile = Temporary::new().map_err(|e| e.to_string())?;
        let mut command = Command::new(browser);
        command.args([
            "--headless",
            "--disable-gpu",
            "--no-pdf-header-footer",
            "--virtual-time-budget=20000",
        ]);
        if geteuid().is_root() {
            command.arg("--no-sandbox");
        }
        command.arg(format!("--user-data-dir={}", profile.path().display()));
        command.arg(format!("--print-to-pdf={}", file.display())).arg(page);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        // The next one, where this one is not installed.
        let Ok(mut started) = command.spawn() else { continue };
        return match timeout(PRINT, started.wait()).await {
            Ok(_) if file.is_file() => Ok(file),
            Ok(_) => Err(format!("{browser} did not make one")),
            Err(_) => Err(format!("{browser} took longer than {} s", PRINT.as_secs())),
        };
    }
    Err("neither Chromium nor Chrome is installed".into())
}

/// One notebook of all: links from one to another lead to its place in the page.
fn merged(books: &[(String, Value)]) -> Value {
    let first = |book: &Value| book["cells"][0]["id"].as_str().map(String::from);
    let targets: Vec<(&str, String)> =
        books.iter().filter_map(|(name, book)| Some((name.as_str(), first(book)?))).collect();
    let cells = books.iter().flat_map(|(_, book)| book["cells"].as_array().into_iter().flatten());
    let cells: Vec<Value> = cells.map(|cell| readable(cell.clone(), &targets)).collect();
    let mut metadata = books.first().map_or(json!({}), |(_, book)| book["metadata"].clone());
    metadata["title"] = "Fashion-MNIST lab".into();
    json!({ "cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5 })
}

fn readable(mut cell: Value, targets: &[(&str, String)]) -> Value {
    if cell["cell_type"] == "markdown" {
        cell["source"] = linked(&text(&cell["source"]), ("](", ")"), targets).into();
    }
    for output in cell["outputs"].as_array_mut().into_iter().flatten() {
        let html = output.get("data").and_then(|data| data.get("text/html")).map(text);
        if let Some(html) = html {
            output["data"]["text/html"] = linked(&html, ("href=\"", "\""), targets).into();
        }
    }
    cell
}

/// A text of a notebook, which may be a list of its lines.
fn text(value: &Value) -> String {
    match value {
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        value => value.as_str().unwrap_or_default().into(),
    }
}

/// Turns `4-train.ipynb` and `4-train.ipynb#cell-id=1` between these marks into the places of the cells.
fn linked(text: &str, (begin, end): (&str, &str), targets: &[(&str, String)]) -> String {
    let mut text = text.to_string();
    for (name, cell) in targets {
        text = text.replace(&format!("{begin}{name}{end}"), &format!("{begin}#cell-id={cell}{end}"));
        text = text.replace(&format!("{begin}{name}#"), &format!("{begin}#"));
    }
    text
}

fn failed(expected: &str, found: impl std::fmt::Display) -> Error {
    let advice = "name a folder that can be written; `cargo lab doctor` says what else is missing";
    Error::new("exporting the notebooks", expected, found, advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book(first: &str, cells: Value) -> Value {
        let mut all = vec![json!({ "cell_type": "markdown", "id": first, "source": ["# Title"] })];
        all.extend(cells.as_array().unwrap().clone());
        json!({ "cells": all, "metadata": { "kernelspec": { "name": "rust" } } })
    }

    #[test]
    fn links_stay_inside_the_page() {
        let png = json!({ "output_type": "display_data", "metadata": {},
            "data": { "image/png": "iVBO\n", "text/plain": ["A \"boot\"."] } });
        let html = json!({ "output_type": "display_data", "metadata": {},
            "data": { "text/html": ["<a href=\"2-b.ipynb#cell-id=x1\">", "on</a>"], "text/plain": "on" } });
        let stream = json!({ "output_type": "stream", "name": "stdout", "text": ["2-b.ipynb"] });
        let cells = json!([
            { "cell_type": "markdown", "id": "m", "source": ["See [2](2-b.ipynb), [web](https://a.b/2-b.ipynb)."] },
            { "cell_type": "code", "id": "c", "source": "x", "outputs": [png, html, stream] },
        ]);
        let page =
            merged(&[("1-a.ipynb".into(), book("aa", cells)), ("2-b.ipynb".into(), book("bb", json!([])))]);
        let cells = page["cells"].as_array().unwrap();
        assert_eq!(cells.len(), 4);
        assert_eq!(cells[1]["source"], "See [2](#cell-id=bb), [web](https://a.b/2-b.ipynb).");
        let outputs = &cells[2]["outputs"];
        assert_eq!(outputs[0]["data"]["image/png"], "iVBO\n");
        assert_eq!(outputs[1]["data"]["text/html"], "<a href=\"#cell-id=x1\">on</a>");
        assert_eq!(outputs[1]["data"].as_object().unwrap().len(), 2);
        assert_eq!(outputs[2], json!({ "output_type": "stream", "name": "stdout", "text": ["2-b.ipynb"] }));
        assert_eq!(page["metadata"]["kernelspec"]["name"], "rust");
    }
    #[tokio::test]
    #[ignore = "needs JupyterLab: cargo lab test"]
    async fn pictures_have_their_size_and_their_words() {
        let root = home::root().unwrap();
        assert!(jupyter::is_installed(&jupyter::environment(&root)), "`cargo lab` installs it");
        jupyter::ensure(&Kernel::of(&root).unwrap(), &|_| ()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let figure = json!({ "output_type": "display_data",
            "data": { "image/png": "iVBO\n", "text/plain": ["A \"boot\"", " <3."] },
            "metadata": { "image/png": { "width": 500, "alt": "A \"boot\" <3." } } });
        let cell = json!({ "cell_type": "code", "id": "c", "metadata": {}, "execution_count": 1, "source": "x",
            "outputs": [figure] });
        let book = json!({ "cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5 });
        let path = folder.path().join("1-a.ipynb");
        fs::write(&path, book.to_string()).unwrap();
        let page = html(&root, &[Notebook::load(&path).unwrap()], folder.path()).await.unwrap();
        let page = fs::read_to_string(page).unwrap();
        let tag = page.split("<img ").nth(1).and_then(|rest| rest.split('>').next()).unwrap();
        assert!(tag.contains("width=\"500\""), "{tag}");
        assert!(
            tag.contains("alt=\"A &quot;boot&quot; &lt;3.\"") || tag.contains("alt='A \"boot\" &lt;3.'"),
            "{tag}"
        );
    }
}
