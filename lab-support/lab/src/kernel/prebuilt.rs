use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;
use std::{env, io};

use anyhow::{Context, Result, ensure};

use crate::folders::Folders;
use crate::toolchain::Toolchain;

/// A folder in which evcxr has compiled lab-support and all it needs: each kernel works in a clone of it.
pub struct Prebuilt {
    pub folder: PathBuf,
    pub toolchain: Toolchain,
    /// Held while a folder is made or cloned.
    pub lock: File,
}

impl Prebuilt {
    /// The folder for the sources as they are now; made when there is none, which takes a minute.
    pub fn ensure(folders: &Folders) -> Result<Prebuilt> {
        let prebuilt = Prebuilt::locate(folders)?;
        prebuilt.lock.lock()?;
        if !prebuilt.folder.is_dir() {
            prebuilt.make(folders)?;
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
        let state = state(folders, &toolchain).context("reading the sources of lab-support")?;
        let project = project_name(folders);
        let folder = folders.prebuilt().join(format!("{project}-{state:016x}"));
        let lock = File::create(folders.prebuilt().join(format!("{project}.lock")))?;
        Ok(Prebuilt { folder, toolchain, lock })
    }

    fn make(&self, folders: &Folders) -> Result<()> {
        eprintln!("Compiling what the notebooks use, once for this state of lab-support (a minute or two) ...");
        let unfinished = folders.prebuilt().join(format!("{}-unfinished", project_name(folders)));
        remove_if_there(&unfinished)?;
        fs::create_dir_all(&unfinished)?;
        let mut warm = Command::new(env::current_exe()?);
        warm.arg("warm").current_dir(&folders.project);
        self.toolchain.prepare(&mut warm, folders, &unfinished);
        ensure!(warm.status()?.success(), "lab-support could not be compiled for the notebooks (see above)");
        self.remove_older(folders)?;
        fs::rename(&unfinished, &self.folder).context("putting the compiled folder in place")
    }

    /// A kernel's clone shares no file that changes, so what it was cloned from may go.
    fn remove_older(&self, folders: &Folders) -> Result<()> {
        let (prefix, unfinished) = (format!("{}-", project_name(folders)), "-unfinished");
        for entry in fs::read_dir(folders.prebuilt())? {
            let (path, name) = entry.map(|e| (e.path(), e.file_name().to_string_lossy().into_owned()))?;
            if name.starts_with(&prefix) && !name.ends_with(unfinished) && path != self.folder {
                fs::remove_dir_all(path)?;
            }
        }
        Ok(())
    }
}

/// Tells projects apart in the cache: two checkouts have two folders.
fn project_name(folders: &Folders) -> String {
    let mut hasher = DefaultHasher::new();
    folders.project.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// A number that changes when anything does that the compiled folder depends on.
fn state(folders: &Folders, toolchain: &Toolchain) -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    toolchain.version.hash(&mut hasher);
    let kernel = fs::metadata(env::current_exe()?)?;
    (kernel.len(), modified(&kernel)).hash(&mut hasher);
    let support = folders.project.join("lab-support");
    for file in ["Cargo.toml", "Cargo.lock", "lab-support/Cargo.toml"] {
        fs::read(folders.project.join(file)).with_context(|| file.to_string())?.hash(&mut hasher);
    }
    hash_folder(&support.join("src"), &mut hasher)?;
    Ok(hasher.finish())
}

/// The names and contents of all files, in the order of their names.
fn hash_folder(folder: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    let mut paths =
        fs::read_dir(folder)?.map(|e| e.map(|e| e.path())).collect::<io::Result<Vec<PathBuf>>>()?;
    paths.sort();
    for path in paths {
        path.hash(hasher);
        if path.is_dir() {
            hash_folder(&path, hasher)?;
        } else {
            fs::read(&path)?.hash(hasher);
        }
    }
    Ok(())
}

fn modified(file: &fs::Metadata) -> SystemTime {
    file.modified().unwrap_or(SystemTime::UNIX_EPOCH)
}

pub fn remove_if_there(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
