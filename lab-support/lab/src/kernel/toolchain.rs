use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::folders::Folders;

/// The Rust that notebooks compile with.
pub struct Toolchain {
    /// What `rustc -vV` prints.
    pub version: String,
    /// The machine that it runs on and compiles for, as in `x86_64-unknown-linux-gnu`.
    host: String,
    /// Where `rustc` and `cargo` themselves lie, behind rustup's proxies.
    bin: PathBuf,
    /// Where the standard library's shared object lies.
    libdir: PathBuf,
    /// Where the standard library's sources lie.
    pub library: PathBuf,
}

impl Toolchain {
    pub fn find() -> Result<Toolchain> {
        let paths = output(Command::new("rustc").args(["--print", "sysroot", "--print", "target-libdir"]))?;
        let (sysroot, libdir) = paths.trim().split_once('\n').context("rustc printed no target-libdir")?;
        let bin = Path::new(sysroot).join("bin");
        let version = output(Command::new(bin.join("rustc")).arg("-vV"))?;
        let host = version.lines().find_map(|line| line.strip_prefix("host: "));
        let host = host.context("rustc -vV printed no host")?.to_string();
        let library = Path::new(sysroot).join("lib/rustlib/src/rust/library");
        Ok(Toolchain { version, host, bin, libdir: libdir.into(), library })
    }

    /// Gives `kernel` the variables that evcxr reads, for compiling in `folder`.
    pub fn prepare(&self, kernel: &mut Command, folders: &Folders, folder: &Path) {
        // Cells find lab-support beside them, and not the one that `cargo lab` was built with; and evcxr looks
        // one level off for the standard library when the folder lies in the user's home.
        let loader = if cfg!(target_os = "macos") { "DYLD_FALLBACK_LIBRARY_PATH" } else { "LD_LIBRARY_PATH" };
        let cells = folder.join("target").join(&self.host).join("debug");
        kernel
            .env("EVCXR_TMPDIR", folder)
            .env("EVCXR_CONFIG_DIR", folders.evcxr_config())
            .env("LAB_HOME", &folders.project)
            .env("PATH", before(&[&self.bin], "PATH"))
            .env(loader, before(&[&cells, &self.libdir], loader))
            // evcxr rewrites an installed "Rust" kernel that it finds there: keep it away from the user's.
            .env("JUPYTER_PATH", folder);
    }
}

/// The folders, then what the variable holds.
fn before(folders: &[&Path], variable: &str) -> OsString {
    let rest = env::var_os(variable).filter(|rest| !rest.is_empty());
    let folders = folders.iter().map(OsString::from);
    folders.chain(rest).collect::<Vec<_>>().join(":".as_ref())
}

fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("running {command:?}: is Rust installed?"))?;
    ensure!(output.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}
