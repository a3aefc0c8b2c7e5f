//! Which of the lab's notebooks a file is, however it is called.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use super::files::{self, gather, is_archive, name};
use crate::declared::squeezed;
use crate::notebook::Notebook;
use crate::run;

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

/// What is known of the lab's notebooks.
pub(super) struct Books<'a> {
    lab: &'a [Notebook],
    /// The cells that only one of them has, in either edition.
    cells: Vec<HashSet<String>>,
}

impl Books<'_> {
    pub(super) fn new(lab: &[Notebook]) -> Books<'_> {
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

    pub(super) fn hand_in(&self, path: &Path) -> HandIn {
        let shown = if is_archive(path) { path.with_extension("") } else { path.to_path_buf() };
        let mut hand_in =
            HandIn { name: name(&shown), notebooks: BTreeMap::new(), answers: None, notes: Vec::new() };
        let mut found = Vec::new();
        let mut archives = Vec::new();
        gather(path, path, &mut found, &mut archives, &mut hand_in.notes);
        for (shown, path) in found {
            if path.ends_with("answers.md") {
                hand_in.answers = lab_base::files::read_text(&path, files::LARGEST).ok().or(hand_in.answers);
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
