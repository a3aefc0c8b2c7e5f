//! A hand-in's kernel shut in by bubblewrap, where that is installed: it writes into its own copy only, and reaches neither the
//! network nor the user's files.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lab_base::home;

/// The program that shuts in others.
const PROGRAM: &str = "bwrap";

/// There when the data set is unpacked.
const IMAGES: &str = "train-images-idx3-ubyte";

/// No network, no processes but its own, nothing that can be written.
const SHUT_IN: [&str; 12] = [
    "--die-with-parent",
    "--new-session",
    "--unshare-net",
    "--unshare-ipc",
    "--unshare-pid",
    "--ro-bind",
    "/",
    "/",
    "--dev",
    "/dev",
    "--proc",
    "/proc",
];

/// What a shut-in kernel sees of this machine.
#[derive(Clone, Debug)]
pub struct Room {
    /// The hand-in's own folder, all that it may write.
    folder: PathBuf,
    /// In place of the user's cache.
    cache: PathBuf,
    /// What was compiled and shortened for all, and where it is seen.
    compiled: Vec<(PathBuf, PathBuf)>,
    /// Where the data set is unpacked, and what stands for that, where it has not been yet.
    unpacked: Option<(PathBuf, PathBuf)>,
    /// Where the hand-ins of others lie.
    hidden: Option<PathBuf>,
    /// Folders that are needed although they lie where nothing else is seen.
    needed: Vec<PathBuf>,
}

/// Whether hand-ins are shut in here; else why not.
///
/// # Errors
/// Not installed, or not allowed to.
pub fn check() -> Result<(), String> {
    let mut command = Command::new(PROGRAM);
    command.args(SHUT_IN).arg("true");
    match command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(format!("bubblewrap does not work here: {}", said.lines().next().unwrap_or_default()))
        }
        Err(_) => Err("bubblewrap (`bwrap`) is not installed".into()),
    }
}

impl Room {
    /// For a hand-in that is run in `folder`, with the lab at `root`.
    ///
    /// # Errors
    /// When there is no room for a cache of its own.
    pub fn new(folder: &Path, root: &Path, binary: &Path) -> io::Result<Room> {
        let (cache, name) = (folder.join("cache"), "fashion-mnist-lab");
        fs::create_dir_all(folder.join("tmp"))?;
        let mut compiled = Vec::new();
        for part in ["compiled", "cells", "standard-library"] {
            let (shared, own) =
                (user_cache().map(|cache| cache.join(name).join(part)), cache.join(name).join(part));
            fs::create_dir_all(&own)?;
            for entry in shared.and_then(|shared| fs::read_dir(shared).ok()).into_iter().flatten().flatten() {
                let place = own.join(entry.file_name());
                if entry.path().is_dir() && !entry.file_name().to_string_lossy().ends_with("unfinished") {
                    fs::create_dir(&place)?;
                    compiled.push((entry.path(), place));
                }
            }
        }
        let tools = [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")];
        let tools = tools.into_iter().filter_map(|(variable, name)| {
            env::var_os(variable).map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(name)))
        });
        let data = home::data_dir().ok();
        let unpacked = data.as_ref().map(|data| unpacked(data, folder)).transpose()?.flatten();
        let files = home::fashion_mnist_dir().ok().flatten();
        let needed = tools.chain([root.to_path_buf()]).chain(binary.parent().map(Path::to_path_buf));
        // Behind a link it is seen where it lies and where the link is.
        let both = |path: PathBuf| fs::canonicalize(&path).ok().map(|real| [real, path]);
        let mut needed: Vec<PathBuf> =
            needed.chain(data).chain(files).filter(|path| path.is_dir()).filter_map(both).flatten().collect();
        needed.dedup();
        Ok(Room { folder: folder.into(), cache, compiled, unpacked, hidden: None, needed })
    }

    /// Hides the folder in which the hand-ins of others lie; not one that has the lab or this hand-in's own folder in it.
    pub fn hide(self, folder: &Path) -> Room {
        let hidden = fs::canonicalize(folder).ok().filter(|hidden| {
            hidden.parent().is_some()
                && !self.folder.starts_with(hidden)
                && !self.needed.iter().any(|needed| needed.starts_with(hidden))
        });
        Room { hidden, ..self }
    }

    /// The command that starts `binary` shut in; `sockets` is a folder that it writes besides its own.
    pub fn command(&self, binary: &Path, sockets: &Path) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(SHUT_IN);
        // What is written to the temporary folder is counted with the rest.
        bind(&mut command, "--bind", &self.folder.join("tmp"), &env::temp_dir());
        if let Some(home) = env::home_dir().filter(|home| home.is_dir() && home.parent().is_some()) {
            command.arg("--tmpfs").arg(home);
        }
        for needed in &self.needed {
            bind(&mut command, "--ro-bind", needed, needed);
        }
        // What cargo would publish with.
        for secret in self
            .needed
            .iter()
            .flat_map(|needed| ["credentials.toml", "credentials"].map(|name| needed.join(name)))
        {
            if secret.is_file() {
                bind(&mut command, "--ro-bind", Path::new("/dev/null"), &secret);
            }
        }
        if let Some(hidden) = self.hidden.as_ref().filter(|hidden| self.is_seen(hidden)) {
            command.arg("--tmpfs").arg(hidden);
        }
        for own in [self.folder.as_path(), sockets] {
            bind(&mut command, "--bind", own, own);
        }
        if let Some((own, place)) = &self.unpacked {
            bind(&mut command, "--bind", own, place);
        }
        for (shared, place) in &self.compiled {
            bind(&mut command, "--ro-bind", shared, place);
        }
        command.arg("--setenv").arg("XDG_CACHE_HOME").arg(&self.cache).arg("--").arg(binary);
        command
    }

    /// Whether a folder would be seen: not in the temporary folder, which is another one in the room, unless it lies in
    /// one that is needed.
    fn is_seen(&self, folder: &Path) -> bool {
        let temporary = fs::canonicalize(env::temp_dir());
        self.needed.iter().any(|needed| folder.starts_with(needed))
            || !temporary.is_ok_and(|temporary| folder.starts_with(temporary))
    }
}

/// A folder of its own for a data set that is not unpacked yet, with the packed files, and where it is seen.
fn unpacked(data: &Path, folder: &Path) -> io::Result<Option<(PathBuf, PathBuf)>> {
    let (place, own) = (data.join("fashion-mnist"), folder.join("unpacked"));
    if place.join(IMAGES).exists() || !place.exists() && env::var_os("FASHION_MNIST_DIR").is_none() {
        return Ok(None);
    }
    [&place, &own].into_iter().try_for_each(fs::create_dir_all)?;
    for entry in fs::read_dir(&place)? {
        let entry = entry?;
        if entry.path().is_file() {
            fs::copy(entry.path(), own.join(entry.file_name()))?;
        }
    }
    Ok(Some((own, place)))
}

fn bind(command: &mut Command, how: &str, from: &Path, to: &Path) {
    command.arg(how).arg(from).arg(to);
}

/// As the kernel finds it.
fn user_cache() -> Option<PathBuf> {
    let set = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    set.or_else(|| Some(env::home_dir()?.join(".cache")))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_data_set_that_is_still_packed_is_unpacked_into_the_hand_in_s_own_folder() {
        let (data, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let place = data.path().join("fashion-mnist");
        fs::create_dir(&place).unwrap();
        fs::write(place.join("train-images-idx3-ubyte.gz"), "packed").unwrap();
        let (own, seen) = unpacked(data.path(), folder.path()).unwrap().unwrap();
        assert_eq!(seen, place);
        assert_eq!(fs::read(own.join("train-images-idx3-ubyte.gz")).unwrap(), b"packed");
        fs::write(place.join(IMAGES), "unpacked").unwrap();
        assert_eq!(unpacked(data.path(), folder.path()).unwrap(), None);
    }

    #[test]
    fn a_hand_in_writes_its_own_folder_and_reaches_nothing_else() {
        if let Err(why) = check() {
            println!("not tried: {why}");
            return;
        }
        reaches_nothing_else(&home::root().unwrap());
        // In the temporary folder, which is another one in the room, and under a name that is not plain.
        let place = tempfile::tempdir().unwrap();
        let root = place.path().join("a läb");
        for folder in ["", "lab-support", "lab-support/rivals"].map(|name| root.join(name)) {
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("Cargo.toml"), "").unwrap();
        }
        reaches_nothing_else(&root);
    }

    /// What a shut-in shell can do, with the lab at `root`.
    fn reaches_nothing_else(root: &Path) {
        let (folder, sockets, other) =
            (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let room = Room::new(folder.path(), root, Path::new("/bin/sh")).unwrap();
        // Any folder that has nothing in it that is needed here.
        let hidden = root.join("lab-support/rivals");
        let room = room.hide(&hidden);
        assert!(room.hidden.is_some() && room.clone().hide(root).hidden.is_none());
        fs::write(other.path().join("secret"), "of somebody else").unwrap();
        let does = |script: &str| {
            let mut command = room.command(Path::new("/bin/sh"), sockets.path());
            let command = command.arg("-c").arg(script).stdout(Stdio::null()).stderr(Stdio::null());
            command.status().unwrap().success()
        };
        // A path as the shell takes it for one word, whatever is in its name.
        let shown = |path: &Path| format!("'{}'", path.display().to_string().replace('\'', r"'\''"));
        for allowed in [
            format!("echo 1 > {}/mine", shown(folder.path())),
            format!("echo 1 > {}/socket", shown(sockets.path())),
            "echo 1 > \"${TMPDIR:-/tmp}\"/temporary".to_string(),
            format!("cat {}/Cargo.toml", shown(root)),
            "echo x > ~/kept && test $(ls ~ | wc -l) -lt 3".to_string(),
        ] {
            assert!(does(&allowed), "{allowed}");
        }
        for refused in [
            format!("echo 1 >> {}/lab-support/Cargo.toml", shown(root)),
            format!("echo 1 > {}/new", shown(root)),
            format!("cat {}/secret", shown(other.path())),
            format!("cat {}/Cargo.toml", shown(&hidden)),
            "echo 1 > /usr/new".to_string(),
            // Of a network there is only the loopback, and that is down.
            "grep -q ':' /proc/net/dev && grep -v lo: /proc/net/dev | grep -q ':.*[0-9]'".to_string(),
        ] {
            assert!(!does(&refused), "{refused}");
        }
        assert!(!env::home_dir().unwrap().join("kept").exists(), "what it puts in its home is gone with it");
    }
}
