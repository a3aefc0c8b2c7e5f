//! Where the targets put what they are given: files of a temporary folder, in memory where the system has one there.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// A folder that lives as long as the target.
pub struct Scratch(TempDir);

impl Default for Scratch {
    fn default() -> Scratch {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
        Scratch(folder.expect("a temporary folder"))
    }
}

impl Scratch {
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A file that holds `bytes`.
    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path().join(name);
        fs::write(&path, bytes).expect("a file in the temporary folder");
        path
    }
}

/// Two parts of an input: before and after its first zero byte.
pub fn halves(input: &[u8]) -> (&[u8], &[u8]) {
    let at = input.iter().position(|&byte| byte == 0).unwrap_or(input.len());
    (&input[..at], input.get(at + 1..).unwrap_or_default())
}
