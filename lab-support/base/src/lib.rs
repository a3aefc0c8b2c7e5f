//! What every program of the lab shares: its errors, where things lie, files that are written whole, how Rust code is taken
//! apart, and what notebooks' cells and the kernel tell each other.

pub mod code;
mod error;
pub mod event;
pub mod files;
pub mod gzip;
pub mod home;
pub mod memory;
mod own_set;
pub mod processes;
pub mod records;
mod source;
mod system;
mod verdict;
pub mod watch;

pub use error::{Begun, Error, expect_below};
pub use own_set::OwnSet;
pub use source::{CLASS_NAMES, Source};
pub use verdict::{Verdict, verdicts};
