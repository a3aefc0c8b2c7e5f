//! Temporary folders that are gone when they are no longer used, or, where the program was killed, when one starts
//! again.

use std::env;
use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::process::geteuid;
use tempfile::{Builder, TempDir};

/// With which their names begin.
const NAME: &str = "fashion-mnist-lab-";

/// A folder that only this user can enter, removed when it is dropped.
pub struct Temporary {
    folder: TempDir,
    /// Who uses a folder has locked it.
    _lock: File,
}

impl Temporary {
    /// # Errors
    /// When there can't be one.
    pub fn new() -> io::Result<Temporary> {
        Temporary::below(&place())
    }

    fn below(place: &Path) -> io::Result<Temporary> {
        loop {
            let permissions = Permissions::from_mode(0o700);
            let folder = Builder::new().prefix(NAME).permissions(permissions).tempdir_in(place)?;
            let lock = File::open(folder.path())?;
            // Where folders can't be locked, nobody takes them for left over, either.
            let _ = lock.lock();
            // It may have been taken for left over before it was locked.
            if folder.path().exists() {
                return Ok(Temporary { folder, _lock: lock });
            }
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Removes what programs that were killed have left.
    pub fn remove_left_over() {
        remove_left_over_in(&place());
    }
}

/// Where they lie. The path of a Unix socket has at most about a hundred bytes, and some have theirs here.
fn place() -> PathBuf {
    let place = env::temp_dir();
    if place.as_os_str().len() > LONGEST { "/tmp".into() } else { place }
}

/// Bytes that the path of the place may have.
const LONGEST: usize = 60;

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
    folders.map(|entry| entry.path()).collect()
}

fn remove_left_over_in(place: &Path) {
    let is_ours = |folder: &Path| {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let owner = fs::symlink_metadata(folder).map(|data| data.uid());
        name.starts_with(NAME) && owner.is_ok_and(|owner| owner == geteuid().as_raw())
    };
    for folder in folders_in(place).into_iter().filter(|folder| is_ours(folder)) {
        if let Ok(lock) = File::open(&folder)
            && lock.try_lock().is_ok()
        {
            // What can't be removed now is left to the next start.
            let _ = fs::remove_dir_all(&folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    use super::*;

    /// In a child process: makes a folder, names it, and stays.
    #[test]
    fn stays_until_it_is_killed() {
        let Some(place) = env::var_os("LAB_TEST_TEMPORARY") else { return };
        let folder = Temporary::below(Path::new(&place)).unwrap();
        fs::create_dir(folder.path().join("notebooks")).unwrap();
        println!("\nmade {}", folder.path().display());
        std::thread::sleep(std::time::Duration::from_secs(60));
    }

    #[test]
    fn what_a_killed_program_leaves_is_removed_at_the_next_start_and_nothing_else() {
        let place = tempfile::tempdir().unwrap();
        let used = Temporary::below(place.path()).unwrap();
        assert_eq!(fs::metadata(used.path()).unwrap().mode() & 0o777, 0o700);
        let others = ["fashion-mnist-lab", "work"].map(|name| place.path().join(name));
        others.iter().for_each(|folder| fs::create_dir(folder).unwrap());
        std::os::unix::fs::symlink(&others[1], place.path().join(format!("{NAME}link"))).unwrap();
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "--nocapture", "temporary::tests::stays_until_it_is_killed"])
            .env("LAB_TEST_TEMPORARY", place.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let left = lines.filter_map(|line| line.strip_prefix("made ").map(String::from)).next().unwrap();
        remove_left_over_in(place.path());
        assert!(Path::new(&left).exists(), "it is used");
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(Path::new(&left).exists(), "nobody has removed it");
        remove_left_over_in(place.path());
        assert!(!Path::new(&left).exists());
        assert!(used.path().exists() && others.iter().all(|folder| folder.exists()));
        let path = used.path().to_path_buf();
        drop(used);
        assert!(!path.exists());
    }
}
