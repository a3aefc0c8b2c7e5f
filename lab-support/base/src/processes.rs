//! What a process has started, where the system tells: in `/proc`, which Linux has. What has left its group and its
//! session is found as well.

use std::fs;

/// The numbers of the processes that a process has started, or that have become its own, and have not ended.
pub fn children(process: u32) -> Vec<u32> {
    let all = with_parents();
    all.iter().filter(|(_, parent)| *parent == process).map(|(id, _)| *id).collect()
}

/// These, and all that they have started.
pub fn descendants(process: u32) -> Vec<u32> {
    let all = with_parents();
    let mut found = vec![process];
    let mut at = 0;
    while at < found.len() {
        let parent = found[at];
        found.extend(all.iter().filter(|(_, of)| *of == parent).map(|(id, _)| *id));
        at += 1;
    }
    found.split_off(1)
}

/// The numbers of all processes that have not ended, each with its parent's.
fn with_parents() -> Vec<(u32, u32)> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let of_process = |entry: fs::DirEntry| {
        let id = entry.file_name().to_str()?.parse().ok()?;
        let status = fs::read_to_string(entry.path().join("stat")).ok()?;
        // Behind the name, which may hold anything: the state and the parent.
        let mut rest = status.rsplit_once(')')?.1.split_whitespace();
        let state = rest.next()?;
        Some((id, rest.next()?.parse().ok()?)).filter(|_| state != "Z")
    };
    entries.filter_map(of_process).collect()
}
