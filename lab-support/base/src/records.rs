//! Files with one JSON object on each line: `data/runs.jsonl`, `data/checks.jsonl`.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Error, files, home};

/// Adds one line in one write, so that two notebooks at once lose nothing.
pub fn append(file: &Path, record: &impl Serialize) -> Result<(), Error> {
    let line = line(record);
    let folder = file.parent().unwrap_or(Path::new("."));
    let write = || {
        fs::create_dir_all(folder)?;
        OpenOptions::new().create(true).append(true).open(file)?.write_all(line.as_bytes())
    };
    write().map_err(|e: std::io::Error| {
        let doing = format!("adding a record to {}", home::display(file));
        Error::new(doing, "a file that can be written", e, "check the folder's permissions and free space")
    })
}

/// Puts these records in the place of all that the file holds.
pub fn write(file: &Path, records: &[impl Serialize]) -> Result<(), Error> {
    let lines: String = records.iter().map(line).collect();
    files::write_atomically(file, lines.as_bytes())
}

fn line(record: &impl Serialize) -> String {
    serde_json::to_string(record).expect("a record is plain numbers and text") + "\n"
}

/// The records of a file, oldest first; none where there is no file.
pub fn read<T: DeserializeOwned>(file: &Path) -> Result<Vec<T>, Error> {
    let doing = || format!("reading the records in {}", home::display(file));
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(Error::new(doing(), "a file of text", e, "check its permissions")),
    };
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let records = lines.map(|(i, line)| {
        serde_json::from_str(line).map_err(|e| {
            let found = format!("line {} that is none ({e})", i + 1);
            Error::new(doing(), "a record on each line", found, "delete that line")
        })
    });
    records.collect()
}
