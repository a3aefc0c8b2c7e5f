//! Who has handed something in, and which of the lab's notebooks it is.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::declared::squeezed;
use crate::notebook::Notebook;
use crate::run;
use lab_base::Error;
use lab_kernel::Temporary;

/// What one student has handed in.
pub struct HandIn {
    /// The name of the folder or the archive.
    pub name: String,
    /// By the places of the lab's notebooks that they are.
    pub notebooks: BTreeMap<usize, Notebook>,
    /// The copy's own `answers.md`.
    pub answers: Option<String>,
    /// What else was found, and what was made of it.
    pub notes: Vec<String>,
}

/// Folders below a hand-in that are looked into, and files that are looked at.
const DEPTH: usize = 8;
const FILES: usize = 2_000;

/// Bytes that a file in an archive may have, and that all of them may have together.
const LARGEST: u64 = 32 << 20;
const LARGEST_SUM: u64 = 256 << 20;

/// Archives in a hand-in that are unpacked: one may hold others, or itself.
const ARCHIVES: usize = 8;

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

/// What is known of the lab's notebooks.
struct Books<'a> {
    lab: &'a [Notebook],
    /// The cells that only one of them has, in either edition.
    cells: Vec<HashSet<String>>,
}

impl Books<'_> {
    fn new(lab: &[Notebook]) -> Books<'_> {
        let cells: Vec<HashSet<String>> = lab
            .iter()
            .map(|book| {
                let both = book.code().into_iter().chain(book.student_edition().code());
                both.map(|cell| squeezed(&cell)).collect()
            })
            .collect();
        let own = |(i, all): (usize, &HashSet<String>)| {
            let others =
                |cell: &String| cells.iter().enumerate().any(|(j, cells)| i != j && cells.contains(cell));
            all.iter().filter(|cell| !cell.is_empty() && !others(cell)).cloned().collect()
        };
        Books { lab, cells: cells.iter().enumerate().map(own).collect() }
    }

    /// Which of the lab's notebooks this is: the one with which it has most cells in common, else the one whose name it has.
    fn place(&self, notebook: &Notebook) -> Option<usize> {
        let code: HashSet<String> = notebook.code().iter().map(|cell| squeezed(cell)).collect();
        let common = |cells: &HashSet<String>| cells.intersection(&code).count();
        let best = (0..self.lab.len()).max_by_key(|&i| (common(&self.cells[i]), std::cmp::Reverse(i)))?;
        if common(&self.cells[best]) > 0 {
            return Some(best);
        }
        let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
        let own = stem(&notebook.path);
        (0..self.lab.len()).rev().find(|&i| own.contains(&stem(&self.lab[i].path)))
    }

    /// How many cells are other than those of the blank edition: of two files, the one that was worked in is meant.
    fn work(&self, place: usize, notebook: &Notebook) -> usize {
        let blank: HashSet<String> =
            self.lab[place].student_edition().code().iter().map(|cell| squeezed(cell)).collect();
        notebook.code().iter().filter(|cell| !blank.contains(&squeezed(cell))).count()
    }

    fn hand_in(&self, path: &Path) -> HandIn {
        let shown = if is_archive(path) { path.with_extension("") } else { path.to_path_buf() };
        let mut hand_in =
            HandIn { name: name(&shown), notebooks: BTreeMap::new(), answers: None, notes: Vec::new() };
        let mut found = Vec::new();
        let mut archives = Vec::new();
        gather(path, path, &mut found, &mut archives, &mut hand_in.notes);
        for (shown, path) in found {
            if path.ends_with("answers.md") {
                hand_in.answers = lab_base::files::read_text(&path, LARGEST).ok().or(hand_in.answers);
                continue;
            }
            if path.ends_with(run::SHEET) {
                continue;
            }
            match Notebook::load(&path) {
                Err(error) => {
                    let error = error.to_string();
                    hand_in.notes.push(format!(
                        "{shown}: not a notebook: {}",
                        error.lines().next().unwrap_or_default()
                    ));
                }
                Ok(notebook) => self.add(&mut hand_in, &shown, notebook),
            }
        }
        hand_in
    }

    fn add(&self, hand_in: &mut HandIn, shown: &str, notebook: Notebook) {
        let Some(place) = self.place(&notebook) else {
            hand_in.notes.push(format!("{shown}: left out, it is none of the lab's notebooks"));
            return;
        };
        let name = self.lab[place].name();
        match hand_in.notebooks.get(&place) {
            Some(other) if self.work(place, other) >= self.work(place, &notebook) => {
                hand_in.notes.push(format!(
                    "{shown}: left out, another file is {name} with at least as much done in it"
                ));
            }
            other => {
                if other.is_some() {
                    hand_in
                        .notes
                        .push(format!("{shown}: read as {name} in place of another with less done in it"));
                } else if notebook.name() != name {
                    hand_in.notes.push(format!("{shown}: read as {name}"));
                }
                hand_in.notebooks.insert(place, notebook);
            }
        }
    }
}

/// Notebooks and `answers.md` at any depth, each with the name to show: not in hidden folders, such as those of checkpoints,
/// and not behind links. Archives are unpacked into temporary folders.
fn gather(
    top: &Path,
    path: &Path,
    found: &mut Vec<(String, PathBuf)>,
    archives: &mut Vec<Temporary>,
    notes: &mut Vec<String>,
) {
    let depth = path.components().count() - top.components().count();
    let shown = |path: &Path| path.strip_prefix(top).unwrap_or(path).display().to_string();
    if is_archive(path) && archives.len() == ARCHIVES {
        notes.push(format!("{}: left out, it is one archive too many", name(path)));
    } else if is_archive(path) {
        match Temporary::new().and_then(|folder| unpack(path, folder.path()).map(|()| folder)) {
            Ok(folder) => {
                let unpacked = folder.path().to_path_buf();
                archives.push(folder);
                gather(&unpacked, &unpacked, found, archives, notes);
            }
            Err(error) => notes.push(format!("{}: not an archive that can be read: {error}", name(path))),
        }
    } else if (is_notebook(path) || path.ends_with("answers.md")) && !path.is_dir() {
        found.push((shown(path), path.to_path_buf()));
    } else if path.is_dir() && depth < DEPTH && found.len() < FILES {
        match entries(path) {
            Ok(entries) => {
                entries.iter().filter(|path| !path.is_symlink() || !path.is_dir()).for_each(|path| {
                    gather(top, path, found, archives, notes);
                })
            }
            Err(error) => notes.push(format!("{}: {error}", shown(path))),
        }
    }
}

/// Unpacks the notebooks of an archive, and `answers.md`. Names that lead out of the folder are left out.
fn unpack(archive: &Path, folder: &Path) -> io::Result<()> {
    let file = File::open(archive)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("no regular file"));
    }
    let mut archive = zip::ZipArchive::new(file)?;
    let mut left = LARGEST_SUM;
    for i in 0..archive.len().min(FILES) {
        let file = archive.by_index(i)?;
        let Some(path) = file.enclosed_name() else { continue };
        let is_hidden = |part: &std::ffi::OsStr| is_ignored(&part.to_string_lossy());
        let is_wanted = is_notebook(&path) || path.ends_with("answers.md") || is_archive(&path);
        if file.is_dir() || file.is_symlink() || !is_wanted || path.iter().any(is_hidden) {
            continue;
        }
        let place = folder.join(&path);
        fs::create_dir_all(place.parent().unwrap_or(folder))?;
        let most = LARGEST.min(left);
        let read = io::copy(&mut file.take(most + 1), &mut File::create(place)?)?;
        if read > most {
            return Err(io::Error::other(format!("{} is larger than {} MB", path.display(), most >> 20)));
        }
        left -= read;
    }
    Ok(())
}

/// What lies in a folder, in the order of the names, without what is hidden.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    let mut paths: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    paths.retain(|path| !is_ignored(&name(path)));
    paths.sort();
    Ok(paths)
}

fn is_ignored(name: &str) -> bool {
    name.starts_with('.') || name == "__MACOSX" || name == "target"
}

fn is_notebook(path: &Path) -> bool {
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case("ipynb"))
}

fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case("zip")) && !path.is_dir()
}

/// What a hand-in is called.
pub fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::fs::symlink;

    use lab_base::home;
    use serde_json::{Value, json};
    use zip::write::SimpleFileOptions;

    use super::*;

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
        for _ in 0..ARCHIVES {
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
