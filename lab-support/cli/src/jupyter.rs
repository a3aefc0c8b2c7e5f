use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use lab_base::{Error, files, home};

use crate::kernel_build::Kernel;
use crate::{kernelspec, python};

/// JupyterLab and all it needs, each at one version.
const REQUIREMENTS: &str = include_str!("../requirements.txt");

/// No question about news, and no look for updates, at a student's first start.
const SETTINGS: &str = r#"{
  "@jupyterlab/apputils-extension:notification": {
    "checkForUpdates": false,
    "fetchNews": "false"
  }
}
"#;

/// The project's own Python environment.
pub fn environment(root: &Path) -> PathBuf {
    root.join(".venv")
}

/// Whether the environment holds JupyterLab at the pinned versions.
pub fn is_installed(environment: &Path) -> bool {
    python::is_installed(environment, REQUIREMENTS)
}

/// Makes the environment unless it is complete, and tells its JupyterLab about the kernel.
pub fn ensure(kernel: &Kernel) -> Result<(), Error> {
    let environment = environment(&kernel.root);
    if !is_installed(&environment) {
        println!("Installing JupyterLab into .venv (about 300 MB, once) ...");
        python::install(&environment, REQUIREMENTS)?;
    }
    let settings = environment.join("share/jupyter/lab/settings/overrides.json");
    files::write_atomically(&settings, SETTINGS.as_bytes())?;
    kernelspec::install(&environment, kernel)
}

/// Opens JupyterLab in `folder`, the project or a worked copy, at a notebook, and returns when it is closed.
/// What it remembers stays in the project's environment.
pub fn open(root: &Path, folder: &Path, notebook: &Path) -> Result<bool, Error> {
    let environment = environment(root);
    let mut jupyter = Command::new(environment.join("bin/jupyter-lab"));
    let page = format!("/lab/tree/{}", notebook.strip_prefix(folder).unwrap_or(notebook).display());
    jupyter.current_dir(folder).arg("--ServerApp.root_dir=.").arg(format!("--LabApp.default_url={page}"));
    for (variable, folder) in
        [("JUPYTER_CONFIG_DIR", "config"), ("JUPYTER_DATA_DIR", "data"), ("JUPYTER_RUNTIME_DIR", "runtime")]
    {
        jupyter.env(variable, environment.join("jupyter").join(folder));
    }
    if belongs_to_root(root) {
        jupyter.arg("--allow-root");
    }
    let status = jupyter.status().map_err(|e| {
        let advice = "remove the folder .venv, then run `cargo lab` again";
        Error::new("opening JupyterLab", "`jupyter-lab` to start", e, advice)
    })?;
    Ok(status.success())
}

/// JupyterLab asks to be told that it may run as root, as it does in a container.
fn belongs_to_root(folder: &Path) -> bool {
    fs::metadata(folder).is_ok_and(|folder| folder.uid() == 0)
}
