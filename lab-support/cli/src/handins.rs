//! Who has handed something in, and which of the lab's notebooks it is.

mod books;
mod files;

use std::path::{Path, PathBuf};

use lab_base::Error;

use crate::notebook::Notebook;
use books::Books;
use files::{entries, is_archive, is_notebook};

pub use books::HandIn;
pub use files::name;

/// Where the hand-ins lie: the folder or archive itself where it is one, else every folder and archive in it, in the order of
/// their names; and a word on each notebook that lies beside them.
///
/// # Errors
/// When there is nothing of the kind.
pub fn find(place: &Path, lab: &[Notebook]) -> Result<(Vec<PathBuf>, Vec<String>), Error> {
    let missing = |expected: String, found: String| {
        Error::new(
            "looking for worked copies",
            expected,
            found,
            "`cargo lab student DIR` makes a copy to work in",
        )
    };
    let place = std::path::absolute(place).map_err(|e| missing("a folder".into(), e.to_string()))?;
    if is_archive(&place) {
        return Ok((vec![place], Vec::new()));
    }
    let all =
        entries(&place).map_err(|e| missing(format!("the folder {}", place.display()), e.to_string()))?;
    let of_one_copy = ["notebooks", "data", "lab-support"];
    let is_of_class = |path: &&PathBuf| {
        !of_one_copy.iter().any(|name| path.ends_with(name))
            && (is_archive(path) || path.is_dir() && !path.is_symlink())
    };
    let class: Vec<PathBuf> = all.iter().filter(is_of_class).cloned().collect();
    let books = Books::new(lab);
    let is_one =
        place.join("notebooks").is_dir() || class.iter().all(|path| books.hand_in(path).notebooks.is_empty());
    if is_one && !books.hand_in(&place).notebooks.is_empty() {
        return Ok((vec![place], Vec::new()));
    }
    if class.is_empty() {
        let found = format!("no notebooks, no archives and no folders in {}", place.display());
        return Err(missing("a worked copy, or a folder of them".into(), found));
    }
    let strays = all.iter().filter(|path| is_notebook(path) && !path.is_dir());
    let strays = strays.map(|path| format!("{}: left out, it lies beside the hand-ins", name(path)));
    Ok((class, strays.collect()))
}

/// What is in a hand-in.
pub fn read(path: &Path, lab: &[Notebook]) -> HandIn {
    Books::new(lab).hand_in(path)
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::io::Write;
    use std::os::unix::fs::symlink;

    use lab_base::home;
    use serde_json::{Value, json};
    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::run;

    fn lab() -> Vec<Notebook> {
        let paths = run::notebooks(&home::root().unwrap()).unwrap();
        paths.iter().map(|path| Notebook::load(path).unwrap()).collect()
    }

    /// A notebook of the lab as it is worked in, with this answer, or none.
    fn worked(number: usize, answer: &str) -> String {
        let blank = lab()[number - 1].student_edition();
        let folder = tempfile::tempdir().unwrap();
        blank.save(&folder.path().join("n.ipynb")).unwrap();
        let mut notebook: Value =
            serde_json::from_slice(&fs::read(folder.path().join("n.ipynb")).unwrap()).unwrap();
        for cell in notebook["cells"].as_array_mut().unwrap() {
            let source: String =
                cell["source"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            if cell["cell_type"] == "code" && source.contains("answer(") && !answer.is_empty() {
                cell["source"] = json!([source.replace("\"\n\"", &format!("\"{answer}\""))]);
            }
        }
        notebook.to_string()
    }

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn pack(path: &Path, files: &[(&str, &str)]) {
        let mut archive = zip::ZipWriter::new(File::create(path).unwrap());
        for (name, text) in files {
            archive.start_file(*name, SimpleFileOptions::default()).unwrap();
            archive.write_all(text.as_bytes()).unwrap();
        }
        archive.finish().unwrap();
    }

    #[test]
    fn a_class_is_found_however_it_was_handed_in() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path();
        let (first, third) = (worked(1, ""), worked(3, ""));
        write(&place.join("anna/notebooks/1-load.ipynb"), &first);
        write(
            &place.join("anna/notebooks").join(run::SHEET),
            &json!({"cells": [], "nbformat": 4}).to_string(),
        );
        write(&place.join("anna/.ipynb_checkpoints/1-load-checkpoint.ipynb"), &first);
        write(&place.join("ben/a/b/c/1-load (1).ipynb"), &first);
        write(&place.join("ben/a/3-build-ben.ipynb"), &third);
        write(&place.join("ben/essay.ipynb"), &json!({"cells": [], "nbformat": 4}).to_string());
        write(&place.join("ben/broken.ipynb"), "{ not a notebook");
        write(&place.join("__MACOSX/anna/1-load.ipynb"), &first);
        write(&place.join(".hidden/1-load.ipynb"), &first);
        write(&place.join("stray.ipynb"), &first);
        fs::create_dir(place.join("nobody")).unwrap();
        let entries = [
            ("x/1-load.ipynb", first.as_str()),
            ("__MACOSX/x/3-build.ipynb", &third),
            ("../../out.ipynb", &third),
            ("x/answers.md", "# mine"),
        ];
        pack(&place.join("carla.zip"), &entries);
        pack(&place.join("ben/more.zip"), &[("notebook.ipynb", &worked(5, "mine"))]);
        write(&place.join("dora.zip"), "no archive");
        symlink(place.join("anna"), place.join("link")).unwrap();

        let lab = lab();
        let (places, strays) = find(place, &lab).unwrap();
        let names: Vec<String> = places.iter().map(|path| name(path)).collect();
        assert_eq!(names, ["anna", "ben", "carla.zip", "dora.zip", "nobody"]);
        assert_eq!(strays, ["stray.ipynb: left out, it lies beside the hand-ins"]);
        let hand_ins: Vec<HandIn> = places.iter().map(|path| read(path, &lab)).collect();
        let found = |i: usize| hand_ins[i].notebooks.keys().map(|place| place + 1).collect::<Vec<_>>();
        assert_eq!(
            (found(0), found(1), found(2), found(3), found(4)),
            (vec![1], vec![1, 3, 5], vec![1], vec![], vec![])
        );
        assert_eq!(hand_ins[0].notes, Vec::<String>::new());
        let notes = hand_ins[1].notes.join("\n");
        for note in [
            "a/b/c/1-load (1).ipynb: read as 1-load.ipynb",
            "a/3-build-ben.ipynb: read as 3-build.ipynb",
            "essay.ipynb: left out, it is none of the lab's notebooks",
            "broken.ipynb: not a notebook",
            "notebook.ipynb: read as 5-predict.ipynb",
        ] {
            assert!(notes.contains(note), "{note} in {notes}");
        }
        assert_eq!((hand_ins[2].name.as_str(), hand_ins[2].answers.as_deref()), ("carla", Some("# mine")));
        assert!(hand_ins[3].notes[0].contains("not an archive that can be read"), "{:?}", hand_ins[3].notes);
        assert!(!place.parent().unwrap().join("out.ipynb").exists());
    }

    #[test]
    fn a_copy_alone_is_found_in_its_folder_or_archive() {
        let folder = tempfile::tempdir().unwrap();
        let lab = lab();
        let copy = folder.path().join("mine");
        write(&copy.join("notebooks/1-load.ipynb"), &worked(1, ""));
        fs::create_dir(copy.join("data")).unwrap();
        assert_eq!(find(&copy, &lab).unwrap().0, std::slice::from_ref(&copy));
        let flat = folder.path().join("flat");
        write(&flat.join("some name.ipynb"), &worked(1, ""));
        fs::create_dir(flat.join("pictures")).unwrap();
        assert_eq!(find(&flat, &lab).unwrap().0, [flat]);
        pack(&folder.path().join("one.zip"), &[("1-load.ipynb", &worked(1, ""))]);
        assert_eq!(find(&folder.path().join("one.zip"), &lab).unwrap().0.len(), 1);
        let empty = folder.path().join("empty");
        fs::create_dir(&empty).unwrap();
        let error = find(&empty, &lab).unwrap_err().to_string();
        assert!(error.contains("no notebooks, no archives and no folders"), "{error}");
    }

    #[test]
    fn of_two_files_the_one_that_was_worked_in_is_meant() {
        let folder = tempfile::tempdir().unwrap();
        let lab = lab();
        for (blank, done) in
            [("5-predict.ipynb", "5-predict-Copy1.ipynb"), ("5-predict-Copy1.ipynb", "5-predict.ipynb")]
        {
            let copy = folder.path().join(done);
            write(&copy.join(blank), &worked(5, ""));
            write(&copy.join(done), &worked(5, "mine"));
            let hand_in = read(&copy, &lab);
            assert_eq!(hand_in.notebooks[&4].name(), done);
            let words = ["left out", "in place of another"];
            let told = hand_in.notes.iter().any(|note| words.iter().any(|words| note.contains(words)));
            assert!(told, "{:?}", hand_in.notes);
        }
    }

    #[test]
    fn archives_in_archives_come_to_an_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("outer.zip");
        pack(&path, &[("1-load.ipynb", &worked(1, ""))]);
        for _ in 0..files::ARCHIVES {
            let inner = fs::read(&path).unwrap();
            let mut outer = zip::ZipWriter::new(File::create(&path).unwrap());
            outer.start_file("inner.zip", SimpleFileOptions::default()).unwrap();
            outer.write_all(&inner).unwrap();
            outer.finish().unwrap();
        }
        let hand_in = read(&path, &lab());
        assert_eq!((hand_in.notebooks.len(), hand_in.notes.len()), (0, 1), "{:?}", hand_in.notes);
        assert!(hand_in.notes[0].contains("one archive too many"), "{:?}", hand_in.notes);
    }

    #[test]
    fn an_archive_can_not_fill_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let bomb = "0".repeat(33 << 20);
        pack(&folder.path().join("bomb.zip"), &[("1-load.ipynb", &bomb)]);
        let hand_in = read(&folder.path().join("bomb.zip"), &lab());
        assert!(hand_in.notes[0].contains("larger than 32 MB"), "{:?}", hand_in.notes);
    }
}
