use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// What cells can name. The vector instructions of every processor, tests, and the crates that `std` itself uses are
/// more than half of the library's lines: with them, a notebook's first cell took two and a half seconds longer when run at
/// once, and each open notebook another 145 MB.
const CRATES: [&str; 4] = ["alloc", "core", "proc_macro", "std"];

/// Makes in `folder` what evcxr's analyzer is to read of the standard library: links to the sources in `library`.
pub fn link(library: &Path, folder: &Path) -> io::Result<PathBuf> {
    let links = folder.join("standard-library");
    fs::create_dir_all(&links)?;
    CRATES.iter().try_for_each(|name| symlink(library.join(name), links.join(name)))?;
    Ok(links)
}
