//! The files of a hand-in, at any depth and in archives.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use lab_kernel::Temporary;

/// Folders below a hand-in that are looked into, and files that are looked at.
const DEPTH: usize = 8;
const FILES: usize = 2_000;

/// Bytes that a file in an archive may have, and that all of them may have together.
pub(super) const LARGEST: u64 = 32 << 20;
const LARGEST_SUM: u64 = 256 << 20;

/// Archives in a hand-in that are unpacked: one may hold others, or itself.
pub(super) const ARCHIVES: usize = 8;

/// Notebooks and `answers.md` at any depth, each with the name to show: not in hidden folders, such as those of checkpoints,
/// and not behind links. Archives are unpacked into temporary folders.
pub(super) fn gather(
    top: &Path,
    path: &Path,
    found: &mut Vec<(String, PathBuf)>,
    archives: &mut Vec<Temporary>,
    notes: &mut Vec<String>,
) {
    let depth = path.components().count() - top.components().count();
    let shown = |path: &Path| path.strip_prefix(top).unwrap_or(path).display().to_string();
    if is_archive(path) && archives.len() == ARCHIVES {
        notes.push(format!("{}: left out, it is one archive too many", name(path)));
    } else if is_archive(path) {
        match Temporary::new().and_then(|folder| unpack(path, folder.path()).map(|()| folder)) {
            Ok(folder) => {
                let unpacked = folder.path().to_path_buf();
                archives.push(folder);
                gather(&unpacked, &unpacked, found, archives, notes);
            }
            Err(error) => notes.push(format!("{}: not an archive that can be read: {error}", name(path))),
        }
    } else if (is_notebook(path) || path.ends_with("answers.md")) && !path.is_dir() {
        found.push((shown(path), path.to_path_buf()));
    } else if path.is_dir() && depth < DEPTH && found.len() < FILES {
        match entries(path) {
            Ok(entries) => {
                entries.iter().filter(|path| !path.is_symlink() || !path.is_dir()).for_each(|path| {
                    gather(top, path, found, archives, notes);
                })
            }
            Err(error) => notes.push(format!("{}: {error}", shown(path))),
        }
    }
}

/// Unpacks the notebooks of an archive, and `answers.md`. Names that lead out of the folder are left out.
fn unpack(archive: &Path, folder: &Path) -> io::Result<()> {
    let file = File::open(archive)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("no regular file"));
    }
    let mut archive = zip::ZipArchive::new(file)?;
    let mut left = LARGEST_SUM;
    for i in 0..archive.len().min(FILES) {
        let file = archive.by_index(i)?;
        let Some(path) = file.enclosed_name() else { continue };
        let is_hidden = |part: &std::ffi::OsStr| is_ignored(&part.to_string_lossy());
        let is_wanted = is_notebook(&path) || path.ends_with("answers.md") || is_archive(&path);
        if file.is_dir() || file.is_symlink() || !is_wanted || path.iter().any(is_hidden) {
            continue;
        }
        let place = folder.join(&path);
        fs::create_dir_all(place.parent().unwrap_or(folder))?;
        let most = LARGEST.min(left);
        let read = io::copy(&mut file.take(most + 1), &mut File::create(place)?)?;
        if read > most {
            return Err(io::Error::other(format!("{} is larger than {} MB", path.display(), most >> 20)));
        }
        left -= read;
    }
    Ok(())
}

/// What lies in a folder, in the order of the names, without what is hidden.
pub(super) fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.retain(|path| !is_ignored(&name(path)));
    paths.sort();
    Ok(paths)
}

fn is_ignored(name: &str) -> bool {
    name.starts_with('.') || name == "__MACOSX" || name == "target"
}

pub(super) fn is_notebook(path: &Path) -> bool {
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case("ipynb"))
}

pub(super) fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case("zip")) && !path.is_dir()
}

/// What a hand-in is called.
pub fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
