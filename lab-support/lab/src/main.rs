//! The command line behind `cargo lab`.

mod cell;
mod kernel_build;
mod notebook;
mod output;
mod run;
mod session;

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
}

fn main() -> ExitCode {
    match perform(Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// False when something was found wrong that has been printed already.
fn perform(arguments: Arguments) -> Result<bool, Error> {
    match arguments.command {
        None => Ok(true),
        Some(Command::Run { notebooks, time_limit }) => run_all(notebooks, Duration::from_secs(time_limit)),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn run_all(mut notebooks: Vec<PathBuf>, limit: Duration) -> Result<bool, Error> {
    let root = home::root()?;
    let kernel = kernel_build::ensure(&root)?;
    if notebooks.is_empty() {
        notebooks = run::notebooks(&root)?;
    }
    for path in notebooks {
        match run::run(&kernel, &path, limit).await? {
            Some(notebook) => notebook.save(&path)?,
            None => return Ok(false),
        }
    }
    Ok(true)
}
