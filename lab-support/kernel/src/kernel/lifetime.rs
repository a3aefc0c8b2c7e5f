//! When the kernel ends without being told to by a front end.

use std::env;
use std::io;
use std::time::Duration;

use lab_base::watch;
use rustix::process::{Signal, getpgrp, getpid, kill_process_group};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::UnboundedSender;

use crate::incoming::Incoming;
use crate::wire::Presence;

/// Ends the kernel with the program that started it, on SIGTERM, and where no program watches over it, when it is alone.
pub(super) fn end_in_time(presence: Presence, kernel: &UnboundedSender<Incoming>) -> io::Result<()> {
    let gone = kernel.clone();
    watch::on_end_of_jupyter(move || {
        // Nobody listens when the kernel is ending anyway.
        let _ = gone.send(Incoming::JupyterGone);
    });
    let mut terminated = signal(SignalKind::terminate())?;
    let asked = kernel.clone();
    tokio::spawn(async move {
        terminated.recv().await;
        // As above.
        let _ = asked.send(Incoming::JupyterGone);
    });
    if watch::jupyter().is_none() {
        tokio::spawn(end_when_alone(presence, kernel.clone()));
    }
    Ok(())
}

/// For how long a kernel waits for a front end, where no program watches over it that would end it. Those that start
/// kernels by themselves, as VS Code does, hold their connections for as long as they run, and come back within seconds
/// when they have failed; on this machine a connection ends with its process, and neither it nor this time goes on while the
/// machine sleeps.
const ALONE: Duration = Duration::from_secs(600);

/// Names another time, in seconds.
const ALONE_SECONDS: &str = "LAB_ALONE_SECONDS";

/// Ends the kernel when all front ends have gone, whatever runs: nobody sees it.
async fn end_when_alone(presence: Presence, kernel: UnboundedSender<Incoming>) {
    let seconds = env::var(ALONE_SECONDS).ok().and_then(|seconds| seconds.parse().ok());
    let limit = seconds.map_or(ALONE, Duration::from_secs);
    while presence.alone().is_none_or(|alone| alone < limit) {
        tokio::time::sleep(limit / 20).await;
    }
    // Nobody listens when the kernel is ending anyway.
    let _ = kernel.send(Incoming::JupyterGone);
}

/// What this process has started to be set up would go on. Jupyter gives a kernel a process group of its own; by now
/// this process does not end by the signal itself.
pub(super) fn end_compilers() {
    if getpgrp() == getpid() {
        // There may be none.
        let _ = kill_process_group(getpid(), Signal::TERM);
    }
}
