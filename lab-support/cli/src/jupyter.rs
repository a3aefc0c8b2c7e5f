//! JupyterLab: installed for the project alone, and started.

mod environment;
mod server;

pub use environment::{ensure, environment, is_installed};
pub use server::start;
