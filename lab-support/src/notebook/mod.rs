//! How a cell shows what it made: the protocol with the notebook's kernel, outputs that change while a call goes
//! on, the stop button, and progress bars. Uses no other room.

pub(crate) mod display;
pub(crate) mod live;
pub(crate) mod progress;
pub(crate) mod waiting;

pub use waiting::Waiting;
