use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result};

/// What evcxr reads: no network in a cell, cells themselves compiled quickly (what they call is in
/// lab-support, compiled at full speed), and the workspace's versions of every crate.
pub const EVCXR_TOML: &str = r#"[evcxr]
offline_mode = true
opt_level = "1"
prelude = '!cp "$LAB_HOME/Cargo.lock" "$EVCXR_TMPDIR/Cargo.lock"'
"#;

/// evcxr's profile keeps debug checks, for dependencies too, and compiles lab-support in parts that are quick
/// to compile again: what notebooks call is compiled here as a release build is. Cargo finds this file above
/// the folder in which a kernel compiles.
pub const CARGO_CONFIG: &str = r#"[profile.dev.package."*"]
opt-level = 3
incremental = false
debug-assertions = false
overflow-checks = false
"#;

/// Where things live: the project, and a folder in the user's cache.
pub struct Folders {
    /// The folder that holds `notebooks/` and `lab-support/`.
    pub project: PathBuf,
    /// `~/.cache/fashion-mnist-lab` on Linux.
    pub cache: PathBuf,
}

impl Folders {
    /// Finds both, and writes the settings that lie in the cache folder.
    pub fn find() -> Result<Folders> {
        let cache =
            dirs::cache_dir().context("finding the user's cache folder: set XDG_CACHE_HOME or HOME")?;
        let folders = Folders { project: project()?, cache: cache.join("fashion-mnist-lab") };
        write(&folders.cache.join(".cargo"), "config.toml", CARGO_CONFIG)?;
        write(&folders.evcxr_config(), "evcxr.toml", EVCXR_TOML)?;
        fs::create_dir_all(folders.prebuilt())?;
        fs::create_dir_all(folders.kernels())?;
        Ok(folders)
    }

    /// One compiled folder per project and state of its sources.
    pub fn prebuilt(&self) -> PathBuf {
        self.cache.join("prebuilt")
    }

    /// One folder per running kernel.
    pub fn kernels(&self) -> PathBuf {
        self.cache.join("kernels")
    }

    pub fn evcxr_config(&self) -> PathBuf {
        self.cache.join("evcxr")
    }
}

/// `LAB_HOME`, as the kernelspec sets it, or the nearest folder at or above the current one.
fn project() -> Result<PathBuf> {
    if let Some(home) = env::var_os("LAB_HOME") {
        return fs::canonicalize(&home).with_context(|| format!("opening LAB_HOME, {}", home.display()));
    }
    let current = env::current_dir()?;
    let holds_lab = |folder: &&Path| folder.join("notebooks").is_dir() && folder.join("lab-support").is_dir();
    let project = current.ancestors().find(holds_lab);
    project.map(Path::to_path_buf).with_context(|| {
        format!("no folder at or above {} holds notebooks/ and lab-support/: set LAB_HOME", current.display())
    })
}

/// Writes a file unless it says the same already; by renaming, because several kernels may start at once.
fn write(folder: &Path, name: &str, text: &str) -> Result<()> {
    let path = folder.join(name);
    if fs::read_to_string(&path).is_ok_and(|found| found == text) {
        return Ok(());
    }
    let temporary = folder.join(format!("{name}.{}", std::process::id()));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&temporary, text))
        .and_then(|()| fs::rename(&temporary, &path))
        .with_context(|| format!("writing {}", path.display()))
}
