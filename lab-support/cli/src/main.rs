//! `cargo lab`.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use lab::{check, data, doctor, jupyter, run, setup, student, test};
use lab_base::{Error, home};

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
    /// Run a worked copy, or a folder of many, and say which checks are open.
    Check {
        /// The worked copy, or the folder that holds them; without it, this folder.
        #[arg(default_value = ".")]
        folder: PathBuf,
        /// Print JSON in place of the table.
        #[arg(long)]
        json: bool,
        /// Seconds that one notebook may take.
        #[arg(long, default_value_t = 600)]
        time_limit: u64,
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
    /// The kernel, as Jupyter starts it.
    #[command(hide = true)]
    Kernel { connection: PathBuf },
    /// Say what is installed, what is missing and the command that mends it.
    Doctor,
}

fn main() -> ExitCode {
    match perform(Arguments::parse().command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// False when something was found wrong that has been printed already.
#[tokio::main(flavor = "current_thread")]
async fn perform(command: Option<Command>) -> Result<bool, Error> {
    match command {
        None => open(None),
        Some(Command::Open { folder }) => open(folder),
        Some(Command::Student { folder }) => student::write(&folder),
        Some(Command::Check { folder, json, time_limit }) => {
            check::all(&folder, Duration::from_secs(time_limit), json).await
        }
        Some(Command::Run { notebooks, retrain, time_limit }) => {
            run::all(notebooks, retrain, Duration::from_secs(time_limit)).await
        }
        Some(Command::Test { time_limit }) => test::all(Duration::from_secs(time_limit)).await,
        Some(Command::Data { from }) => data::fetch(from.as_deref()).map(|()| true),
        Some(Command::Bench { arguments }) => bench(arguments),
        Some(Command::Kernel { connection }) => kernel(&connection),
        Some(Command::Doctor) => doctor::examine(),
    }
}

fn open(folder: Option<PathBuf>) -> Result<bool, Error> {
    let folder = match folder {
        Some(folder) => folder,
        None => home::work_dir()?,
    };
    let notebooks = run::notebooks(&folder)?;
    let kernel = setup::ensure()?;
    jupyter::ensure(&kernel)?;
    jupyter::open(&kernel.root, &folder, &notebooks[0])
}
