//! Cargo, as evcxr and its analyzer call it: with the versions of the project's `Cargo.lock`, always.
//!
//! evcxr compiles in a crate of its own whose dependencies change as cells name them, and cargo removes from the
//! lock file of that crate what it does not use at the moment. A cell without dependencies would so remove all of
//! it, and the next `:dep` would take the newest versions there are. So each call finds the project's lock file in
//! place, and leaves it in place for the analyzer, which reads it by itself.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio, exit};
use std::{env, fs, io};

use crate::visible;

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

fn call() -> io::Result<i32> {
    let variable =
        |name: &str| env::var_os(name).ok_or_else(|| io::Error::other(format!("{name} is not set")));
    let (cargo, home, project) = (variable("LAB_CARGO")?, variable("LAB_CARGO_HOME")?, variable("LAB_HOME")?);
    let lock = Path::new(&project).join("Cargo.lock");
    // The analyzer also asks about the standard library, which has a lock file of its own.
    let compiles = Some(env::current_dir()?.into_os_string()) == env::var_os("EVCXR_TMPDIR");
    if compiles {
        put_in_place(&lock)?;
    }
    let mut command = Command::new(&cargo);
    // Another flag, such as for another linker, and everything would be compiled again.
    command.args(env::args_os().skip(1)).env("CARGO", &cargo).env("RUSTFLAGS", "-Cprefer-dynamic");
    if home.is_empty() {
        command.env_remove("CARGO_HOME")
    } else {
        command.env("CARGO_HOME", home)
    };
    let is_question = compiles && env::args_os().any(|argument| argument == "metadata");
    let status = if is_question { answer(command)? } else { execute(command)? };
    if compiles {
        put_in_place(&lock)?;
    }
    Ok(status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default()))
}

fn execute(mut command: Command) -> io::Result<ExitStatus> {
    let mut child = command.stderr(Stdio::piped()).spawn()?;
    child.stderr.take().map_or(Ok(()), |said| pass_on(said, &mut io::stderr()))?;
    child.wait()
}

/// Which crates are behind a cell, as far as the analyzer is to read them.
fn answer(mut command: Command) -> io::Result<ExitStatus> {
    let output = command.stderr(Stdio::inherit()).output()?;
    match serde_json::from_slice(&output.stdout) {
        Ok(mut metadata) => {
            visible::only(&mut metadata);
            serde_json::to_writer(io::stdout().lock(), &metadata)?;
        }
        Err(_) => io::stdout().write_all(&output.stdout)?,
    }
    Ok(output.status)
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
    let temporary = format!("Cargo.lock.{}", std::process::id());
    fs::write(&temporary, wanted)?;
    fs::rename(&temporary, "Cargo.lock")
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
