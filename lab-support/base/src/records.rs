//! Files with one JSON object on each line: `data/runs.jsonl`, `data/checks.jsonl`.
//!
//! A record that was added is never lost. A line that is none, such as a process that was killed leaves, is left out
//! with a word, and the next record begins a line of its own.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::thread;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::{files, home, system};

/// Bytes that a file may have: hundreds of thousands of records.
const FILE_LIMIT: u64 = 1 << 30;

/// Bytes that a line may have: a run of a thousand epochs takes a tenth.
const LINE_LIMIT: u64 = 1 << 20;

/// What a file of records holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Records<T> {
    /// Oldest first.
    pub all: Vec<T>,
    /// What is said of the lines that are none: "line 3 is no record (...) and is left out".
    pub left_out: Option<String>,
}

/// Adds a record. Of several at once, each is added; of one that can't be written whole, nothing is.
///
/// # Errors
/// When the file can't be written.
pub fn append(file: &Path, record: &impl Serialize) -> Result<(), Error> {
    let write = || {
        let target = open_locked(file)?;
        let before = target.metadata()?.len();
        let mut text = line(record);
        if before > 0 && !ends_with_newline(&target)? {
            text.insert(0, '\n');
        }
        let written = (&target).write_all(text.as_bytes()).and_then(|()| target.sync_data());
        if written.is_err() {
            // A full disk takes the beginning of a line. It is no loss where even that can't be undone.
            let _ = target.set_len(before);
        }
        written
    };
    write().map_err(|e| unwritable(file, e))
}

/// Puts `new` behind all records but those that are `old`. Lines that are no records stay.
///
/// # Errors
/// When the file can't be read or written.
pub fn replace<T>(file: &Path, old: impl Fn(&T) -> bool, new: &[T]) -> Result<(), Error>
where
    T: Serialize + DeserializeOwned,
{
    // Nobody adds a record meanwhile, which would be lost.
    let _lock = open_locked(file).map_err(|e| unwritable(file, e))?;
    let before = files::read(file, FILE_LIMIT).map_err(|e| unreadable(file, e))?;
    let mut after = Vec::new();
    for line in before.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
        if !serde_json::from_slice(line).is_ok_and(|record| old(&record)) {
            after.extend([line, b"\n"].concat());
        }
    }
    after.extend(new.iter().map(line).collect::<String>().into_bytes());
    files::write_atomically(file, &after)
}

fn line(record: &impl Serialize) -> String {
    serde_json::to_string(record).expect("a record is plain numbers and text") + "\n"
}

/// Opens the file to add to it, and waits for those who do. It may have been replaced meanwhile.
fn open_locked(file: &Path) -> io::Result<File> {
    fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))?;
    loop {
        let mut options = File::options();
        let target = system::without_waiting(options.create(true).read(true).append(true)).open(file)?;
        files::check_kind(&target.metadata()?)?;
        match target.lock() {
            // As on some network drives; a line is then still added by one write.
            Err(e) if e.kind() == ErrorKind::Unsupported => return Ok(target),
            other => other?,
        }
        let found = target.metadata()?;
        if fs::metadata(file).is_ok_and(|data| system::identity(&data) == system::identity(&found)) {
            return Ok(target);
        }
    }
}

/// What is added goes to the end, wherever the file is read.
fn ends_with_newline(mut file: &File) -> io::Result<bool> {
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// The records of a file, oldest first; none where there is no file. What is left out is said on the standard error.
///
/// # Errors
/// When the file can't be read.
pub fn read<T: DeserializeOwned>(file: &Path) -> Result<Vec<T>, Error> {
    let Records { all, left_out } = scan(file)?;
    if let Some(left_out) = left_out {
        let name = home::display(file);
        eprintln!("Reading {name}: {left_out}.\n-> delete what is damaged to be rid of this message");
    }
    Ok(all)
}

/// The same without a word: the caller says what is left out.
///
/// # Errors
/// As [`read`].
pub fn scan<T: DeserializeOwned>(file: &Path) -> Result<Records<T>, Error> {
    let source = match files::open(file, FILE_LIMIT) {
        Ok(source) => source,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Records { all: Vec::new(), left_out: None }),
        Err(e) => return Err(unreadable(file, e)),
    };
    wait_for_writers(&source);
    let (all, damaged) = lines(BufReader::new(source.take(FILE_LIMIT))).map_err(|e| unreadable(file, e))?;
    let left_out = damaged.first().map(|(number, why)| match damaged.len() {
        1 => format!("line {number} is no record ({why}) and is left out"),
        count => {
            format!("{count} lines are no records and are left out, the first of them line {number} ({why})")
        }
    });
    Ok(Records { all, left_out })
}

/// A line that is being added is no damaged one. Whoever keeps the file locked longer is not waited for.
fn wait_for_writers(file: &File) {
    for _ in 0..20 {
        if !matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)) {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// By its number from 1, and why it is none.
type Damaged = (usize, String);

fn lines<T: DeserializeOwned>(mut file: impl BufRead) -> io::Result<(Vec<T>, Vec<Damaged>)> {
    let (mut records, mut damaged, mut line) = (Vec::new(), Vec::new(), Vec::new());
    for number in 1.. {
        line.clear();
        if file.by_ref().take(LINE_LIMIT).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        if line.len() as u64 == LINE_LIMIT && !line.ends_with(b"\n") {
            file.skip_until(b'\n')?;
            damaged.push((number, "longer than 1 MB".into()));
        } else if !line.trim_ascii().is_empty() {
            match serde_json::from_slice(&line) {
                Ok(record) => records.push(record),
                // Where in the line it is wrong is said; that the text has one line is not.
                Err(e) => damaged.push((number, e.to_string().replace(" at line 1 column", " at column"))),
            }
        }
    }
    Ok((records, damaged))
}

fn unwritable(file: &Path, e: io::Error) -> Error {
    let doing = format!("adding a record to {}", home::display(file));
    Error::doing(doing)
        .expected("a file that can be written")
        .failed(e)
        .advice("check the folder's permissions and free space")
}

fn unreadable(file: &Path, e: io::Error) -> Error {
    let doing = format!("reading the records in {}", home::display(file));
    Error::doing(doing).expected("a file of text").failed(e).advice("check its permissions")
}

/// Records as a table, to be read by other programs.
pub struct Table {
    /// Of the columns.
    pub names: Vec<&'static str>,
    /// A [`cell`] for each name.
    pub rows: Vec<Vec<String>>,
}

/// A number, a text or nothing, in JSON.
pub fn cell(value: impl Serialize) -> String {
    serde_json::to_string(&value).expect("a number, a text or nothing")
}

impl Table {
    /// Comma-separated values with a line of names (RFC 4180): nothing is an empty field, and a text with a comma, a quote
    /// or a line break stands in quotes.
    pub fn csv(&self) -> String {
        let field = |cell: &String| match serde_json::from_str::<Option<String>>(cell) {
            Ok(None) => String::new(),
            Ok(Some(text)) if text.contains([',', '"', '\n', '\r']) => {
                format!("\"{}\"", text.replace('"', "\"\""))
            }
            Ok(Some(text)) => text,
            Err(_) => cell.clone(),
        };
        let rows = self.rows.iter().map(|row| row.iter().map(field).collect::<Vec<_>>().join(","));
        std::iter::once(self.names.join(","))
            .chain(rows)
            .fold(String::new(), |text, line| text + &line + "\n")
    }

    /// An array with an object for each row.
    pub fn json(&self) -> String {
        let object = |row: &Vec<String>| {
            let pairs = self.names.iter().zip(row).map(|(name, cell)| format!("{name:?}: {cell}"));
            format!("  {{{}}}", pairs.collect::<Vec<_>>().join(", "))
        };
        let objects: Vec<String> = self.rows.iter().map(object).collect();
        format!("[\n{}\n]\n", objects.join(",\n"))
    }
}

#[cfg(test)]
mod tests;
