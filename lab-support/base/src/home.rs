//! Where things live: the project, its data, and what the notebooks make.
//!
//! | variable | what it sets | when it is not set |
//! |---|---|---|
//! | `LAB_HOME` | the project's folder | the nearest one, at or above the current folder, with `notebooks/` and `lab-support/` |
//! | `FASHION_MNIST_DIR` | the folder with the four files of Fashion-MNIST | `data/fashion-mnist` |
//! | `LAB_OUTPUT` | the folder for everything the notebooks write | `data` beside the notebooks, and for `answers.md` the folder that holds them |
//!
//! A worked copy of the notebooks, such as `cargo lab student` makes, has a `lab-support` that is a link
//! into the project: data sets are the project's, what its notebooks make is its own.
//!
//! A variable set to nothing counts as not set; a relative path starts at the project's folder.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::source::Source;

/// The project's folder.
///
/// # Errors
/// When there is none at or above the current folder, or `LAB_HOME` is not one.
pub fn root() -> Result<PathBuf, Error> {
    let here = env::current_dir().map_err(|e| {
        Error::doing("finding the lab's folder")
            .expected("a current folder")
            .failed(e)
            .advice("start again from the project's folder")
    })?;
    let root = find_root(variable("LAB_HOME").map(PathBuf::from), &here)?;
    Ok(project_behind(&root).unwrap_or(root))
}

/// The folder that holds the notebooks at work: the project's or that of a worked copy.
///
/// # Errors
/// As [`root`].
pub fn work_dir() -> Result<PathBuf, Error> {
    let copy = env::current_dir().ok().and_then(|here| find_root(None, &here).ok());
    match copy {
        Some(copy) => Ok(copy),
        None => root(),
    }
}

/// Where the link of a worked copy leads.
fn project_behind(copy: &Path) -> Option<PathBuf> {
    let support = copy.join("lab-support");
    if !support.is_symlink() {
        return None;
    }
    fs::canonicalize(support).ok()?.parent().map(Path::to_path_buf)
}

/// `data/`: the data sets.
///
/// # Errors
/// As [`root`].
pub fn data_dir() -> Result<PathBuf, Error> {
    Ok(root()?.join("data"))
}

/// `FASHION_MNIST_DIR`, where it is set.
///
/// # Errors
/// When it is a relative path outside any project, as [`root`].
pub fn fashion_mnist_dir() -> Result<Option<PathBuf>, Error> {
    folder_in("FASHION_MNIST_DIR")
}

/// The folder for what is made from images of this source: `data/` for Fashion-MNIST and a folder in it for any
/// other, such as `data/practice/` and `data/own/letters-1f2e3d4c/`, below `LAB_OUTPUT` instead of `data/` where that is set.
///
/// # Errors
/// As [`root`].
pub fn output_dir(source: Source) -> Result<PathBuf, Error> {
    let base = output_folder()?;
    Ok(match source {
        Source::FashionMnist => base,
        Source::Practice => base.join("practice"),
        Source::Other => base.join("other"),
        Source::Photos => base.join("photos"),
        Source::Own(_) => base.join("own").join(source.name()),
    })
}

/// The folder for all that notebooks make: `LAB_OUTPUT`, or `data/` beside the notebooks.
///
/// # Errors
/// As [`root`].
pub fn output_folder() -> Result<PathBuf, Error> {
    match folder_in("LAB_OUTPUT")? {
        Some(folder) => Ok(folder),
        None => Ok(work_dir()?.join("data")),
    }
}

/// The name of the file with one line for each check that was made.
pub const CHECKS: &str = "checks.jsonl";

/// The file with one line for each check that was made.
///
/// # Errors
/// As [`root`].
pub fn checks_file() -> Result<PathBuf, Error> {
    Ok(output_folder()?.join(CHECKS))
}

/// The folder of trained networks.
///
/// # Errors
/// As [`root`].
pub fn models_dir(source: Source) -> Result<PathBuf, Error> {
    Ok(output_dir(source)?.join("models"))
}

/// The file of the checkpoint of this name.
///
/// # Errors
/// As [`root`].
pub fn checkpoint_file(source: Source, name: &str) -> Result<PathBuf, Error> {
    Ok(output_dir(source)?.join("checkpoints").join(format!("{name}.safetensors")))
}

/// `LAB_TRAININGS`, where it is set: the folder of whole trainings, which `fit` looks into before it trains, and of what
/// `predict_augmented` has predicted. For tests that run the same notebooks twice.
///
/// # Errors
/// When it is a relative path outside any project, as [`root`].
pub fn trainings_dir() -> Result<Option<PathBuf>, Error> {
    folder_in("LAB_TRAININGS")
}

/// Checks a name that a file is to have.
///
/// # Errors
/// When it is not made of letters, digits, `-` and `_`.
pub fn check_name(name: &str, doing: &str) -> Result<(), Error> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.chars().all(plain) {
        return Ok(());
    }
    let expected = "a name of letters, digits, - and _";
    Err(Error::new(doing, expected, format!("\"{name}\""), "try \"baseline\""))
}

/// The file with one line for each training run.
///
/// # Errors
/// As [`root`].
pub fn runs_file(source: Source) -> Result<PathBuf, Error> {
    Ok(output_dir(source)?.join("runs.jsonl"))
}

/// The file with the six answers: `answers.md` in the folder that holds the notebooks, or in [`output_dir`] for all
/// but Fashion-MNIST and where `LAB_OUTPUT` is set.
///
/// # Errors
/// As [`root`].
pub fn answers_file(source: Source) -> Result<PathBuf, Error> {
    let beside_readme = source == Source::FashionMnist && variable("LAB_OUTPUT").is_none();
    let folder = if beside_readme { work_dir()? } else { output_dir(source)? };
    Ok(folder.join("answers.md"))
}

/// A path as a notebook may show it: relative to the project or to `FASHION_MNIST_DIR` where it is
/// below one of them.
pub fn display(path: &Path) -> String {
    if let Ok(Some(folder)) = fashion_mnist_dir()
        && let Ok(rest) = path.strip_prefix(folder)
    {
        let shown: PathBuf = Path::new("FASHION_MNIST_DIR").components().chain(rest.components()).collect();
        return shown.display().to_string();
    }
    let folders = [work_dir(), root()];
    let below = folders.iter().flatten().find_map(|folder| path.strip_prefix(folder).ok());
    below.unwrap_or(path).display().to_string()
}

fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

fn folder_in(name: &str) -> Result<Option<PathBuf>, Error> {
    match variable(name).map(PathBuf::from) {
        Some(folder) if folder.is_relative() => Ok(Some(root()?.join(folder))),
        folder => Ok(folder),
    }
}

fn find_root(lab_home: Option<PathBuf>, here: &Path) -> Result<PathBuf, Error> {
    let doing = "finding the lab's folder";
    let expected = "a folder that holds notebooks/ and lab-support/";
    if let Some(folder) = lab_home {
        let folder = here.join(folder);
        return match is_root(&folder) {
            true => Ok(folder),
            false => Err(Error::doing(doing)
                .expected(expected)
                .found(format!("LAB_HOME = {}", folder.display()))
                .advice("set LAB_HOME to the project's folder, or don't set it")),
        };
    }
    here.ancestors().find(|folder| is_root(folder)).map(Path::to_path_buf).ok_or_else(|| {
        Error::doing(doing)
            .expected(expected)
            .found(format!("none at or above {}", here.display()))
            .advice("start from inside the project, or set LAB_HOME to its folder")
    })
}

fn is_root(folder: &Path) -> bool {
    folder.join("notebooks").is_dir() && folder.join("lab-support").is_dir()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("notebooks/deep")).unwrap();
        fs::create_dir(folder.path().join("lab-support")).unwrap();
        folder
    }

    #[test]
    fn the_project_is_found_from_any_folder_inside() {
        let project = project();
        for inside in ["", "notebooks", "notebooks/deep", "lab-support"] {
            assert_eq!(find_root(None, &project.path().join(inside)).unwrap(), project.path());
        }
    }

    #[test]
    fn lab_home_comes_first() {
        let (project, other) = (project(), project());
        let found = find_root(Some(other.path().into()), project.path()).unwrap();
        assert_eq!(found, other.path());
    }

    #[test]
    fn no_project_is_an_error_that_says_what_to_do() {
        let empty = tempfile::tempdir().unwrap();
        let error = find_root(None, empty.path()).unwrap_err().to_string();
        assert!(error.contains("none at or above") && error.contains("set LAB_HOME"), "{error}");
        let error = find_root(Some(empty.path().into()), project().path()).unwrap_err().to_string();
        assert!(error.contains("found LAB_HOME = "), "{error}");
    }
}
