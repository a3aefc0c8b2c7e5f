//! Files that are written whole or not at all, and read only where they are files of a sensible size.

use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::Error;
use crate::home::display;
use crate::system;

/// Opens a regular file of at most `limit` bytes. It never waits: a pipe has no end and a device neither.
///
/// # Errors
/// When there is none, it can't be read, is something else than a file, or is larger.
pub fn open(path: &Path, limit: u64) -> io::Result<File> {
    let file = system::without_waiting(File::options().read(true)).open(path)?;
    let data = file.metadata()?;
    check_kind(&data)?;
    if data.len() > limit { Err(too_large(limit)) } else { Ok(file) }
}

/// The bytes of a regular file of at most `limit` bytes.
///
/// # Errors
/// As [`open`].
pub fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // It may grow while it is read.
    open(path, limit)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Err(too_large(limit)) } else { Ok(bytes) }
}

/// The same as text.
///
/// # Errors
/// As [`open`], and when it is not UTF-8.
pub fn read_text(path: &Path, limit: u64) -> io::Result<String> {
    String::from_utf8(read(path, limit)?)
        .map_err(|e| io::Error::new(ErrorKind::InvalidData, format!("bytes that are not UTF-8 ({e})")))
}

pub(crate) fn check_kind(data: &Metadata) -> io::Result<()> {
    let kind = data.file_type();
    let found = match () {
        () if kind.is_file() => return Ok(()),
        () if kind.is_dir() => "a folder",
        () => system::kind(kind),
    };
    Err(io::Error::other(format!("{found} in place of a file")))
}

fn too_large(limit: u64) -> io::Error {
    let limit = match limit >> 20 {
        0 => format!("{limit} bytes"),
        megabytes => format!("{megabytes} MB"),
    };
    io::Error::new(ErrorKind::FileTooLarge, format!("a file of more than {limit}"))
}

/// Writes a file so that a reader sees all of it or none: under another name in the same folder, which
/// is made if need be, then renamed. A file that was there before keeps who may read it; a link is followed.
///
/// # Errors
/// When the folder or the file can't be written, or something else than a file is there; nothing is left behind
/// then.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    write_and_rename(path, bytes).map_err(|e| {
        let advice = match e.kind() {
            ErrorKind::StorageFull => "free some space on this disk and run again".to_string(),
            _ => format!("check that you may write to {}", folder_of(path).display()),
        };
        Error::doing(format!("writing {}", display(path)))
            .expected("a folder that can be written")
            .failed(e)
            .advice(advice)
    })
}

fn write_and_rename(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let path = behind_links(path)?;
    let before = match fs::metadata(&path) {
        Ok(data) => check_kind(&data).map(|()| Some(data.permissions()))?,
        Err(_) => None,
    };
    fs::create_dir_all(folder_of(&path))?;
    remove_unfinished(folder_of(&path));
    let (unfinished, mut file) = create_unfinished(&path, before.as_ref())?;
    let written = (|| {
        if let Some(permissions) = before {
            file.set_permissions(permissions)?;
        }
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, &path)
    })();
    if written.is_err() {
        // The error that matters is already in hand.
        let _ = fs::remove_file(&unfinished);
    }
    written
}

/// Where the links at `path` lead, whether there is a file or not.
fn behind_links(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_path_buf();
    for _ in 0..40 {
        match fs::read_link(&path) {
            // A relative link starts at its folder.
            Ok(to) => path = folder_of(&path).join(to),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::new(ErrorKind::InvalidInput, "links that lead in a circle"))
}

const UNFINISHED: &str = ".unfinished";

/// An empty file that nobody else uses, locked for as long as it is written to. It has the permissions of the
/// one whose place it will take from its first moment on.
fn create_unfinished(path: &Path, before: Option<&Permissions>) -> io::Result<(PathBuf, File)> {
    loop {
        let unfinished = unfinished_name(path);
        let file =
            system::readable_as(File::options().write(true).create_new(true), before).open(&unfinished)?;
        // Where files can't be locked, nobody takes them for left over, either.
        let _ = file.lock();
        // Unlinked: it was taken for left over before it was locked.
        if system::has_name(&file.metadata()?) {
            return Ok((unfinished, file));
        }
    }
}

/// A name that no other thread or process uses.
fn unfinished_name(path: &Path) -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    name.push(format!(".{}-{count}{UNFINISHED}", process::id()));
    path.with_file_name(name)
}

/// Removes from a folder what writes that were killed have left in it. [`write_atomically`] does it in the folders
/// that it writes to.
pub fn remove_unfinished(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let names = entries.flatten().filter(|entry| is_unfinished(&entry.file_name().to_string_lossy()));
    for path in names.map(|entry| entry.path()) {
        // Who writes it has locked it. What can't be removed now is left to the next.
        if let Ok(file) = open(&path, u64::MAX)
            && file.try_lock().is_ok()
        {
            let _ = fs::remove_file(&path);
        }
    }
}

/// As [`unfinished_name`] makes it: `answers.md.4711-0.unfinished`.
fn is_unfinished(name: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let ending = name.strip_suffix(UNFINISHED).and_then(|name| name.rsplit_once('.'));
    ending
        .and_then(|(_, ending)| ending.split_once('-'))
        .is_some_and(|(process, count)| is_number(process) && is_number(count))
}

/// The ending of a folder that is being removed.
pub const GONE: &str = "gone";

/// Removes a folder under another name, so that nobody meets half of it. What can't be removed now is left to
/// whoever finds it.
pub fn remove_folder(folder: &Path) {
    let gone = folder.with_extension(GONE);
    let _ = fs::rename(folder, &gone);
    let _ = fs::remove_dir_all(gone);
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;
    use std::process::{Command, Stdio};
    use std::thread::sleep;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_file_is_written_whole_into_a_new_folder_and_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/folder/file");
        write_atomically(&path, b"first").unwrap();
        write_atomically(&path, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "nothing else is left");
    }

    #[test]
    fn a_file_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        let error = write_atomically(&folder.path().join("file/below"), b"").unwrap_err().to_string();
        assert!(error.starts_with("While writing ") && error.contains("file/below"), "{error}");

        let folder_in_the_way = folder.path().join("folder");
        fs::create_dir_all(folder_in_the_way.join("full")).unwrap();
        write_atomically(&folder_in_the_way, b"").unwrap_err();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing unfinished is left");
    }

    #[test]
    fn who_may_read_a_file_stays_as_it_was_also_while_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        for mode in [0o600, 0o640, 0o444] {
            fs::write(&path, "first").unwrap();
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            let (unfinished, _file) = create_unfinished(&path, Some(&Permissions::from_mode(mode))).unwrap();
            assert_eq!(fs::metadata(&unfinished).unwrap().mode() & 0o777 & !mode, 0, "not for a moment");
            write_atomically(&path, b"second").unwrap();
            assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, mode);
            assert_eq!(fs::read(&path).unwrap(), b"second");
            fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn a_link_is_followed_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("elsewhere")).unwrap();
        fs::write(at("elsewhere/file"), "first").unwrap();
        symlink("elsewhere/file", at("link")).unwrap();
        symlink(at("link"), at("second link")).unwrap();
        symlink("elsewhere/new", at("to nothing yet")).unwrap();
        symlink("circle", at("circle")).unwrap();
        write_atomically(&at("second link"), b"second").unwrap();
        write_atomically(&at("to nothing yet"), b"third").unwrap();
        assert_eq!(fs::read(at("elsewhere/file")).unwrap(), b"second");
        assert_eq!(fs::read(at("elsewhere/new")).unwrap(), b"third");
        assert!(["link", "second link", "to nothing yet"].iter().all(|name| at(name).is_symlink()));
        let error = write_atomically(&at("circle"), b"").unwrap_err().to_string();
        assert!(error.contains("links that lead in a circle"), "{error}");
    }

    #[test]
    fn what_is_not_a_file_is_neither_read_nor_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        assert!(Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
        symlink("/dev/zero", at("zeros")).unwrap();
        fs::create_dir(at("folder")).unwrap();
        let _socket = UnixListener::bind(at("socket")).unwrap();
        for (name, what) in [("pipe", "a pipe"), ("zeros", "a device"), ("folder", "a folder")] {
            let error = read(&at(name), u64::MAX).unwrap_err().to_string();
            assert_eq!(error, format!("{what} in place of a file"));
            let error = write_atomically(&at(name), b"").unwrap_err().to_string();
            assert!(error.contains(what), "{error}");
        }
        assert!(read(&at("socket"), u64::MAX).is_err(), "it can't even be opened");
        write_atomically(&at("socket"), b"").unwrap_err();
    }

    #[test]
    fn a_file_that_is_too_large_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "four").unwrap();
        assert_eq!(read(&path, 4).unwrap(), b"four");
        assert_eq!(read(&path, 3).unwrap_err().to_string(), "a file of more than 3 bytes");
        File::create(&path).unwrap().set_len(1 << 40).unwrap();
        assert_eq!(read(&path, 64 << 20).unwrap_err().to_string(), "a file of more than 64 MB");
        fs::write(&path, [0xff]).unwrap();
        assert!(read_text(&path, 4).unwrap_err().to_string().contains("not UTF-8"));
    }

    #[test]
    fn what_killed_writes_have_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let (written_now, _file) = create_unfinished(&at("a"), None).unwrap();
        fs::write(at("b.99-1.unfinished"), "left over").unwrap();
        let owns = ["essay.unfinished", "essay.1.unfinished", "essay.a-1.unfinished", "b"];
        owns.iter().for_each(|name| fs::write(at(name), "a student's own").unwrap());
        write_atomically(&at("c"), b"").unwrap();
        assert!(!at("b.99-1.unfinished").exists() && written_now.exists());
        assert!(owns.iter().all(|name| at(name).exists()));
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().flatten();
        entries.map(|entry| entry.file_name().into_string().unwrap()).collect()
    }

    /// Writes large files for ever, where it is asked for; see the test below.
    #[test]
    fn writes_until_it_is_killed() {
        let Some(path) = std::env::var_os("LAB_TEST_WRITE") else { return };
        let bytes = vec![b'x'; 8 << 20];
        loop {
            write_atomically(Path::new(&path), &bytes).unwrap();
        }
    }

    #[test]
    fn a_killed_write_leaves_a_whole_file_and_the_next_write_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mut left = false;
        for round in 0..4 {
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "files::tests::writes_until_it_is_killed"])
                .env("LAB_TEST_WRITE", &path)
                .stdout(Stdio::null())
                .spawn()
                .unwrap();
            // It has begun to write, however busy the machine is.
            let its_own = format!("file.{}-", child.id());
            while !names(folder.path()).iter().any(|name| name.starts_with(&its_own)) {
                sleep(Duration::from_millis(1));
            }
            sleep(Duration::from_millis(7 * round));
            child.kill().unwrap();
            child.wait().unwrap();
            assert!(!path.exists() || fs::metadata(&path).unwrap().len() == 8 << 20);
            left |= names(folder.path()).iter().any(|name| name.starts_with(&its_own));
        }
        assert!(left, "no kill met a write");
        write_atomically(&path, b"whole").unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
