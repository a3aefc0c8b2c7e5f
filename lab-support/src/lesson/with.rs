//! Values of the run in the text of an answer.

use std::fmt;

/// Puts values into a text in which braces mean nothing else: a set in mathematics, or code, stays as it is.
pub trait With {
    /// The text with `value` in the place of each `{name}`; `{name:.4}` gives it four decimals. Says so where the text has
    /// no such place.
    ///
    /// ```
    /// use lab_support::prelude::*;
    /// let text = r##"{n} images, $\frac{2}{3}$ of them "good": {share:.2} %."##.with("n", 3).with("share", 66.6667);
    /// assert_eq!(text, r##"3 images, $\frac{2}{3}$ of them "good": 66.67 %."##);
    /// ```
    fn with(&self, name: &str, value: impl fmt::Display) -> String;
}

impl With for str {
    fn with(&self, name: &str, value: impl fmt::Display) -> String {
        let open = format!("{{{name}");
        let mut parts = self.split(&open);
        let mut text = parts.next().unwrap_or_default().to_string();
        let mut is_used = false;
        for part in parts {
            match end_of_place(part) {
                Some((rest, None)) => text += &format!("{value}{rest}"),
                Some((rest, Some(decimals))) => text += &format!("{value:.decimals$}{rest}"),
                None => text += &format!("{open}{part}"),
            }
            is_used |= end_of_place(part).is_some();
        }
        if !is_used {
            println!("The text has no {{{name}}}: write it where {value} is to stand.");
        }
        text
    }
}

/// What follows the name in `{name}` or `{name:.4}`, and how many decimals are wanted.
fn end_of_place(rest: &str) -> Option<(&str, Option<usize>)> {
    let (inside, behind) = rest.split_once('}')?;
    match inside.strip_prefix(":.") {
        Some(digits) if digits.len() <= 2 => Some((behind, Some(digits.parse().ok()?))),
        _ => inside.is_empty().then_some((behind, None)),
    }
}

/// A name in braces for which there was no value. What stands in braces in mathematics has something before them.
pub(super) fn without_value(text: &str) -> Option<&str> {
    let places = text
        .match_indices('{')
        .filter(|(at, _)| !text[..*at].ends_with(|c: char| !c.is_whitespace() && c != '('));
    places.map(|(at, _)| &text[at + 1..]).find_map(|rest| {
        let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))?;
        let is_name = rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
        (is_name && end_of_place(&rest[length..]).is_some()).then(|| &rest[..length])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_go_where_their_names_stand_and_nowhere_else() {
        for (text, value, expected) in [
            ("{n}", 0.5, "0.5"),
            ("{n:.2} and {n}", 0.126, "0.13 and 0.126"),
            ("{n:.0}", 2.6, "3"),
            ("{m} {n }{nn} {n:} {n:.x} {n:.999} {n", 1.0, "{m} {n }{nn} {n:} {n:.x} {n:.999} {n"),
            (r"$\frac{n}{32}$", 1.0, r"$\frac1{32}$"),
            ("", 1.0, ""),
            ("{{n}}", 1.0, "{1}"),
        ] {
            assert_eq!(text.with("n", value), expected, "{text}");
        }
        let text = "{accuracy:.4} with {neurons}".to_string();
        assert_eq!(text.with("neurons", "128 neurons").with("accuracy", 0.88671), "0.8867 with 128 neurons");
        assert_eq!("{a}".with("a", "\u{e4}{b}"), "\u{e4}{b}");
    }

    #[test]
    fn a_name_without_its_value_is_found() {
        for (text, name) in [
            ("{accuracy} it is", Some("accuracy")),
            ("it is ({accuracy:.4})", Some("accuracy")),
            (r"$\frac{loss}{n}$, x_{i}, e^{x}", None),
            ("{60000}, { } and {}, {", None),
            ("```rust\nfn f() { x }\n```", None),
            ("the set {a, b}", None),
        ] {
            assert_eq!(without_value(text), name, "{text}");
        }
    }
}
