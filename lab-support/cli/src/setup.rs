use std::env;
use std::path::{Path, PathBuf};
use std::thread;

use lab_base::{Error, Source, home, processes};
use lab_kernel::{Folders, For, Progress, Setup};

use crate::board::Board;
use crate::data;
use crate::shut_in::Room;

/// The kernel, ready to be started.
#[derive(Clone, Default)]
pub struct Kernel {
    /// The program that is started with `kernel CONNECTION_FILE`.
    pub binary: PathBuf,
    /// The project's folder.
    pub root: PathBuf,
    /// Where notebooks write instead of `data/`, when it is not to be that.
    pub output: Option<PathBuf>,
    /// Whether long runs are made again.
    pub retrain: bool,
    /// How many threads a training has; all cores without it.
    pub threads: Option<usize>,
    /// What it sees of this machine, where it is shut in.
    pub room: Option<Room>,
    /// A folder of whole trainings: one that is there with the same recipe is taken from it, any other is added.
    pub trainings: Option<PathBuf>,
    /// Whether it leaves the cores to what else runs on this machine.
    pub gives_way: bool,
}

/// Names the command line's program for programs that are not it.
pub const PROGRAM: &str = "LAB_PROGRAM";

impl Kernel {
    /// The project's kernel, whether it is built or not: the first cell builds what is missing.
    pub fn of(root: &Path) -> Result<Kernel, Error> {
        let binary = match env::var_os(PROGRAM) {
            Some(program) => program.into(),
            None => processes::program().map_err(|e| {
                Error::new("finding the kernel", "the path of this program", e, "start it by `cargo lab`")
            })?,
        };
        Ok(Kernel { binary, root: root.into(), ..Kernel::default() })
    }
}

/// Sets up whatever is missing to run notebooks: data, crates, the kernel, what notebooks use. Interrupted, it goes on the
/// next time; started twice, the second waits.
pub fn ensure() -> Result<Kernel, Error> {
    let root = home::root()?;
    let board = Board::start();
    thread::scope(|scope| {
        let data = scope.spawn(|| fetch_data(&board));
        let kernel = prepare(&root, For::AllNotebooks, &board);
        // It has no reason to panic.
        let _ = data.join();
        kernel
    })?;
    Kernel::of(&root)
}

/// Fetches Fashion-MNIST, where it is not there; without a network the lab works without.
pub fn fetch_data(board: &Board) {
    let line = board.line();
    let fetched = match data::source() {
        Ok(Source::Practice) => data::fetch(None, &|progress| line.show(progress), &|text| board.say(text)),
        Ok(Source::FashionMnist | Source::Other | Source::Photos | Source::Own(_)) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = fetched {
        board.say(&format!(
            "{error}\nUntil then the notebooks use the practice set, which the lab draws itself."
        ));
    }
}

/// Builds the kernel and compiles what notebooks use, where that is not done.
pub fn prepare(root: &Path, what: For, board: &Board) -> Result<(), Error> {
    let line = board.line();
    let tell = |progress: Progress| line.show(progress);
    let done = folders(root).and_then(|folders| Setup::ensure(&folders, what, &tell));
    done.map(drop).map_err(|e| failed(&e))
}

/// What is missing for notebooks to run at once; nothing when all is there.
pub fn missing(root: &Path) -> Result<Option<&'static str>, Error> {
    folders(root).and_then(|folders| Setup::missing(&folders)).map_err(|e| failed(&e))
}

fn folders(root: &Path) -> Result<Folders, anyhow::Error> {
    // The kernel looks there, too.
    debug_assert!(root.is_absolute());
    Folders::find()
}

fn failed(error: &anyhow::Error) -> Error {
    let advice = "mend that, then run the command again: it goes on where it was";
    Error::new("setting up the kernel", "it to work", format!("{error:#}"), advice)
}
