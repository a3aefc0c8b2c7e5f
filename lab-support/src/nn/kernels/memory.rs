//! Whether numbers fit into memory, asked before it is taken: a process that runs out of it is ended, and a notebook's
//! variables with it.

use lab_base::memory;

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
    let free = memory::free().unwrap_or(USUAL);
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
}
