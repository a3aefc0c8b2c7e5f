use std::cell::RefCell;
use std::fs::{self, File, TryLockError};
use std::path::PathBuf;
use std::time::Duration;
use std::{thread, time::Instant};

use anyhow::{Context, Result, bail};
use lab_base::files;

use crate::folders::Folders;
use crate::progress::Progress;
use crate::toolchain::Toolchain;
use crate::{build, compiled::Compiled, standard_library};

/// Between one look at how far another process is and the next.
const POLL: Duration = Duration::from_millis(300);

/// For so long nothing is said of another process: a kernel that starts needs a moment, and no word.
const MOMENT: Duration = Duration::from_secs(2);

/// All that a kernel starts from.
pub struct Setup {
    pub toolchain: Toolchain,
    pub compiled: Compiled,
    /// The program that is evcxr.
    pub evaluator: PathBuf,
    /// What its analyzer reads of the standard library.
    pub standard_library: PathBuf,
    /// Held by one process at a time: while it makes or clones the compiled folder.
    _lock: File,
}

/// What is to be there.
#[derive(Clone, Copy, PartialEq)]
pub enum For {
    /// A kernel that runs the first notebooks.
    FirstNotebooks,
    /// All notebooks: those with crates of their own, too.
    AllNotebooks,
}

impl Setup {
    /// Makes what is missing: the crates, the evaluator, the compiled folder. Interrupted, it goes on the next time;
    /// where another process is at it, waits for that, and tells how far it is.
    pub fn ensure(folders: &Folders, what: For, tell: &dyn Fn(Progress)) -> Result<Setup> {
        let file = folders.compiled().join(format!("{}.progress", folders.project_name()));
        let lock = lock(folders, &file, tell)?;
        let written = RefCell::new(None::<Instant>);
        let tell = |progress: Progress| {
            if written.borrow().is_none_or(|at| at.elapsed() > POLL) {
                *written.borrow_mut() = Some(Instant::now());
                // Only those who wait would miss it.
                let _ = serde_json::to_vec(&progress).map(|text| files::write_atomically(&file, &text));
            }
            tell(progress);
        };
        let toolchain = Toolchain::find()?;
        toolchain.add_sources(&tell)?;
        let standard_library = standard_library::ensure(folders, &toolchain)?;
        let compiled = Compiled::locate(folders, &toolchain)?;
        let mut evaluator = build::current(folders, &toolchain)?;
        let for_all = what == For::AllNotebooks;
        let is_complete = |compiled: &Compiled| compiled.is_there() && (compiled.has_all() || !for_all);
        if evaluator.is_none() || !is_complete(&compiled) {
            toolchain.fetch(&folders.project, &tell)?;
        }
        let evaluator = match evaluator.take() {
            Some(evaluator) => evaluator,
            None => build::make(folders, &toolchain, &lock, &tell)?,
        };
        if !is_complete(&compiled) {
            compiled.make(folders, &toolchain, &evaluator, for_all, &lock, &tell)?;
        }
        // There is none when nothing was made.
        let _ = fs::remove_file(&file);
        Ok(Setup { toolchain, compiled, evaluator, standard_library, _lock: lock })
    }

    /// Whether all of it is there; nothing is made, and nobody is waited for. Else what is missing.
    pub fn missing(folders: &Folders) -> Result<Option<&'static str>> {
        let toolchain = Toolchain::find()?;
        if build::current(folders, &toolchain)?.is_none() {
            return Ok(Some("the Rust kernel is not built"));
        }
        let compiled = Compiled::locate(folders, &toolchain)?;
        Ok((!compiled.is_there()).then_some("what the notebooks use is not compiled"))
    }
}

/// Waits until no other process is setting up, and tells how far that is.
fn lock(folders: &Folders, progress: &PathBuf, tell: &dyn Fn(Progress)) -> Result<File> {
    let path = folders.compiled().join(format!("{}.lock", folders.project_name()));
    let lock = File::create(&path).with_context(|| format!("opening {}", path.display()))?;
    let begin = Instant::now();
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) => (),
            Err(TryLockError::Error(error)) => bail!("locking {}: {error}", path.display()),
        }
        thread::sleep(POLL);
        if begin.elapsed() < MOMENT {
            continue;
        }
        let theirs = fs::read(progress).ok().and_then(|text| serde_json::from_slice(&text).ok());
        tell(theirs.unwrap_or_else(|| Progress {
            stage: "Waiting for another process that sets up the lab".into(),
            part: None,
            detail: String::new(),
            seconds: begin.elapsed().as_secs_f64(),
        }));
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn whoever_comes_second_waits_and_tells_how_far_the_first_is() {
        let folder = tempfile::tempdir().unwrap();
        let folders = Folders::new(folder.path().join("project"), folder.path().join("cache")).unwrap();
        let file = folders.compiled().join("progress");
        let theirs = Progress {
            stage: "Building".into(),
            part: Some(0.5),
            detail: "1 of 2 crates".into(),
            seconds: 9.0,
        };
        fs::write(&file, serde_json::to_vec(&theirs).unwrap()).unwrap();
        let first = RefCell::new(Some(lock(&folders, &file, &|_| panic!("nobody else is there")).unwrap()));
        let told = Cell::new(0);
        let _second = lock(&folders, &file, &|progress| {
            assert_eq!(progress, theirs);
            told.set(told.get() + 1);
            if told.get() == 2 {
                first.borrow_mut().take();
            }
        });
        assert_eq!(told.get(), 2, "it waits until the first is done, and no longer");
    }
}
