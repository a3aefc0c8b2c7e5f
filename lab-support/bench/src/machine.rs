use std::{env, fs, thread};

use lab_base::Error;

/// The processor's name, the cores, the system: what a figure must not be read without.
pub fn described() -> String {
    let processor = processor().unwrap_or_else(|| env::consts::ARCH.into());
    format!("{processor}, {} cores, {}", cores(), env::consts::OS)
}

pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// The threads that everyone may use: `LAB_THREADS`, or one for each core.
///
/// # Errors
/// When `LAB_THREADS` is not a number above 0.
pub fn threads() -> Result<usize, Error> {
    let Some(text) = env::var_os("LAB_THREADS").filter(|text| !text.is_empty()) else { return Ok(cores()) };
    let number = text.to_str().and_then(|text| text.trim().parse().ok()).filter(|&threads| threads > 0);
    number.ok_or_else(|| {
        Error::new("reading LAB_THREADS", "a number from 1", text.display(), "set it to the threads to use")
    })
}

fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().into())
}

/// Memory in megabytes of a process and all that it started: what they share is counted once. Only Linux
/// tells.
pub fn memory(process: u32) -> Option<f64> {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let line = rollup.lines().find(|line| line.starts_with("Pss:"))?;
    let own: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    let threads = fs::read_dir(format!("/proc/{process}/task")).ok()?;
    let children = threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("children")).ok());
    let ids: Vec<u32> = children.flat_map(|text| ids(&text)).collect();
    Some(own / 1024.0 + ids.into_iter().filter_map(memory).sum::<f64>())
}

fn ids(text: &str) -> Vec<u32> {
    text.split_whitespace().filter_map(|id| id.parse().ok()).collect()
}
