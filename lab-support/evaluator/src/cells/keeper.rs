use std::fs::File;
use std::io::{self, Read, Stdout, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use crate::cells::errors::Errors;
use crate::cells::order::{LOAD_AND_RUN, by_name};
use crate::cells::output::{Output, Piece};
use crate::cells::process::{Process, readable};
use lab_base::event::{BEGIN, DONE, End, Event, INTERRUPT, Stream};

/// Between a look at the time and the next; text without a newline is shown after as long.
const TICK: Duration = Duration::from_millis(50);

/// How long the kernel may take to show what has arrived.
const PATIENCE: Duration = Duration::from_secs(10);

const SKIPPED: &str = "Stopped before it ran.";

/// Stands between evcxr and the process that runs the cells.
pub struct Keeper {
    process: Process,
    output: Output,
    errors: Errors,
    kernel: UnixStream,
    /// What evcxr writes and reads.
    orders: File,
    replies: Stdout,
    /// The part of an order that has arrived.
    order: Vec<u8>,
}

impl Keeper {
    /// `listener` is the kernel's socket.
    pub fn start(listener: &str) -> io::Result<Keeper> {
        let kernel = UnixStream::connect(listener)?;
        let orders = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        let (process, replies) = (Process::start()?, io::stdout());
        Ok(Keeper {
            process,
            output: Output::default(),
            errors: Errors::default(),
            kernel,
            orders,
            replies,
            order: Vec::new(),
        })
    }

    /// Until the process ends; returns this process's own exit code.
    pub fn run(&mut self) -> io::Result<i32> {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let Process { stdout, stderr, .. } = &self.process;
            let [out, err, kernel, orders] = readable([stdout, stderr, &self.kernel, &self.orders], TICK)?;
            if kernel {
                self.obey()?;
            }
            if orders {
                self.take_orders(&mut buffer)?;
            }
            if out {
                let n = self.process.stdout.read(&mut buffer)?;
                self.pass(&buffer[..n])?;
            }
            // What was there may have been read together with the end of a cell.
            if err && readable([&self.process.stderr], Duration::ZERO)?[0] {
                let n = self.process.stderr.read(&mut buffer)?;
                self.errors.push(&buffer[..n]);
            }
            if !out && !err {
                self.show_what_waits()?;
            }
            self.process.kill_when_due()?;
            if let Some(end) = self.process.end()? {
                return self.end(end, &mut buffer);
            }
        }
    }

    /// Hands on a piece of stdout.
    fn pass(&mut self, bytes: &[u8]) -> io::Result<()> {
        for piece in self.output.push(bytes) {
            match piece {
                Piece::Text(text) => {
                    self.show_errors()?;
                    self.tell(&Event::Text { stream: Stream::Stdout, text })?;
                }
                Piece::Event(event) => self.pass_event(event)?,
                Piece::Line(line) => self.answer(&line)?,
                Piece::Failed(line) => {
                    self.read_errors()?;
                    let (before, message) = self.errors.error();
                    self.tell_errors(before)?;
                    self.tell(&Event::Failed { message })?;
                    self.answer(&line)?;
                }
                Piece::Panicked(line) => {
                    self.read_errors()?;
                    let (before, message) = self.errors.panic();
                    self.tell_errors(before)?;
                    self.tell(&Event::Panicked { message })?;
                    self.answer(&line)?;
                }
                Piece::Completed(line) => self.complete(&line)?,
            }
        }
        Ok(())
    }

    fn pass_event(&mut self, event: Event) -> io::Result<()> {
        self.show_errors()?;
        if matches!(event, Event::Stopped { .. }) {
            self.process.wait_for_end();
        }
        self.tell(&event)
    }

    /// The cell has ended: evcxr hears of it when all that came before is on the page.
    fn complete(&mut self, line: &str) -> io::Result<()> {
        self.process.wait_for_end();
        self.read_errors()?;
        let rest = self.errors.take_all();
        self.tell_errors(rest)?;
        self.tell_and_wait(&Event::Completed)?;
        self.answer(line)
    }

    /// What the kernel says: a byte for each thing.
    fn obey(&mut self) -> io::Result<()> {
        let mut order = [0];
        match self.kernel.read(&mut order)? {
            // The kernel is gone: nobody sees what the cells do.
            0 => self.process.kill(),
            _ if order[0] == BEGIN => {
                self.process.forget();
                Ok(())
            }
            _ if order[0] == INTERRUPT => self.process.ask(),
            _ => Ok(()),
        }
    }

    /// Passes evcxr's lines on. A cell that was stopped while it was compiled is not run: evcxr is told that
    /// it panicked, so that all earlier variables stay.
    fn take_orders(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        let n = self.orders.read(buffer)?;
        if n == 0 {
            self.process.stdin = None;
            return self.process.kill();
        }
        self.order.extend_from_slice(&buffer[..n]);
        // An order and its newline are written one after the other.
        while let Some(end) = self.order.iter().position(|&byte| byte == b'\n') {
            let order: Vec<u8> = self.order.drain(..=end).collect();
            self.pass_order(&String::from_utf8_lossy(&order))?;
        }
        Ok(())
    }

    fn pass_order(&mut self, order: &str) -> io::Result<()> {
        if order.starts_with(LOAD_AND_RUN) && self.process.is_asked() {
            self.tell(&Event::Stopped { text: SKIPPED.into() })?;
            self.answer("EVCXR_PANIC_NOTIFICATION")?;
            return self.complete("EVCXR_EXECUTION_COMPLETE");
        }
        match &mut self.process.stdin {
            Some(stdin) => stdin.write_all(by_name(order).as_bytes()),
            None => Ok(()),
        }
    }

    /// The process has ended: shows all that it wrote, then says how it ended.
    fn end(&mut self, end: End, buffer: &mut [u8]) -> io::Result<i32> {
        while readable([&self.process.stdout], Duration::ZERO)?[0] {
            match self.process.stdout.read(buffer)? {
                0 => break,
                n => self.pass(&buffer[..n])?,
            }
        }
        self.read_errors()?;
        let rest = self.errors.take_all();
        self.tell_errors(rest)?;
        self.process.forget();
        self.tell_and_wait(&Event::Ended(end))?;
        Ok(if end == End::Code(0) { 0 } else { 1 })
    }

    fn show_what_waits(&mut self) -> io::Result<()> {
        self.show_errors()?;
        match self.output.flush() {
            Some(Piece::Text(text)) => self.tell(&Event::Text { stream: Stream::Stdout, text }),
            _ => Ok(()),
        }
    }

    fn show_errors(&mut self) -> io::Result<()> {
        let text = self.errors.take();
        self.tell_errors(text)
    }

    /// Reads all that has been written to stderr by now.
    fn read_errors(&mut self) -> io::Result<()> {
        let mut buffer = [0; 1 << 12];
        while readable([&self.process.stderr], Duration::ZERO)?[0] {
            match self.process.stderr.read(&mut buffer)? {
                0 => break,
                n => self.errors.push(&buffer[..n]),
            }
        }
        Ok(())
    }

    fn tell_errors(&mut self, text: Option<String>) -> io::Result<()> {
        text.map_or(Ok(()), |text| self.tell(&Event::Text { stream: Stream::Stderr, text }))
    }

    fn tell(&mut self, event: &Event) -> io::Result<()> {
        let line = serde_json::to_string(event)? + "\n";
        self.kernel.write_all(line.as_bytes())
    }

    fn tell_and_wait(&mut self, event: &Event) -> io::Result<()> {
        self.tell(event)?;
        let mut order = [0];
        while readable([&self.kernel], PATIENCE)?[0] {
            if self.kernel.read(&mut order)? == 0 || order[0] == DONE {
                break;
            }
        }
        Ok(())
    }

    fn answer(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.replies, "{line}")?;
        self.replies.flush()
    }
}
