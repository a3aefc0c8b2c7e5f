use std::path::{Path, PathBuf};
use std::{env, fs, io, thread};

use anyhow::{Context, Result};
use evcxr::CommandContext;
use lab_base::event::MISTAKES;

/// The crates that notebooks name, each with its folder in the project.
pub const CRATES: [(&str, &str); 4] = [
    ("lab-support", "lab-support"),
    ("lab-rivals", "lab-support/rivals"),
    ("lab-photo", "lab-support/photo"),
    ("lab-exchange", "lab-support/exchange"),
];

/// Runs a kernel's first cells in `EVCXR_TMPDIR`, without Jupyter, started in the project's folder: what stays
/// behind is what notebooks use, compiled, without the crates that only some of them name or with those, too.
pub fn run(for_all: bool) -> Result<()> {
    let folder = PathBuf::from(env::var_os("EVCXR_TMPDIR").context("EVCXR_TMPDIR is not set")?);
    let (mut kernel, outputs) = CommandContext::new()?;
    thread::spawn(move || outputs.stdout.iter().for_each(drop));
    thread::spawn(move || outputs.stderr.iter().for_each(|line| eprintln!("{line}")));
    kernel.execute(":load_config --quiet")?;
    for (name, path) in &CRATES[..if for_all { CRATES.len() } else { 1 }] {
        kernel.execute(&format!(":dep {name} = {{ path = \"{path}\" }}\nlet compiled = true;"))?;
        // A variable of unknown type makes evcxr run `cargo check`, which keeps artifacts of its own: make
        // them here, so that a student's first mistake is answered as quickly as the next.
        let mistake = kernel.execute("let mistake = this_name_is_not_defined();");
        debug_assert!(mistake.is_err());
    }
    drop(kernel);
    fs::remove_file(folder.join(MISTAKES))?;
    remove_cells(&folder)
}

/// Removes what belongs to these cells alone: a crate named `ctx`, and its libraries.
fn remove_cells(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let of_cells = ["ctx-", "libctx", "ctx.d", "libcode_", "incremental"];
        if of_cells.iter().any(|start| name.starts_with(start)) {
            if path.is_dir() { remove_if_there(&path)? } else { fs::remove_file(&path)? }
        } else if path.is_dir() {
            remove_cells(&path)?;
        }
    }
    Ok(())
}

fn remove_if_there(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
