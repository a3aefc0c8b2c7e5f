use std::fs::{self, DirBuilder, Permissions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use lab_base::{files, home};

/// What evcxr reads, in the folder that it compiles in: no network in a cell, and cells themselves compiled quickly, since
/// what they call is in lab-support, compiled at full speed. From its first `?` on evcxr compiles each cell as one that may return early, and what
/// that first cell shows is shown as its `Debug` says: so the first is this one.
pub const EVCXR_TOML: &str = "[evcxr]
offline_mode = true
opt_level = \"1\"
prelude = \"Ok::<(), std::fmt::Error>(())?;\"
";

/// evcxr's profile keeps debug checks, for dependencies too, and compiles lab-support in parts that are quick
/// to compile again: what notebooks call is compiled here as a release build is. What only helps to compile them runs
/// once, and takes longer to optimize than it then saves. A cell itself has the table of its lines: when a library panics,
/// it says which of them has called it. Cargo is given this file at each call: found above the folder, it would be that of
/// whichever version of the lab was started last.
pub const CARGO_CONFIG: &str = r#"[profile.dev]
debug = "line-tables-only"
strip = "none"

[profile.dev.package."*"]
debug = false
opt-level = 3
incremental = false
debug-assertions = false
overflow-checks = false

[profile.dev.package]
autocfg.opt-level = 0
paste.opt-level = 0
proc-macro2.opt-level = 0
quote.opt-level = 0
serde_derive.opt-level = 0
syn.opt-level = 0
thiserror-impl.opt-level = 0
unicode-ident.opt-level = 0
"#;

/// A program that runs what it is given. Cargo is told to call the compiler through it, so that it takes no wrapper of the
/// user's; told to take none, it would ask the compiler four times in each cell what it is. A cell's crate, `ctx`, is
/// compiled without link-time optimization of its parts, for which no setting of cargo's stands that would leave the
/// crates behind it alone: that is a fifth to a third of the time, and loops in cells are as fast without.
pub const COMPILER: &str = "#!/bin/sh
case \" $* \" in
*\" --crate-name ctx \"*) exec \"$@\" -Clto=off ;;
*) exec \"$@\" ;;
esac
";

/// Characters that a folder's name must not have: the loader of shared libraries takes lists of folders apart at
/// some of them, and the others can't stand in a manifest of cargo's.
const IMPOSSIBLE: [char; 5] = [':', ';', '$', '\n', '\r'];

/// Where things live: the project, and a folder in the user's cache.
pub struct Folders {
    /// The folder that holds `notebooks/` and `lab-support/`.
    pub project: PathBuf,
    /// `~/.cache/fashion-mnist-lab` on Linux.
    pub cache: PathBuf,
}

impl Folders {
    /// Finds both, and makes what all folders in the cache share.
    ///
    /// # Errors
    /// When the lab can't work in one of them, and why.
    pub fn find() -> Result<Folders> {
        let cache =
            dirs::cache_dir().context("finding the user's cache folder: set XDG_CACHE_HOME or HOME")?;
        Folders::new(fs::canonicalize(home::root()?)?, cache.join("fashion-mnist-lab"))
    }

    pub fn new(project: PathBuf, cache: PathBuf) -> Result<Folders> {
        let folders = Folders { project, cache };
        if let Some(workspace) = folders.cache.ancestors().find(|folder| is_workspace(folder)) {
            bail!(
                "the cache folder {} lies in a cargo workspace, {}, which would have a say in how cells are compiled: set \
                 XDG_CACHE_HOME to a folder outside of it",
                folders.cache.display(),
                workspace.display()
            );
        }
        check_name("the lab's folder", &folders.project, "move the lab to a folder without them")?;
        check_name("the cache folder", &folders.cache, "set XDG_CACHE_HOME to a folder without them")?;
        folders.make().with_context(|| {
            format!(
                "the cache folder {} can't be written: set XDG_CACHE_HOME to a folder that can",
                folders.cache.display()
            )
        })?;
        Ok(folders)
    }

    fn make(&self) -> Result<()> {
        // What is compiled here is a user's own.
        DirBuilder::new().recursive(true).mode(0o700).create(self.kernels())?;
        DirBuilder::new().recursive(true).mode(0o700).create(self.cells())?;
        fs::create_dir_all(self.compiled())?;
        write(&self.wrapper(), COMPILER)?;
        Ok(fs::set_permissions(self.wrapper(), Permissions::from_mode(0o755))?)
    }

    /// One compiled folder per project and state of its sources.
    pub fn compiled(&self) -> PathBuf {
        self.cache.join("compiled")
    }

    /// One folder of compiled cells per compiled folder.
    pub fn cells(&self) -> PathBuf {
        self.cache.join("cells")
    }

    /// One folder per running kernel.
    pub fn kernels(&self) -> PathBuf {
        self.cache.join("kernels")
    }

    /// What cargo calls the compiler through.
    pub fn wrapper(&self) -> PathBuf {
        self.cache.join("compile")
    }

    /// Tells projects apart in the cache: two checkouts have two compiled folders.
    pub fn project_name(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.project.hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }
}

/// Whether cargo takes what lies below this folder for parts of a workspace.
fn is_workspace(folder: &Path) -> bool {
    let manifest = fs::read_to_string(folder.join("Cargo.toml"));
    manifest.is_ok_and(|text| text.lines().any(|line| line.trim_start().starts_with("[workspace")))
}

fn check_name(what: &str, folder: &Path, advice: &str) -> Result<()> {
    let Some(name) = folder.to_str() else {
        bail!("{what}, {}, has a name that is not valid UTF-8: {advice}", folder.display());
    };
    match name.chars().find(|c| IMPOSSIBLE.contains(c)) {
        None => Ok(()),
        Some(c) => bail!("{what}, {name:?}, has {c:?} in its name: {advice}"),
    }
}

/// Writes a file unless it says the same already.
pub fn write(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|found| found == text) {
        return Ok(());
    }
    Ok(files::write_atomically(path, text.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_cannot_work_is_refused_in_one_sentence() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a:b", "a;b", "a$b", "a\nb"] {
            let error = Folders::new(folder.path().join(name), folder.path().into()).err().unwrap();
            assert!(error.to_string().contains("move the lab"), "{error}");
            let error = Folders::new(folder.path().into(), folder.path().join(name)).err().unwrap();
            assert!(error.to_string().contains("set XDG_CACHE_HOME"), "{error}");
        }
        for name in ["Lab 1", "L\u{e4}b", "Labe\u{301}", "\"Lab\"", "it's", "100%", "a\\b", "#1"] {
            Folders::new(folder.path().join(name), folder.path().join(name)).unwrap();
        }
    }

    #[test]
    fn a_cache_inside_a_workspace_is_refused_and_one_inside_a_package_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let of = || Folders::new(folder.path().join("lab"), folder.path().join("below/cache"));
        fs::write(folder.path().join("Cargo.toml"), "[package]\nname = \"a\"\n").unwrap();
        of().unwrap();
        fs::write(folder.path().join("Cargo.toml"), "[workspace.package]\nedition = \"2024\"\n").unwrap();
        let error = of().err().unwrap().to_string();
        assert!(
            error.contains("lies in a cargo workspace, ") && error.contains("set XDG_CACHE_HOME"),
            "{error}"
        );
    }

    #[test]
    fn a_cache_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let error = Folders::new(folder.path().into(), file.join("below")).err().unwrap();
        assert!(error.to_string().contains("file/below can't be written: set XDG_CACHE_HOME"), "{error}");
    }
}
