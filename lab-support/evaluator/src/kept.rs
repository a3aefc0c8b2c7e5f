//! What came of compiling a cell, kept for all kernels of this lab: a cell that is run again, after a restart or in another
//! copy of the notebook, waits for no compiler, and neither do the cells that evcxr begins with.
//!
//! What comes of a cell depends on the file that is made of it, on the manifest beside that, and on the crates that the
//! manifest names, for one state of which the folder is. A cell that depends on anything else, such as a file that it
//! includes or a crate that the lab does not bring, is not kept.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{env, io, process};

use lab_base::event::CELLS;
use serde_json::Value;

use crate::amend::stored;
use crate::warm::CRATES;

/// How cargo ended, and what it and the compiler said.
pub type Built = (i32, Vec<Value>);

/// In the place of the folder that was compiled in.
const HERE: &str = "@HERE@";

/// Bytes that all of them may have together. When there are more, those go that were not used for longest.
const MOST: u64 = 300 << 20;

/// The endings of a cell's three files. The text is written last, and where it is, the others are.
const TEXT: &str = "cell";
const SAID: &str = "json";
const LIBRARY: &str = "library";

/// What a cell is compiled from, as it lies in the current folder.
pub struct Cell {
    text: String,
    /// Whether the places that the compiler names are those of the same lines in any kernel.
    is_in_order: bool,
    /// Its files, but for their endings.
    files: PathBuf,
}

impl Cell {
    /// Nothing where it can't be kept.
    pub fn read(source: &str) -> Option<Cell> {
        let folder = PathBuf::from(env::var_os(CELLS)?);
        let manifest = fs::read_to_string("Cargo.toml").ok()?;
        if !names_the_lab_s_crates(&manifest, &env::var("LAB_HOME").ok()?) {
            return None;
        }
        let ordered = in_order(source);
        let (text, is_in_order) = (format!("{manifest}\n{ordered}"), ordered == source);
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        Some(Cell { files: folder.join(format!("{:016x}", hasher.finish())), text, is_in_order })
    }

    /// What came of it, if it was kept: its library is put in the place where cargo puts it.
    pub fn find(&self) -> Option<Built> {
        let file = self.file(TEXT);
        if fs::read(&file).ok()? != self.text.as_bytes() {
            return None;
        }
        let said = fs::read_to_string(self.file(SAID)).ok()?.replace(HERE, &here().ok()?);
        let (code, messages): Built = serde_json::from_str(&said).ok()?;
        if code != 0 && !self.is_in_order {
            return None;
        }
        if let Some(library) = library(&messages) {
            // A process may run what was in its place.
            let new = library.with_extension(process::id().to_string());
            fs::create_dir_all(new.parent()?).and_then(|()| fs::copy(self.file(LIBRARY), &new)).ok()?;
            fs::rename(new, library).ok()?;
        }
        // Else it is as old as when it was kept: whoever is shut in changes nothing.
        let _ = File::options().append(true).open(file).and_then(|file| file.set_modified(SystemTime::now()));
        Some((code, messages))
    }

    /// Keeps what came of it, where the compiler has come to its end, and has read nothing but the cell.
    pub fn keep(&self, built: &Built) -> io::Result<()> {
        let library = library(&built.1);
        let is_done = if library.is_some() { built.0 == 0 } else { self.is_in_order && is_refused(&built.1) };
        if !is_done || !stands_alone()? {
            return Ok(());
        }
        if let Some(library) = &library {
            self.put(LIBRARY, |file| fs::copy(library, file).map(drop))?;
        }
        // Cargo also names all crates behind it.
        let of_cell = built
            .1
            .iter()
            .filter(|message| message["target"]["name"] == "ctx" || message["success"].is_boolean());
        let said = serde_json::to_string(&(built.0, of_cell.collect::<Vec<_>>()))?.replace(&here()?, HERE);
        self.put(SAID, |file| fs::write(file, said))?;
        self.put(TEXT, |file| fs::write(file, &self.text))?;
        make_room(self.files.parent().unwrap_or(Path::new(".")), MOST)
    }

    fn file(&self, ending: &str) -> PathBuf {
        self.files.with_extension(ending)
    }

    /// Others find all of a file or nothing of it.
    fn put(&self, ending: &str, write: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
        let unfinished = self.file(&format!("{}-{ending}", process::id()));
        write(&unfinished).and_then(|()| fs::rename(&unfinished, self.file(ending))).inspect_err(|_| {
            let _ = fs::remove_file(&unfinished);
        })
    }
}

/// The same lines, but those in order that evcxr writes for each variable and for each name that was imported: it goes through
/// them in another order each time, and each line is about one of them alone.
fn in_order(source: &str) -> String {
    let mut lines: Vec<&str> = source.lines().collect();
    let is_import = |line: &str| line.starts_with("use ") && line.ends_with(';');
    let are_alike = |line: &&str, next: &&str| {
        [line, next].iter().all(|line| stored(line).is_some())
            || [line, next].iter().all(|line| is_import(line))
    };
    lines.chunk_by_mut(are_alike).for_each(|alike| alike.sort_unstable());
    lines.join("\n") + "\n"
}

/// Whether all crates that a cell's manifest names are the lab's: for one state of those is what is kept.
fn names_the_lab_s_crates(manifest: &str, home: &str) -> bool {
    let Some((_, crates)) = manifest.split_once("[dependencies]") else { return false };
    let mut crates = crates.lines().filter(|line| !line.trim().is_empty());
    crates.all(|named| {
        CRATES.iter().any(|(name, path)| named == format!("{name} = {{ path = \"{home}/{path}\" }}"))
    })
}

/// Whether the compiler has refused the cell for what is in it, and not for what this machine lacked at that moment.
fn is_refused(messages: &[Value]) -> bool {
    let mut errors =
        messages.iter().map(|message| &message["message"]).filter(|said| said["level"] == "error");
    let is_of_cell = |said: &Value| {
        let text = said["message"].as_str().unwrap_or_default();
        said["code"]["code"].is_string() || text.starts_with("aborting due to")
    };
    errors.clone().count() > 0 && errors.all(is_of_cell)
}

/// Whether the compiler has read this cell and nothing else: neither a file nor a variable of the environment, but for the one
/// by which a cell knows its own lines.
fn stands_alone() -> io::Result<bool> {
    let written = fs::metadata("src/lib.rs")?.modified()?;
    for target in fs::read_dir("target")? {
        let file = target?.path().join("debug/deps/ctx.d");
        let Ok(read) = fs::read_to_string(&file) else { continue };
        return Ok(fs::metadata(file)?.modified()? >= written && reads_nothing_else(&read));
    }
    Ok(false)
}

/// `read` is what the compiler lists, each file and each variable in a line of its own.
fn reads_nothing_else(read: &str) -> bool {
    let mut lines = read.lines();
    lines.all(|line| match line.strip_prefix("# env-dep:") {
        Some(variable) => variable.starts_with("CARGO_MANIFEST_DIR="),
        None => line.strip_suffix(':').is_none_or(|file| file == "src/lib.rs"),
    })
}

/// Removes those that were not used for longest, until the libraries of the others have `most` bytes together.
fn make_room(folder: &Path, most: u64) -> io::Result<()> {
    let mut cells = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == TEXT) {
            let size = fs::metadata(path.with_extension(LIBRARY)).map_or(0, |library| library.len());
            cells.push((fs::metadata(&path)?.modified()?, size, path));
        }
    }
    cells.sort();
    let mut all: u64 = cells.iter().map(|(_, size, _)| size).sum();
    for (_, size, path) in cells {
        if all <= most {
            break;
        }
        // Where another kernel has removed it first, it is gone, too.
        [TEXT, SAID, LIBRARY].iter().for_each(|ending| drop(fs::remove_file(path.with_extension(ending))));
        all -= size;
    }
    Ok(())
}

/// This folder, as it stands in JSON.
fn here() -> io::Result<String> {
    let here = serde_json::to_string(&env::current_dir()?.to_string_lossy())?;
    Ok(here[1..here.len() - 1].to_string())
}

/// The library of a cell, where there is one.
fn library(messages: &[Value]) -> Option<PathBuf> {
    let of_cell =
        |message: &&Value| message["reason"] == "compiler-artifact" && message["target"]["name"] == "ctx";
    Some(messages.iter().rfind(of_cell)?["filenames"][0].as_str()?.into())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;

    #[test]
    fn only_cells_of_the_lab_s_crates_are_kept() {
        let names =
            |crates: &str| names_the_lab_s_crates(&format!("[package]\n[dependencies]\n{crates}\n"), "/lab");
        let support = "lab-support = { path = \"/lab/lab-support\" }\n";
        let rivals = "lab-rivals = { path = \"/lab/lab-support/rivals\" }\n";
        for kept in ["", support, &format!("{support}{rivals}")] {
            assert!(names(kept), "{kept}");
        }
        let other = "lab-support = { path = \"/mine/lab-support\" }";
        let mine = format!("{support}mine = {{ path = \"/lab/mine\" }}");
        for not in [other, &mine, "rand = \"0.8\"", "lab-support = \"1\""] {
            assert!(!names(not), "{not}");
        }
    }

    #[test]
    fn the_order_of_variables_and_imports_makes_no_other_cell_and_that_of_statements_does() {
        let put =
            |name: &str| format!("evcxr_variable_store.put_variable::<u8>(stringify!({name}), {name});\n");
        let (a, b) = (put("a"), put("b"));
        let cell = format!("let b = 1;\nlet a = b;\n{a}{b}}}\n{b}");
        assert_eq!(in_order(&cell), cell);
        assert_eq!(in_order(&format!("let b = 1;\nlet a = b;\n{b}{a}}}\n{b}")), cell);
        let imports = |first: &str, second: &str| {
            in_order(&format!("use x::{first};\nuse x::{second};\nfn f() {{}}\n"))
        };
        assert_eq!(imports("a", "b"), imports("b", "a"));
        assert_ne!(in_order(&format!("let a = b;\nlet b = 1;\n{a}{b}}}\n{b}")), cell);
        assert_ne!(in_order(&format!("let b = 1;\nlet a = b;\n{a}}}\n{b}{b}")), cell);
    }

    #[test]
    fn only_what_is_in_the_cell_is_an_error_for_good() {
        let said = |level: &str, code: Option<&str>, text: &str| json!({ "message": { "level": level, "code": code.map(|code| json!({ "code": code })), "message": text } });
        let mismatched = said("error", Some("E0308"), "mismatched types");
        let end = said("error", None, "aborting due to 1 previous error");
        assert!(is_refused(&[said("warning", None, "unused"), mismatched.clone(), end.clone()]));
        let full = said("error", None, "linking with `cc` failed: no space left on device");
        for other in [
            vec![],
            vec![full.clone()],
            vec![mismatched, full, end],
            vec![json!({ "reason": "build-finished" })],
        ] {
            assert!(!is_refused(&other), "{other:?}");
        }
    }

    #[test]
    fn a_cell_that_reads_something_else_is_found_out() {
        let own = "/k/ctx.d: src/lib.rs\n\nsrc/lib.rs:\n\n# env-dep:CARGO_MANIFEST_DIR=/k\n";
        assert!(reads_nothing_else(own));
        for more in ["src/../mine.txt:\n", "# env-dep:HOME=/home/a\n", "# env-dep:MINE\n"] {
            assert!(!reads_nothing_else(&format!("{own}{more}")), "{more}");
        }
    }

    #[test]
    fn those_that_were_not_used_for_longest_make_room() {
        let folder = tempfile::tempdir().unwrap();
        let now = SystemTime::now();
        for (name, age) in [("a", 30), ("b", 10), ("c", 20)] {
            for ending in [SAID, LIBRARY, TEXT] {
                let file = folder.path().join(name).with_extension(ending);
                fs::write(&file, [0; 100]).unwrap();
                let file = File::options().append(true).open(file).unwrap();
                file.set_modified(now - Duration::from_secs(age)).unwrap();
            }
        }
        let left = |most| {
            make_room(folder.path(), most).unwrap();
            let files = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
            let mut left: Vec<String> =
                files.map(|file| file.file_stem().unwrap().to_string_lossy().into_owned()).collect();
            left.sort();
            left.join("")
        };
        assert_eq!(left(300), "aaabbbccc");
        assert_eq!(left(299), "bbbccc");
        assert_eq!(left(100), "bbb");
    }
}
