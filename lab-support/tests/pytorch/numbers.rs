//! PyTorch's numbers, and the inputs that it has them for.

use std::fmt::Debug;
use std::str::FromStr;

/// Numbers from -1 to 1 that look random, the same in every run and in `pytorch.py`.
pub fn wave(first: usize, n: usize) -> Vec<f32> {
    (first..first + n).map(|i| ((37 * i * i + 11 * i + 7) % 101) as f32 / 50.0 - 1.0).collect()
}

/// What stands in a section of `pytorch.txt`: names and their numbers.
pub fn section<T: FromStr<Err: Debug>>(name: &str) -> Vec<(&'static str, Vec<T>)> {
    let lines = include_str!("../pytorch.txt").lines().skip_while(|line| *line != name).skip(1);
    let rows = lines.map_while(|line| line.strip_prefix("  ")?.rsplit_once(": "));
    let rows: Vec<_> = rows.map(|(name, list)| (name, numbers(list))).collect();
    assert!(!rows.is_empty(), "no {name}");
    rows
}

/// The numbers of a list as Python prints it.
pub fn numbers<T: FromStr<Err: Debug>>(list: &str) -> Vec<T> {
    list.trim_matches(['[', ']']).split(", ").map(|number| number.parse().unwrap()).collect()
}

/// The numbers with a name in a section of `pytorch.txt`.
pub fn pytorch<T: FromStr<Err: Debug>>(part: &str, name: &str) -> Vec<T> {
    let found = section(part).into_iter().find(|(found, _)| *found == name);
    found.unwrap_or_else(|| panic!("no {name} in {part}")).1
}

/// As many numbers as PyTorch has, none further from its own than `most`.
#[track_caller]
pub fn close_within(most: f32, what: &str, ours: &[f32], theirs: &[f32]) {
    let far = ours.iter().zip(theirs).any(|(a, b)| (a - b).abs() > most);
    assert!(ours.len() == theirs.len() && !far, "{what}: {ours:?}, and PyTorch has {theirs:?}");
}
