use std::os::unix::process::parent_id;
use std::time::Duration;
use std::{env, process, thread};

/// evcxr runs cells in a child of the kernel, which would go on with a long training after the kernel was
/// killed. Called first in `main`; does nothing in any other process.
pub fn exit_with_parent_if_running_cells() {
    if env::var_os("EVCXR_IS_RUNTIME").is_some() {
        on_new_parent(parent_id(), || ());
    }
}

/// Ends the kernel when the program that started it is gone, if that gave its process id, as Jupyter does.
pub fn exit_with_jupyter(before: impl FnOnce() + Send + 'static) {
    if let Some(jupyter) = env::var("JPY_PARENT_PID").ok().and_then(|id| id.parse().ok())
        && jupyter == parent_id()
    {
        on_new_parent(jupyter, before);
    }
}

/// When a process ends, its children are given another parent.
fn on_new_parent(parent: u32, before: impl FnOnce() + Send + 'static) {
    thread::spawn(move || {
        while parent_id() == parent {
            thread::sleep(Duration::from_millis(500));
        }
        before();
        process::exit(1);
    });
}
