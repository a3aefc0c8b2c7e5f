//! What programs that were killed have left.

use std::fs;
use std::path::{Path, PathBuf};

use lab_base::{files, home};
use lab_kernel::Temporary;

/// Removes temporary folders, and files that were not finished beside the notebooks and below `data/`.
pub fn remove() {
    Temporary::remove_left_over();
    for folder in [home::work_dir(), home::root()].into_iter().flatten() {
        files::remove_unfinished(&folder);
        files::remove_unfinished(&folder.join("notebooks"));
    }
    for folder in [home::output_folder(), home::data_dir()].into_iter().flatten() {
        // `data/`, `data/models/`, `data/practice/models/`.
        let mut folders = vec![folder];
        for _ in 0..3 {
            folders.iter().for_each(|folder| files::remove_unfinished(folder));
            folders = folders.iter().flat_map(|folder| folders_in(folder)).collect();
        }
    }
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders.map(|entry| entry.path()).collect()
}
