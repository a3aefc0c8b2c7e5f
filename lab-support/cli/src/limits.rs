//! How much of this machine a hand-in may use: memory, disk, the size of a file.

use std::fs;
use std::path::Path;
use std::process;
use std::time::Duration;

use lab_base::processes;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::time::sleep;

/// What the processes of a hand-in may have together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of memory.
    pub memory: u64,
    /// Bytes that it may write into its folder.
    pub disk: u64,
}

/// The data set and trained networks of all notebooks are a tenth of this.
const DISK: u64 = 4 << 30;

/// Compiling a cell takes less.
const LEAST_MEMORY: u64 = 3 << 30;

/// Files that are counted one by one; more than these are too many.
const FILES: usize = 100_000;

/// Between one look at what is used and the next.
const PAUSE: Duration = Duration::from_millis(500);

impl Limits {
    /// Three quarters of this machine's memory, shared among the hand-ins that run at once, 3 GB at least.
    pub fn shared_by(jobs: usize) -> Limits {
        let memory = installed().map_or(u64::MAX, |all| (all / 4 * 3 / jobs.max(1) as u64).max(LEAST_MEMORY));
        Limits { memory, disk: DISK }
    }

    /// Bounds this process and all that it will start, each for itself: what a process has beyond it is refused at once,
    /// where [`watch`](Limits::watch) sees only what is there when it looks.
    pub fn bound_this_process(&self) {
        let bounds = [(Resource::Data, self.memory), (Resource::Fsize, self.disk), (Resource::Core, 0)];
        for (resource, most) in bounds {
            let most = getrlimit(resource).maximum.map_or(most, |hard| hard.min(most));
            // A system that knows no such bound has none.
            let _ = setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) });
        }
    }

    /// Waits until the processes that this one has started use too much together, or `folder` holds too much: says what.
    pub async fn watch(&self, folder: &Path) -> String {
        loop {
            sleep(PAUSE).await;
            let memory = in_use();
            if memory > self.memory {
                return format!(
                    "stopped: its processes had {} MB of memory, where {} are allowed",
                    memory >> 20,
                    self.memory >> 20
                );
            }
            if size(folder, &mut FILES.clone(), self.disk) > self.disk {
                return format!("stopped: it has written more than {} MB or {FILES} files", self.disk >> 20);
            }
        }
    }
}

/// Bytes of memory that this machine has, where the system tells.
fn installed() -> Option<u64> {
    field(&fs::read_to_string("/proc/meminfo").ok()?, "MemTotal:")
}

/// Bytes that the descendants of this process have for themselves.
fn in_use() -> u64 {
    let of = |id: u32| {
        let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        Some(field(&status, "RssAnon:")? + field(&status, "RssShmem:").unwrap_or(0))
    };
    processes::descendants(process::id()).into_iter().filter_map(of).sum()
}

/// A line like `RssAnon:  1024 kB`, in bytes.
fn field(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.trim().trim_end_matches("kB").trim().parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}

/// Bytes of all files below a folder, links not followed; above `most` it is not counted further. Each file that is counted is
/// taken from `left`, and where none is left the folder is as good as full.
fn size(folder: &Path, left: &mut usize, most: u64) -> u64 {
    let mut sum: u64 = 0;
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if *left == 0 || sum > most {
            return u64::MAX;
        }
        *left -= 1;
        let bytes = match entry.metadata() {
            Ok(data) if data.is_dir() => size(&entry.path(), left, most),
            Ok(data) if data.is_file() => data.len(),
            _ => 0,
        };
        sum = sum.saturating_add(bytes);
    }
    sum
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::{Command, Stdio};

    use tokio::time::timeout;

    use super::*;

    #[test]
    fn a_folder_is_measured_without_what_its_links_lead_to() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("a/b");
        fs::create_dir_all(&below).unwrap();
        fs::write(below.join("one"), [0; 1000]).unwrap();
        fs::write(folder.path().join("two"), [0; 500]).unwrap();
        std::os::unix::fs::symlink("/usr", below.join("link")).unwrap();
        assert_eq!(size(folder.path(), &mut 100, 10_000), 1500);
        assert!(size(folder.path(), &mut 100, 400) > 400);
        assert_eq!(size(folder.path(), &mut 2, 10_000), u64::MAX, "too many files");
    }

    #[test]
    fn every_hand_in_has_its_share_of_memory_and_enough_to_compile() {
        let (one, two) = (Limits::shared_by(1), Limits::shared_by(2));
        assert!(one.memory >= two.memory && two.memory >= LEAST_MEMORY);
        assert_eq!(Limits::shared_by(10_000).memory, LEAST_MEMORY);
        assert_eq!(field("MemTotal:       1024 kB\nMemFree: 1 kB", "MemTotal:"), Some(1 << 20));
    }

    /// In a child process, whose bounds are its own.
    #[tokio::test]
    async fn bounded() {
        let Some(what) = std::env::var_os("LAB_TEST_LIMITS") else { return };
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits { memory: 300 << 20, disk: 20 << 20 };
        let hoard = "x = bytearray(B << 20); import time; time.sleep(300)";
        let script = |text: &str| {
            let mut command = Command::new("python3");
            command.args(["-c", text]).current_dir(folder.path()).stdin(Stdio::null()).stderr(Stdio::null());
            command
        };
        match what.to_str().unwrap() {
            "one" => {
                limits.bound_this_process();
                let status = script(&hoard.replace('B', "400")).status().unwrap();
                assert!(!status.success(), "one process has no more memory than all");
                let status =
                    script("f = open('f', 'wb'); [f.write(bytes(1 << 20)) for _ in range(30)]").status();
                assert!(!status.unwrap().success(), "nor is a file larger than all of them");
                assert!(fs::metadata(folder.path().join("f")).unwrap().len() <= limits.disk);
            }
            "together" => {
                limits.bound_this_process();
                let mut all: Vec<_> =
                    (0..2).map(|_| script(&hoard.replace('B', "200")).spawn().unwrap()).collect();
                // Before they end by themselves.
                let why = timeout(Duration::from_secs(200), limits.watch(folder.path())).await.unwrap();
                assert!(why.contains("MB of memory, where 300 are allowed"), "{why}");
                processes::end_descendants();
                all.iter_mut().for_each(|child| drop(child.wait()));
            }
            _ => {
                let text = "for i in range(30): open(str(i), 'wb').write(bytes(1 << 20))";
                assert!(script(text).status().unwrap().success());
                assert_eq!(
                    limits.watch(folder.path()).await,
                    format!("stopped: it has written more than 20 MB or {FILES} files")
                );
            }
        }
    }

    #[test]
    fn memory_and_disk_are_bounded_for_one_process_and_for_all() {
        if Command::new("python3").arg("--version").stdout(Stdio::null()).status().is_err() {
            return;
        }
        for what in ["one", "together", "disk"] {
            let mut child = Command::new(std::env::current_exe().unwrap());
            child.args(["--exact", "limits::tests::bounded", "--nocapture"]).env("LAB_TEST_LIMITS", what);
            assert!(child.stdout(Stdio::null()).status().unwrap().success(), "{what}");
        }
    }
}
