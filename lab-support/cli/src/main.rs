//! `cargo lab`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{self, ExitCode};
use std::time::Duration;
use std::{env, panic, thread};

use clap::{Parser, Subcommand};
use lab::board::Board;
use lab::setup::{Kernel, PROGRAM};
use lab::{check, data, doctor, export, jupyter, kernelspec, left_over, run, setup, student, terminal, test};
use lab_base::{Error, home};
use lab_kernel::For;

/// The Fashion-MNIST lab in Rust: without a command, sets up what is missing and opens JupyterLab.
#[derive(Parser)]
#[command(name = "cargo lab", bin_name = "cargo lab")]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Set up what is missing and open JupyterLab: what is done without a command.
    Open {
        /// The folder of a worked copy; without it, the one that this is started in, or the project.
        folder: Option<PathBuf>,
    },
    /// Write the notebooks to work in: answers and guesses blank, no outputs.
    Student {
        /// A folder for them; nothing in it is overwritten.
        folder: PathBuf,
    },
    /// Run a worked copy, or those of a class, and say which checks are open.
    Check(Box<check::Arguments>),
    /// Write the notebooks, as they are saved, as one page to hand in or to keep: HTML, and PDF where a browser is installed.
    Export {
        /// A folder for the page.
        folder: PathBuf,
        /// The folder of a worked copy; without it, the one that this is started in, or the project.
        #[arg(long, value_name = "COPY")]
        from: Option<PathBuf>,
    },
    /// Run notebooks without a browser, and save their outputs in them.
    Run {
        /// The notebooks to run, in this order; without any, all of them.
        notebooks: Vec<PathBuf>,
        /// Make the long runs again, too, which are shown from their records otherwise: hours, for all of them.
        #[arg(long)]
        retrain: bool,
        /// Seconds that one cell may take.
        #[arg(long, default_value_t = 3600)]
        time_limit: u64,
    },
    /// Test everything that must hold; nothing in the checkout is changed.
    Test {
        /// Only what was changed since this commit, or since the last one, can break.
        #[arg(long, value_name = "COMMIT", num_args = 0..=1, default_missing_value = "HEAD")]
        changed: Option<String>,
        /// Seconds that one cell may take.
        #[arg(long, default_value_t = 3600)]
        time_limit: u64,
    },
    /// Fetch Fashion-MNIST and verify it.
    Data {
        /// A folder, or a URL, with the four .gz files.
        #[arg(long, value_name = "DIR or URL")]
        from: Option<String>,
    },
    /// Measure how fast the lab is; with --peers, beside Keras and PyTorch.
    #[command(disable_help_flag = true)]
    Bench {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Put the kernel where VS Code, `jupyter console` and other front ends find it, or take it away again.
    Kernel {
        /// `install` or `remove`. Front ends start the kernel by the path of a connection file in its place.
        #[arg(value_name = "install|remove")]
        what: PathBuf,
        /// In your own folder of Jupyter's kernels: there is no other place.
        #[arg(long)]
        user: bool,
    },
    /// Set up all that is missing, and end: for the image of a machine, or on the day before a lesson.
    Setup,
    /// Say what is installed, what is missing and the command that mends it.
    Doctor,
}

fn main() -> ExitCode {
    end_quietly_without_a_reader();
    if let Some(connection) = connection_file(env::args_os()) {
        kernelspec::find_rust();
        return kernel(&connection);
    }
    let command = Arguments::parse().command;
    match perform(command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{}", terminal::text(&error.to_string()));
            ExitCode::FAILURE
        }
    }
}

/// The argument in `kernel FILE`. A front end may add what it likes: `jupyter run` adds the names of the files that it runs.
fn connection_file(mut arguments: impl Iterator<Item = OsString>) -> Option<PathBuf> {
    let what = arguments.nth(1).filter(|command| command == "kernel").and_then(|_| arguments.next())?;
    let is_file = !what.to_string_lossy().starts_with('-') && what != "install" && what != "remove";
    is_file.then(|| what.into())
}

/// `cargo lab check class | head`: when nobody reads any more, that is no panic.
fn end_quietly_without_a_reader() {
    let hook = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let message = info.payload_as_str().unwrap_or_default();
        if message.starts_with("failed printing to std") && message.contains("Broken pipe") {
            process::exit(1);
        }
        hook(info);
    }));
}

/// False when something was found wrong that has been printed already.
#[tokio::main(flavor = "current_thread")]
async fn perform(command: Option<Command>) -> Result<bool, Error> {
    left_over::remove();
    match command {
        None => open(None).await,
        Some(Command::Open { folder }) => open(folder).await,
        Some(Command::Student { folder }) => student::write(&folder),
        Some(Command::Check(arguments)) => check::all(*arguments).await,
        Some(Command::Export { folder, from }) => export::write(&folder, from).await,
        Some(Command::Run { notebooks, retrain, time_limit }) => {
            run::all(notebooks, retrain, Duration::from_secs(time_limit)).await
        }
        Some(Command::Test { changed: None, time_limit }) => test::all(Duration::from_secs(time_limit)).await,
        Some(Command::Test { changed: Some(commit), time_limit }) => {
            test::changed::run(&commit, Duration::from_secs(time_limit)).await
        }
        Some(Command::Data { from }) => fetch(from.as_deref()).map(|()| true),
        Some(Command::Bench { arguments }) => bench(arguments),
        Some(Command::Kernel { what, .. }) if what == Path::new("remove") => kernelspec::remove_for_user(),
        Some(Command::Kernel { .. }) => kernelspec::install_for_user(&Kernel::of(&home::root()?)?),
        Some(Command::Setup) => set_up(),
        Some(Command::Doctor) => doctor::examine(),
    }
}

/// Long enough for a kernel that waits to start.
const TURN: Duration = Duration::from_secs(3);

/// JupyterLab opens as soon as it is there; the kernel is built meanwhile, and the first cell waits for it.
async fn open(folder: Option<PathBuf>) -> Result<bool, Error> {
    let folder = match folder {
        Some(folder) => folder,
        None => home::work_dir()?,
    };
    let notebooks = run::notebooks(&folder)?;
    let root = home::root()?;
    let kernel = Kernel::of(&root)?;
    let board = Board::start();
    let (behind, data) = (board.clone(), board.clone());
    thread::spawn(move || setup::fetch_data(&data));
    thread::spawn({
        let root = root.clone();
        move || {
            for what in [For::FirstNotebooks, For::AllNotebooks] {
                if let Err(error) = setup::prepare(&root, what, &behind) {
                    return behind.say(&error.to_string());
                }
                // A kernel whose first cell waits comes before what only the last notebooks use.
                thread::sleep(TURN);
            }
        }
    });
    let line = board.line();
    jupyter::ensure(&kernel, &|progress| line.show(progress))?;
    line.start("Starting JupyterLab");
    let server = jupyter::start(&root, &folder, &notebooks[0])?;
    drop(line);
    server.serve(&board).await
}

fn set_up() -> Result<bool, Error> {
    let kernel = setup::ensure()?;
    let board = Board::start();
    let line = board.line();
    jupyter::ensure(&kernel, &|progress| line.show(progress))?;
    Ok(true)
}

fn fetch(from: Option<&str>) -> Result<(), Error> {
    let board = Board::start();
    let line = board.line();
    data::fetch(from, &|progress| line.show(progress), &|text| println!("{}", terminal::text(text)))
}

fn kernel(connection: &Path) -> ExitCode {
    match lab_kernel::run(connection) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", terminal::text(&format!("{error:#}")));
            ExitCode::FAILURE
        }
    }
}

/// The benchmarks are a program of their own, built when they are asked for.
fn bench(arguments: Vec<OsString>) -> Result<bool, Error> {
    let root = home::root()?;
    let mut bench = std::process::Command::new("cargo");
    bench.args(["run", "--quiet", "--release", "--package", "lab-bench", "--"]).args(arguments);
    let status = bench.current_dir(&root).env(PROGRAM, Kernel::of(&root)?.binary).status();
    let status = status.map_err(|e| {
        Error::new(
            "measuring",
            "`cargo run --package lab-bench` to start",
            e,
            "`cargo lab doctor` says what is missing",
        )
    })?;
    Ok(status.success())
}
