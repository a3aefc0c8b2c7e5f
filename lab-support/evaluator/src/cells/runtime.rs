//! The process that runs the cells, one after the other, as evcxr's own does. Before each it makes a copy of itself,
//! which waits, and goes on in its place if the cell ends the process or does not end itself: nothing is lost then but
//! what the cell itself has done.
//!
//! A copy costs what the system needs to copy the tables of its memory, and later each page that the cell writes to. It
//! has one thread, whatever threads earlier cells had started.

use std::ffi::{CString, c_char, c_int, c_void};
use std::fs::{self, File};
use std::io::{self, Read};
use std::mem::transmute;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::parent_id;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{env, thread};

use lab_base::event::MARK;
use lab_base::memory;

use crate::cells::order::{LOAD_AND_RUN, by_name};

/// In the environment of this process: that it is one, and where a copy waits for its turn.
pub const RUNTIME: &str = "LAB_RUNS_CELLS";
pub const STANDBY: &str = "LAB_STANDBY";

/// So often text without a newline is shown, and it is looked whether the keeper lives.
const PAUSE: Duration = Duration::from_millis(100);

/// A cell, as evcxr makes it.
type Function = extern "C" fn(*mut c_void) -> *mut c_void;

/// Of a cell's library: calls a function while nobody prints.
type Hold = extern "C" fn(extern "C" fn(*mut c_void), *mut c_void);

/// That of the cell that is running, or was the last.
static HOLD: Mutex<Option<Hold>> = Mutex::new(None);

struct Runtime {
    orders: File,
    standby: Option<File>,
    mark: String,
    /// Of evcxr's making; passed on from cell to cell.
    variables: *mut c_void,
}

/// Runs cells until there are no more orders.
pub fn run() -> io::Result<i32> {
    let orders = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    // A cell that reads finds the end of the input.
    // SAFETY: both are open, and nobody holds the first by its number.
    unsafe { libc::dup2(File::open("/dev/null")?.as_raw_fd(), 0) };
    let standby = env::var(STANDBY).ok().and_then(|number| number.parse().ok());
    // SAFETY: the keeper has left it open for this process, which has no other owner of it.
    let standby = standby.map(|number: c_int| File::from(unsafe { OwnedFd::from_raw_fd(number) }));
    if let Some(standby) = &standby {
        rustix::io::fcntl_setfd(standby, rustix::io::FdFlags::CLOEXEC)?;
    }
    let mark = env::var(MARK).unwrap_or_default();
    let mut runtime = Runtime { orders, standby, mark, variables: std::ptr::null_mut() };
    watch(parent_id());
    while let Some(order) = runtime.order()? {
        runtime.obey(&order)?;
    }
    Ok(0)
}

impl Runtime {
    /// Byte by byte: the copy reads on where this process has stopped.
    fn order(&mut self) -> io::Result<Option<String>> {
        let mut order = Vec::new();
        let mut byte = [0];
        while self.orders.read(&mut byte)? == 1 {
            if byte[0] == b'\n' {
                return Ok(Some(String::from_utf8_lossy(&order).into_owned()));
            }
            order.push(byte[0]);
        }
        Ok(None)
    }

    fn obey(&mut self, order: &str) -> io::Result<()> {
        let order = by_name(order);
        let order = order.strip_prefix(LOAD_AND_RUN).and_then(|order| order.split_once(' '));
        let (library, function) = order.ok_or(io::ErrorKind::InvalidInput)?;
        let library = load(library)?;
        // SAFETY: these are the types that evcxr and `amend/cell.rs` give to these functions.
        let (function, begin, hold) = unsafe {
            (
                transmute::<*mut c_void, Function>(symbol(library, function)?),
                symbol(library, "lab_begin").map(|begin| transmute::<*mut c_void, extern "C" fn()>(begin)),
                symbol(library, "lab_hold").map(|hold| transmute::<*mut c_void, Hold>(hold)),
            )
        };
        let (Ok(begin), Ok(hold)) = (begin, hold) else {
            // It only defines items, and does nothing.
            self.variables = function(self.variables);
            self.tell("COMPLETED");
            return Ok(());
        };
        let copy = match self.copy(hold) {
            Some(Role::Copy) => {
                watch(parent_id());
                self.tell("TOOK_OVER");
                return Ok(());
            }
            Some(Role::Original(copy, threads)) => {
                self.tell(&format!("COPY {copy} {threads}"));
                Some(copy)
            }
            None => None,
        };
        begin();
        self.variables = function(self.variables);
        hold(nothing, std::ptr::null_mut());
        if let Some(copy) = copy {
            // SAFETY: it is a child of this process that has not been waited for.
            unsafe {
                libc::kill(copy, libc::SIGKILL);
                libc::waitpid(copy, std::ptr::null_mut(), 0);
            }
        }
        self.tell("COMPLETED");
        Ok(())
    }

    fn tell(&self, what: &str) {
        println!("{}{what}", self.mark);
    }

    /// Makes a copy, if there is the memory for one. In the copy, returns when it is needed.
    fn copy(&mut self, hold: Hold) -> Option<Role> {
        let mut last = last_hold();
        *last = Some(hold);
        let standby = self.standby.as_mut()?;
        if !is_memory_for_another() {
            return None;
        }
        // This thread, and the one that watches.
        let threads = fs::read_dir("/proc/self/task").map_or(0, |threads| threads.count().saturating_sub(2));
        let mut copy = 0;
        // What others print meanwhile would be locked forever in the copy.
        hold(fork, (&raw mut copy).cast());
        match copy {
            ..0 => None,
            0 => {
                let is_needed = matches!(standby.read(&mut [0]), Ok(1));
                if !is_needed {
                    // SAFETY: nothing of the process that this is a copy of is to be ended.
                    unsafe { libc::_exit(0) };
                }
                Some(Role::Copy)
            }
            copy => Some(Role::Original(copy, threads)),
        }
    }
}

enum Role {
    Copy,
    /// The process number of the copy, and how many threads it has not.
    Original(c_int, usize),
}

extern "C" fn fork(copy: *mut c_void) {
    // SAFETY: the pointer is that of a number which outlives the call. In the copy, this thread goes on alone: it holds the
    // locks of the standard library's output and of `HOLD`, and the C library sees to its own.
    unsafe { *copy.cast::<c_int>() = libc::fork() };
}

extern "C" fn nothing(_: *mut c_void) {}

fn last_hold() -> MutexGuard<'static, Option<Hold>> {
    HOLD.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Shows what cells print without a newline, and ends this process when `keeper` has ended.
fn watch(keeper: u32) {
    thread::spawn(move || {
        while parent_id() == keeper {
            thread::sleep(PAUSE);
            // A cell may hold the lock of its output for long, and the next must not wait for this thread.
            let hold = *last_hold();
            if let Some(hold) = hold {
                hold(nothing, std::ptr::null_mut());
            }
        }
        // SAFETY: whatever the cells are doing, nobody sees it.
        unsafe { libc::_exit(1) };
    });
}

/// Whether all memory that this process holds could be held once more. A cell that writes to all of it needs that.
fn is_memory_for_another() -> bool {
    let held = fs::read_to_string("/proc/self/status").ok().and_then(|text| {
        let kilobytes = text.lines().find_map(|line| line.strip_prefix("RssAnon:"))?;
        kilobytes.split_whitespace().next()?.parse::<usize>().ok()?.checked_mul(1024)
    });
    held.zip(memory::free()).is_none_or(|(held, free)| held < free)
}

fn load(library: &str) -> io::Result<*mut c_void> {
    let name = CString::new(library)?;
    // SAFETY: it is the library of a cell, compiled for this process.
    let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_LAZY | libc::RTLD_LOCAL) };
    if handle.is_null() { Err(loader_error()) } else { Ok(handle) }
}

fn symbol(library: *mut c_void, name: &str) -> io::Result<*mut c_void> {
    let name = CString::new(name)?;
    // SAFETY: the library is loaded, and stays so.
    let found = unsafe { libc::dlsym(library, name.as_ptr()) };
    if found.is_null() { Err(loader_error()) } else { Ok(found) }
}

fn loader_error() -> io::Error {
    // SAFETY: the text is the loader's, and copied before it is called again.
    let text = unsafe {
        let text: *const c_char = libc::dlerror();
        if text.is_null() {
            return io::ErrorKind::NotFound.into();
        }
        std::ffi::CStr::from_ptr(text).to_string_lossy().into_owned()
    };
    io::Error::other(text)
}
