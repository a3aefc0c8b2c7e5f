//! Cargo, as evcxr and its analyzer call it: with the versions of the project's `Cargo.lock`, always.
//!
//! evcxr compiles in a crate of its own whose dependencies change as cells name them, and cargo removes from the
//! lock file of that crate what it does not use at the moment. A cell without dependencies would so remove all of
//! it, and the next `:dep` would take the newest versions there are. So each call finds the project's lock file in
//! place, and leaves it in place for the analyzer, which reads it by itself.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio, exit};
use std::{env, fs, io, thread};

use lab_base::event::{FORMATTED, MISTAKES};
use serde_json::{Value, json};

use lab_base::processes;

use crate::amend::amend;
use crate::kept::{self, Cell};
use crate::{compiler, stoppable, visible};

/// Under which name this program was started.
pub fn name() -> Option<String> {
    let name = PathBuf::from(env::args_os().next()?);
    Some(name.file_name()?.to_str()?.to_string())
}

/// Calls the real cargo.
pub fn run() -> ! {
    match call() {
        Ok(code) => exit(code),
        Err(error) => {
            eprintln!("error: calling cargo: {error}");
            exit(1);
        }
    }
}

/// Words by which evcxr knows an error of cargo's that is not the compiler's.
const REFUSED: &str = "error: no matching package named: the cell was stopped";

fn call() -> io::Result<i32> {
    // The analyzer also asks about the standard library, which has a lock file of its own.
    let compiles = Some(env::current_dir()?.into_os_string()) == env::var_os("EVCXR_TMPDIR");
    if compiles && stoppable::is_refused() || stoppable::is_asked() {
        eprintln!("{REFUSED}");
        return Ok(1);
    }
    processes::adopt();
    if !compiles {
        return pass_through();
    }
    let lock = PathBuf::from(variable("LAB_HOME")?).join("Cargo.lock");
    put_in_place(&lock)?;
    // The analyzer asks in the same folder, and reads the cell as it is.
    let code = match command().as_deref() {
        Some("build" | "check") => compile()?,
        Some("metadata") => answer()?,
        _ => pass_through()?,
    };
    put_in_place(&lock)?;
    Ok(code)
}

/// What cargo is asked to do.
fn command() -> Option<String> {
    env::args().skip(1).find(|argument| !argument.starts_with('-'))
}

/// Which crates are behind a cell, as far as the analyzer is to read them.
fn answer() -> io::Result<i32> {
    let (code, mut answers) = collect()?;
    for metadata in &mut answers {
        visible::only(metadata);
        writeln!(io::stdout(), "{metadata}")?;
    }
    Ok(code)
}

/// Compiles a cell as it is amended: a second time where a value was to be kept that the cell moves.
fn compile() -> io::Result<i32> {
    let source = fs::read_to_string(CELL)?;
    let opening = !Path::new(FORMATTED).exists();
    let mut amended = amend(&source, true, opening);
    put(CELL, &amended.source)?;
    let (mut code, mut messages) = build()?;
    let is_about = |line| messages.iter().any(|message| compiler::is_about(message, line));
    if code != 0 && amended.keeps.is_some_and(is_about) {
        amended = amend(&source, false, opening);
        put(CELL, &amended.source)?;
        (code, messages) = build()?;
    }
    if code == 0 && compiler::refuse_dropped(&mut messages) {
        code = 1;
    }
    let lines: Vec<&str> = amended.source.lines().collect();
    // When something is wrong, evcxr shows warnings as errors beside it, those of earlier cells, too.
    messages.retain(|message| message["message"]["level"] != "warning");
    for message in &mut messages {
        compiler::explain(message, &lines);
    }
    keep(code, &amended.source, &messages)?;
    for message in messages {
        writeln!(io::stdout(), "{message}")?;
    }
    Ok(code)
}

/// Keeps what the compiler says, for the kernel to explain.
fn keep(code: i32, source: &str, messages: &[Value]) -> io::Result<()> {
    if code == 0 {
        return match fs::remove_file(MISTAKES) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    let said = messages.iter().map(|message| &message["message"]).filter(|said| said.is_object());
    put(MISTAKES, json!({ "source": source, "messages": said.collect::<Vec<_>>() }).to_string())
}

/// The file that evcxr makes of a cell, in the current folder.
const CELL: &str = "src/lib.rs";

/// Writes a file that others read meanwhile: the analyzer does.
fn put(file: &str, text: impl AsRef<[u8]>) -> io::Result<()> {
    let temporary = format!("{file}.{}", std::process::id());
    fs::write(&temporary, text)?;
    fs::rename(&temporary, file)
}

/// What comes of the cell as it lies there: it may have been compiled before.
fn build() -> io::Result<kept::Built> {
    let cell =
        if command().as_deref() == Some("build") { Cell::read(&fs::read_to_string(CELL)?) } else { None };
    if let Some(built) = cell.as_ref().and_then(Cell::find) {
        return Ok(built);
    }
    let built = collect()?;
    // Without it the cell is compiled the next time, too.
    let _ = cell.map(|cell| cell.keep(&built));
    Ok(built)
}

/// Calls cargo, and reads what the compiler says.
fn collect() -> io::Result<kept::Built> {
    let mut child = cargo()?.stdout(Stdio::piped()).spawn()?;
    let (said, printed) = (child.stderr.take(), child.stdout.take());
    let said = thread::spawn(move || said.map_or(Ok(()), |said| pass_on(said, &mut io::stderr())));
    let printed = thread::spawn(move || {
        let lines =
            printed.into_iter().flat_map(|printed| BufReader::new(printed).lines().map_while(Result::ok));
        lines.filter_map(|line| serde_json::from_str(&line).ok()).collect()
    });
    let code = end(&mut child)?;
    said.join().map_err(|_| io::ErrorKind::Other)??;
    Ok((code, printed.join().map_err(|_| io::ErrorKind::Other)?))
}

fn pass_through() -> io::Result<i32> {
    let mut child = cargo()?.spawn()?;
    let said = child.stderr.take();
    let said = thread::spawn(move || said.map_or(Ok(()), |said| pass_on(said, &mut io::stderr())));
    let code = end(&mut child)?;
    said.join().map_err(|_| io::ErrorKind::Other)??;
    Ok(code)
}

fn end(child: &mut Child) -> io::Result<i32> {
    let status = stoppable::wait_for(child)?;
    Ok(status.map_or_else(
        || {
            forget_unfinished();
            eprintln!("{REFUSED}");
            1
        },
        stoppable::code,
    ))
}

/// Removes what compilers keep for their next call: one that was ended may have kept the half of it, over which the next would
/// fall.
fn forget_unfinished() {
    for target in fs::read_dir("target").into_iter().flatten().flatten() {
        // Most have none.
        let _ = fs::remove_dir_all(target.path().join("debug/incremental"));
    }
}

/// Cargo, with the arguments of this process. Another flag, such as for another linker, and everything would be compiled
/// again.
fn cargo() -> io::Result<Command> {
    let cargo = variable("LAB_CARGO")?;
    let mut command = Command::new(&cargo);
    command.arg("--config").arg(variable("LAB_CARGO_CONFIG")?).args(env::args_os().skip(1));
    command.env("CARGO", &cargo).env("RUSTFLAGS", "-Cprefer-dynamic");
    match variable("LAB_CARGO_HOME")? {
        home if home.is_empty() => command.env_remove("CARGO_HOME"),
        home => command.env("CARGO_HOME", home),
    };
    command.stderr(Stdio::piped());
    Ok(command)
}

fn variable(name: &str) -> io::Result<OsString> {
    env::var_os(name).ok_or_else(|| io::Error::other(format!("{name} is not set")))
}

/// What cargo says, as it says it. evcxr shows which crate is compiled unless there is a hyphen in its name: names come as
/// they are written in Rust.
fn pass_on(said: impl Read, to: &mut impl Write) -> io::Result<()> {
    for line in BufReader::new(said).split(b'\n') {
        let mut line = line?;
        if let Some(rest) = line.trim_ascii_start().strip_prefix(b"Compiling ") {
            let begin = line.len() - rest.len();
            let name = line[begin..].iter_mut().take_while(|byte| **byte != b' ');
            name.filter(|byte| **byte == b'-').for_each(|byte| *byte = b'_');
        }
        line.push(b'\n');
        to.write_all(&line)?;
    }
    Ok(())
}

/// Copies the project's lock file into the current folder, unless it is there.
fn put_in_place(lock: &Path) -> io::Result<()> {
    let wanted = fs::read(lock)?;
    if fs::read("Cargo.lock").is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    put("Cargo.lock", wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_are_named_so_that_evcxr_shows_them() {
        let mut said = Vec::new();
        let text = "   Compiling lab-support v0.1.0 (/a-b/c-d)\n    Finished `dev-x` profile\n\u{e4}";
        pass_on(text.as_bytes(), &mut said).unwrap();
        let expected = "   Compiling lab_support v0.1.0 (/a-b/c-d)\n    Finished `dev-x` profile\n\u{e4}\n";
        assert_eq!(String::from_utf8(said).unwrap(), expected);
    }
}
