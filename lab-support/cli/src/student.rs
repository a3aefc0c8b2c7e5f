//! The edition of the notebooks to work in: answers and guesses blank, no outputs.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use lab_base::{Error, files, home};

use crate::notebook::Notebook;
use crate::{run, terminal};

/// Writes the edition to `folder`, which may exist but must hold nothing that would be overwritten.
pub fn write(folder: &Path) -> Result<bool, Error> {
    let root = home::root()?;
    let notebooks = editions(&root)?;
    let folder = std::path::absolute(folder).map_err(|e| unwritable(folder, e))?;
    let support = folder.join("lab-support");
    let targets = || notebooks.iter().map(|(name, _)| folder.join("notebooks").join(name));
    let settings = folder.join(".cargo/config.toml");
    refuse_to_overwrite(targets().chain([support.clone(), folder.join("answers.md"), settings.clone()]))?;
    for (path, (_, notebook)) in targets().zip(&notebooks) {
        notebook.save(&path)?;
    }
    symlink(link(&root, &folder), &support).map_err(|e| unwritable(&support, e))?;
    if let Some(text) = alias(&root, &folder) {
        files::write_atomically(&settings, text.as_bytes())?;
    }
    let shown = terminal::line(&folder.display().to_string());
    println!("{} notebooks to work in lie in {shown}.", notebooks.len());
    println!("Answers, records and trained networks will be kept there, too.\n");
    println!("  cargo lab open {shown}    opens them\n  cargo lab check {shown}   says what is still open");
    Ok(true)
}

/// The project's notebooks as students get them, with their names.
fn editions(root: &Path) -> Result<Vec<(String, Notebook)>, Error> {
    let notebooks = run::notebooks(root)?;
    let edition = |path: &PathBuf| {
        let notebook = Notebook::load(path)?;
        Ok((notebook.name(), notebook.student_edition()))
    };
    notebooks.iter().map(edition).collect()
}

fn refuse_to_overwrite(mut targets: impl Iterator<Item = PathBuf>) -> Result<(), Error> {
    let Some(found) = targets.find(|path| path.is_symlink() || path.exists()) else { return Ok(()) };
    Err(Error::new(
        "writing the notebooks to work in",
        "a folder in which nothing would be overwritten",
        found.display(),
        "name another folder; the one that is there stays as it is",
    ))
}

/// Where the copy's `lab-support` leads: by a relative path inside the project, which may then be moved.
fn link(root: &Path, folder: &Path) -> PathBuf {
    match folder.strip_prefix(root) {
        Ok(below) => below.components().map(|_| "..").collect::<PathBuf>().join("lab-support"),
        Err(_) => root.join("lab-support"),
    }
}

/// Settings for cargo by which `cargo lab` is found in a copy, too. Inside the project it is found anyway.
fn alias(root: &Path, folder: &Path) -> Option<String> {
    if folder.starts_with(root) {
        return None;
    }
    // A text in JSON is one in TOML.
    let manifest = serde_json::to_string(root.join("Cargo.toml").to_str()?).ok()?;
    let words =
        format!(r#"["run", "--manifest-path", {manifest}, "--package", "lab-cli", "--bin", "lab", "--"]"#);
    Some(format!(
        "# `cargo lab check`, in this folder: what is done and what is open.\n[alias]\nlab = {words}\n"
    ))
}

fn unwritable(path: &Path, e: std::io::Error) -> Error {
    Error::new(
        format!("writing {}", path.display()),
        "a folder that can be written",
        e,
        "check its permissions",
    )
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use super::*;

    #[test]
    fn an_edition_is_written_once_and_never_over_anything() {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("mine");
        write(&copy).unwrap();
        let notebook = copy.join("notebooks/1-load.ipynb");
        fs::write(&notebook, "my work").unwrap();
        let error = write(&copy).unwrap_err().to_string();
        assert!(error.contains("1-load.ipynb"), "{error}");
        assert_eq!(fs::read_to_string(&notebook).unwrap(), "my work");
        assert!(copy.join("lab-support/Cargo.toml").is_file(), "it finds the crate");
    }

    #[test]
    fn the_command_is_found_in_a_copy_wherever_it_lies() {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("my \"l\u{e4}b\"");
        write(&copy).unwrap();
        let mut command = Command::new("cargo");
        command.args(["lab", "check", "--help"]).current_dir(copy.join("notebooks"));
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("--notebooks"), "{output:?}");
        assert_eq!(alias(Path::new("/lab"), Path::new("/lab/copies/anna")), None);
        let strange = alias(Path::new("/a \"l\\b\" e\u{301}"), Path::new("/home/anna")).unwrap();
        assert!(strange.contains("\"/a \\\"l\\\\b\\\" e\u{301}/Cargo.toml\""), "{strange}");
    }

    #[test]
    fn an_edition_is_blank_where_a_student_works_and_the_same_elsewhere() {
        let root = home::root().unwrap();
        for (path, (name, edition)) in run::notebooks(&root).unwrap().iter().zip(editions(&root).unwrap()) {
            let solved = Notebook::load(path).unwrap();
            for (solved, blank) in solved.code().into_iter().zip(edition.code()) {
                let is_blank = ["\"\"", "\"\n\"", "// TODO: "].iter().any(|mark| blank.contains(mark));
                assert_eq!(solved != blank, is_blank, "{name}: {blank}");
            }
            assert!(edition.outputs().iter().all(|outputs| outputs.is_empty()), "{name}");
            assert!(
                edition.checks().is_empty(),
                "{name}: what the lab knows of its cells stays in the solved edition"
            );
        }
    }

    /// Before they are run, and in a page of 900 pixels, where a line has room for 84 letters.
    #[test]
    fn a_cell_to_write_in_says_so_and_its_quotes_are_in_sight() {
        let mut count = 0;
        for (name, edition) in editions(&home::root().unwrap()).unwrap() {
            for cell in edition.code().iter().filter(|cell| cell.contains("\"\"") || cell.contains("\"\n\""))
            {
                assert!(
                    cell.starts_with("// Your guess") || cell.starts_with("// Your answer"),
                    "{name}: {cell}"
                );
                let place = |line: &&str| line.contains("\"\"") || line.starts_with("answer(");
                let line = cell.lines().find(place).unwrap();
                assert!(line.chars().count() <= 84, "{name}: {line}");
                count += 1;
            }
        }
        assert!(count >= 17, "{count}");
    }

    #[test]
    fn the_link_is_relative_inside_the_project() {
        let root = Path::new("/lab");
        assert_eq!(link(root, Path::new("/lab/copies/anna")), Path::new("../../lab-support"));
        assert_eq!(link(root, Path::new("/home/anna")), Path::new("/lab/lab-support"));
    }
}
