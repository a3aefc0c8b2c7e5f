use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use lab_base::event::{DONE, Event};

use crate::cells::process::readable;

/// How long the kernel may take to show what has arrived.
const PATIENCE: Duration = Duration::from_secs(10);

/// The kernel, which is told what happens.
pub struct Listener(UnixStream);

impl Listener {
    pub fn connect(socket: &str) -> io::Result<Listener> {
        UnixStream::connect(socket).map(Listener)
    }

    /// What it says: a byte for each thing. None when it is gone.
    pub fn order(&mut self) -> io::Result<Option<u8>> {
        let mut order = [0];
        Ok((self.0.read(&mut order)? > 0).then_some(order[0]))
    }

    pub fn tell(&mut self, event: &Event) -> io::Result<()> {
        let line = serde_json::to_string(event)? + "\n";
        self.0.write_all(line.as_bytes())
    }

    /// Tells it, and waits until it has shown all that it was told.
    pub fn tell_and_wait(&mut self, event: &Event) -> io::Result<()> {
        self.tell(event)?;
        while readable([&self.0], PATIENCE)?[0] {
            if self.order()?.is_none_or(|order| order == DONE) {
                break;
            }
        }
        Ok(())
    }
}

impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
