//! Whether numbers fit into memory, asked before it is taken: a process that runs out of it is ended, and a notebook's
//! variables with it.

use std::fs;

/// Bytes that are taken without asking the system.
const SMALL: usize = 1 << 26;

/// Taken for the memory of a machine that does not say how much it has.
const USUAL: usize = 1 << 32;

/// Checks that as many numbers fit as the product of `sizes`.
///
/// # Errors
/// When they don't: the memory that they would take, in words.
pub(crate) fn check(sizes: &[usize]) -> Result<(), String> {
    check_sum(&[sizes])
}

/// The same for several arrays that are in memory together.
pub(crate) fn check_sum(arrays: &[&[usize]]) -> Result<(), String> {
    let count = |sizes: &[usize]| sizes.iter().try_fold(1, |product: usize, n| product.checked_mul(*n));
    let numbers = arrays.iter().try_fold(0, |sum: usize, sizes| sum.checked_add(count(sizes)?));
    let Some(bytes) = numbers.and_then(|numbers| numbers.checked_mul(size_of::<f32>())) else {
        return Err("more bytes than a computer can count".into());
    };
    check_bytes(bytes)
}

/// The same for so many bytes.
pub(crate) fn check_bytes(bytes: usize) -> Result<(), String> {
    if bytes <= SMALL {
        return Ok(());
    }
    let free = free();
    if bytes <= free {
        Ok(())
    } else {
        Err(format!("{} of memory, and {} are free", words(bytes), words(free)))
    }
}

/// `62.7 GB`.
fn words(bytes: usize) -> String {
    format!("{:.1} GB", bytes as f64 / 1e9)
}

/// Bytes that the system can give: what Linux says is available, in the limits that a container has.
fn free() -> usize {
    let available = fs::read_to_string("/proc/meminfo").ok().and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
        line.split_whitespace().next()?.parse::<usize>().ok()?.checked_mul(1024)
    });
    let limit = in_container(|file| fs::read_to_string(format!("/sys/fs/cgroup/{file}")).ok());
    available.unwrap_or(USUAL).min(limit.unwrap_or(usize::MAX))
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
    fn what_is_too_large_is_told_with_the_memory_it_would_take() {
        check(&[784, 128]).unwrap();
        check(&[]).unwrap();
        check(&[usize::MAX, 0]).unwrap();
        let told = check(&[1 << 20, 1 << 30]).unwrap_err();
        assert!(told.starts_with("4503599.6 GB of memory, and ") && told.ends_with(" GB are free"), "{told}");
        for sizes in [&[usize::MAX][..], &[1 << 40, 1 << 40], &[1 << 62, 2]] {
            assert_eq!(check(sizes).unwrap_err(), "more bytes than a computer can count");
        }
        assert!(check_sum(&[&[usize::MAX / 8], &[usize::MAX / 2], &[usize::MAX / 2]]).is_err());
    }

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
