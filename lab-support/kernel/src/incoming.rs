use std::process::ExitStatus;

use tokio::net::unix::OwnedWriteHalf;

use crate::message::Message;
use crate::progress::Progress;
use lab_base::event::Event;

/// The three sockets over which requests come and replies go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Channel {
    Shell,
    Control,
    Stdin,
}

/// Everything that the kernel hears, in the order in which it hears it.
pub enum Incoming {
    /// From a front end.
    Front(Channel, Message),
    /// From evcxr: a reply, or a question to the student.
    Reply(Channel, Message),
    /// From evcxr, to all.
    Broadcast(Message),
    /// A process that runs cells has started: its keeper listens here.
    Keeper(OwnedWriteHalf),
    Event(Event),
    /// How far setting up is, before evcxr can start.
    Preparing(Progress),
    EvaluatorEnded(ExitStatus),
    /// It is a while ago that evcxr was done with a request: its word of that.
    Overdue(Message),
    /// It is a while ago that the student asked the cell with this id to stop.
    StillAsked(String),
    JupyterGone,
}
