use std::env;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use lab_base::{Error, Source, home};
use nbformat::v4::Output;

use crate::notebook::Notebook;
use crate::output;
use crate::paths::Paths;
use crate::session::{Answer, Session};
use crate::setup::Kernel;
use crate::{data, setup, terminal};

/// The notebook beside those of the lab, in which there is nothing to do: it is no part of what is handed in.
pub const SHEET: &str = "rust-for-python-users.ipynb";

/// All notebooks of the project, in the order of their names.
pub fn notebooks(root: &Path) -> Result<Vec<PathBuf>, Error> {
    let folder = root.join("notebooks");
    let doing = "looking for notebooks";
    let entries = folder.read_dir().map_err(|e| {
        Error::new(doing, format!("the folder {}", home::display(&folder)), e, "start inside the project")
    })?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "ipynb"));
    paths.sort_by_cached_key(|path| place_in_order(path));
    match paths.is_empty() {
        true => Err(Error::new(doing, "at least one .ipynb", "none", "name the notebooks to run")),
        false => Ok(paths),
    }
}

/// The number that a notebook's name begins with, then its name: 9 comes before 10.
fn place_in_order(path: &Path) -> (u32, PathBuf) {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let number = name.split_once('-').and_then(|(number, _)| number.parse().ok());
    (number.unwrap_or(u32::MAX), path.into())
}

/// Runs notebooks one after the other and saves each that worked; stops at the first that did not. `retrain`:
/// long runs are made again.
pub async fn all(mut notebooks: Vec<PathBuf>, retrain: bool, limit: Duration) -> Result<bool, Error> {
    let mut kernel = setup::ensure()?;
    kernel.retrain = retrain;
    if notebooks.is_empty() {
        notebooks = self::notebooks(&kernel.root)?;
    }
    for path in notebooks {
        match run(&kernel, &path, limit).await? {
            Some(notebook) => notebook.save(&place(&path)?)?,
            None => return Ok(false),
        }
    }
    Ok(true)
}

/// Where an executed notebook is saved: in its place, unless its outputs are about the practice set or
/// outputs are wanted elsewhere.
fn place(path: &Path) -> Result<PathBuf, Error> {
    let source = data::source()?;
    let elsewhere = env::var_os("LAB_OUTPUT").is_some_and(|folder| !folder.is_empty());
    if source == Source::FashionMnist && !elsewhere {
        return Ok(path.into());
    }
    let place = home::output_dir(source)?.join("notebooks").join(path.file_name().unwrap_or_default());
    println!("  saved as {}", terminal::line(&home::display(&place)));
    Ok(place)
}

/// Runs a notebook's cells in a kernel of its own and returns it with its outputs.
///
/// # Errors
/// When the kernel can't be started. A failing cell is printed, and gives `None`.
pub async fn run(kernel: &Kernel, path: &Path, limit: Duration) -> Result<Option<Notebook>, Error> {
    let start = Instant::now();
    let mut notebook = Notebook::load(path)?;
    println!("\n{}", terminal::line(&notebook.name()));
    let mut session = Session::start(kernel, path).await?;
    println!("  kernel started in {}", seconds(start));
    let outputs = run_cells(&mut session, &notebook, limit).await;
    session.shut_down().await;
    let Some(mut outputs) = outputs? else { return Ok(None) };
    let paths = Paths::of_this_machine(&kernel.root);
    outputs.iter_mut().for_each(|outputs| paths.remove(outputs));
    println!("  {} cells in {}", outputs.len(), seconds(start));
    notebook.set_outputs(outputs);
    Ok(Some(notebook))
}

/// The same without a word, for several at once: how long it took, or how a cell failed.
pub async fn run_quietly(kernel: &Kernel, path: &Path, limit: Duration) -> Result<Duration, String> {
    run_begin(kernel, path, usize::MAX, false, limit).await
}

/// The same for the first `cells` alone. In a `blank` edition a cell ends where its task is open, and from there on others
/// may fail for the want of what it makes.
pub async fn run_begin(
    kernel: &Kernel,
    path: &Path,
    cells: usize,
    blank: bool,
    limit: Duration,
) -> Result<Duration, String> {
    let start = Instant::now();
    let notebook = Notebook::load(path).map_err(|e| e.to_string())?;
    let mut session = Session::start(kernel, path).await.map_err(|e| e.to_string())?;
    let mut waits = false;
    for (source, number) in notebook.code().iter().take(cells).zip(1..) {
        let answer = session.execute(source, limit).await.map_err(|e| format!("cell {number}: {e}"))?;
        waits |= blank && answer.failure.is_some() && asks_for_a_task(source);
        if let Some(how) = answer.failure.filter(|_| !waits) {
            let text = output::text(&answer.outputs);
            return Err(format!("cell {number} {how}\n{}\n{}", indented(source), indented(&text)));
        }
    }
    session.shut_down().await;
    Ok(start.elapsed())
}

/// Whether a cell ends where its task is open.
fn asks_for_a_task(source: &str) -> bool {
    source.lines().any(|line| line.starts_with("task(") && line.ends_with(").required()?;"))
}

async fn run_cells(
    session: &mut Session,
    notebook: &Notebook,
    limit: Duration,
) -> Result<Option<Vec<Vec<Output>>>, Error> {
    let cells = notebook.code();
    let mut all = Vec::with_capacity(cells.len());
    for (i, source) in cells.iter().enumerate() {
        let start = Instant::now();
        announce(&format!("  [{}/{}] {}", i + 1, cells.len(), title(source)));
        match session.execute(source, limit).await {
            Ok(Answer { failure: None, outputs }) => all.push(outputs),
            Ok(Answer { failure: Some(how), outputs }) => {
                report(notebook, i + 1, source, how, &output::text(&outputs));
                return Ok(None);
            }
            Err(error) => {
                report(notebook, i + 1, source, "could not be run", &error.to_string());
                return Ok(None);
            }
        }
        println!("  {}", seconds(start));
    }
    Ok(Some(all))
}

fn report(notebook: &Notebook, number: usize, source: &str, how: &str, message: &str) {
    println!("  FAILED\n");
    println!("{}: cell {number} {how}", terminal::line(&home::display(&notebook.path)));
    println!("{}", terminal::text(&indented(source)));
    println!("{}", terminal::text(&indented(message)));
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    | {line}\n")).collect()
}

/// The first line of Rust in a cell, cut to fit.
fn title(source: &str) -> String {
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
    let line = source.lines().find(is_code).unwrap_or_default();
    line.chars().take(70).collect()
}

/// Printed before the cell runs, without its newline; there is nobody to tell if it can't be.
fn announce(text: &str) {
    print!("{}", terminal::line(text));
    let _ = io::stdout().flush();
}

fn seconds(start: Instant) -> String {
    format!("{:.1} s", start.elapsed().as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notebooks_come_in_the_order_of_their_numbers() {
        let mut paths =
            ["10-tune.ipynb", "notes.ipynb", "9-regularize.ipynb", "1-load.ipynb"].map(PathBuf::from);
        paths.sort_by_cached_key(|path| place_in_order(path));
        let expected = ["1-load.ipynb", "9-regularize.ipynb", "10-tune.ipynb", "notes.ipynb"];
        assert_eq!(paths, expected.map(PathBuf::from));
    }
}
