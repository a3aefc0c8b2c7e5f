use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What happens in the process that runs the cells, as its keeper tells the kernel: a line of JSON each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Something was printed.
    Text { stream: Stream, text: String },
    /// lab-support shows something, by MIME type, as is what has to be known of it (the size of a picture, and its words); one
    /// with the number of an earlier one takes its place.
    Show { data: Map<String, Value>, metadata: Map<String, Value>, number: Option<u64> },
    /// lab-support ended a long call early, because it was asked to, and says where.
    Stopped { text: String },
    /// A cell's code is compiled, and runs.
    Began,
    /// The student stopped it before its code ran.
    Skipped,
    /// A cell returned early by `?`: the error in words, and which variables are gone with it.
    Failed { message: String, lost: Vec<String> },
    /// A cell panicked: what the panic printed, the lines of the cell's crate, from 1, that called what panicked, innermost
    /// first, and which variables are gone with it.
    Panicked { message: String, callers: Vec<usize>, lost: Vec<String> },
    /// A cell's code has ended. The keeper waits for `DONE`.
    Completed,
    /// The process has ended. The keeper waits for `DONE`.
    Ended(End),
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    Stdout,
    Stderr,
}

/// The end of the process that ran the cells.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct End {
    pub how: How,
    /// While it ran a cell.
    pub in_cell: bool,
    pub kept: Kept,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It did not stop when the student asked it to.
    Interrupted,
    Signal(i32),
    Code(i32),
}

/// What is left of the variables.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// All of them, as they were before the cell, by a copy of the process from then. So many threads that earlier cells
    /// had started have ended.
    All {
        threads: usize,
    },
    Nothing,
    /// There was not the memory for a copy.
    NoCopy,
}

/// What the kernel tells the keeper, one byte each: the student asks to stop the cell; everything up to `Completed` or
/// `Ended` has been shown.
pub const INTERRUPT: u8 = b'i';
pub const DONE: u8 = b'd';

/// In the environment of evcxr: the Unix socket at which the kernel listens for events.
pub const LISTENER: &str = "LAB_KERNEL_EVENTS";

/// In the environment of evcxr: how a line begins in which a cell tells its keeper something. Another one in each kernel,
/// so that no cell prints it by accident.
pub const MARK: &str = "LAB_MARK";

/// In the environment of evcxr: the folder in which cells are kept that were compiled.
pub const CELLS: &str = "LAB_CELLS";

/// Files in the folder in which cells are compiled. The first is there while the student waits for a cell to stop; the
/// second makes evcxr give up a cell, when it compiles the next time.
pub const STOP: &str = "stop";
pub const REFUSE: &str = "refuse";

/// In the same folder, from the moment when the student has asked evcxr for another form of values (`:fmt`, `:types`): they
/// are shown as evcxr shows them.
pub const FORMATTED: &str = "formatted";

/// The file, in the same folder, with what the compiler last said of a cell: JSON, the source that it was given and its
/// messages. It is not there when the cell compiled.
pub const MISTAKES: &str = "mistakes.json";

/// In the environment of evcxr: the folder of the notebook, in which cells run.
pub const FOLDER: &str = "LAB_NOTEBOOK_FOLDER";
