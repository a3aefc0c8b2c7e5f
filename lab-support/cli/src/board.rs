//! What the terminal shows while the lab is set up: a line for each thing that is being done.

use std::io::{IsTerminal, stderr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use lab_kernel::Progress;

use crate::terminal;

/// How often a line is drawn anew on a terminal.
const TICK: Duration = Duration::from_millis(250);

/// Where there is no terminal, a line is printed again after this time.
const PAUSE: Duration = Duration::from_secs(8);

/// All lines. Clones share them.
#[derive(Clone)]
pub struct Board(Arc<Mutex<Lines>>);

struct Lines {
    bars: MultiProgress,
    is_terminal: bool,
    lines: Vec<State>,
}

struct State {
    bar: ProgressBar,
    progress: Option<(Progress, Instant)>,
    printed: Option<(String, Instant)>,
}

/// One line.
pub struct Line {
    board: Board,
    number: usize,
}

impl Board {
    /// Draws its lines until the last of its clones is gone.
    pub fn start() -> Board {
        let is_terminal = stderr().is_terminal();
        let board =
            Board(Arc::new(Mutex::new(Lines { bars: MultiProgress::new(), is_terminal, lines: Vec::new() })));
        let weak = Arc::downgrade(&board.0);
        thread::spawn(move || draw(&weak));
        board
    }

    /// A new line, below the others.
    pub fn line(&self) -> Line {
        let mut lines = self.lines();
        let style = ProgressStyle::with_template("{spinner} {msg}").expect("the template is valid");
        let bar = lines.bars.add(ProgressBar::new_spinner().with_style(style));
        lines.lines.push(State { bar, progress: None, printed: None });
        let number = lines.lines.len() - 1;
        drop(lines);
        Line { board: self.clone(), number }
    }

    /// Prints text above the lines that change.
    pub fn say(&self, text: &str) {
        let (lines, text) = (self.lines(), terminal::text(text));
        if !lines.is_terminal || lines.bars.println(&text).is_err() {
            eprintln!("{text}");
        }
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    /// How far it is now; the time goes on by itself.
    pub fn show(&self, progress: Progress) {
        let mut lines = self.board.lines();
        let state = &mut lines.lines[self.number];
        let is_new = state.progress.as_ref().is_none_or(|(last, _)| last.stage != progress.stage);
        state.progress = Some((progress, Instant::now()));
        if is_new {
            state.printed = None;
            lines.draw();
        }
    }

    /// A stage of which nothing more is known.
    pub fn start(&self, stage: &str) {
        self.show(Progress { stage: stage.into(), part: None, detail: String::new(), seconds: 0.0 });
    }
}

/// Nothing more will change in it.
impl Drop for Line {
    fn drop(&mut self) {
        let mut lines = self.board.lines();
        let state = &mut lines.lines[self.number];
        state.progress = None;
        state.bar.finish_and_clear();
    }
}

impl Lines {
    fn draw(&mut self) {
        for state in &mut self.lines {
            let Some((progress, at)) = &state.progress else { continue };
            let mut now = progress.clone();
            now.seconds += at.elapsed().as_secs_f64();
            if self.is_terminal {
                state.bar.set_message(terminal::line(&drawn(&now)));
                state.bar.tick();
            } else if state.printed.as_ref().is_none_or(|(_, at)| at.elapsed() >= PAUSE) {
                let text = terminal::line(&now.to_string());
                eprintln!("{text}");
                state.printed = Some((text, Instant::now()));
            }
        }
    }
}

/// "Building the Rust kernel [=====>     ] 143 of 320 crates, 2 min 10 s, about 4 min left".
fn drawn(progress: &Progress) -> String {
    const WIDTH: usize = 24;
    let Some(part) = progress.part else { return progress.to_string() };
    let done = (part * WIDTH as f64) as usize;
    let bar = format!("[{}>{}]", "=".repeat(done), " ".repeat(WIDTH - done));
    match progress.to_string().split_once(": ") {
        Some((stage, rest)) => format!("{stage} {bar} {rest}"),
        None => format!("{progress} {bar}"),
    }
}

fn draw(lines: &Weak<Mutex<Lines>>) {
    while let Some(lines) = lines.upgrade() {
        lines.lock().unwrap_or_else(PoisonError::into_inner).draw();
        drop(lines);
        thread::sleep(TICK);
    }
}
