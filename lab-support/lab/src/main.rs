//! The command line behind `cargo lab`.

mod answers;
mod bench;
mod cell;
mod check;
mod data;
mod doctor;
mod download;
mod jupyter;
mod kernel_build;
mod kernelspec;
mod notebook;
mod output;
mod paths;
mod python;
mod run;
mod session;
mod setup;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use lab_support::Error;
use lab_support::data::home;

/// The Fashion-MNIST lab in Rust: without a command, sets up what is missing and opens JupyterLab.
#[derive(Parser)]
#[command(name = "cargo lab", bin_name = "cargo lab")]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run notebooks without a browser, and save their outputs in them.
    Run {
        /// The notebooks to run, in this order; without any, all of them.
        notebooks: Vec<PathBuf>,
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
    Bench(bench::Options),
    /// What `bench` starts to be timed.
    #[command(hide = true)]
    BenchWorker,
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
        None => open(),
        Some(Command::Run { notebooks, time_limit }) => {
            run::all(notebooks, Duration::from_secs(time_limit)).await
        }
        Some(Command::Test { time_limit }) => check::all(Duration::from_secs(time_limit)).await,
        Some(Command::Data { from }) => data::fetch(from.as_deref()).map(|()| true),
        Some(Command::Bench(options)) => bench::run(options).await,
        Some(Command::BenchWorker) => bench::worker::serve(),
        Some(Command::Doctor) => doctor::examine(),
    }
}

fn open() -> Result<bool, Error> {
    let kernel = setup::ensure()?;
    jupyter::ensure(&kernel)?;
    let notebooks = run::notebooks(&home::root()?)?;
    jupyter::open(&kernel.root, &notebooks[0])
}
