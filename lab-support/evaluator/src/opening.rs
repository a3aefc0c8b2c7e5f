//! The cells that evcxr runs before any of the student's, compiled beforehand.
//!
//! Each kernel begins with the same ones: `42`, then the prelude, which takes two calls of the compiler. What came of them
//! is kept in the folder in which notebooks' crates are compiled, and each kernel has it there.

use std::path::{Path, PathBuf};
use std::{fs, io};

use serde_json::Value;

/// In the folder that a kernel compiles in.
pub const FOLDER: &str = "opening";
const MANIFEST: &str = "Cargo.toml";

/// How cargo ended, and what it and the compiler said.
pub type Built = (i32, Vec<Value>);

/// For what is kept, in the place of the mark by which a kernel knows what cells tell it: these cells tell nothing.
pub const MARK: &str = "EVCXR_OPENING_";

/// In the place of the folder that was compiled in.
const HERE: &str = "@HERE@";

/// Before the first `:dep` no cell is the student's, or it may be one that stands alone.
pub fn is_open() -> bool {
    let names_no_crate = |manifest: String| {
        manifest.split_once("[dependencies]").is_some_and(|(_, crates)| crates.trim().is_empty())
    };
    Path::new(FOLDER).is_dir() && fs::read_to_string(MANIFEST).is_ok_and(names_no_crate)
}

/// What came of compiling this crate, if it was kept: its library is put in the place where cargo puts it.
pub fn find(source: &str) -> io::Result<Option<Built>> {
    for entry in fs::read_dir(FOLDER)? {
        let kept = entry?.path();
        if kept.extension().is_some_and(|end| end == "rs") && fs::read(&kept)? == source.as_bytes() {
            let said = fs::read_to_string(kept.with_extension("json"))?.replace(HERE, &here()?);
            let messages: Vec<Value> = serde_json::from_str(&said)?;
            let library = library(&messages);
            if let Some(library) = &library {
                fs::create_dir_all(library.parent().unwrap_or(Path::new(".")))?;
                fs::copy(kept.with_extension("library"), library)?;
            }
            return Ok(Some((if library.is_some() { 0 } else { 101 }, messages)));
        }
    }
    Ok(None)
}

/// Keeps what came of compiling this crate.
pub fn keep(source: &str, messages: &[Value]) -> io::Result<()> {
    let count = fs::read_dir(FOLDER)?.count();
    let kept = Path::new(FOLDER).join(format!("{count}.rs"));
    if let Some(library) = library(messages) {
        fs::copy(library, kept.with_extension("library"))?;
    }
    let said = serde_json::to_string(messages)?.replace(&here()?, HERE);
    fs::write(kept.with_extension("json"), said)?;
    fs::write(kept, source)
}

/// This folder, as it stands in JSON.
fn here() -> io::Result<String> {
    let here = serde_json::to_string(&std::env::current_dir()?.to_string_lossy())?;
    Ok(here[1..here.len() - 1].to_string())
}

/// The library of a cell, where there is one.
fn library(messages: &[Value]) -> Option<PathBuf> {
    let of_cell =
        |message: &&Value| message["reason"] == "compiler-artifact" && message["target"]["name"] == "ctx";
    Some(messages.iter().rfind(of_cell)?["filenames"][0].as_str()?.into())
}
