//! The Jupyter kernel of the lab: evcxr's, with everything that a notebook needs compiled beforehand.
//!
//! ```text
//! lab-kernel --control_file FILE   the kernel, as Jupyter starts it
//! lab-kernel prepare               compile what notebooks need, unless it is compiled already
//! lab-kernel status                say where that lies, or exit with status 1 when it has to be made
//! ```

mod clone;
mod folders;
mod prebuilt;
mod toolchain;
mod warm;
mod watch;

use std::os::unix::process::CommandExt;
use std::process::Command;
use std::{env, process};

use anyhow::{Context, Result, bail};

use crate::clone::Clone;
use crate::folders::Folders;
use crate::prebuilt::Prebuilt;

/// Set in the process that serves a notebook: the folder that this kernel compiles in.
const CLONE: &str = "LAB_KERNEL_CLONE";

fn main() -> Result<()> {
    watch::exit_with_parent_if_running_cells();
    evcxr::runtime_hook();
    let args: Vec<String> = env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--control_file", _] => match env::var_os(CLONE) {
            None => start(),
            Some(folder) => serve(Clone::adopt(folder.into())?),
        },
        ["prepare"] => Prebuilt::ensure(&Folders::find()?).map(drop),
        ["status"] => status(),
        ["warm"] => warm::run(&Folders::find()?),
        _ => bail!(
            "expected `--control_file FILE`, `prepare` or `status`: Jupyter starts this kernel by itself"
        ),
    }
}

/// Makes a folder for this kernel, then becomes the kernel: the same process, so that whoever started it
/// stops the right one, with the variables that evcxr reads.
fn start() -> Result<()> {
    let folders = Folders::find()?;
    let prebuilt = Prebuilt::ensure(&folders)?;
    let clone = Clone::make(&folders, &prebuilt)?;
    let mut kernel = Command::new(env::current_exe()?);
    kernel.args(env::args_os().skip(1)).env(CLONE, &clone.folder);
    prebuilt.toolchain.prepare(&mut kernel, &folders, &clone.folder);
    Err(kernel.exec()).context("starting the kernel")
}

fn serve(clone: Clone) -> Result<()> {
    let folder = clone.folder.clone();
    watch::exit_with_jupyter(move || clone::remove(&folder));
    let result = evcxr_jupyter::main();
    clone.remove();
    result
}

fn status() -> Result<()> {
    match Prebuilt::current(&Folders::find()?)? {
        Some(prebuilt) => println!("{}", prebuilt.folder.display()),
        None => process::exit(1),
    }
    Ok(())
}
