use std::fs::{self, File, FileTimes};
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

use rustix::fs::{StatVfsMountFlags, statvfs};

/// Copies a folder with its times. Compiled libraries are hard-linked: cargo and rustc only ever replace
/// them, while smaller files are written in place, and must not be shared. Where the folder lies on a file system that
/// can't be written, as for a kernel that is shut in, links lead to them: nobody changes them there.
pub fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let is_fixed = statvfs(from)?.f_flag.contains(StatVfsMountFlags::RDONLY);
    copy_with(from, to, &|from, to| if is_fixed { symlink(from, to) } else { fs::hard_link(from, to) })
}

fn copy_with(from: &Path, to: &Path, link: &dyn Fn(&Path, &Path) -> io::Result<()>) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (source, target) = entry.map(|e| (e.path(), to.join(e.file_name())))?;
        if source.is_symlink() {
            symlink(fs::read_link(&source)?, &target)?;
        } else if source.is_dir() {
            copy_with(&source, &target, link)?;
        } else if !is_compiled(&source) || link(&source, &target).is_err() {
            // Some file systems have no hard links, and no two of them share one.
            fs::copy(&source, &target)?;
            let times = FileTimes::new().set_modified(fs::metadata(&source)?.modified()?);
            File::options().write(true).open(&target)?.set_times(times)?;
        }
    }
    Ok(())
}

fn is_compiled(path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str());
    extension.is_some_and(|e| ["rlib", "rmeta", "so", "dylib", "a"].contains(&e))
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};
    use std::time::Duration;

    use super::*;

    /// In a process that sees the folder on a file system that can't be written.
    #[test]
    fn copies_what_is_fixed() {
        let Some(folder) = std::env::var_os("LAB_TEST_FIXED") else { return };
        let folder = Path::new(&folder);
        copy(&folder.join("from"), &folder.join("own/to")).unwrap();
    }

    #[test]
    fn what_cannot_be_written_is_linked_to_and_not_copied() {
        let folder = tempfile::tempdir().unwrap();
        let (path, own) = (folder.path(), folder.path().join("own"));
        fs::create_dir_all(path.join("from/deps")).unwrap();
        fs::create_dir(&own).unwrap();
        fs::write(path.join("from/deps/libone.rlib"), "compiled").unwrap();
        fs::write(path.join("from/deps/one.d"), "text").unwrap();
        let mut shut_in = Command::new("bwrap");
        shut_in.args(["--ro-bind", "/", "/", "--dev", "/dev", "--bind"]).args([&own, &own]).arg("--");
        shut_in.stdout(Stdio::null()).stderr(Stdio::null());
        let works = |command: &mut Command| command.status().is_ok_and(|status| status.success());
        if !works(Command::new("bwrap").args(["--ro-bind", "/", "/", "true"]).stderr(Stdio::null())) {
            println!("not tried: bubblewrap is not installed, or not allowed to work");
            return;
        }
        let child = shut_in.arg(std::env::current_exe().unwrap());
        child.args(["--exact", "copy::tests::copies_what_is_fixed"]).env("LAB_TEST_FIXED", path);
        assert!(works(child));
        let [library, text] = ["libone.rlib", "one.d"].map(|name| own.join("to/deps").join(name));
        assert_eq!(fs::read_link(&library).unwrap(), path.join("from/deps/libone.rlib"));
        assert!(!text.is_symlink() && fs::read(text).unwrap() == b"text", "it is written in place");
    }

    #[test]
    fn where_there_are_no_hard_links_files_are_copied_with_their_times() {
        let folder = tempfile::tempdir().unwrap();
        let (from, links, copies) =
            (folder.path().join("from"), folder.path().join("links"), folder.path().join("copies"));
        fs::create_dir_all(from.join("deps")).unwrap();
        fs::write(from.join("deps/libone.rlib"), "compiled").unwrap();
        fs::write(from.join("deps/one.d"), "text").unwrap();
        let long_ago = std::time::SystemTime::now() - Duration::from_secs(5000);
        for file in ["deps/libone.rlib", "deps/one.d"] {
            let file = File::options().write(true).open(from.join(file)).unwrap();
            file.set_times(FileTimes::new().set_modified(long_ago)).unwrap();
        }
        copy(&from, &links).unwrap();
        copy_with(&from, &copies, &|_, _| Err(io::ErrorKind::Unsupported.into())).unwrap();
        for folder in [&links, &copies] {
            assert_eq!(fs::read(folder.join("deps/libone.rlib")).unwrap(), b"compiled");
            let modified = fs::metadata(folder.join("deps/libone.rlib")).unwrap().modified().unwrap();
            assert!(modified.duration_since(long_ago).unwrap() < Duration::from_secs(1));
        }
        fs::write(copies.join("deps/libone.rlib"), "changed").unwrap();
        assert_eq!(fs::read(from.join("deps/libone.rlib")).unwrap(), b"compiled");
    }
}
