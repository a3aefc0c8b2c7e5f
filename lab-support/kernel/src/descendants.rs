//! Ends all that a process has started, also what has left its group and its session, where the system tells.

use std::thread;
use std::time::Duration;

pub use lab_base::processes::descendants as of;
use rustix::process::{Pid, Signal, getpid, kill_process};

/// How often what is left is ended: what is being started meanwhile is found the next time.
const ROUNDS: usize = 20;

/// For processes to end.
const PAUSE: Duration = Duration::from_millis(10);

/// Makes this process the parent of what its descendants leave behind, so that it is found here.
pub fn adopt() {
    // Where that can't be, it goes to another one, and is not found.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(getpid()));
}

/// Ends all descendants of this process.
pub fn end() {
    for _ in 0..ROUNDS {
        let left = of(getpid().as_raw_nonzero().get() as u32);
        if left.is_empty() {
            return;
        }
        for id in left.into_iter().filter_map(|id| Pid::from_raw(id as i32)) {
            // It may have ended already.
            let _ = kill_process(id, Signal::KILL);
        }
        thread::sleep(PAUSE);
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    /// In a child process: starts one that leaves its session and its parent, ends it, and says what is left.
    #[test]
    #[allow(clippy::zombie_processes, reason = "whether it is waited for is what is tested")]
    fn ends_what_it_has_started() {
        if std::env::var_os("LAB_TEST_DESCENDANTS").is_none() {
            return;
        }
        adopt();
        let script = "setsid sh -c 'sleep 60 & sleep 60' & sleep 60";
        Command::new("sh").args(["-c", script]).stdin(Stdio::null()).spawn().unwrap();
        Command::new("sh").args(["-c", "setsid sleep 60 &"]).status().unwrap();
        let me = std::process::id();
        while of(me).len() < 5 {
            thread::sleep(PAUSE);
        }
        end();
        assert_eq!(of(me), Vec::<u32>::new());
    }

    #[test]
    fn nothing_outlives_that_has_left_its_session() {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child
            .args(["--exact", "descendants::tests::ends_what_it_has_started"])
            .env("LAB_TEST_DESCENDANTS", "1");
        assert!(child.stdout(Stdio::null()).status().unwrap().success());
    }
}
