mod mending;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use lab_base::{Error, files, home};
use nbformat::v4::{self, Cell, CellMetadata, KernelSpec, LanguageInfo, Output};
use serde_json::Value;

use crate::declared::Declared;
use crate::kernelspec;

/// A notebook on disk, which is written in format 4.5, as JupyterLab does.
///
/// A cell's metadata may hold an entry `lab`: under `student` the cell's source in the edition for students,
/// under `check` the name of the check that it makes, and `"given": true` where that passes in the blank
/// edition, too. `{"check": "answer 1", "student": ["answer(1, ...)"]}`
pub struct Notebook {
    pub path: PathBuf,
    content: v4::Notebook,
}

/// Bytes that a notebook may have: dozens of times what the longest of the lab has with its outputs.
const LIMIT: u64 = 32 << 20;

impl Notebook {
    /// A notebook of any format since the third, as one of format 4.5.
    ///
    /// # Errors
    /// When the file can't be read or is no notebook.
    pub fn load(path: &Path) -> Result<Notebook, Error> {
        let doing = format!("reading {}", home::display(path));
        let expected = "a notebook, as Jupyter saves it";
        let text = files::read_text(path, LIMIT)
            .map_err(|e| Error::new(&doing, expected, e, "check the name: notebooks lie in notebooks/"))?;
        match mending::read(&text) {
            Ok(content) => Ok(Notebook { path: path.into(), content }),
            Err(e) => Err(Error::new(doing, expected, e, "open it in JupyterLab and save it")),
        }
    }

    /// The file's name without its folder.
    pub fn name(&self) -> String {
        self.path.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The sources of the code cells, in order.
    pub fn code(&self) -> Vec<String> {
        let source = |cell: &Cell| matches!(cell, Cell::Code { .. }).then(|| cell.source().concat());
        self.content.cells.iter().filter_map(source).collect()
    }

    /// The saved outputs of the code cells, in order.
    pub fn outputs(&self) -> Vec<&[Output]> {
        fn outputs(cell: &Cell) -> Option<&[Output]> {
            match cell {
                Cell::Code { outputs, .. } => Some(outputs),
                _ => None,
            }
        }
        self.content.cells.iter().filter_map(outputs).collect()
    }

    /// The checks that its cells make, in order.
    pub fn checks(&self) -> Vec<Declared> {
        let check = |cell: &Cell| {
            let lab = metadata(cell).additional.get("lab")?;
            Some(Declared {
                name: lab["check"].as_str()?.into(),
                is_given: lab["given"] == true,
                source: cell.source().concat(),
                student: student_source(cell).map(|lines| lines.concat()),
            })
        };
        self.content.cells.iter().filter_map(check).collect()
    }

    /// The same notebook to work in: what students fill in is blank, and there are no outputs.
    pub fn student_edition(&self) -> Notebook {
        let mut content = self.content.clone();
        for cell in &mut content.cells {
            let blank = student_source(cell);
            let (Cell::Code { metadata, source, .. }
            | Cell::Markdown { metadata, source, .. }
            | Cell::Raw { metadata, source, .. }) = cell;
            *source = blank.unwrap_or_else(|| std::mem::take(source));
            metadata.additional.remove("lab");
            if let Cell::Code { outputs, execution_count, .. } = cell {
                outputs.clear();
                *execution_count = None;
            }
        }
        Notebook { path: self.path.clone(), content }
    }

    /// The number of the first code cell that does not carry its own number, from 1, as its count.
    pub fn first_not_run(&self) -> Option<usize> {
        let counts = self.content.cells.iter().filter_map(|cell| match cell {
            Cell::Code { execution_count, .. } => Some(*execution_count),
            _ => None,
        });
        counts.zip(1..).find(|(count, number)| *count != Some(*number)).map(|(_, number)| number as usize)
    }

    /// Replaces the outputs of the code cells, numbers the cells from 1, and drops what differs from one
    /// run to the next.
    pub fn set_outputs(&mut self, outputs: Vec<Vec<Output>>) {
        let code = self.content.cells.iter_mut().filter_map(|cell| match cell {
            Cell::Code { execution_count, outputs, metadata, .. } => {
                Some((execution_count, outputs, metadata))
            }
            _ => None,
        });
        for (i, ((count, place, metadata), new)) in code.zip(outputs).enumerate() {
            *count = Some(i as i32 + 1);
            *place = new;
            place.iter_mut().for_each(|output| number(output, i + 1));
            metadata.execution = None;
        }
        let metadata = &mut self.content.metadata;
        metadata.kernelspec = Some(kernelspec());
        metadata.language_info = Some(language());
    }

    /// Writes the notebook to `path`, all of it or nothing.
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        files::write_atomically(path, self.text(path)?.as_bytes())
    }

    /// The notebook as it is written.
    ///
    /// # Errors
    /// When it is not valid.
    pub fn json(&self) -> Result<Value, Error> {
        let text = self.text(&self.path)?;
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    fn text(&self, path: &Path) -> Result<String, Error> {
        let text = nbformat::serialize_notebook(&nbformat::Notebook::V4(self.content.clone()));
        text.map_err(|e| {
            let doing = format!("writing {}", home::display(path));
            Error::new(doing, "a valid notebook", e, "check its metadata")
        })
    }
}

fn metadata(cell: &Cell) -> &CellMetadata {
    let (Cell::Code { metadata, .. } | Cell::Markdown { metadata, .. } | Cell::Raw { metadata, .. }) = cell;
    metadata
}

/// The cell's lines in the edition for students, where they differ.
fn student_source(cell: &Cell) -> Option<Vec<String>> {
    let lines = metadata(cell).additional.get("lab")?["student"].as_array()?;
    lines.iter().map(|line| line.as_str().map(String::from)).collect()
}

fn number(output: &mut Output, count: usize) {
    if let Output::ExecuteResult(result) = output {
        result.execution_count = count.into();
    }
}

/// Jupyter falls back to a kernel of the same language where this name is not installed: notebooks open
/// on evcxr's own "Rust" kernel, too.
fn kernelspec() -> KernelSpec {
    KernelSpec {
        name: kernelspec::NAME.into(),
        display_name: kernelspec::DISPLAY_NAME.into(),
        language: Some("rust".into()),
        additional: HashMap::new(),
    }
}

fn language() -> LanguageInfo {
    let additional = [("file_extension", ".rs"), ("mimetype", "text/rust"), ("pygments_lexer", "rust")];
    LanguageInfo {
        name: "Rust".into(),
        version: None,
        codemirror_mode: Some(v4::CodemirrorMode::String("rust".into())),
        additional: additional.map(|(key, value)| (key.into(), value.into())).into(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use super::*;

    #[test]
    fn what_is_no_notebook_is_said_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        assert!(Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
        symlink("/dev/zero", at("zeros")).unwrap();
        fs::File::create(at("huge")).unwrap().set_len(1 << 30).unwrap();
        fs::write(at("bytes"), [0xff, 0xfe]).unwrap();
        for (name, words) in [
            ("pipe", "a pipe in place of a file"),
            ("zeros", "a device in place of a file"),
            ("huge", "more than 32 MB"),
            ("bytes", "not UTF-8"),
            ("missing", "No such file"),
        ] {
            let Err(error) = Notebook::load(&at(name)) else { panic!("{name} is no notebook") };
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}
