use std::collections::HashSet;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result, ensure};
use lab_base::event::CELLS;

use crate::copy::copy;
use crate::folders::{CARGO_CONFIG, COMPILER, EVCXR_TOML, Folders};
use crate::progress::{Crates, Progress};
use crate::toolchain::Toolchain;

/// What makes a compiled folder: a folder that another state of these made is not used.
const MAKERS: [&str; 7] = [
    EVCXR_TOML,
    CARGO_CONFIG,
    COMPILER,
    include_str!("compiled.rs"),
    include_str!("toolchain.rs"),
    concat!(include_str!("../../evaluator/src/warm.rs"), include_str!("../../evaluator/src/cargo.rs")),
    include_str!("../../evaluator/src/kept.rs"),
];

/// Seconds of the crates that take longest, as measured on two cores.
const HEAVY: [(&str, f64); 4] = [("lab-support", 35.0), ("linfa", 6.0), ("syn", 5.0), ("plotters", 8.0)];

/// A folder in which evcxr has compiled lab-support and all it needs: each kernel works in a clone of it.
pub struct Compiled {
    pub folder: PathBuf,
    /// Where cells are kept that kernels have compiled in clones of it.
    pub cells: PathBuf,
    /// How the names of those begin whose compiled dependencies are the same.
    reusable: String,
}

impl Compiled {
    /// Where the folder for the sources as they are now lies, or would lie.
    pub fn locate(folders: &Folders, toolchain: &Toolchain) -> Result<Compiled> {
        let project = folders.project_name();
        let reusable = format!("{project}-{:016x}", dependencies(folders, toolchain)?);
        let name = format!("{reusable}-{:016x}", sources(&folders.project)?);
        let (folder, cells) = (folders.compiled().join(&name), folders.cells().join(&name));
        Ok(Compiled { folder, cells, reusable })
    }

    pub fn is_there(&self) -> bool {
        self.folder.is_dir()
    }

    /// Whether it also has the crates that only some notebooks name.
    pub fn has_all(&self) -> bool {
        self.folder.join(ALL).exists()
    }

    /// Compiles in a folder of its own and renames that. It starts from what was compiled before, where only
    /// lab-support itself has changed. The compiler holds `lock` until it ends: whoever comes after a kernel that was
    /// killed waits for it.
    pub fn make(
        &self,
        folders: &Folders,
        toolchain: &Toolchain,
        evaluator: &Path,
        for_all: bool,
        lock: &File,
        tell: &dyn Fn(Progress),
    ) -> Result<()> {
        let unfinished = folders.compiled().join(format!("{}-unfinished", folders.project_name()));
        remove_if_there(&unfinished)?;
        fs::create_dir_all(&unfinished)?;
        let mut older = self.older(folders)?;
        // Of several, the one that has most: this one, where the other crates are to be added.
        older.sort_by_key(|folder| *folder != self.folder);
        let named: &[&str] =
            if for_all { &["lab-rivals", "lab-photo", "lab-exchange"] } else { &["lab-support"] };
        let mut expected = toolchain.packages(&folders.project, named);
        if let Some(older) = older.iter().find(|folder| name(folder).starts_with(&self.reusable)) {
            copy(older, &unfinished)?;
            let are_ours_current = *older == self.folder;
            let there = libraries(&unfinished)?;
            expected.retain(|package| {
                let library = package.replace('-', "_");
                !there.contains(&library) || !are_ours_current && package.starts_with("lab-")
            });
        }
        // Compiled against what will be no more.
        for cells in entries(&folders.cells())? {
            if name(&cells).starts_with(&folders.project_name()) && !(cells == self.cells && self.is_there())
            {
                fs::remove_dir_all(cells)?;
            }
        }
        fs::create_dir_all(&self.cells)?;
        let mut warm = Command::new(evaluator);
        warm.env(CELLS, &self.cells);
        warm.arg("warm").args(for_all.then_some("all")).current_dir(&folders.project);
        toolchain.prepare(&mut warm, evaluator, folders, &unfinished)?;
        warm.stdin(lock.try_clone()?);
        follow(warm, Crates::new("Compiling what the notebooks use", expected, &HEAVY), tell)?;
        if for_all {
            fs::write(unfinished.join(ALL), "")?;
        }
        // A kernel's clone shares no file that changes, so what it was cloned from may go.
        for folder in older {
            fs::remove_dir_all(folder)?;
        }
        fs::rename(&unfinished, &self.folder).context("putting the compiled folder in place")
    }

    /// The folders of this project for any state of sources, lock file or toolchain.
    fn older(&self, folders: &Folders) -> Result<Vec<PathBuf>> {
        let project = folders.project_name();
        let mut older = entries(&folders.compiled())?;
        older.retain(|path| {
            let name = name(path);
            path.is_dir() && name.starts_with(&project) && !name.ends_with("-unfinished")
        });
        Ok(older)
    }
}

/// A file in a compiled folder that has the crates of all notebooks.
const ALL: &str = "has-all";

/// Runs the compiler, and tells how far it is.
fn follow(mut warm: Command, mut crates: Crates, tell: &dyn Fn(Progress)) -> Result<()> {
    let mut warm = warm.stderr(Stdio::piped()).spawn().context("starting the evaluator")?;
    let stderr = warm.stderr.take().context("stderr is piped")?;
    let mut said = String::new();
    tell(crates.progress());
    for line in BufReader::new(stderr).lines() {
        let line = line?;
        if let Some(package) = line.trim_start().strip_prefix("Compiling ") {
            crates.add(package.split(' ').next().unwrap_or(package));
            tell(crates.progress());
        }
        said = said + &line + "\n";
    }
    let status = warm.wait()?;
    ensure!(status.success(), "lab-support could not be compiled for the notebooks ({status}):\n{said}");
    Ok(())
}

/// The names of the libraries that are compiled in a folder.
fn libraries(folder: &Path) -> Result<HashSet<String>> {
    let mut found = HashSet::new();
    for entry in entries(folder)?.into_iter().filter(|entry| !entry.is_symlink()) {
        if entry.is_dir() {
            found.extend(libraries(&entry)?);
        }
        let name = name(&entry);
        let library = name.strip_prefix("lib").and_then(|rest| rest.rsplit_once('-'));
        found.extend(library.map(|(library, _)| library.to_string()));
    }
    Ok(found)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The manifests, besides the lock file, that say what is compiled for notebooks.
const MANIFESTS: [&str; 6] = [
    "Cargo.toml",
    "lab-support/Cargo.toml",
    "lab-support/base/Cargo.toml",
    "lab-support/exchange/Cargo.toml",
    "lab-support/photo/Cargo.toml",
    "lab-support/rivals/Cargo.toml",
];

/// A number that changes when the crates behind lab-support have to be compiled again.
fn dependencies(folders: &Folders, toolchain: &Toolchain) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    toolchain.version.hash(&mut hasher);
    MAKERS.hash(&mut hasher);
    for file in MANIFESTS.iter().chain(&["Cargo.lock"]) {
        fs::read(folders.project.join(file)).with_context(|| file.to_string())?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// The folders with the sources that are compiled for notebooks.
const SOURCES: [&str; 5] = [
    "lab-support/src",
    "lab-support/base/src",
    "lab-support/exchange/src",
    "lab-support/photo/src",
    "lab-support/rivals/src",
];

/// A number that changes with the sources that are compiled for notebooks, as cargo sees them: names, sizes and
/// times. It takes a few milliseconds.
///
/// # Errors
/// When they can't be read.
pub fn sources(project: &Path) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for manifest in MANIFESTS.iter().chain(&["Cargo.lock"]) {
        hash(&project.join(manifest), &mut hasher)?;
    }
    SOURCES.iter().try_for_each(|folder| hash(&project.join(folder), &mut hasher))?;
    Ok(hasher.finish())
}

/// A file, or all sources in a folder. What an editor or a file manager leaves beside them (a link that marks a file
/// as open, a picture, a folder's settings) is not compiled, and does not count.
fn hash(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    let metadata = fs::metadata(path).with_context(|| format!("reading {}", path.display()))?;
    path.hash(hasher);
    if !metadata.is_dir() {
        let modified = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        (metadata.len(), modified).hash(hasher);
        return Ok(());
    }
    let is_source = |path: &PathBuf| {
        let is_hidden = name(path).starts_with(['.', '#']);
        !is_hidden && (path.is_dir() || path.extension().is_some_and(|end| end == "rs") && path.is_file())
    };
    entries(path)?.iter().filter(|path| is_source(path)).try_for_each(|entry| hash(entry, hasher))
}

/// What lies in a folder, in the order of the names.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut paths = entries.map(|e| e.map(|e| e.path())).collect::<std::io::Result<Vec<PathBuf>>>()?;
    paths.sort();
    Ok(paths)
}

pub fn remove_if_there(folder: &Path) -> std::io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn only_what_is_compiled_counts_as_a_change() {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path();
        SOURCES.iter().for_each(|folder| fs::create_dir_all(project.join(folder)).unwrap());
        MANIFESTS.iter().chain(&["Cargo.lock"]).for_each(|file| fs::write(project.join(file), "").unwrap());
        let source = project.join("lab-support/src");
        fs::create_dir(source.join("nn")).unwrap();
        fs::write(source.join("nn/mod.rs"), "pub fn a() {}").unwrap();
        let before = sources(project).unwrap();
        symlink("user@host.123:1700000000", source.join(".#lib.rs")).unwrap();
        symlink("nowhere", source.join("link.rs")).unwrap();
        for name in ["picture.png", ".DS_Store", "#lib.rs#", "nn/notes.txt", "lib.rs~", ".mod.rs.swp"] {
            fs::write(source.join(name), "x").unwrap();
        }
        assert_eq!(sources(project).unwrap(), before);
        fs::write(source.join("nn/mod.rs"), "pub fn b() {} ").unwrap();
        let changed = sources(project).unwrap();
        assert_ne!(changed, before);
        fs::write(source.join("new.rs"), "").unwrap();
        assert_ne!(sources(project).unwrap(), changed);
    }
}
