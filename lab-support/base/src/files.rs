//! Files that are written whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::Error;
use crate::home::display;

/// Writes a file so that a reader sees all of it or none: under another name in the same folder, which
/// is made if need be, then renamed.
///
/// # Errors
/// When the folder or the file can't be written; nothing is left behind then.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let unfinished = unfinished_name(path);
    write_and_rename(path, &unfinished, bytes).map_err(|e| {
        // There may be nothing to remove; the error that matters is already in hand.
        let _ = fs::remove_file(&unfinished);
        let advice = match e.kind() {
            io::ErrorKind::StorageFull => "free some space on this disk and run again".to_string(),
            _ => format!("check that you may write to {}", folder_of(path).display()),
        };
        Error::new(format!("writing {}", display(path)), "a folder that can be written", e, advice)
    })
}

fn write_and_rename(path: &Path, unfinished: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder_of(path))?;
    let mut file = File::create_new(unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(unfinished, path)
}

/// A name that no other thread or process uses.
fn unfinished_name(path: &Path) -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}-{}.unfinished", process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
    path.with_file_name(name)
}

/// The ending of a folder that is being removed.
pub const GONE: &str = "gone";

/// Removes a folder under another name, so that nobody meets half of it. What can't be removed now is left to
/// whoever finds it.
pub fn remove_folder(folder: &Path) {
    let gone = folder.with_extension(GONE);
    let _ = fs::rename(folder, &gone);
    let _ = fs::remove_dir_all(gone);
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_whole_into_a_new_folder_and_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/folder/file");
        write_atomically(&path, b"first").unwrap();
        write_atomically(&path, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing else is left");
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        let error = write_atomically(&folder.path().join("file/below"), b"").unwrap_err().to_string();
        assert!(error.starts_with("While writing ") && error.contains("file/below"), "{error}");

        let folder_in_the_way = folder.path().join("folder");
        fs::create_dir_all(folder_in_the_way.join("full")).unwrap();
        write_atomically(&folder_in_the_way, b"").unwrap_err();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing unfinished is left");
    }
}
