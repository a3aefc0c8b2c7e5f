//! Python environments inside the project: JupyterLab's, and the one that the benchmarks compare with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use lab_base::{Error, files, home};

/// Where an environment keeps its Python.
pub fn interpreter(environment: &Path) -> PathBuf {
    environment.join("bin/python")
}

/// Whether the environment holds all of `requirements`, at these versions.
pub fn is_installed(environment: &Path, requirements: &str) -> bool {
    fs::read_to_string(installed(environment)).is_ok_and(|text| text == requirements)
}

/// A copy of the requirements, written when all of them are there.
fn installed(environment: &Path) -> PathBuf {
    environment.join("installed.txt")
}

/// Makes the environment, with uv where it is there.
pub fn install(environment: &Path, requirements: &str) -> Result<(), Error> {
    let list = environment.join("requirements.txt");
    if has("uv") {
        run(Command::new("uv").args(["venv", "--quiet", "--allow-existing"]).arg(environment))?;
        files::write_atomically(&list, requirements.as_bytes())?;
        let mut install = Command::new("uv");
        install.args(["pip", "install", "--quiet", "--python"]).arg(interpreter(environment));
        run(install.arg("--requirement").arg(&list))?;
    } else {
        run(Command::new("python3").args(["-m", "venv"]).arg(environment))?;
        files::write_atomically(&list, requirements.as_bytes())?;
        let mut install = Command::new(interpreter(environment));
        install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
        run(install.arg(&list))?;
    }
    files::write_atomically(&installed(environment), requirements.as_bytes())
}

fn has(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

fn run(command: &mut Command) -> Result<(), Error> {
    let found = match command.status() {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => status.to_string(),
        Err(e) => e.to_string(),
    };
    Err(Error::new(
        "making a Python environment",
        format!("`{}` to work", command.get_program().display()),
        found,
        "install Python 3 with its venv module (or uv), check the network, then run the command again",
    ))
}
