use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What happens in the process that runs the cells, as its keeper tells the kernel: a line of JSON each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Something was printed.
    Text { stream: Stream, text: String },
    /// lab-support shows something, by MIME type; one with the number of an earlier one takes its place.
    Show { data: Map<String, Value>, number: Option<u64> },
    /// lab-support ended a long call early, because it was asked to, and says where.
    Stopped { text: String },
    /// A cell returned early by `?`: the error in words.
    Failed { message: String },
    /// A cell panicked: what the panic printed.
    Panicked { message: String },
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

/// How the process ended.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// It did not stop when the student asked it to.
    Interrupted,
    Signal(i32),
    Code(i32),
}

/// What the kernel tells the keeper, one byte each: a cell begins; the student asks to stop it; everything
/// up to `Completed` or `Ended` has been shown.
pub const BEGIN: u8 = b'b';
pub const INTERRUPT: u8 = b'i';
pub const DONE: u8 = b'd';

/// In the environment of evcxr: the Unix socket at which the kernel listens for events.
pub const LISTENER: &str = "LAB_KERNEL_EVENTS";

/// In the environment of evcxr: the folder of the notebook, in which cells run.
pub const FOLDER: &str = "LAB_NOTEBOOK_FOLDER";
