use std::fs::{self, File};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{env, process};

use lab_base::event::{End, LISTENER};

/// Names a file for lab-support: while it exists, the student is waiting for the cell to stop. That the
/// variable is set says that the lab's kernel shows what is marked as an event.
const LIVE: &str = "LAB_LIVE";

/// How long a cell may go on after it was asked to stop.
const GRACE: Duration = Duration::from_secs(3);

/// The process that runs the cells.
pub struct Process {
    child: Child,
    /// None once evcxr has closed its end.
    pub stdin: Option<ChildStdin>,
    pub stdout: ChildStdout,
    pub stderr: ChildStderr,
    asked: PathBuf,
    deadline: Option<Instant>,
    killed: bool,
}

impl Process {
    pub fn start() -> io::Result<Process> {
        let asked = env::temp_dir().join(format!("lab-stop-{}", process::id()));
        let asked = env::var_os("EVCXR_TMPDIR").map_or(asked, |folder| PathBuf::from(folder).join("stop"));
        let mut command = Command::new(env::current_exe()?);
        // evcxr asks for a page of stack frames with every panic.
        command
            .args(env::args_os().skip(1))
            .env(LIVE, &asked)
            .env("RUST_BACKTRACE", "0")
            .env_remove(LISTENER);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let piped = "all three are piped";
        let (stdout, stderr) = (child.stdout.take().expect(piped), child.stderr.take().expect(piped));
        let stdin = child.stdin.take();
        Ok(Process { child, stdin, stdout, stderr, asked, deadline: None, killed: false })
    }

    /// Whether the student has asked to stop the cell that is running or compiled.
    pub fn is_asked(&self) -> bool {
        self.asked.exists()
    }

    /// Asks the running cell to stop; the second time, does not wait for it.
    pub fn ask(&mut self) -> io::Result<()> {
        let again = self.is_asked();
        File::create(&self.asked)?;
        self.deadline = Some(if again { Instant::now() } else { Instant::now() + GRACE });
        Ok(())
    }

    /// The cell is about to end by itself: it is given the time.
    pub fn wait_for_end(&mut self) {
        self.deadline = None;
    }

    /// Forgets that a cell was asked to stop: there is another one.
    pub fn forget(&mut self) {
        self.deadline = None;
        // It was not there, unless the student asked.
        let _ = fs::remove_file(&self.asked);
    }

    /// Ends the process when it had its time, if it is still running a cell.
    pub fn kill_when_due(&mut self) -> io::Result<()> {
        if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            self.deadline = None;
            self.killed = true;
            self.child.kill()?;
        }
        Ok(())
    }

    pub fn kill(&mut self) -> io::Result<()> {
        self.child.kill()
    }

    /// How it ended, if it has.
    pub fn end(&mut self) -> io::Result<Option<End>> {
        let how = |status: ExitStatus| match status.signal() {
            _ if self.killed => End::Interrupted,
            Some(signal) => End::Signal(signal),
            None => End::Code(status.code().unwrap_or_default()),
        };
        Ok(self.child.try_wait()?.map(how))
    }
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
