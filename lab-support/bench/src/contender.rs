use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use lab_base::Error;
use serde_json::Value;

use crate::cell::Cells;
use crate::network::Network;
use crate::worker::Request;

/// Someone who is timed at the same work as others.
pub enum Contender {
    /// A program that answers a line with a line: our release build, or a script in Python.
    Program(Program),
    /// Cells of a notebook, run by the lab's kernel.
    Notebook(Box<Cells>),
}

impl Contender {
    /// Makes a network; what comes next is about it.
    pub async fn build(&mut self, network: &Network) -> Result<(), Error> {
        match self {
            Contender::Program(program) => {
                program.ask(&Request::Build { network: network.clone() }).map(drop)
            }
            Contender::Notebook(cells) => cells.build(network).await,
        }
    }

    /// The seconds that one epoch takes.
    pub async fn fit(&mut self) -> Result<f64, Error> {
        match self {
            Contender::Program(program) => program.ask(&Request::Fit),
            Contender::Notebook(cells) => cells.fit().await,
        }
    }

    /// The seconds that predicting the 10,000 test images takes.
    pub async fn predict(&mut self) -> Result<f64, Error> {
        match self {
            Contender::Program(program) => program.ask(&Request::Predict),
            Contender::Notebook(cells) => cells.predict().await,
        }
    }

    /// The seconds that reading the data set takes.
    pub async fn load(&mut self) -> Result<f64, Error> {
        match self {
            Contender::Program(program) => program.ask(&Request::Load),
            Contender::Notebook(cells) => cells.load().await,
        }
    }

    pub async fn end(self) {
        if let Contender::Notebook(cells) = self {
            cells.end().await;
        }
    }
}

/// A process that does what a line of its standard input asks, and says on standard output how long it took.
/// It ends when this end of its standard input is closed.
pub struct Program {
    name: String,
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Program {
    /// Starts `program` with `arguments` in `folder`, to use so many threads.
    pub fn start<A: AsRef<OsStr>>(
        name: &str,
        program: &Path,
        arguments: &[A],
        folder: &Path,
        threads: usize,
    ) -> Result<Program, Error> {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(folder).env("LAB_THREADS", threads.to_string());
        command.env("OMP_NUM_THREADS", threads.to_string()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().map_err(|e| failed(name, e))?;
        let requests = process.stdin.take().expect("stdin is piped");
        let answers = BufReader::new(process.stdout.take().expect("stdout is piped"));
        Ok(Program { name: name.into(), process, requests, answers })
    }

    /// Hands over a request and waits for the seconds that it took.
    pub fn ask(&mut self, request: &Request) -> Result<f64, Error> {
        let line = serde_json::to_string(request).map_err(|e| failed(&self.name, e))?;
        writeln!(self.requests, "{line}").map_err(|e| failed(&self.name, e))?;
        // Libraries print, too: an answer is a line with seconds.
        for line in (&mut self.answers).lines() {
            let line = line.map_err(|e| failed(&self.name, e))?;
            let answer: Value = serde_json::from_str(&line).unwrap_or_default();
            if let Some(seconds) = answer["seconds"].as_f64() {
                return Ok(seconds);
            }
        }
        let end = self.process.wait().map_err(|e| failed(&self.name, e))?;
        Err(failed(&self.name, format!("its end ({end})")))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already; nothing it could still do is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn failed(name: &str, found: impl std::fmt::Display) -> Error {
    Error::new(format!("timing {name}"), "an answer", found, "see what it says above, then run it again")
}
