use std::collections::HashSet;

use super::place::Located;

/// Mistakes that are shown at once.
const MOST: usize = 3;

/// What only says that the compiler knows too little, as it does behind any other mistake.
const UNKNOWN: [&str; 4] = ["E0282", "E0283", "E0284", "E0275"];

/// The mistakes themselves, without what only follows from one of them: after something that can't be read, all else; a
/// name that was not found, once more; a type that can't be known beside other mistakes; a second message about a line.
pub fn roots(all: Vec<Located>) -> Vec<Located> {
    let is_syntax = |located: &Located| located.diagnostic.code().is_empty();
    let has_main = all.iter().any(|located| located.is_main);
    let has_known = all.iter().any(|located| !UNKNOWN.contains(&located.diagnostic.code()));
    let only_first = all.first().is_some_and(|located| is_syntax(located) || is_unreadable(located));
    let (mut lines, mut names) = (HashSet::new(), HashSet::new());
    let roots = all.into_iter().filter(|located| {
        let code = located.diagnostic.code();
        if has_main && !located.is_main || has_known && UNKNOWN.contains(&code) {
            return false;
        }
        let name =
            located.diagnostic.name().filter(|_| matches!(code, "E0425" | "E0433" | "E0412" | "E0432"));
        lines.insert(located.line) && name.is_none_or(|name| names.insert(name.to_string()))
    });
    roots.take(if only_first { 1 } else { MOST }).collect()
}

/// A text or a comment without an end, or a letter that is none.
fn is_unreadable(located: &Located) -> bool {
    ["E0765", "E0758", "E0762", "E0763"].contains(&located.diagnostic.code())
}
