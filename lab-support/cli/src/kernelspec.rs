use std::fs;
use std::path::{Path, PathBuf};

use lab_base::{Error, files};
use serde_json::json;

use crate::setup::Kernel;

/// The name that notebooks carry.
pub const NAME: &str = "fashion-mnist-lab";
/// The name that JupyterLab shows.
pub const DISPLAY_NAME: &str = "Rust (Fashion-MNIST lab)";

/// Where Jupyter looks for the kernel: inside the project's own Python environment.
pub fn path(environment: &Path) -> PathBuf {
    environment.join("share/jupyter/kernels").join(NAME).join("kernel.json")
}

/// Tells the JupyterLab in `environment` how to start the kernel.
pub fn install(environment: &Path, kernel: &Kernel) -> Result<(), Error> {
    let spec = json!({
        "argv": [kernel.binary, "kernel", "{connection_file}"],
        "display_name": DISPLAY_NAME,
        "language": "rust",
        "interrupt_mode": "message",
        "env": { "LAB_HOME": kernel.root },
    });
    files::write_atomically(&path(environment), format!("{spec:#}\n").as_bytes())
}

/// Whether the installed kernelspec starts this kernel.
pub fn is_installed(environment: &Path, binary: &Path) -> bool {
    let spec = fs::read(path(environment)).unwrap_or_default();
    let spec: serde_json::Value = serde_json::from_slice(&spec).unwrap_or_default();
    spec["argv"][0].as_str().is_some_and(|argument| Path::new(argument) == binary)
}
