//! Compilers and shells that the student can stop.
//!
//! evcxr waits for what it starts, and can't be told to give up. So it starts this program under other names, which
//! starts the real one, and ends that with all that it has started when the student presses the stop button.

use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;
use std::{env, fs, io, thread};

use lab_base::event::{REFUSE, STOP};
use lab_base::processes;
use rustix::process::{WaitOptions, wait};

/// Poll interval of the stop button.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// A file that the kernel makes, in the folder in which cells are compiled.
pub fn file(name: &str) -> Option<PathBuf> {
    env::var_os("EVCXR_TMPDIR").map(|folder| PathBuf::from(folder).join(name))
}

/// Whether the student has pressed the stop button in this cell.
pub fn is_asked() -> bool {
    file(STOP).is_some_and(|file| file.exists())
}

/// Whether evcxr is to give up the cell that it compiles: because of the button, or because the keeper of the cells has
/// asked for that, once.
pub fn is_refused() -> bool {
    let is_asked_by_keeper = file(REFUSE).is_some_and(|file| fs::remove_file(file).is_ok());
    is_asked_by_keeper || is_asked()
}

/// Waits until the process ends, or the student stops it, which takes all that it has started along.
pub fn wait_for(child: &mut Child) -> io::Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if is_asked() {
            end_all()?;
            return Ok(None);
        }
        thread::sleep(POLL_INTERVAL);
    }
}

/// Ends all processes that this one has started, and waits for them.
fn end_all() -> io::Result<()> {
    loop {
        processes::end_descendants();
        match wait(WaitOptions::NOHANG) {
            Ok(Some(_)) => (),
            Ok(None) => thread::sleep(POLL_INTERVAL),
            Err(_) => return Ok(()),
        }
    }
}

/// As evcxr calls it for a line that begins with `!`.
pub fn shell() -> io::Result<i32> {
    if is_asked() {
        return Ok(1);
    }
    processes::adopt();
    let mut child = Command::new("/bin/sh").args(env::args_os().skip(1)).spawn()?;
    Ok(wait_for(&mut child)?.map_or(1, code))
}

pub fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
}
