//! What a change can break: for daily work, some of all tests.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use lab_base::{Error, home, verdicts};
use lab_kernel::Temporary;
use lab_kernel::in_words;
use serde_json::Value;

use super::{Tally, evaluator_test, heading, saved_defect, test_packages};
use crate::notebook::Notebook;
use crate::paths::Paths;
use crate::setup::{self, Kernel};
use crate::{editions, run};

/// What a change since `commit` can break, as far as it shows in minutes: the tests of the packages that it reaches, those on
/// a live kernel where it reaches the kernel, and the notebooks that were changed.
pub async fn run(commit: &str, limit: Duration) -> Result<bool, Error> {
    let start = Instant::now();
    let mut tally = Tally::default();
    let root = home::root()?;
    let Affected { mut packages, kernel, notebooks } = since(&root, commit)?;
    let reaches_evaluator = packages.remove("lab-evaluator");
    if !packages.is_empty() {
        let named = packages.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        heading(&format!("Tests of {named}"), start);
        if kernel {
            setup::ensure()?;
        }
        let packages: Vec<&str> = packages.iter().map(String::as_str).collect();
        test_packages(&root, &packages, kernel, &mut tally).await?;
    }
    if reaches_evaluator {
        tally.add("cargo test, evaluator", evaluator_test(&root).await?);
    }
    if !notebooks.is_empty() {
        heading("Notebooks that were changed", start);
        let kernel = setup::ensure()?;
        let output = Temporary::new().map_err(|e| failed("a temporary folder", e))?;
        let kernel = Kernel { output: Some(output.path().into()), ..kernel };
        let paths = Paths::of_this_machine(&root);
        for path in &notebooks {
            let book = Notebook::load(path)?;
            tally.add(&format!("{}, as it is saved", home::display(path)), saved_defect(&book, &paths));
            let defect = match run::run_quietly(&kernel, path, limit).await {
                Err(defect) => Some(defect),
                Ok(_) => editions::defect(&book, &verdicts(output.path())?.all, false),
            };
            tally.add(&home::display(path), defect);
        }
    }
    println!("\nin {}", in_words(start.elapsed()));
    println!("{} passed, {} failed; `cargo lab test` tests everything", tally.passed, tally.failed);
    Ok(tally.failed == 0)
}

/// What has to be tested after a change.
#[derive(Debug, Default, PartialEq)]
struct Affected {
    /// Packages that were changed, or depend on one that was.
    packages: BTreeSet<String>,
    /// Whether something was changed that the kernel's own tests, on a live kernel, can notice.
    kernel: bool,
    /// Notebooks that were changed.
    notebooks: Vec<PathBuf>,
}

/// A package of the project.
struct Package {
    name: String,
    folder: PathBuf,
    /// The packages of the project that it uses.
    uses: Vec<String>,
}

/// What the files that differ from `commit`, and those that git does not know yet, can break.
///
/// # Errors
/// When git or cargo can't be asked.
fn since(root: &Path, commit: &str) -> Result<Affected, Error> {
    let git = |arguments: &[&str]| output(Command::new("git").args(arguments).current_dir(root));
    let files = git(&["diff", "--name-only", "-z", commit])?
        + &git(&["ls-files", "--others", "--exclude-standard", "-z"])?;
    let files: Vec<PathBuf> =
        files.split('\0').filter(|file| !file.is_empty()).map(|f| root.join(f)).collect();
    let metadata = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
    let metadata = output(Command::new("cargo").args(metadata).current_dir(root))?;
    let metadata =
        serde_json::from_str(&metadata).map_err(|e| failed("what cargo knows of the packages", e))?;
    Ok(affected(root, &files, &packages(&metadata)))
}

fn packages(metadata: &Value) -> Vec<Package> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let package = |package: &Value| {
        let manifest = PathBuf::from(text(&package["manifest_path"]));
        let own = list(&package["dependencies"]).into_iter().filter(|used| used["path"].is_string());
        Package {
            name: text(&package["name"]),
            folder: manifest.parent().unwrap_or(&manifest).into(),
            uses: own.map(|used| text(&used["name"])).collect(),
        }
    };
    list(&metadata["packages"]).iter().map(package).collect()
}

fn affected(root: &Path, files: &[PathBuf], packages: &[Package]) -> Affected {
    let mut affected = Affected::default();
    for file in files {
        // Packages lie in one another: the innermost owns the file.
        let owners = packages.iter().filter(|package| file.starts_with(&package.folder));
        let owner = owners.max_by_key(|package| package.folder.components().count());
        affected.packages.extend(owner.map(|package| package.name.clone()));
        let is_notebook = file.extension().is_some_and(|end| end == "ipynb");
        if is_notebook && file.parent() == Some(&root.join("notebooks")) && file.is_file() {
            affected.notebooks.push(file.clone());
        }
        if owner.is_none() && file.extension().is_some_and(|end| end == "toml" || end == "lock") {
            affected.packages.extend(packages.iter().map(|package| package.name.clone()));
        }
        affected.kernel |= file.starts_with(root.join("lab-support/cli/tests"));
    }
    while let Some(next) = packages.iter().find(|package| {
        let uses_one = package.uses.iter().any(|used| affected.packages.contains(used));
        uses_one && !affected.packages.contains(&package.name)
    }) {
        affected.packages.insert(next.name.clone());
    }
    affected.kernel |= ["lab-kernel", "lab-evaluator"].iter().any(|&name| affected.packages.contains(name));
    affected
}

fn output(command: &mut Command) -> Result<String, Error> {
    let output = command.output().map_err(|e| failed(&format!("{command:?} to start"), e))?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(failed(
            &format!("{command:?} to say what it knows"),
            String::from_utf8_lossy(&output.stderr).trim().to_string(),
        )),
    }
}

fn failed(expected: &str, found: impl std::fmt::Display) -> Error {
    Error::new(
        "finding out what was changed",
        expected,
        found,
        "name a commit that there is, or run `cargo lab test`, which tests everything",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project() -> (tempfile::TempDir, Vec<Package>) {
        let folder = tempfile::tempdir().unwrap();
        let package = |name: &str, place: &str, uses: &[&str]| Package {
            name: name.into(),
            folder: folder.path().join(place),
            uses: uses.iter().map(ToString::to_string).collect(),
        };
        let packages = vec![
            package("lab-base", "lab-support/base", &[]),
            package("lab-support", "lab-support", &["lab-base"]),
            package("lab-rivals", "lab-support/rivals", &["lab-support"]),
            package("lab-kernel", "lab-support/kernel", &["lab-base"]),
            package("lab-cli", "lab-support/cli", &["lab-kernel", "lab-base"]),
        ];
        (folder, packages)
    }

    fn after(files: &[&str]) -> (Vec<String>, bool, usize) {
        let (folder, packages) = project();
        let files: Vec<PathBuf> = files.iter().map(|file| folder.path().join(file)).collect();
        for file in &files {
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "").unwrap();
        }
        let Affected { packages, kernel, notebooks } = affected(folder.path(), &files, &packages);
        (packages.into_iter().collect(), kernel, notebooks.len())
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_uses_a_changed_package_is_tested_too() {
        assert_eq!(after(&["lab-support/src/a.rs"]), (names(&["lab-rivals", "lab-support"]), false, 0));
        assert_eq!(after(&["lab-support/rivals/src/a.rs"]), (names(&["lab-rivals"]), false, 0));
        assert_eq!(after(&["lab-support/kernel/src/a.rs"]), (names(&["lab-cli", "lab-kernel"]), true, 0));
        assert_eq!(after(&["lab-support/cli/src/a.rs"]), (names(&["lab-cli"]), false, 0));
        assert_eq!(after(&["lab-support/cli/tests/a.rs"]), (names(&["lab-cli"]), true, 0));
        let all = names(&["lab-base", "lab-cli", "lab-kernel", "lab-rivals", "lab-support"]);
        assert_eq!(after(&["lab-support/base/src/a.rs"]), (all.clone(), true, 0));
        assert_eq!(after(&["Cargo.lock"]), (all, true, 0));
    }

    #[test]
    fn notebooks_are_run_where_they_were_changed() {
        assert_eq!(after(&["notebooks/1-load.ipynb", "README.md"]), (vec![], false, 1));
        assert_eq!(after(&[]), (vec![], false, 0));
    }

    #[test]
    fn a_commit_that_is_not_there_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let error = since(folder.path(), "HEAD").unwrap_err().to_string();
        assert!(error.contains("git") && error.contains("cargo lab test"), "{error}");
    }
}
