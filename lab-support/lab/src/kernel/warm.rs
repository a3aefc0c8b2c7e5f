use std::path::Path;
use std::{env, fs, thread};

use anyhow::{Context, Result};
use evcxr::CommandContext;

use crate::folders::Folders;
use crate::prebuilt::remove_if_there;

/// Runs a kernel's first cells in `EVCXR_TMPDIR`, without Jupyter: what stays behind is lab-support, then
/// lab-rivals, and their dependencies, compiled.
pub fn run(folders: &Folders) -> Result<()> {
    let (mut kernel, outputs) = CommandContext::new()?;
    thread::spawn(move || outputs.stdout.iter().for_each(drop));
    thread::spawn(move || outputs.stderr.iter().for_each(|line| eprintln!("{line}")));
    kernel.execute(":load_config")?;
    // The only time that crates may have to be fetched; the expression makes evcxr write the setting.
    kernel.execute(":offline 0\n()")?;
    let support = folders.project.join("lab-support");
    for (name, path) in [("lab-support", support.clone()), ("lab-rivals", support.join("rivals"))] {
        kernel.execute(&format!(":dep {name} = {{ path = {path:?} }}\nlet compiled = true;"))?;
        // A variable of unknown type makes evcxr run `cargo check`, which keeps artifacts of its own: make
        // them here, so that a student's first mistake is answered as quickly as the next.
        let mistake = kernel.execute("let mistake = this_name_is_not_defined();");
        debug_assert!(mistake.is_err());
    }
    drop(kernel);
    remove_cells(Path::new(&env::var_os("EVCXR_TMPDIR").context("EVCXR_TMPDIR is not set")?))
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
