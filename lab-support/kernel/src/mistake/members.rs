//! What a value has and has not: the methods of arrays are none of a number's, and a name may be misspelt.

use super::diagnostic::Diagnostic;
use super::pattern::said;
use super::variables::NUMBERS;
use crate::tokens::tokens;

/// Methods of arrays and lists that a single number has not.
const OF_ARRAYS: [&str; 23] = [
    "axis_iter",
    "column",
    "columns",
    "dim",
    "dot",
    "fold",
    "index_axis",
    "iter",
    "len",
    "map",
    "mapv",
    "mean",
    "ncols",
    "ndim",
    "nrows",
    "row",
    "rows",
    "shape",
    "slice",
    "sum",
    "sum_axis",
    "t",
    "to_vec",
];

/// The sentence about a method of arrays that is asked of a number.
pub fn help(diagnostic: &Diagnostic) -> Option<String> {
    let found = said("no method named `{}` found for {} `{}`", &diagnostic.message)?;
    let kind = found.get(2)?.trim_start_matches('&');
    let is_number = NUMBERS.contains(&kind) || kind == "{float}" || kind == "{integer}";
    (is_number && OF_ARRAYS.contains(&found[0])).then(|| {
        let kind = kind.trim_matches(['{', '}']);
        format!(
            "This is a single number, of type `{kind}`, and no array: `{}` is a method of arrays and lists.",
            found[0]
        )
    })
}

/// Methods of a number that other languages have as functions.
const OF_NUMBERS: [&str; 20] = [
    "abs", "acos", "asin", "atan", "ceil", "cos", "cosh", "exp", "floor", "ln", "log10", "log2", "recip",
    "round", "signum", "sin", "sinh", "sqrt", "tan", "tanh",
];

/// The sentence about one of a number's methods that is called as a function, or given to one as it is.
pub fn of_numbers(name: &str, is_called: bool) -> Option<String> {
    OF_NUMBERS.contains(&name).then(|| match is_called {
        true => format!("That is a method in Rust: `x.{name}()`; of an array, `a.mapv(f32::{name})`."),
        false => format!("A number's method is named with its type where it is given away: `f32::{name}`."),
    })
}

/// Whether the name stands alone within the brackets of a call.
pub fn is_given(name: &str, line: &str) -> bool {
    tokens(line).windows(3).any(|three| three == ["(", name, ")"])
}

/// Whether two colons stand behind the name, which begins with a small letter: it is neither a method nor a type.
pub fn begins_path(line: &str, name: &str) -> bool {
    name.starts_with(char::is_lowercase) && tokens(line).windows(3).any(|three| three == [name, ":", ":"])
}

/// The lab's name that was meant by one that is little different.
pub fn of_the_lab(name: &str) -> Option<&'static str> {
    ["checks", "ndarray"].into_iter().find(|other| distance(name, other) <= 2)
}

/// How many letters are to be changed, put in or left out.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, letter) in one.chars().enumerate() {
        let mut before = std::mem::replace(&mut row[0], i + 1);
        for (j, also) in other.iter().enumerate() {
            let least = (before + usize::from(letter != *also)).min(row[j] + 1).min(row[j + 1] + 1);
            before = std::mem::replace(&mut row[j + 1], least);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_little_different_is_known() {
        assert_eq!((distance("check", "checks"), distance("", "ab"), distance("abc", "axc")), (1, 2, 1));
        assert_eq!((of_the_lab("chekcs"), of_the_lab("rand")), (Some("checks"), None));
    }
}
