//! The process that runs the cells, and the keeper between it and evcxr.
//!
//! evcxr starts this executable again to run cells, and reads lines from it. In the lab's kernel that first
//! becomes a keeper, which starts the process that really runs them, hands evcxr the lines that are meant
//! for it, and tells the kernel of everything else: what is printed and shown, in its order, and how a cell
//! or the process ended.

mod errors;
mod keeper;
mod output;
mod process;

use std::{env, process::exit};

use keeper::Keeper;

/// Becomes the keeper if evcxr has started this process for the lab's kernel. Called first in `main`.
pub fn keep_if_started_by_evcxr() {
    let Some(listener) =
        env::var("EVCXR_IS_RUNTIME").ok().and_then(|_| env::var(lab_base::event::LISTENER).ok())
    else {
        return;
    };
    match Keeper::start(&listener).and_then(|mut keeper| keeper.run()) {
        Ok(code) => exit(code),
        Err(error) => {
            eprintln!("keeping the process that runs the cells: {error}");
            exit(1);
        }
    }
}
