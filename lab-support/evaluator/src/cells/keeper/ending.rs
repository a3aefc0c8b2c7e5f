//! How a cell ends, and how the process ends in which it ran.

use std::fs::File;
use std::io;
use std::mem;
use std::time::{Duration, Instant};

use lab_base::event::{End, Event, How, Kept, REFUSE};

use crate::cells::evcxr::{CHANGED, COMPLETED};
use crate::cells::keeper::{Failing, Keeper, TICK, mark};
use crate::cells::output::Output;
use crate::cells::process::readable;
use crate::stoppable;

/// How long a copy of the process may take to go on in its place.
const TAKE_OVER: Duration = Duration::from_secs(5);

impl Keeper {
    /// A cell ends early: evcxr reads `line`, and the kernel hears of the variables that are gone with it.
    pub(super) fn fail(&mut self, line: &str, event: impl FnOnce(Vec<String>) -> Event) -> io::Result<()> {
        self.read_errors()?;
        self.show_caught();
        self.show(true)?;
        let Failing { lost, keeps } = mem::take(&mut self.failing);
        self.kernel.tell(&event(lost))?;
        if keeps { Ok(()) } else { self.evcxr.answer(line) }
    }

    /// The cell has ended: evcxr hears of it when all that came before is on the page.
    pub(super) fn complete(&mut self) -> io::Result<()> {
        self.process.has_run();
        self.finish()?;
        // Otherwise it has not run yet: it is compiled again without the variables that are gone.
        if !mem::take(&mut self.misses) {
            self.kernel.tell_and_wait(&Event::Completed)?;
        }
        self.evcxr.answer(COMPLETED)
    }

    /// Makes evcxr give up the cell, and believe that everything is as it was before: it compiles the cell once more, as
    /// if a variable had another type, and that is refused.
    pub(super) fn give_up(&mut self) -> io::Result<()> {
        if let Some(file) = stoppable::file(REFUSE) {
            File::create(file)?;
        }
        self.evcxr.answer(CHANGED)?;
        self.evcxr.answer(COMPLETED)
    }

    /// The process has ended: shows all that it wrote, lets its copy go on or another one, and says how it ended.
    pub(super) fn end(&mut self, how: How) -> io::Result<()> {
        let in_cell = self.process.is_running();
        self.read_output()?;
        self.flush()?;
        // It may have told by then that the cell has ended.
        let in_cell = in_cell && self.process.is_running();
        self.finish()?;
        let kept = self.replace(in_cell)?;
        self.kernel.tell_and_wait(&Event::Ended(End { how, in_cell, kept }))?;
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
}
