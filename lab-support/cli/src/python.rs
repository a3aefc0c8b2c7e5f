//! Python environments inside the project: JupyterLab's, and the one that the benchmarks compare with.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use lab_base::{Error, files};
use lab_kernel::Progress;

/// Where an environment keeps its Python.
pub fn interpreter(environment: &Path) -> PathBuf {
    environment.join("bin/python")
}

/// Whether the environment holds all of `requirements`, at these versions, and its Python still starts.
pub fn is_installed(environment: &Path, requirements: &str) -> bool {
    let is_same = fs::read_to_string(installed(environment)).is_ok_and(|text| text == requirements);
    is_same && has(&interpreter(environment))
}

/// A copy of the requirements, written when all of them are there.
fn installed(environment: &Path) -> PathBuf {
    environment.join("installed.txt")
}

/// Makes the environment, with uv where it is there, and tells how far it is under the name of `stage`.
///
/// # Errors
/// When there is no Python 3 with its venv module and no uv, or the packages can't be fetched.
pub fn install(
    environment: &Path,
    requirements: &str,
    stage: &str,
    tell: &dyn Fn(Progress),
) -> Result<(), Error> {
    let list = environment.join("requirements.txt");
    let mut install;
    if has(Path::new("uv")) {
        run(Command::new("uv").args(["venv", "--quiet", "--allow-existing"]).arg(environment))?;
        install = Command::new("uv");
        install.args(["pip", "install", "--python"]).arg(interpreter(environment));
    } else {
        // A Python that was moved or removed leaves an environment that does not start.
        let clear = environment.exists() && !has(&interpreter(environment));
        run(Command::new("python3").args(["-m", "venv"]).args(clear.then_some("--clear")).arg(environment))?;
        install = Command::new(interpreter(environment));
        // What is never imported need not be compiled.
        install.args(["-m", "pip", "install", "--no-compile", "--no-input", "--disable-pip-version-check"]);
        install.args(["--progress-bar", "off"]);
    }
    // A list with checksums is of all that is to be there.
    install.args(requirements.contains("--hash=").then_some("--no-deps"));
    files::write_atomically(&list, requirements.as_bytes())?;
    follow(install.arg("--requirement").arg(&list), requirements, stage, tell)?;
    files::write_atomically(&installed(environment), requirements.as_bytes())
}

/// Runs the installer, whose lines tell how far it is.
fn follow(
    command: &mut Command,
    requirements: &str,
    stage: &str,
    tell: &dyn Fn(Progress),
) -> Result<(), Error> {
    let begin = Instant::now();
    let total = requirements.lines().filter(|line| line.contains("==")).count();
    let program = command.get_program().display().to_string();
    let failed = |found: String| failed(&program, found);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|e| failed(e.to_string()))?;
    let (stdout, stderr) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
    let errors = std::thread::spawn(move || std::io::read_to_string(stderr).unwrap_or_default());
    let mut count = 0;
    for line in BufReader::new(stdout).lines().map_while(Result::ok) {
        count += usize::from(line.starts_with("Collecting "));
        let is_last = line.starts_with("Installing");
        let detail = if is_last { "putting in place".into() } else { format!("{count} of {total} packages") };
        // Putting them in place takes about as long as fetching them.
        let part = Some(if is_last { 0.5 } else { 0.5 * count as f64 / total.max(1) as f64 });
        tell(Progress { stage: stage.into(), part, detail, seconds: begin.elapsed().as_secs_f64() });
    }
    let status = child.wait().map_err(|e| failed(e.to_string()))?;
    if status.success() {
        return Ok(());
    }
    let errors = errors.join().unwrap_or_default();
    let last: Vec<&str> = errors.lines().filter(|line| !line.trim().is_empty()).collect();
    Err(failed(format!("{status}:\n  {}", last[last.len().saturating_sub(6)..].join("\n  "))))
}

fn has(program: &Path) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

fn run(command: &mut Command) -> Result<(), Error> {
    let program = command.get_program().display().to_string();
    match command.stdin(Stdio::null()).output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let said = [output.stdout, output.stderr].concat();
            Err(failed(&program, format!("{}: {}", output.status, String::from_utf8_lossy(&said).trim())))
        }
        Err(e) => Err(failed(&program, e.to_string())),
    }
}

fn failed(program: &str, found: String) -> Error {
    Error::new(
        "making a Python environment",
        format!("`{program}` to work"),
        found,
        "install Python 3 with its venv module (or uv), check the network, then run the command again",
    )
}
