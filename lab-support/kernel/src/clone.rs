use std::fs::{self, DirBuilder, File, FileTimes, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::{Path, PathBuf};
use std::process;
use std::time::Duration;

use anyhow::{Context, Result};
use lab_base::files;
use uuid::Uuid;

use crate::compiled::Compiled;
use crate::folders::Folders;

/// Locked by the kernel that works in the folder.
const LOCK: &str = "running";

/// Between being made and being locked a folder is left alone.
const GRACE: Duration = Duration::from_secs(60);

/// The folder that one kernel compiles in: a clone of the prebuilt one, removed when the kernel ends.
pub struct Clone {
    pub folder: PathBuf,
    _lock: File,
}

impl Clone {
    pub fn make(folders: &Folders, compiled: &Compiled) -> Result<Clone> {
        remove_stale(&folders.kernels())?;
        // Two containers that share a cache may have processes of the same number.
        let folder = folders.kernels().join(format!("{}-{}", process::id(), Uuid::new_v4().simple()));
        DirBuilder::new().mode(0o700).create(&folder)?;
        let lock = File::create(folder.join(LOCK))?;
        lock.lock()?;
        copy(&compiled.folder, &folder).with_context(|| format!("making {}", folder.display()))?;
        Ok(Clone { folder, _lock: lock })
    }

    pub fn remove(&self) {
        files::remove_folder(&self.folder);
    }
}

/// Removes the folders of kernels that were killed, also while they removed them.
fn remove_stale(kernels: &Path) -> Result<()> {
    for entry in fs::read_dir(kernels)? {
        let folder = entry?.path();
        let age = fs::metadata(&folder).ok().and_then(|m| m.modified().ok()).and_then(|t| t.elapsed().ok());
        let is_stale = age.is_some_and(|age| age > GRACE) && !is_locked(&folder.join(LOCK));
        if is_stale || folder.extension().is_some_and(|end| end == files::GONE) {
            files::remove_folder(&folder);
        }
    }
    Ok(())
}

fn is_locked(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Copies a folder with its times. Compiled libraries are hard-linked: cargo and rustc only ever replace
/// them, while smaller files are written in place, and must not be shared.
pub fn copy(from: &Path, to: &Path) -> io::Result<()> {
    copy_with(from, to, &|from, to| fs::hard_link(from, to))
}

fn copy_with(from: &Path, to: &Path, link: &dyn Fn(&Path, &Path) -> io::Result<()>) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (source, target) = entry.map(|e| (e.path(), to.join(e.file_name())))?;
        if source.is_symlink() {
            symlink(fs::read_link(&source)?, &target)?;
        } else if source.is_dir() {
            copy_with(&source, &target, link)?;
        } else if !is_compiled(&source) || link(&source, &target).is_err() {
            // Some file systems have no hard links, and no two of them share one.
            fs::copy(&source, &target)?;
            let times = FileTimes::new().set_modified(fs::metadata(&source)?.modified()?);
            File::options().write(true).open(&target)?.set_times(times)?;
        }
    }
    Ok(())
}

fn is_compiled(path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str());
    extension.is_some_and(|e| ["rlib", "rmeta", "so", "dylib", "a"].contains(&e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folders_of_dead_kernels_are_removed() {
        let kernels = std::env::temp_dir().join(format!("lab-clones-{}", process::id()));
        let folder = |name: &str, age: Duration| {
            let folder = kernels.join(name);
            fs::create_dir_all(folder.join("src")).unwrap();
            let lock = File::create(folder.join(LOCK)).unwrap();
            let times = FileTimes::new().set_modified(std::time::SystemTime::now() - age);
            File::open(&folder).unwrap().set_times(times).unwrap();
            lock
        };
        folder("1", 2 * GRACE);
        folder("2", Duration::ZERO);
        folder("3.gone", Duration::ZERO);
        let running = folder("4", 2 * GRACE);
        running.lock().unwrap();
        remove_stale(&kernels).unwrap();
        let left = ["1", "2", "3.gone", "4"].map(|name| kernels.join(name).exists());
        assert_eq!(left, [false, true, false, true], "one was just made, one runs");
        fs::remove_dir_all(kernels).unwrap();
    }

    #[test]
    fn where_there_are_no_hard_links_files_are_copied_with_their_times() {
        let folder = tempfile::tempdir().unwrap();
        let (from, links, copies) =
            (folder.path().join("from"), folder.path().join("links"), folder.path().join("copies"));
        fs::create_dir_all(from.join("deps")).unwrap();
        fs::write(from.join("deps/libone.rlib"), "compiled").unwrap();
        fs::write(from.join("deps/one.d"), "text").unwrap();
        let long_ago = std::time::SystemTime::now() - Duration::from_secs(5000);
        for file in ["deps/libone.rlib", "deps/one.d"] {
            let file = File::options().write(true).open(from.join(file)).unwrap();
            file.set_times(FileTimes::new().set_modified(long_ago)).unwrap();
        }
        copy(&from, &links).unwrap();
        copy_with(&from, &copies, &|_, _| Err(io::ErrorKind::Unsupported.into())).unwrap();
        for folder in [&links, &copies] {
            assert_eq!(fs::read(folder.join("deps/libone.rlib")).unwrap(), b"compiled");
            let modified = fs::metadata(folder.join("deps/libone.rlib")).unwrap().modified().unwrap();
            assert!(modified.duration_since(long_ago).unwrap() < Duration::from_secs(1));
        }
        fs::write(copies.join("deps/libone.rlib"), "changed").unwrap();
        assert_eq!(fs::read(from.join("deps/libone.rlib")).unwrap(), b"compiled");
    }
}
