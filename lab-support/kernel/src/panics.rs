//! Panics that beginners meet, and what they mean.

/// What a panic says, with `{}` where it says something else each time, and a sentence that explains it.
const PANICS: [(&str, &str); 18] = [
    (
        "index out of bounds: the len is {} but the index is {}",
        "There are {0}, and they are counted from 0: position {1} is behind the last one.",
    ),
    (
        "range end index {} out of range for slice of length {}",
        "There are {1}: a part of them can't reach up to {0}.",
    ),
    (
        "ndarray: index out of bounds",
        "An index reaches beyond the array: `.dim()` tells how large it is, counted from 0.",
    ),
    (
        "assertion failed: index < dim",
        "An index reaches beyond the array: `.dim()` tells how large it is, counted from 0.",
    ),
    (
        "assertion failed: end <= axis_len",
        "A range reaches beyond the array: `.dim()` tells how large it is, counted from 0.",
    ),
    (
        "assertion failed: start <= axis_len",
        "A range reaches beyond the array: `.dim()` tells how large it is, counted from 0.",
    ),
    (
        "Converting number of elements to `A` must not fail",
        "`mean` computes with the array's own numbers, and bytes end at 255: make fractions of them first, as in \
         `.mapv(f32::from).mean()`.",
    ),
    (
        "are not compatible for matrix multiplication",
        "The first needs as many columns as the second has rows: `.dim()` tells both, `.t()` turns one over.",
    ),
    (
        "IncompatibleShape",
        "Arrays of these shapes can't be computed with each other: `.dim()` tells the shape of each, `.t()` turns one over. \
         A row of numbers fits a table with as many columns.",
    ),
    (
        "no entry found for key",
        "There is nothing of this name: `.get(…)` gives `None` then, and `.contains_key(…)` asks before.",
    ),
    (
        "could not broadcast array",
        "The two arrays have other shapes: `.dim()` tells which, `.t()` turns one over.",
    ),
    (
        "attempt to subtract with overflow",
        "Lengths and positions can't be below 0: turn them into `i64` first, `x as i64`.",
    ),
    (
        "attempt to add with overflow",
        "The sum is more than this type of number holds: take a larger one, as in `x as i64`.",
    ),
    (
        "attempt to multiply with overflow",
        "The product is more than this type of number holds: take a larger one, as in `x as i64`.",
    ),
    (
        "divide by zero",
        "A whole number can't be divided by 0; of numbers with a fraction, `1.0 / 0.0` is infinite.",
    ),
    ("divisor of zero", "A whole number can't be divided by 0."),
    (
        "called `Option::unwrap()` on a `None` value",
        "There was no value to take: an empty list has no first one, for example.",
    ),
    (
        "called `Result::unwrap()` on an `Err` value",
        "The call has failed, as it says here: `?` in place of `.unwrap()` shows it in words.",
    ),
];

/// The sentence that explains a panic.
pub fn explained(message: &str) -> Option<String> {
    PANICS.iter().find_map(|(pattern, help)| {
        let found = crate::mistake::said(pattern, message)?;
        let mut help = help.to_string();
        for (i, text) in found.iter().enumerate() {
            help = help.replace(&format!("{{{i}}}"), text.split(' ').next().unwrap_or(text));
        }
        Some(help)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_explained() {
        let index = explained("index out of bounds: the len is 10 but the index is 12").unwrap();
        assert!(index.contains("There are 10") && index.contains("position 12"), "{index}");
        let range = explained("range end index 5 out of range for slice of length 3").unwrap();
        assert!(range.contains("There are 3") && range.contains("up to 5"), "{range}");
        let product = "ndarray: inputs 2 x 2 and 3 x 2 are not compatible for matrix multiplication";
        assert!(explained(product).unwrap().contains("columns"));
        assert_eq!(explained("my own words"), None);
    }
}
