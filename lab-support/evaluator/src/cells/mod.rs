//! The process that runs the cells, and the keeper between it and evcxr.
//!
//! evcxr starts this executable again to run cells, and reads lines from it. In the lab's kernel that becomes a keeper,
//! which lives as long as evcxr: it starts the process that really runs them, another one when that has ended, hands evcxr
//! the lines that are meant for it, and tells the kernel of everything else: what is printed and shown, in its order, and
//! how a cell or the process ended.

mod backtrace;
mod evcxr;
mod keeper;
mod listener;
mod order;
mod output;
mod printed;
mod process;
mod runtime;

use std::{env, io, process::exit};

use keeper::Keeper;
use lab_base::event::{FOLDER, LISTENER};
use lab_base::processes;

/// Becomes the keeper if evcxr has started this process for the lab's kernel, or the process that the keeper has started.
/// Called first in `main`.
pub fn keep_if_started_by_evcxr() {
    let is_runtime = env::var_os("EVCXR_IS_RUNTIME").is_some();
    let ended = match env::var(LISTENER) {
        Ok(listener) if is_runtime => {
            let kept =
                enter_folder().and_then(|()| Keeper::start(&listener)).and_then(|mut keeper| keeper.run());
            // What cells have started ends with them, wherever it has gone.
            processes::end_descendants();
            kept
        }
        _ if env::var_os(runtime::RUNTIME).is_some() => runtime::run(),
        _ if order::takes_them_first_hand() => order::relay(),
        _ => return,
    };
    match ended {
        Ok(code) => exit(code),
        Err(error) => {
            eprintln!("keeping the process that runs the cells: {error}");
            exit(1);
        }
    }
}

/// Enters the folder of the notebook.
pub fn enter_folder() -> io::Result<()> {
    env::var_os(FOLDER).map_or(Ok(()), env::set_current_dir)
}
