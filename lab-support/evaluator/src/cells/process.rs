use std::env;
use std::fs::{self, File};
use std::io::{self, PipeWriter, Write, pipe};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use lab_base::event::{How, LISTENER, STOP};
use lab_base::processes;
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::process::{Pid, Signal, WaitOptions, kill_process, wait};

use crate::cells::runtime::{RUNTIME, STANDBY};
use crate::stoppable;

/// Names a file for lab-support: while it exists, the student is waiting for the cell to stop. That the
/// variable is set says that the lab's kernel shows what is marked as an event.
const LIVE: &str = "LAB_LIVE";

/// How long a cell may go on after it was asked to stop.
const GRACE: Duration = Duration::from_secs(3);

/// The process that runs the cells.
pub struct Process {
    id: Pid,
    orders: PipeWriter,
    pub stdout: File,
    pub stderr: File,
    /// What a copy of the process waits for.
    standby: PipeWriter,
    copy: Option<Copy>,
    /// It is running a cell.
    running: bool,
    asked: bool,
    deadline: Option<Instant>,
    killed: bool,
}

/// The process as it was before the cell that it runs.
struct Copy {
    id: Pid,
    /// How many threads the process had that the copy has not.
    threads: usize,
}

impl Process {
    pub fn start() -> io::Result<Process> {
        let (waits, standby) = pipe()?;
        let (taken, orders) = pipe()?;
        // It is for this one process, and for its copies.
        fcntl_setfd(&waits, FdFlags::empty())?;
        let mut command = Command::new(processes::itself()?);
        // evcxr asks for a page of stack frames with every panic.
        command
            .args(env::args_os().skip(1))
            .env(RUNTIME, "1")
            .env("RUST_BACKTRACE", "0")
            .env_remove(LISTENER);
        command.env(STANDBY, waits.as_raw_fd().to_string());
        command.envs(stoppable::file(STOP).map(|file| (LIVE, file)));
        command.stdin(Stdio::from(taken)).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let id = Pid::from_child(&child);
        let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let (stdout, stderr) = (File::from(OwnedFd::from(stdout)), File::from(OwnedFd::from(stderr)));
        Ok(Process {
            id,
            orders,
            stdout,
            stderr,
            standby,
            copy: None,
            running: false,
            asked: false,
            deadline: None,
            killed: false,
        })
    }

    pub fn is_running(&self) -> bool {
        self.running
    }

    /// Makes it run a cell.
    pub fn run(&mut self, order: &str) -> io::Result<()> {
        (self.running, self.asked, self.deadline) = (true, false, None);
        // When it has ended, that is seen next.
        let _ = self.orders.write_all(order.as_bytes());
        Ok(())
    }

    /// It has told that there is a copy of it.
    pub fn has_copy(&mut self, told: &str) {
        let mut numbers = told.split(' ').map(|number| number.parse::<i32>());
        if let (Some(Ok(id)), Some(Ok(threads))) = (numbers.next(), numbers.next()) {
            self.copy = Pid::from_raw(id).map(|id| Copy { id, threads: threads.max(0) as usize });
        }
    }

    /// The cell is about to end by itself: it is given the time.
    pub fn wait_for_end(&mut self) {
        self.deadline = None;
    }

    /// The cell has ended.
    pub fn has_run(&mut self) {
        (self.running, self.copy, self.deadline) = (false, None, None);
    }

    /// Asks the running cell to stop; the second time, does not wait for it.
    pub fn ask(&mut self) {
        if self.running {
            let grace = if self.asked { Duration::ZERO } else { GRACE };
            self.deadline = Some(Instant::now() + grace);
            self.asked = true;
        }
    }

    /// Ends the process when it had its time, if it is still running a cell.
    pub fn kill_when_due(&mut self) {
        if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            self.deadline = None;
            self.killed = true;
            self.kill();
        }
    }

    pub fn kill(&self) {
        // It may have ended.
        let _ = kill_process(self.id, Signal::KILL);
    }

    /// How it ended, if it has.
    pub fn end(&mut self) -> Option<How> {
        let mut end = None;
        // What it has started has become this process's own.
        while let Ok(Some((id, status))) = wait(WaitOptions::NOHANG) {
            if self.copy.as_ref().is_some_and(|copy| copy.id == id) {
                self.copy = None;
            }
            if id == self.id {
                end = Some(match status.terminating_signal() {
                    _ if self.killed => How::Interrupted,
                    Some(signal) => How::Signal(signal),
                    None => How::Code(status.exit_status().unwrap_or_default()),
                });
            }
        }
        end
    }

    /// Lets the copy go on in the place of the process that has ended. Returns how many threads are missing, when there is
    /// one; it tells when it has taken over.
    pub fn take_over(&mut self) -> Option<usize> {
        let Copy { id, threads } = self.copy.take()?;
        self.standby.write_all(&[1]).ok()?;
        end_children(Some(id));
        (self.id, self.running, self.killed, self.deadline) = (id, false, false, None);
        Some(threads)
    }

    /// There is no copy: another process begins with nothing.
    pub fn start_anew(&mut self) -> io::Result<()> {
        end_children(None);
        *self = Process::start()?;
        Ok(())
    }
}

/// Ends what a cell has started, and what an earlier one has only where there is no copy that may need it.
fn end_children(copy: Option<Pid>) {
    let copy = copy.map(|id| id.as_raw_nonzero().get() as u32);
    let since = copy.and_then(started);
    // What a child has started comes here when it has ended.
    for _ in 0..3 {
        let later = |child: &u32| Some(*child) != copy && started(*child) >= since;
        processes::children(std::process::id()).into_iter().filter(later).for_each(processes::kill);
    }
}

/// When a process was started, in a unit of the system's.
fn started(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    status.rsplit(')').next()?.split_whitespace().nth(19)?.parse().ok()
}

/// Which of these can be read without waiting, after at most `limit`.
pub fn readable<const N: usize>(files: [&dyn AsFd; N], limit: Duration) -> io::Result<[bool; N]> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let mut polled = files.map(|file| PollFd::from_borrowed_fd(file.as_fd(), PollFlags::IN));
    let limit = Timespec { tv_sec: limit.as_secs() as i64, tv_nsec: i64::from(limit.subsec_nanos()) };
    match poll(&mut polled, Some(&limit)) {
        Err(rustix::io::Errno::INTR) => Ok([false; N]),
        Err(error) => Err(error.into()),
        Ok(_) => Ok(polled.map(|file| !file.revents().is_empty())),
    }
}
