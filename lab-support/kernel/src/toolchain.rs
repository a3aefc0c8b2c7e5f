use std::env;
use std::ffi::OsString;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::folders::{CARGO_CONFIG, EVCXR_TOML, Folders, write};
use crate::progress::Progress;

/// The variables by which a user's shell changes what cargo does, in a way that the lab must not depend on.
const UNWANTED: [&str; 13] = [
    "CARGO",
    "CARGO_BUILD_RUSTC",
    "CARGO_BUILD_RUSTC_WRAPPER",
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "CARGO_BUILD_TARGET_DIR",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_INCREMENTAL",
    "CARGO_TARGET_DIR",
    "RUSTC",
    "RUSTC_BOOTSTRAP",
    "RUSTDOCFLAGS",
    "RUSTFLAGS",
];

/// The Rust that notebooks compile with.
pub struct Toolchain {
    /// What `rustc -vV` prints.
    pub version: String,
    /// The machine that it runs on and compiles for, as in `x86_64-unknown-linux-gnu`.
    host: String,
    bin: PathBuf,
    /// Where the standard library's shared object lies.
    libdir: PathBuf,
    /// Where the standard library's sources lie.
    pub library: PathBuf,
}

impl Toolchain {
    /// The first that `PATH` finds.
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

    /// The folder of `rustc` and `cargo` themselves, behind rustup's proxies.
    pub fn bin(&self) -> &Path {
        &self.bin
    }

    /// Cargo, as the lab calls it whatever the user's shell and configuration say: the same flags, linker and
    /// folders at all times, so that what was compiled once is never compiled again.
    pub fn cargo(&self, project: &Path) -> Command {
        let mut cargo = Command::new(self.bin.join("cargo"));
        cargo.current_dir(project);
        self.make_the_same(&mut cargo);
        // A variable is stronger than a configuration file, and an empty one than none.
        let target = project.join("target");
        cargo.env("CARGO_TARGET_DIR", &target).env("CARGO_BUILD_BUILD_DIR", target);
        cargo.env("CARGO_ENCODED_RUSTFLAGS", "");
        cargo
    }

    /// evcxr's analyzer reads the sources of the standard library.
    ///
    /// # Errors
    /// When they are not there, and rustup can't add them.
    pub fn add_sources(&self, tell: &dyn Fn(Progress)) -> Result<()> {
        if self.library.is_dir() {
            return Ok(());
        }
        let stage = "Adding rust-src, the sources of the standard library".into();
        tell(Progress { stage, part: None, detail: String::new(), seconds: 0.0 });
        let status = Command::new("rustup").args(["component", "add", "rust-src"]).output();
        let found = match status {
            Ok(output) if self.library.is_dir() && output.status.success() => return Ok(()),
            Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_string(),
            Err(error) => error.to_string(),
        };
        bail!(
            "adding rust-src: expected `rustup component add rust-src` to work, found {found}\n-> check the \
             network; or install Rust by rustup, or your distribution's package with these sources"
        )
    }

    fn make_the_same(&self, command: &mut Command) {
        for variable in UNWANTED {
            command.env_remove(variable);
        }
        let is_profile = |name: &OsString| name.to_string_lossy().starts_with("CARGO_PROFILE_");
        env::vars_os().filter(|(name, _)| is_profile(name)).for_each(|(name, _)| {
            command.env_remove(name);
        });
        let linker = format!("CARGO_TARGET_{}_LINKER", self.host.to_uppercase().replace('-', "_"));
        command
            .env(linker, "cc")
            .env("RUSTC_WRAPPER", "")
            .env("RUSTC_WORKSPACE_WRAPPER", "")
            .env("RUSTC", self.bin.join("rustc"))
            .env("PATH", before(&[&self.bin], "PATH"))
            // The analyzer's crates are built again whenever this variable changes, and all that uses them.
            .env_remove("CI");
    }

    /// Gives evcxr, which is `evaluator`, the variables that it reads, for compiling in `folder`.
    pub fn prepare(
        &self,
        evcxr: &mut Command,
        evaluator: &Path,
        folders: &Folders,
        folder: &Path,
    ) -> Result<()> {
        // evcxr asks rustup for cargo, and finds none there: so it takes the first on PATH, which is the evaluator
        // under another name, and calls the real one. And it takes another linker when it finds one: it always finds this
        // one, which changes nothing. Its compilers and shells so end when the student stops a cell. The analyzer takes the
        // cargo in cargo's home, before all others: so this folder is cargo's home, too, for all but the real one.
        let home = folder.join("programs");
        let programs = home.join("bin");
        std::fs::create_dir_all(&programs)?;
        for name in ["cargo", "rustup", "mold", "sh"] {
            // A clone has them already.
            let _ = std::fs::remove_file(programs.join(name));
            symlink(evaluator, programs.join(name))?;
        }
        self.make_the_same(evcxr);
        // Settings are those of this version of the lab, whichever others compile in the same cache.
        let settings = folder.join("settings.toml");
        write(&settings, CARGO_CONFIG)?;
        write(&folder.join("evcxr.toml"), EVCXR_TOML)?;
        // Cells find lab-support beside them, and not the one that `cargo lab` was built with; evcxr looks one
        // level off for the standard library when the folder lies in the user's home; and the cells' own libraries
        // are loaded by their names, because evcxr can't load from a folder with a space in its name.
        let loader = if cfg!(target_os = "macos") { "DYLD_FALLBACK_LIBRARY_PATH" } else { "LD_LIBRARY_PATH" };
        let cells = folder.join("target").join(&self.host).join("debug");
        // The loader looks once for a folder, when a process starts, and never again if it is not there.
        std::fs::create_dir_all(cells.join("deps"))?;
        evcxr
            .env("EVCXR_TMPDIR", folder)
            .env("EVCXR_CONFIG_DIR", folder)
            .env("LAB_HOME", &folders.project)
            .env("LAB_CARGO", self.bin.join("cargo"))
            .env("LAB_CARGO_CONFIG", settings)
            .env("LAB_CARGO_HOME", env::var_os("CARGO_HOME").unwrap_or_default())
            .env("CARGO_HOME", home)
            .env("CARGO", programs.join("cargo"))
            // With them cargo would take the compiler for another one than it was where the lab was set up without.
            .env_remove("RUSTUP_HOME")
            .env_remove("RUSTUP_TOOLCHAIN")
            .env("RUSTC_WRAPPER", folders.wrapper())
            .env("RUSTC_WORKSPACE_WRAPPER", folders.wrapper())
            .env("PATH", before(&[&programs, &self.bin], "PATH"))
            .env(loader, before(&[&cells, &cells.join("deps"), &self.libdir], loader))
            // evcxr rewrites an installed "Rust" kernel that it finds there: keep it away from the user's.
            .env("JUPYTER_PATH", folder);
        Ok(())
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
