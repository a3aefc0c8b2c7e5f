use std::fs::File;
use std::io::{self, Read, Stdout, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};
use std::{env, mem};

use crate::cells::order::LOAD_AND_RUN;
use crate::cells::output::{Output, Piece};
use crate::cells::printed::{Printed, shortened};
use crate::cells::process::{Process, readable};
use crate::stoppable;
use lab_base::event::{DONE, End, Event, How, INTERRUPT, Kept, MARK, REFUSE, Stream};

/// Between a look at the time and the next.
const TICK: Duration = Duration::from_millis(50);

/// How long the kernel may take to show what has arrived.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a copy of the process may take to go on in its place.
const TAKE_OVER: Duration = Duration::from_secs(5);

/// Text that begins like a mark is shown when nothing follows for so long.
const QUIET: Duration = Duration::from_secs(1);

/// What evcxr reads.
const COMPLETED: &str = "EVCXR_EXECUTION_COMPLETE";
const PANICKED: &str = "EVCXR_PANIC_NOTIFICATION";
const FAILED: &str = "EVCXR_ERROR_OCCURRED";
const CHANGED: &str = "EVCXR_VARIABLE_CHANGED_TYPE:";

/// Stands between evcxr and the process that runs the cells.
pub struct Keeper {
    process: Process,
    output: Output,
    printed: Printed,
    kernel: UnixStream,
    /// What evcxr writes and reads.
    orders: File,
    replies: Stdout,
    /// The part of an order that has arrived.
    order: Vec<u8>,
    /// What the last panic of the cell printed, unless it is known what came of it.
    panicking: Option<String>,
    failing: Failing,
    /// It has not run, because it misses variables.
    misses: bool,
    heard: Instant,
    has_taken_over: bool,
}

/// What the cell says about its variables before it says that it fails.
#[derive(Default)]
struct Failing {
    lost: Vec<String>,
    /// Some have the value that they had: evcxr is not told, since it would forget them.
    keeps: bool,
}

impl Keeper {
    /// `listener` is the kernel's socket.
    pub fn start(listener: &str) -> io::Result<Keeper> {
        let kernel = UnixStream::connect(listener)?;
        stoppable::adopt();
        let orders = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        let (process, replies) = (Process::start()?, io::stdout());
        Ok(Keeper {
            process,
            output: Output::new(&mark()),
            printed: Printed::new(),
            kernel,
            orders,
            replies,
            order: Vec::new(),
            panicking: None,
            failing: Failing::default(),
            misses: false,
            heard: Instant::now(),
            has_taken_over: false,
        })
    }

    /// Until evcxr or the kernel ends; returns this process's own exit code.
    pub fn run(&mut self) -> io::Result<i32> {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let Process { stdout, stderr, .. } = &self.process;
            let [out, err, kernel, orders] = readable([stdout, stderr, &self.kernel, &self.orders], TICK)?;
            if kernel && !self.obey()? || orders && !self.take_orders(&mut buffer)? {
                self.process.kill();
                return Ok(0);
            }
            if err {
                let n = self.process.stderr.read(&mut buffer)?;
                self.printed.push(Stream::Stderr, &buffer[..n]);
            }
            if out {
                let n = self.process.stdout.read(&mut buffer)?;
                self.pass(&buffer[..n])?;
                self.heard = Instant::now();
            } else if self.heard.elapsed() > QUIET {
                self.heard = Instant::now();
                self.flush()?;
            }
            self.show(false)?;
            self.process.kill_when_due();
            if let Some(how) = self.process.end() {
                self.end(how)?;
            }
        }
    }

    /// Hands on a piece of stdout.
    fn pass(&mut self, bytes: &[u8]) -> io::Result<()> {
        for piece in self.output.push(bytes) {
            self.pass_piece(piece)?;
        }
        Ok(())
    }

    fn pass_piece(&mut self, piece: Piece) -> io::Result<()> {
        match piece {
            Piece::Text(text) => self.printed.push(Stream::Stdout, &text),
            Piece::Content(kind, content) if kind.starts_with("text/") => {
                self.answer_content(&kind, &shortened(&kind, content))?;
            }
            Piece::Content(kind, content) => {
                self.answer_content(&kind, &String::from_utf8_lossy(&content))?
            }
            Piece::Told(name, text) => match name.as_str() {
                "LAB" => self.pass_event(&text)?,
                "PANICKING" => {
                    self.show_caught();
                    self.panicking = Some(text);
                }
                "LOST" => self.failing.lost = text.split(' ').map(String::from).collect(),
                "KEPT" => self.failing.keeps = true,
                "FAILED" => self.fail(FAILED, |lost| Event::Failed { message: text, lost })?,
                "PANICKED" => {
                    // A panic of another thread may have been passed on to the cell's own.
                    let said = self.panicking.take_if(|said| said.trim_end().ends_with(text.trim_end()));
                    let message = said.unwrap_or(text);
                    self.fail(PANICKED, |lost| Event::Panicked { message, lost })?;
                }
                "MISSING" => self.miss(&text)?,
                "REDEFINED" => {
                    let said = format!("`{text}` is gone: its type was defined anew.\n");
                    self.printed.push(Stream::Stderr, said.as_bytes());
                    self.miss(&text)?;
                }
                "COPY" => self.process.has_copy(&text),
                "TOOK_OVER" => self.has_taken_over = true,
                "COMPLETED" => self.complete()?,
                _ => (),
            },
        }
        Ok(())
    }

    /// What lab-support tells the kernel.
    fn pass_event(&mut self, json: &str) -> io::Result<()> {
        let Ok(event) = serde_json::from_str(json) else { return Ok(()) };
        self.show(true)?;
        if matches!(event, Event::Stopped { .. }) {
            self.process.wait_for_end();
        }
        self.tell(&event)
    }

    /// The cell finds a variable no more that evcxr knows.
    fn miss(&mut self, name: &str) -> io::Result<()> {
        self.misses = true;
        self.answer(&format!("{CHANGED}{name}"))
    }

    fn fail(&mut self, line: &str, event: impl FnOnce(Vec<String>) -> Event) -> io::Result<()> {
        self.read_errors()?;
        self.show_caught();
        self.show(true)?;
        let Failing { lost, keeps } = mem::take(&mut self.failing);
        self.tell(&event(lost))?;
        if keeps { Ok(()) } else { self.answer(line) }
    }

    /// A panic that the cell went on after is like other text.
    fn show_caught(&mut self) {
        if let Some(panic) = self.panicking.take() {
            self.printed.push(Stream::Stderr, format!("{panic}\n").as_bytes());
        }
    }

    /// The cell has ended: evcxr hears of it when all that came before is on the page.
    fn complete(&mut self) -> io::Result<()> {
        self.process.has_run();
        self.finish()?;
        // Otherwise it has not run yet: it is compiled again without the variables that are gone.
        if !mem::take(&mut self.misses) {
            self.tell_and_wait(&Event::Completed)?;
        }
        self.answer(COMPLETED)
    }

    /// Shows all that has been printed.
    fn finish(&mut self) -> io::Result<()> {
        self.read_errors()?;
        self.show_caught();
        self.show(true)
    }

    fn flush(&mut self) -> io::Result<()> {
        for piece in self.output.flush() {
            self.pass_piece(piece)?;
        }
        Ok(())
    }

    /// What the kernel says: a byte for each thing. False when it is gone: nobody sees what the cells do.
    fn obey(&mut self) -> io::Result<bool> {
        let mut order = [0];
        if self.kernel.read(&mut order)? == 0 {
            return Ok(false);
        }
        if order[0] == INTERRUPT {
            self.process.ask();
        }
        Ok(true)
    }

    /// Passes evcxr's lines on. False when it is gone.
    fn take_orders(&mut self, buffer: &mut [u8]) -> io::Result<bool> {
        let n = self.orders.read(buffer)?;
        self.order.extend_from_slice(&buffer[..n]);
        // An order and its newline are written one after the other.
        while let Some(end) = self.order.iter().position(|&byte| byte == b'\n') {
            let order: Vec<u8> = self.order.drain(..=end).collect();
            self.pass_order(&String::from_utf8_lossy(&order))?;
        }
        Ok(n > 0)
    }

    /// A cell that was stopped while it was compiled is not run.
    fn pass_order(&mut self, order: &str) -> io::Result<()> {
        if order.starts_with(LOAD_AND_RUN) && stoppable::is_asked() {
            self.tell_and_wait(&Event::Skipped)?;
            return self.give_up();
        }
        (self.failing, self.misses) = (Failing::default(), false);
        self.printed.begin();
        self.tell(&Event::Began)?;
        self.process.run(order)
    }

    /// Makes evcxr give up the cell, and believe that everything is as it was before: it compiles the cell once more, as
    /// if a variable had another type, and that is refused.
    fn give_up(&mut self) -> io::Result<()> {
        if let Some(file) = stoppable::file(REFUSE) {
            File::create(file)?;
        }
        self.answer(CHANGED)?;
        self.answer(COMPLETED)
    }

    /// The process has ended: shows all that it wrote, lets its copy go on or another one, and says how it ended.
    fn end(&mut self, how: How) -> io::Result<()> {
        let in_cell = self.process.is_running();
        self.read_output()?;
        self.flush()?;
        // It may have told by then that the cell has ended.
        let in_cell = in_cell && self.process.is_running();
        self.finish()?;
        let kept = self.replace(in_cell)?;
        self.tell_and_wait(&Event::Ended(End { how, in_cell, kept }))?;
        if in_cell { self.give_up() } else { Ok(()) }
    }

    /// Another process in the place of the one that has ended.
    fn replace(&mut self, in_cell: bool) -> io::Result<Kept> {
        let copy = self.process.take_over();
        if let Some(threads) = copy {
            self.has_taken_over = false;
            let deadline = Instant::now() + TAKE_OVER;
            while !self.has_taken_over && Instant::now() < deadline {
                if readable([&self.process.stdout], TICK)?[0] {
                    self.read_output()?;
                }
            }
            if self.has_taken_over {
                return Ok(Kept::All { threads });
            }
            self.process.kill();
        }
        self.process.start_anew()?;
        self.output = Output::new(&mark());
        Ok(if in_cell && copy.is_none() { Kept::NoCopy } else { Kept::Nothing })
    }

    /// Reads all that has been written by now.
    fn read_output(&mut self) -> io::Result<()> {
        let mut buffer = [0; 1 << 12];
        while readable([&self.process.stdout], Duration::ZERO)?[0] {
            match self.process.stdout.read(&mut buffer)? {
                0 => break,
                n => self.pass(&buffer[..n])?,
            }
        }
        Ok(())
    }

    /// Of what is written to stderr without end, what has been written by now.
    fn read_errors(&mut self) -> io::Result<()> {
        let mut buffer = [0; 1 << 12];
        for _ in 0..64 {
            if !readable([&self.process.stderr], Duration::ZERO)?[0] {
                break;
            }
            match self.process.stderr.read(&mut buffer)? {
                0 => break,
                n => self.printed.push(Stream::Stderr, &buffer[..n]),
            }
        }
        Ok(())
    }

    fn show(&mut self, all: bool) -> io::Result<()> {
        for event in self.printed.take(all) {
            self.tell(&event)?;
        }
        Ok(())
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

    fn answer_content(&mut self, kind: &str, content: &str) -> io::Result<()> {
        // evcxr would take it for the end of the cell.
        let content = content.replace(PANICKED, &format!(" {PANICKED}"));
        self.answer(&format!("EVCXR_BEGIN_CONTENT {kind}\n{content}\nEVCXR_END_CONTENT"))
    }

    fn answer(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.replies, "{line}")?;
        self.replies.flush()
    }
}

fn mark() -> String {
    env::var(MARK).unwrap_or_default()
}
