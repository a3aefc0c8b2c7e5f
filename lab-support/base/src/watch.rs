use std::time::Duration;
use std::{env, process, thread};

use crate::processes;
use crate::system::parent_id;

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

/// The same, and with it all that it has started.
pub fn end_with_parent() {
    on_new_parent(parent_id(), || {
        processes::end_descendants();
        process::exit(1);
    });
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::{Command, Stdio};
    use std::time::Instant;
    use std::{fs, io};

    use super::*;

    /// In a process that the test's shell starts and leaves behind, with a process of its own.
    #[test]
    #[allow(clippy::zombie_processes, reason = "it ends with its parent")]
    fn waits_for_its_parent() {
        let Some(file) = env::var_os("LAB_TEST_PARENT") else { return };
        end_with_parent();
        let child = Command::new("sleep").arg("60").spawn().unwrap();
        fs::write(file, format!("{} {}", process::id(), child.id())).unwrap();
        thread::sleep(Duration::from_secs(60));
    }

    #[test]
    fn nothing_goes_on_when_the_parent_is_killed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ids");
        let mut shell = Command::new("sh");
        shell.args(["-c", "\"$0\" --exact watch::tests::waits_for_its_parent & wait"]);
        let mut shell = shell
            .arg(env::current_exe().unwrap())
            .env("LAB_TEST_PARENT", &file)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let start = Instant::now();
        let ids = loop {
            let text = fs::read_to_string(&file).unwrap_or_default();
            let ids: Vec<u32> = text.split(' ').filter_map(|id| id.parse().ok()).collect();
            if ids.len() == 2 {
                break ids;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "it does not start");
            thread::sleep(Duration::from_millis(20));
        };
        shell.kill().unwrap();
        shell.wait().unwrap();
        let runs = |id: &u32| match fs::read_to_string(format!("/proc/{id}/stat")) {
            Ok(status) => !status.contains(") Z "),
            Err(error) => error.kind() != io::ErrorKind::NotFound,
        };
        while ids.iter().any(runs) {
            assert!(start.elapsed() < Duration::from_secs(20), "{ids:?} still run");
            thread::sleep(Duration::from_millis(20));
        }
    }
}
