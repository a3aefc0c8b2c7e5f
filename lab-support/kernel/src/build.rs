use std::collections::HashSet;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use lab_base::files;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::folders::Folders;
use crate::progress::{Crates, Progress};
use crate::toolchain::Toolchain;

const PACKAGE: &str = "lab-evaluator";

/// The program that is evcxr, and all of the project that goes into it.
const INPUTS: [&str; 6] = [
    "Cargo.toml",
    "Cargo.lock",
    "lab-support/base/Cargo.toml",
    "lab-support/base/src",
    "lab-support/evaluator/Cargo.toml",
    "lab-support/evaluator/src",
];

/// Written when the evaluator is built: from what, and where it lies.
#[derive(Serialize, Deserialize)]
struct Stamp {
    inputs: u64,
    binary: PathBuf,
}

/// The evaluator as it is built from the sources as they are now, if it has been.
pub fn current(folders: &Folders, toolchain: &Toolchain) -> Result<Option<PathBuf>> {
    let inputs = inputs(&folders.project, toolchain)?;
    let stamp =
        fs::read(stamp_file(folders)).ok().and_then(|text| serde_json::from_slice::<Stamp>(&text).ok());
    Ok(stamp.filter(|stamp| stamp.inputs == inputs && stamp.binary.is_file()).map(|stamp| stamp.binary))
}

/// Builds the evaluator. Cargo goes on where it was interrupted, and holds `lock` until it ends.
pub fn make(
    folders: &Folders,
    toolchain: &Toolchain,
    lock: &File,
    tell: &dyn Fn(Progress),
) -> Result<PathBuf> {
    let inputs = inputs(&folders.project, toolchain)?;
    let mut cargo = toolchain.cargo(&folders.project);
    cargo.args(["build", "--locked", "--profile", "evaluator", "--package", PACKAGE, "--quiet"]);
    cargo.args(["--message-format", "json-render-diagnostics"]).stdin(lock.try_clone()?);
    let expected = toolchain.packages(&folders.project, &[PACKAGE]);
    let crates = Crates::new("Building the Rust kernel", expected, &HEAVY);
    let binary = follow(cargo, crates, tell)?;
    let stamp = serde_json::to_vec(&Stamp { inputs, binary: binary.clone() })?;
    files::write_atomically(&stamp_file(folders), &stamp)?;
    Ok(binary)
}

/// Runs cargo, tells how far it is, and returns the program that it built.
fn follow(mut cargo: Command, mut crates: Crates, tell: &dyn Fn(Progress)) -> Result<PathBuf> {
    let mut cargo = cargo.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().context("starting cargo")?;
    let (stdout, stderr) = (cargo.stdout.take().context("piped")?, cargo.stderr.take().context("piped")?);
    let errors = std::thread::spawn(move || std::io::read_to_string(stderr).unwrap_or_default());
    let mut binary = None;
    tell(crates.progress());
    for line in BufReader::new(stdout).lines() {
        let message: Value = serde_json::from_str(&line?).unwrap_or_default();
        if message["reason"] == "compiler-artifact" {
            crates.add(package_name(message["package_id"].as_str().unwrap_or_default()));
            tell(crates.progress());
        }
        binary = message["executable"].as_str().map(PathBuf::from).or(binary);
    }
    let status = cargo.wait()?;
    match binary {
        Some(binary) if status.success() => Ok(binary),
        _ => bail!("the Rust kernel could not be built ({status}):\n{}", errors.join().unwrap_or_default()),
    }
}

/// Of `registry+https://...#serde@1.0.229` or `path+file:///...#lab-base@0.1.0`.
fn package_name(id: &str) -> &str {
    let rest = id.rsplit_once('#').map_or(id, |(_, rest)| rest);
    rest.split('@').next().unwrap_or(rest)
}

fn stamp_file(folders: &Folders) -> PathBuf {
    folders.project.join("target/lab-evaluator.json")
}

/// A number that changes with all that the evaluator is built from.
fn inputs(project: &Path, toolchain: &Toolchain) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    toolchain.version.hash(&mut hasher);
    INPUTS.iter().try_for_each(|input| hash(&project.join(input), &mut hasher))?;
    Ok(hasher.finish())
}

fn hash(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    if path.is_file() {
        fs::read(path)?.hash(hasher);
        return Ok(());
    }
    let entries = fs::read_dir(path).with_context(|| format!("reading {}", path.display()))?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<PathBuf>>>()?;
    paths.retain(|path| path.is_dir() || path.extension().is_some_and(|end| end == "rs"));
    paths.sort();
    paths.iter().filter(|path| path.exists()).try_for_each(|path| hash(path, hasher))
}

impl Toolchain {
    /// The names of the packages of which `package` is made, itself among them; none when cargo does not say.
    pub fn packages(&self, project: &Path, packages: &[&str]) -> HashSet<String> {
        let mut tree = self.cargo(project);
        tree.args(["tree", "--locked", "--offline", "--prefix", "none", "--edges", "normal,build"]);
        let packages = packages.iter().flat_map(|package| ["--package", package]);
        let Ok(output) = tree.args(packages).stderr(Stdio::null()).output() else {
            return HashSet::new();
        };
        let text = String::from_utf8_lossy(&output.stdout);
        let names = text.lines().filter_map(|line| line.split(' ').next()).filter(|name| !name.is_empty());
        names.map(String::from).collect()
    }

    /// Fetches every crate of the project's lock file, for all that may be compiled later without a network. It does
    /// nothing, in a fraction of a second, where all are there.
    pub fn fetch(&self, project: &Path, tell: &dyn Fn(Progress)) -> Result<()> {
        let fetch = |more: &[&str]| {
            let mut cargo = self.cargo(project);
            cargo.args(["fetch", "--locked", "--quiet"]).args(more).stdin(Stdio::null()).output()
        };
        if fetch(&["--offline"])?.status.success() {
            return Ok(());
        }
        tell(Progress {
            stage: "Fetching the crates".into(),
            part: None,
            detail: String::new(),
            seconds: 0.0,
        });
        let output = fetch(&[])?;
        if !output.status.success() {
            bail!(
                "fetching the crates: expected a network, or crates that were fetched before; found\n{}\n\
                 -> check the network (and a proxy's settings), then run the command again",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        Ok(())
    }
}

/// Seconds of the crates that take longest, as measured on two cores.
const HEAVY: [(&str, f64); 14] = [
    ("ra_ap_hir_ty", 105.0),
    ("ra_ap_hir_def", 55.0),
    ("ra_ap_ide", 37.0),
    ("ra_ap_hir", 22.0),
    ("ra_ap_project_model", 21.0),
    ("ra_ap_ide_db", 20.0),
    ("ra_ap_ide_completion", 19.0),
    ("ra_ap_intern", 17.0),
    ("ra_ap_ide_assists", 15.0),
    ("ra_ap_hir_expand", 15.0),
    ("ra_ap_syntax", 12.0),
    ("evcxr", 11.0),
    ("evcxr_jupyter", 11.0),
    ("lab-evaluator", 16.0),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_package_is_found_in_its_id() {
        let ids = [
            ("registry+https://example.org/index#serde@1.0.229", "serde"),
            ("path+file:///home/a%20b/lab-support/base#lab-base@0.1.0", "lab-base"),
        ];
        ids.iter().for_each(|(id, name)| assert_eq!(package_name(id), *name));
    }
}
