//! What is measured, and how.

use clap::ValueEnum;

use lab::setup::Kernel;

/// The parts, in the order in which their tables stand.
#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub enum Part {
    /// Epochs and predictions of the lab's dense networks.
    Dense,
    /// Epochs and predictions of a network with two layers of convolution.
    Convolution,
    /// An epoch in batches of 1 to 1024.
    Batches,
    /// An epoch of 32 to 1024 neurons.
    Widths,
    /// An epoch on one thread, two ... as many as there are cores.
    Threads,
    /// The data set, from its files.
    Load,
    /// Start of a kernel, and cells.
    Notebook,
    /// All notebooks, from top to bottom.
    Lab,
}

impl Part {
    /// Above its table.
    pub fn title(self) -> &'static str {
        match self {
            Part::Dense => "Dense networks",
            Part::Convolution => "A network with convolution",
            Part::Batches => "784-128-10, an epoch in batches of different sizes",
            Part::Widths => "784-N-10, an epoch",
            Part::Threads => "784-128-10, an epoch on different numbers of threads",
            Part::Load => "Loading Fashion-MNIST",
            Part::Notebook => "Waiting in a notebook",
            Part::Lab => "The notebooks, run from top to bottom",
        }
    }

    /// As it is written on the command line.
    pub fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().into())
    }
}

/// How everything is measured.
pub struct Bench {
    pub kernel: Kernel,
    pub threads: usize,
    pub runs: usize,
    pub peers: bool,
}

/// By which this program starts itself, to be timed.
pub const WORKER: &str = "worker";
