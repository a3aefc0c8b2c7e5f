//! What only Unix tells of files and processes. Elsewhere the crates compile, train and draw, with what stands in its place
//! here; notebooks run on Unix alone.

#[cfg(unix)]
mod unix {
    use std::fs::{FileType, Metadata, OpenOptions, Permissions};
    use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt};

    pub use std::os::unix::process::parent_id;

    /// Opens without waiting for whoever is at the other end of a pipe.
    pub fn without_waiting(options: &mut OpenOptions) -> &mut OpenOptions {
        options.custom_flags(libc::O_NONBLOCK)
    }

    /// Makes a file that those may read who may read one with `permissions`.
    pub fn readable_as<'a>(
        options: &'a mut OpenOptions,
        permissions: Option<&Permissions>,
    ) -> &'a mut OpenOptions {
        options.mode(permissions.map_or(0o666, |permissions| permissions.mode() & 0o777))
    }

    /// What is neither a file nor a folder.
    pub fn kind(kind: FileType) -> &'static str {
        match () {
            () if kind.is_fifo() => "a pipe",
            () if kind.is_socket() => "a socket",
            () => "a device",
        }
    }

    /// Whether an open file still has a name.
    pub fn has_name(data: &Metadata) -> bool {
        data.nlink() > 0
    }

    /// What tells two files apart that have the same name, one after the other.
    pub fn identity(data: &Metadata) -> (u64, u64) {
        (data.dev(), data.ino())
    }

    /// Kills a process, which may have ended already.
    pub fn kill(process: u32) {
        // SAFETY: the call reads no memory; a number of a process is positive, so that no group is meant.
        unsafe {
            libc::kill(process as i32, libc::SIGKILL);
        }
    }
}

#[cfg(not(unix))]
mod elsewhere {
    use std::fs::{FileType, Metadata, OpenOptions, Permissions};

    /// Not told: nothing ends with the program that has started it.
    pub fn parent_id() -> u32 {
        0
    }

    pub fn without_waiting(options: &mut OpenOptions) -> &mut OpenOptions {
        options
    }

    pub fn readable_as<'a>(options: &'a mut OpenOptions, _: Option<&Permissions>) -> &'a mut OpenOptions {
        options
    }

    pub fn kind(_: FileType) -> &'static str {
        "a device"
    }

    /// A file that is open can't be removed.
    pub fn has_name(_: &Metadata) -> bool {
        true
    }

    pub fn identity(_: &Metadata) -> (u64, u64) {
        (0, 0)
    }

    /// Descendants are looked for in `/proc`, where there are none.
    pub fn kill(_: u32) {}
}

#[cfg(not(unix))]
pub use elsewhere::*;
#[cfg(unix)]
pub use unix::*;
