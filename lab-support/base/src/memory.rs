//! How much memory is left.

use std::fs;

/// Bytes that the system can give, where it tells: what Linux says is available, in the limits that a container has.
pub fn free() -> Option<usize> {
    let available = fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
        line.split_whitespace().next()?.parse::<usize>().ok()?.checked_mul(1024)
    });
    let limit = in_container(|file| fs::read_to_string(format!("/sys/fs/cgroup/{file}")).ok());
    available.into_iter().chain(limit).min()
}

/// What is left of a container's limit, where it has one. Copies of files in memory count as used there, and are given up
/// as soon as the memory is wanted. (Linux, control groups, version 2: `memory.max`, `memory.current`, `memory.stat`.)
fn in_container(read: impl Fn(&str) -> Option<String>) -> Option<usize> {
    let number = |file: &str| read(file)?.trim().parse::<usize>().ok();
    let (most, used) = (number("memory.max")?, number("memory.current")?);
    let stat = read("memory.stat").unwrap_or_default();
    let of_files = stat.lines().filter_map(|line| {
        let (name, bytes) = line.split_once(' ')?;
        ["active_file", "inactive_file"].contains(&name).then(|| bytes.parse::<usize>().ok())?
    });
    Some(most.saturating_sub(used.saturating_sub(of_files.sum())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_of_files_do_not_fill_a_container() {
        let free = |most: &str, stat: &'static str| {
            let most = most.to_string();
            in_container(move |file| match file {
                "memory.max" => Some(most.clone()),
                "memory.current" => Some("3900\n".into()),
                "memory.stat" => Some(stat.into()),
                _ => None,
            })
        };
        let stat = "anon 900\nfile 3000\nshmem 200\ninactive_file 2000\nactive_file 800\n";
        assert_eq!(free("4000\n", stat), Some(2900));
        assert_eq!(free("4000\n", ""), Some(100));
        assert_eq!(free("3000\n", ""), Some(0));
        assert_eq!(free("max\n", stat), None, "no limit");
        assert_eq!(in_container(|_| None), None, "no container");
    }
}
