//! What a process has started, where the system tells: in `/proc`, which Linux has. What has left its group and its
//! session is found, and ended, as well.

use std::time::Duration;
use std::{fs, process, thread};

/// How often what is left is ended: what is being started meanwhile is found the next time.
const ROUNDS: usize = 20;

/// For processes to end.
const PAUSE: Duration = Duration::from_millis(10);

/// Makes this process the parent of what its descendants leave behind, so that it is found here.
pub fn adopt() {
    // Where that can't be, it goes to another one, and is not found.
    #[cfg(target_os = "linux")]
    // SAFETY: the call changes an attribute of this process and reads no memory.
    unsafe {
        libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1);
    }
}

/// Kills all descendants of this process, until none is left.
pub fn end_descendants() {
    for _ in 0..ROUNDS {
        let left = descendants(process::id());
        if left.is_empty() {
            return;
        }
        left.into_iter().for_each(kill);
        thread::sleep(PAUSE);
    }
}

/// Kills a process, which may have ended already.
pub fn kill(process: u32) {
    // SAFETY: the call reads no memory; a number of a process is positive, so that no group is meant.
    unsafe {
        libc::kill(process as i32, libc::SIGKILL);
    }
}

/// The numbers of the processes that a process has started, or that have become its own, and have not ended.
pub fn children(process: u32) -> Vec<u32> {
    let all = with_parents();
    all.iter().filter(|(_, parent)| *parent == process).map(|(id, _)| *id).collect()
}

/// These, and all that they have started.
pub fn descendants(process: u32) -> Vec<u32> {
    let all = with_parents();
    let mut found = vec![process];
    let mut at = 0;
    while at < found.len() {
        let parent = found[at];
        found.extend(all.iter().filter(|(_, of)| *of == parent).map(|(id, _)| *id));
        at += 1;
    }
    found.split_off(1)
}

/// The numbers of all processes that have not ended, each with its parent's.
fn with_parents() -> Vec<(u32, u32)> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let of_process = |entry: fs::DirEntry| {
        let id = entry.file_name().to_str()?.parse().ok()?;
        let status = fs::read_to_string(entry.path().join("stat")).ok()?;
        // Behind the name, which may hold anything: the state and the parent.
        let mut rest = status.rsplit_once(')')?.1.split_whitespace();
        let state = rest.next()?;
        Some((id, rest.next()?.parse().ok()?)).filter(|_| state != "Z")
    };
    entries.filter_map(of_process).collect()
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
        while descendants(me).len() < 5 {
            thread::sleep(PAUSE);
        }
        end_descendants();
        assert_eq!(descendants(me), Vec::<u32>::new());
    }

    #[test]
    fn nothing_outlives_that_has_left_its_session() {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child
            .args(["--exact", "processes::tests::ends_what_it_has_started"])
            .env("LAB_TEST_DESCENDANTS", "1");
        assert!(child.stdout(Stdio::null()).status().unwrap().success());
    }
}
