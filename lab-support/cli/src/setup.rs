use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lab_base::{Error, Source, home};

use crate::data;
use crate::kernel_build::{self, Kernel};

/// Sets up whatever is missing to run notebooks: data, the standard library's sources, the kernel.
/// Interrupted, it goes on the next time; started twice, the second waits.
pub fn ensure() -> Result<Kernel, Error> {
    let root = home::root()?;
    let _lock = lock(&home::data_dir()?)?;
    if data::source()? == Source::Practice
        && let Err(error) = data::fetch(None)
    {
        println!("{error}\nUntil then the notebooks use the practice set, which the lab draws itself.");
    }
    ensure_sources()?;
    kernel_build::ensure(&root)
}

/// Held until the file is dropped, at the end of this process at the latest.
fn lock(folder: &Path) -> Result<File, Error> {
    let locked = || {
        fs::create_dir_all(folder)?;
        let file = File::create(folder.join(".setup.lock"))?;
        file.lock()?;
        Ok::<File, std::io::Error>(file)
    };
    locked().map_err(|e| {
        Error::new(
            "setting up the lab",
            "a folder that can be written",
            e,
            format!("check {}", folder.display()),
        )
    })
}

/// evcxr's analyzer reads the sources of the standard library.
fn ensure_sources() -> Result<(), Error> {
    if sources().is_some_and(|folder| folder.is_dir()) {
        return Ok(());
    }
    println!("Adding rust-src, the sources of the standard library ...");
    let status = Command::new("rustup").args(["component", "add", "rust-src"]).status();
    let found = match status {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => status.to_string(),
        Err(e) => e.to_string(),
    };
    let advice =
        "install Rust by rustup, or your distribution's package with the sources of the standard library";
    Err(Error::new("adding rust-src", "`rustup component add rust-src` to work", found, advice))
}

/// Where the sources of the standard library lie when they are installed.
pub fn sources() -> Option<PathBuf> {
    let mut rustc = Command::new("rustc");
    let output = rustc.args(["--print", "sysroot"]).stderr(Stdio::null()).output().ok()?;
    let sysroot = String::from_utf8(output.stdout).ok()?;
    Some(Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library"))
}
