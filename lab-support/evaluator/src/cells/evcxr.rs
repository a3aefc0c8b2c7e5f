use std::fs::File;
use std::io::{self, Read, Stdout, Write};
use std::os::fd::{AsFd, BorrowedFd};

/// What it reads.
pub const COMPLETED: &str = "EVCXR_EXECUTION_COMPLETE";
pub const PANICKED: &str = "EVCXR_PANIC_NOTIFICATION";
pub const FAILED: &str = "EVCXR_ERROR_OCCURRED";
pub const CHANGED: &str = "EVCXR_VARIABLE_CHANGED_TYPE:";

/// evcxr, as the keeper that it has started hears it and answers it: by lines.
pub struct Evcxr {
    orders: File,
    replies: Stdout,
    /// The part of an order that has arrived.
    order: Vec<u8>,
}

impl Evcxr {
    pub fn new() -> io::Result<Evcxr> {
        let orders = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        Ok(Evcxr { orders, replies: io::stdout(), order: Vec::new() })
    }

    /// The orders of which all has arrived. None when it is gone.
    pub fn orders(&mut self, buffer: &mut [u8]) -> io::Result<Option<Vec<String>>> {
        let n = self.orders.read(buffer)?;
        self.order.extend_from_slice(&buffer[..n]);
        // An order and its newline are written one after the other.
        let mut whole = Vec::new();
        while let Some(end) = self.order.iter().position(|&byte| byte == b'\n') {
            let order: Vec<u8> = self.order.drain(..=end).collect();
            whole.push(String::from_utf8_lossy(&order).into_owned());
        }
        Ok((n > 0).then_some(whole))
    }

    pub fn answer(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.replies, "{line}")?;
        self.replies.flush()
    }

    pub fn answer_content(&mut self, kind: &str, content: &str) -> io::Result<()> {
        // It would take it for the end of the cell.
        let content = content.replace(PANICKED, &format!(" {PANICKED}"));
        self.answer(&format!("EVCXR_BEGIN_CONTENT {kind}\n{content}\nEVCXR_END_CONTENT"))
    }
}

impl AsFd for Evcxr {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.orders.as_fd()
    }
}
