//! The Jupyter kernel of the lab: evcxr's, with everything that a notebook needs compiled beforehand, with
//! outputs that move, errors that stop and an interrupt that loses nothing.
//!
//! | process | reads | does |
//! |---|---|---|
//! | the kernel | `kernel.rs` | speaks with Jupyter's front ends, and passes on what evcxr says |
//! | evcxr | `evaluator.rs` | compiles cells, in a folder of its own |
//! | the keeper | `cells/` | tells the kernel what the cells print, show, and how they end |
//! | the cells | evcxr's runtime | runs them |
//!
//! ```text
//! lab-kernel --control_file FILE   the kernel, as Jupyter starts it
//! lab-kernel prepare               compile what notebooks need, unless it is compiled already
//! lab-kernel status                say where that lies, or exit with status 1 when it has to be made
//! ```
//!
//! What a cell waits for, and what was chosen because of it (`cargo lab bench notebook` measures all of it):
//!
//! - **Compiling what cells call**: lab-support is compiled once, as a release build is, and every kernel starts from
//!   a clone of that (`prebuilt.rs`, `clone.rs`). As a shared library it is one and the same in all cells: with a copy in
//!   each, training in a cell took half as long again.
//! - **Compiling the cell**: with few optimizations, since the work is in lab-support. A cell that ends in a value is
//!   compiled twice, because evcxr first asks whether the value can show itself.
//! - **Reading sources**: evcxr's analyzer reads all crates that a cell can name before the first of them is
//!   compiled. It is made to do so while the student reads (`rehearsal.rs`), and has less to read: few dependencies
//!   with few features (see `Cargo.toml`), and the standard library without what no cell names
//!   (`standard_library.rs`).

mod cell;
mod cells;
mod clone;
mod completion;
mod connection;
mod evaluator;
mod failure;
mod folders;
mod front;
mod incoming;
mod info;
mod kernel;
mod listener;
mod message;
mod prebuilt;
mod preparation;
mod rehearsal;
mod source;
mod standard_library;
mod toolchain;
mod warm;
mod watch;

use std::path::{Path, PathBuf};
use std::{env, process};

use anyhow::{Result, bail};

use crate::folders::Folders;
use crate::prebuilt::Prebuilt;

/// Set in the process that is evcxr: the folder that it compiles in.
const CLONE: &str = "LAB_KERNEL_CLONE";

fn main() -> Result<()> {
    cells::keep_if_started_by_evcxr();
    watch::exit_with_parent_if_running_cells();
    evcxr::runtime_hook();
    let args: Vec<String> = env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--control_file", file] => match env::var_os(CLONE) {
            None => kernel::run(Path::new(file)),
            Some(folder) => evaluate(folder.into()),
        },
        ["prepare"] => Prebuilt::ensure(&Folders::find()?, &|line| eprintln!("{line}")).map(drop),
        ["status"] => status(),
        ["warm"] => {
            watch::exit_with_parent();
            warm::run(&Folders::find()?)
        }
        _ => bail!(
            "expected `--control_file FILE`, `prepare` or `status`: Jupyter starts this kernel by itself"
        ),
    }
}

/// Becomes evcxr's kernel, which ends with the one that started it.
fn evaluate(folder: PathBuf) -> Result<()> {
    watch::on_end_of_jupyter(move || {
        clone::remove(&folder);
        process::exit(1);
    });
    evcxr_jupyter::main()
}

fn status() -> Result<()> {
    match Prebuilt::current(&Folders::find()?)? {
        Some(prebuilt) => println!("{}", prebuilt.folder.display()),
        None => process::exit(1),
    }
    Ok(())
}
