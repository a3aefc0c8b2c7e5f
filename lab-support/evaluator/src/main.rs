//! evcxr, and what stands between it and the cells that it runs.
//!
//! ```text
//! lab-evaluator --control_file FILE   evcxr's kernel, as the lab's kernel starts it
//! lab-evaluator warm [all]            compile what notebooks use, in EVCXR_TMPDIR
//! cargo ARGUMENTS                     under this name: cargo, with the project's versions
//! rustup ARGUMENTS                    under this name: nothing, so that evcxr takes that cargo
//! mold -run PROGRAM ARGUMENTS         under this name: the program, with the linker that it has anyway
//! sh ARGUMENTS                        under this name: a shell that the stop button ends
//! ```

mod amend;
mod cargo;
mod cells;
mod compiler;
mod kept;
mod stoppable;
mod visible;
mod warm;

use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;
use std::{env, fs, process, thread};

use anyhow::{Context, Result, bail};
use lab_base::event::LISTENER;
use lab_base::{files, processes, watch};
use rustix::process::{Signal, getpgrp, getpid, kill_process_group};

fn main() -> Result<()> {
    match cargo::name().as_deref() {
        Some("cargo") => cargo::run(),
        Some("rustup") => process::exit(1),
        Some("sh") => process::exit(stoppable::shell()?),
        Some("mold") => {
            return Err(Command::new(env::args_os().nth(2).context("-run")?)
                .args(env::args_os().skip(3))
                .exec()
                .into());
        }
        _ => (),
    }
    cells::keep_if_started_by_evcxr();
    watch::exit_with_parent_if_running_cells();
    evcxr::runtime_hook();
    let args: Vec<String> = env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--control_file", _] => evaluate(),
        ["warm", ref more @ ..] => {
            watch::exit_with_parent();
            warm::run(more == ["all"])
        }
        _ => {
            bail!("expected `--control_file FILE` or `warm`: the lab's kernel starts this program by itself")
        }
    }
}

/// Becomes evcxr's kernel, which ends with the one that started it, and then takes its folders with it, and all
/// processes that it has started: cells, a compiler that is at work, and what has left its group.
fn evaluate() -> Result<()> {
    let sockets =
        env::var_os(LISTENER).and_then(|socket| Some(PathBuf::from(socket).parent()?.to_path_buf()));
    let folders = [env::var_os("EVCXR_TMPDIR").map(PathBuf::from), sockets];
    processes::adopt();
    let end = move || {
        static ENDED: Once = Once::new();
        ENDED.call_once(|| end(&folders));
    };
    let then = end.clone();
    watch::on_end_of_jupyter(move || {
        then();
        if getpgrp() == getpid() {
            // This process is one of them.
            let _ = kill_process_group(getpid(), Signal::KILL);
        }
        process::exit(1);
    });
    enter_when_told();
    let ended = evcxr_jupyter::main();
    // Its connections to the kernel may end before the watch sees that the kernel has.
    end();
    ended
}

/// Ends what this process has started, and takes its folders away.
fn end(folders: &[Option<PathBuf>]) {
    processes::end_descendants();
    folders.iter().flatten().for_each(|folder| remove_behind(folder));
}

/// evcxr obeys an `evcxr.toml` in the current folder before any other, with commands that run at once. So it is started in
/// a folder of the lab's, and enters the notebook's when the kernel says, by a byte, that it has read its configuration;
/// the same byte is the answer.
fn enter_when_told() {
    thread::spawn(|| {
        let mut kernel = io::stdin().as_fd().try_clone_to_owned().map(UnixStream::from)?;
        let mut byte = [0];
        kernel.read_exact(&mut byte)?;
        cells::enter_folder()?;
        kernel.write_all(&byte)
    });
}

/// Takes the folder away at once, before anything is written to it again, and leaves the rest to a process that lives on.
fn remove_behind(folder: &Path) {
    let gone = folder.with_extension(files::GONE);
    let _ = fs::rename(folder, &gone);
    // What is left is removed when the next kernel starts.
    let _ = Command::new("rm").arg("-rf").arg(gone).process_group(0).spawn();
}
