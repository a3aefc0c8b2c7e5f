use std::fs::{self, DirBuilder, File, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process;
use std::time::Duration;

use anyhow::{Context, Result};
use lab_base::files;
use uuid::Uuid;

use crate::compiled::Compiled;
use crate::copy::copy;
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

#[cfg(test)]
mod tests {
    use std::fs::FileTimes;

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
}
