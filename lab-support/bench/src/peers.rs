use std::path::{Path, PathBuf};

use lab_base::{Error, Source, home};

use crate::contender::{Contender, Program};
use lab::board::Board;
use lab::{data, python};

const REQUIREMENTS: &str = include_str!("../peers/requirements.txt");

/// Name and script of each.
const PEERS: [(&str, &str); 2] = [("PyTorch", "with_pytorch.py"), ("Keras", "with_keras.py")];

/// Keras and PyTorch, each in a process of its own; installed first where they are not.
pub fn start(root: &Path, threads: usize) -> Result<Vec<(String, Contender)>, Error> {
    let environment = home::data_dir()?.join("bench/peers");
    if !python::is_installed(&environment, REQUIREMENTS) {
        let board = Board::start();
        let line = board.line();
        let stage = "Installing PyTorch and Keras into data/bench/peers (5 GB)";
        python::install(&environment, REQUIREMENTS, stage, &|progress| line.show(progress))?;
    }
    let images = images()?;
    let start = |(name, script): (&str, &str)| {
        let script = root.join("lab-support/bench/peers").join(script);
        let arguments = [script.as_os_str(), images.as_os_str()];
        let python = python::interpreter(&environment);
        let program = Program::start(name, &python, &arguments, root, threads)?;
        Ok((name.to_string(), Contender::Program(program)))
    };
    PEERS.into_iter().map(start).collect()
}

/// The folder whose images everyone learns.
fn images() -> Result<PathBuf, Error> {
    match (data::source()?, home::fashion_mnist_dir()?) {
        (Source::Practice, _) => Ok(home::data_dir()?.join("practice")),
        (_, Some(folder)) => Ok(folder),
        (_, None) => data::folder(),
    }
}
