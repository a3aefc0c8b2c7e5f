//! This program again, and what a process has started, where the system tells: in `/proc`, which Linux has. What has left
//! its group and its session is found, and ended, as well.

use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs, io, process, thread};

/// How often what is left is ended: what is being started meanwhile is found the next time.
const ROUNDS: usize = 20;

/// For processes to end.
const PAUSE: Duration = Duration::from_millis(10);

/// The file of this program. Where another has taken its place since it was started, as a build does, it is that one.
///
/// # Errors
/// When the system does not tell.
pub fn program() -> io::Result<PathBuf> {
    let file = env::current_exe()?;
    // So Linux says that the file has gone that a program was started from.
    let now = file.to_str().and_then(|name| name.strip_suffix(" (deleted)")).map(PathBuf::from);
    Ok(now.filter(|_| !file.exists()).unwrap_or(file))
}

/// The same for a process of this very program, although another has taken its place: for this process alone to start.
///
/// # Errors
/// When the system does not tell.
pub fn itself() -> io::Result<PathBuf> {
    Ok(Some(env::current_exe()?).filter(|file| file.exists()).unwrap_or_else(|| "/proc/self/exe".into()))
}

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

pub use crate::system::kill;

/// A process, the one that it belongs to, and whether it has ended.
#[derive(Clone, Copy)]
struct Process {
    id: u32,
    parent: u32,
    has_ended: bool,
}

/// The numbers of the processes that a process has started, or that have become its own, and have not ended.
pub fn children(process: u32) -> Vec<u32> {
    let own = all().into_iter().filter(|other| other.parent == process && !other.has_ended);
    own.map(|other| other.id).collect()
}

/// These, and all that they have started.
pub fn descendants(process: u32) -> Vec<u32> {
    among(&all(), process)
}

/// A process whose first thread has ended counts as ended, and may still have others, and children: they are found behind it.
fn among(all: &[Process], process: u32) -> Vec<u32> {
    let mut found = vec![Process { id: process, parent: 0, has_ended: true }];
    let mut at = 0;
    while at < found.len() {
        let parent = found[at].id;
        found.extend(all.iter().filter(|other| other.parent == parent));
        at += 1;
    }
    found.into_iter().filter(|other| !other.has_ended).map(|other| other.id).collect()
}

fn all() -> Vec<Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let of_process = |entry: fs::DirEntry| {
        let id = entry.file_name().to_str()?.parse().ok()?;
        let status = fs::read_to_string(entry.path().join("stat")).ok()?;
        // Behind the name, which may hold anything: the state and the parent.
        let mut rest = status.rsplit_once(')')?.1.split_whitespace();
        let state = rest.next()?;
        Some(Process { id, parent: rest.next()?.parse().ok()?, has_ended: state == "Z" })
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
        if env::var_os("LAB_TEST_DESCENDANTS").is_none() {
            return;
        }
        adopt();
        let script = "setsid sh -c 'sleep 60 & sleep 60' & sleep 60";
        Command::new("sh").args(["-c", script]).stdin(Stdio::null()).spawn().unwrap();
        Command::new("sh").args(["-c", "setsid sleep 60 &"]).status().unwrap();
        let me = process::id();
        while descendants(me).len() < 5 {
            thread::sleep(PAUSE);
        }
        end_descendants();
        assert_eq!(descendants(me), Vec::<u32>::new());
    }

    /// In a process whose file the test has put into a temporary folder: another file takes its place.
    #[test]
    fn is_started_again_after_a_build() {
        if env::var_os("LAB_TEST_REPLACED").is_none() {
            return;
        }
        let file = env::current_exe().unwrap();
        assert_eq!((program().unwrap(), itself().unwrap()), (file.clone(), file.clone()));
        fs::remove_file(&file).unwrap();
        fs::write(&file, "built anew").unwrap();
        assert_ne!(env::current_exe().unwrap(), file, "the system says something else");
        assert_eq!(program().unwrap(), file);
        assert!(
            Command::new(itself().unwrap()).arg("--list").stdout(Stdio::null()).status().unwrap().success()
        );
    }

    #[test]
    fn a_program_whose_file_was_replaced_starts_itself_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("program");
        fs::copy(env::current_exe().unwrap(), &file).unwrap();
        let mut child = Command::new(file);
        child
            .args(["--exact", "processes::tests::is_started_again_after_a_build"])
            .env("LAB_TEST_REPLACED", "1");
        let output = child.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
    }

    #[test]
    fn what_an_ended_process_still_has_is_found() {
        let process = |id, parent, has_ended| Process { id, parent, has_ended };
        let all = [
            process(2, 1, false),
            process(3, 2, true),
            process(4, 3, false),
            process(5, 1, true),
            process(6, 9, false),
        ];
        assert_eq!(among(&all, 1), [2, 4]);
        assert_eq!(among(&all, 7), Vec::<u32>::new());
    }

    #[test]
    fn nothing_outlives_that_has_left_its_session() {
        let mut child = Command::new(env::current_exe().unwrap());
        child
            .args(["--exact", "processes::tests::ends_what_it_has_started"])
            .env("LAB_TEST_DESCENDANTS", "1");
        assert!(child.stdout(Stdio::null()).status().unwrap().success());
    }
}
