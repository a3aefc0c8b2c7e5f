mod ending;

use std::env;
use std::io::{self, Read};
use std::time::{Duration, Instant};

use crate::cells::evcxr::{CHANGED, Evcxr, FAILED, PANICKED};
use crate::cells::listener::Listener;
use crate::cells::order::LOAD_AND_RUN;
use crate::cells::output::{Output, Piece};
use crate::cells::printed::{Printed, shortened};
use crate::cells::process::{Process, readable};
use crate::stoppable;
use lab_base::event::{Event, INTERRUPT, MARK, Stream};
use lab_base::processes;

/// Poll interval.
const TICK: Duration = Duration::from_millis(50);

/// Text that begins like a mark is shown when nothing follows for so long.
const QUIET: Duration = Duration::from_secs(1);

/// Stands between evcxr and the process that runs the cells.
pub struct Keeper {
    process: Process,
    output: Output,
    printed: Printed,
    kernel: Listener,
    evcxr: Evcxr,
    /// What the last panic of the cell printed, and the lines that called what panicked, unless it is known what came of it.
    panicking: Option<(String, Vec<usize>)>,
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
        let kernel = Listener::connect(listener)?;
        processes::adopt();
        Ok(Keeper {
            process: Process::start()?,
            output: Output::new(&mark()),
            printed: Printed::new(),
            kernel,
            evcxr: Evcxr::new()?,
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
            let [out, err, kernel, orders] = readable([stdout, stderr, &self.kernel, &self.evcxr], TICK)?;
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
                self.evcxr.answer_content(&kind, &shortened(&kind, content))?;
            }
            Piece::Content(kind, content) => {
                self.evcxr.answer_content(&kind, &String::from_utf8_lossy(&content))?
            }
            Piece::Told(name, text) => match name.as_str() {
                "LAB" => self.pass_event(&text)?,
                "PANICKING" => {
                    self.show_caught();
                    self.panicking = Some((text, Vec::new()));
                }
                "CALLED" => {
                    if let Some((_, callers)) = &mut self.panicking {
                        *callers = super::backtrace::lines_of_cells(&text);
                    }
                }
                "LOST" => self.failing.lost = text.split(' ').map(String::from).collect(),
                "KEPT" => self.failing.keeps = true,
                "FAILED" => self.fail(FAILED, |lost| Event::Failed { message: text, lost })?,
                "PANICKED" => {
                    // A panic of another thread may have been passed on to the cell's own.
                    let own = self.panicking.take_if(|(said, _)| said.trim_end().ends_with(text.trim_end()));
                    let (message, callers) = own.unwrap_or((text, Vec::new()));
                    self.fail(PANICKED, |lost| Event::Panicked { message, callers, lost })?;
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
        self.kernel.tell(&event)
    }

    /// The cell finds a variable no more that evcxr knows.
    fn miss(&mut self, name: &str) -> io::Result<()> {
        self.misses = true;
        self.evcxr.answer(&format!("{CHANGED}{name}"))
    }

    /// A panic that the cell went on after is like other text.
    fn show_caught(&mut self) {
        if let Some((panic, _)) = self.panicking.take() {
            self.printed.push(Stream::Stderr, format!("{panic}\n").as_bytes());
        }
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

    /// What the kernel says. False when it is gone: nobody sees what the cells do.
    fn obey(&mut self) -> io::Result<bool> {
        let order = self.kernel.order()?;
        if order == Some(INTERRUPT) {
            self.process.ask();
        }
        Ok(order.is_some())
    }

    /// Passes evcxr's lines on. False when it is gone.
    fn take_orders(&mut self, buffer: &mut [u8]) -> io::Result<bool> {
        let Some(orders) = self.evcxr.orders(buffer)? else { return Ok(false) };
        orders.iter().try_for_each(|order| self.pass_order(order))?;
        Ok(true)
    }

    /// A cell that was stopped while it was compiled is not run.
    fn pass_order(&mut self, order: &str) -> io::Result<()> {
        if order.starts_with(LOAD_AND_RUN) && stoppable::is_asked() {
            self.kernel.tell_and_wait(&Event::Skipped)?;
            return self.give_up();
        }
        (self.failing, self.misses) = (Failing::default(), false);
        self.printed.begin();
        self.kernel.tell(&Event::Began)?;
        self.process.run(order)
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
            self.kernel.tell(&event)?;
        }
        Ok(())
    }
}

fn mark() -> String {
    env::var(MARK).unwrap_or_default()
}
