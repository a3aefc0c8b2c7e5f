//! JupyterLab: installed for the project alone, and started.

mod environment;
mod server;

pub use environment::{TEMPLATE, ensure, environment, is_installed};
pub use server::start;
