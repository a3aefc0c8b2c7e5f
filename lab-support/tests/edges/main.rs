//! Every public call, with all that can be wrong with what it takes: it answers with a result or with an error in four
//! parts, and never panics.

mod files;
mod names;
mod numbers;
mod own_data;

use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;

use lab_support::Error;

/// What a call answers; a panic is told as the failure that it is.
fn answer<T>(what: &str, call: impl FnOnce() -> Result<T, Error>) -> Result<T, String> {
    let result = catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| panic!("{what} panics"));
    result.map_err(|error| {
        let text = error.to_string();
        let parts = ["While ", ": expected ", ", found ", ".\n-> "];
        assert!(parts.iter().all(|part| text.contains(part)), "{what}: {text}");
        text
    })
}

/// Whether a call answers with a result.
fn works(what: &str, call: impl FnOnce() -> Result<(), Error>) -> bool {
    answer(what, call).is_ok()
}

fn refused(what: &str, call: impl FnOnce() -> Result<(), Error>) {
    assert!(!works(what, call), "{what} is not refused");
}

/// Runs a test of this program again, with a folder of its own for all that the lab writes, and variables of its
/// environment. None in that process.
fn in_a_folder(test: &str, variables: &[(&str, &Path)]) -> Option<tempfile::TempDir> {
    if env::var_os("LAB_OUTPUT").is_some() {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", test])
        .env("LAB_OUTPUT", folder.path().join("output"))
        .env("LAB_THREADS", "1")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{variables:?}: {said}");
    Some(folder)
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let below = |path: PathBuf| match path.is_dir() {
        true => files(&path),
        false => vec![path.display().to_string()],
    };
    entries.flat_map(below).collect()
}
