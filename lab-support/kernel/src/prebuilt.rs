use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, io};

use anyhow::{Context, Result, ensure};

use crate::clone;
use crate::folders::{CARGO_CONFIG, EVCXR_TOML, Folders};
use crate::toolchain::Toolchain;

/// A folder in which evcxr has compiled lab-support and all it needs: each kernel works in a clone of it.
pub struct Prebuilt {
    pub folder: PathBuf,
    pub toolchain: Toolchain,
    /// Held while a folder is made or cloned.
    lock: File,
    /// How the names of this project's folders begin.
    project: String,
    /// How the names of those begin whose compiled dependencies are the same.
    reusable: String,
}

impl Prebuilt {
    /// The folder for the sources as they are now; made when there is none, which takes a minute. `tell`
    /// hears what the compiler says.
    pub fn ensure(folders: &Folders, tell: &dyn Fn(&str)) -> Result<Prebuilt> {
        let prebuilt = Prebuilt::locate(folders)?;
        prebuilt.lock.lock()?;
        if !prebuilt.folder.is_dir() {
            prebuilt.make(folders, tell)?;
        }
        Ok(prebuilt)
    }

    /// The folder for the sources as they are now, if it has been made.
    pub fn current(folders: &Folders) -> Result<Option<Prebuilt>> {
        let prebuilt = Prebuilt::locate(folders)?;
        Ok(prebuilt.folder.is_dir().then_some(prebuilt))
    }

    fn locate(folders: &Folders) -> Result<Prebuilt> {
        let toolchain = Toolchain::find()?;
        let project = project_name(folders);
        let lock = File::create(folders.prebuilt().join(format!("{project}.lock")))?;
        let reusable = format!("{project}-{:016x}", dependencies(folders, &toolchain)?);
        let folder = folders.prebuilt().join(format!("{reusable}-{:016x}", sources(folders)?));
        Ok(Prebuilt { folder, toolchain, lock, project, reusable })
    }

    /// Compiles in a folder of its own and renames that. When only lab-support itself has changed, it
    /// starts from what was compiled before.
    fn make(&self, folders: &Folders, tell: &dyn Fn(&str)) -> Result<()> {
        tell("Compiling what the notebooks use, once for this state of lab-support (a minute or two) ...");
        let unfinished = folders.prebuilt().join(format!("{}-unfinished", self.project));
        remove_if_there(&unfinished)?;
        fs::create_dir_all(&unfinished)?;
        let older = self.older(folders)?;
        if let Some(older) = older.iter().find(|folder| name(folder).starts_with(&self.reusable)) {
            clone::copy(older, &unfinished)?;
        }
        let mut warm = Command::new(env::current_exe()?);
        warm.arg("warm").current_dir(&folders.project);
        self.toolchain.prepare(&mut warm, folders, &unfinished);
        // Whoever comes after a kernel that was killed waits until its compiler has ended, too.
        warm.stdin(self.lock.try_clone()?);
        follow(warm, tell)?;
        // A kernel's clone shares no file that changes, so what it was cloned from may go.
        for folder in older {
            fs::remove_dir_all(folder)?;
        }
        fs::rename(&unfinished, &self.folder).context("putting the compiled folder in place")
    }

    /// The folders of this project for other sources, the lock file or another toolchain.
    fn older(&self, folders: &Folders) -> Result<Vec<PathBuf>> {
        let mut older = entries(&folders.prebuilt())?;
        older.retain(|path| {
            let name = name(path);
            path.is_dir() && name.starts_with(&self.project) && !name.ends_with("-unfinished")
        });
        Ok(older)
    }
}

/// Runs the compiler, and tells what it says.
fn follow(mut warm: Command, tell: &dyn Fn(&str)) -> Result<()> {
    let mut warm = warm.stderr(Stdio::piped()).spawn()?;
    let stderr = warm.stderr.take().context("stderr is piped")?;
    let mut said = String::new();
    for line in BufReader::new(stderr).lines() {
        let line = line?;
        tell(&line);
        said = said + &line + "\n";
    }
    let status = warm.wait()?;
    ensure!(status.success(), "lab-support could not be compiled for the notebooks ({status}):\n{said}");
    Ok(())
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Tells projects apart in the cache: two checkouts have two folders.
fn project_name(folders: &Folders) -> String {
    let mut hasher = DefaultHasher::new();
    folders.project.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// A number that changes when the crates behind lab-support have to be compiled again.
fn dependencies(folders: &Folders, toolchain: &Toolchain) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    toolchain.version.hash(&mut hasher);
    (EVCXR_TOML, CARGO_CONFIG).hash(&mut hasher);
    for file in ["Cargo.toml", "Cargo.lock", "lab-support/Cargo.toml", "lab-support/rivals/Cargo.toml"] {
        fs::read(folders.project.join(file)).with_context(|| file.to_string())?.hash(&mut hasher);
    }
    Ok(hasher.finish())
}

/// A number that changes with the sources of lab-support and of lab-rivals, which lies in it.
fn sources(folders: &Folders) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    for path in entries(&folders.project.join("lab-support"))? {
        // The command line is another crate; tests are not compiled for notebooks.
        if !path.ends_with("lab") && !path.ends_with("tests") {
            hash(&path, &mut hasher)?;
        }
    }
    Ok(hasher.finish())
}

/// The name and the content of a file, or of all files in a folder.
fn hash(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    path.hash(hasher);
    if !path.is_dir() {
        fs::read(path)?.hash(hasher);
        return Ok(());
    }
    entries(path)?.iter().try_for_each(|entry| hash(entry, hasher))
}

/// What lies in a folder, in the order of the names.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    let mut paths = entries.map(|e| e.map(|e| e.path())).collect::<io::Result<Vec<PathBuf>>>()?;
    paths.sort();
    Ok(paths)
}

pub fn remove_if_there(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
