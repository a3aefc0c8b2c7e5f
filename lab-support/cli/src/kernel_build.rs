use std::collections::HashSet;
use std::env;
use std::io::{BufRead, BufReader, IsTerminal, Write, stderr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lab_base::Error;
use serde_json::Value;

/// The kernel alone, without the command line: it is built again only when its own crates change.
const KERNEL: [&str; 5] = ["--package", "lab", "--no-default-features", "--features", "kernel"];

/// The kernel, ready to be started.
#[derive(Clone)]
pub struct Kernel {
    pub binary: PathBuf,
    /// The project's folder.
    pub root: PathBuf,
    /// Where notebooks write instead of `data/`, when it is not to be that.
    pub output: Option<PathBuf>,
    /// Whether long runs are made again.
    pub retrain: bool,
}

/// Where cargo puts the kernel, as far as can be told without building it.
pub fn binary(root: &Path) -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    root.join(target).join("release/lab-kernel")
}

/// Builds the kernel unless it is up to date, then compiles what notebooks use unless that is done.
pub fn ensure(root: &Path) -> Result<Kernel, Error> {
    let kernel = Kernel { binary: build(root)?, root: root.into(), output: None, retrain: false };
    let mut prepare = Command::new(&kernel.binary);
    prepare.arg("prepare").env("LAB_HOME", root).current_dir(root).stdout(Stdio::null());
    match prepare.status() {
        Ok(status) if status.success() => Ok(kernel),
        Ok(status) => Err(failed("lab-support to compile (see above)", status)),
        Err(e) => Err(failed("a kernel that starts", e)),
    }
}

/// Where the kernel lies. Cargo does nothing when it is up to date, and goes on where it was interrupted.
fn build(root: &Path) -> Result<PathBuf, Error> {
    let mut command = Command::new("cargo");
    command.current_dir(root).args(["build", "--release", "--bin", "lab-kernel"]).args(KERNEL);
    command.args(["--quiet", "--message-format", "json-render-diagnostics"]).stdout(Stdio::piped());
    // The analyzer's crates are built again whenever this variable changes, and all the kernel with them.
    command.env_remove("CI");
    let mut cargo = command.spawn().map_err(|e| failed("cargo to start", e))?;
    let output = cargo.stdout.take().expect("stdout is piped");
    let mut progress = Progress::new(root);
    let mut kernel = None;
    for line in BufReader::new(output).lines() {
        let line = line.map_err(|e| failed("cargo's messages", e))?;
        let message: Value = serde_json::from_str(&line).unwrap_or_default();
        progress.show(&message);
        kernel = message["executable"].as_str().map(PathBuf::from).or(kernel);
    }
    let status = cargo.wait().map_err(|e| failed("cargo to end", e))?;
    progress.end();
    match kernel {
        Some(kernel) if status.success() => Ok(kernel),
        _ => Err(failed("the kernel to compile (see above)", status)),
    }
}

/// Counts the packages that cargo has compiled. Says nothing when all of them were there before.
struct Progress {
    done: HashSet<String>,
    total: usize,
    building: bool,
}

impl Progress {
    fn new(root: &Path) -> Progress {
        Progress { done: HashSet::new(), total: packages(root), building: false }
    }

    fn show(&mut self, message: &Value) {
        let Some(package) = message["package_id"].as_str() else { return };
        self.done.insert(package.into());
        if message["fresh"] != false {
            return;
        }
        if !self.building {
            eprintln!("Building the kernel: about ten minutes on two cores, once. It may be interrupted.");
            self.building = true;
        }
        let (done, total) = (self.done.len(), self.total.max(self.done.len()));
        if stderr().is_terminal() {
            eprint!("\r  {done} of {total} packages");
            // There is nobody to tell when progress can't be shown.
            let _ = stderr().flush();
        } else if done.is_multiple_of(25) {
            eprintln!("  {done} of {total} packages");
        }
    }

    fn end(&self) {
        if self.building {
            eprintln!("\r  the kernel is built        ");
        }
    }
}

/// How many packages the kernel consists of; 0 when cargo does not say.
fn packages(root: &Path) -> usize {
    let mut tree = Command::new("cargo");
    tree.current_dir(root).args(["tree", "--prefix", "none", "--edges", "normal,build"]).args(KERNEL);
    let Ok(output) = tree.stderr(Stdio::null()).output() else { return 0 };
    let lines = String::from_utf8_lossy(&output.stdout);
    lines.lines().map(|line| line.trim_end_matches(" (*)")).collect::<HashSet<_>>().len()
}

fn failed(expected: &str, found: impl std::fmt::Display) -> Error {
    Error::new("preparing the kernel", expected, found, "mend what is reported above, then run it again")
}
