use std::os::unix::process::parent_id;
use std::time::Duration;
use std::{env, process, thread};

/// By which Jupyter gives a kernel its process id.
pub const JUPYTER: &str = "JPY_PARENT_PID";

const PAUSE: Duration = Duration::from_millis(200);

/// The process that runs cells would go on with a long training after its keeper was killed. Called first
/// in `main`; does nothing in any other process.
pub fn exit_with_parent_if_running_cells() {
    if env::var_os("EVCXR_IS_RUNTIME").is_some() {
        exit_with_parent();
    }
}

/// Ends this process when the one that started it has ended.
pub fn exit_with_parent() {
    on_new_parent(parent_id(), || process::exit(1));
}

/// Calls `then` when the program that started this one is gone, if that gave its process id.
pub fn on_end_of_jupyter(then: impl FnOnce() + Send + 'static) {
    if let Some(jupyter) = jupyter() {
        on_new_parent(jupyter, then);
    }
}

/// The program that has started this one, if it gave its process id, as Jupyter does.
pub fn jupyter() -> Option<u32> {
    env::var(JUPYTER).ok().and_then(|id| id.parse().ok()).filter(|&jupyter| jupyter == parent_id())
}

/// When a process ends, its children are given another parent.
fn on_new_parent(parent: u32, then: impl FnOnce() + Send + 'static) {
    thread::spawn(move || {
        while parent_id() == parent {
            thread::sleep(PAUSE);
        }
        then();
    });
}
