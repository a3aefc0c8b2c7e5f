//! A guess that stands without its quotes.

use lab_base::CLASS_NAMES;

use super::place::Located;
use crate::source::Source;
use crate::tokens::{Token, all_tokens};

/// Whether a text, with its quotes or without, is one of `CLASS_NAMES`.
pub fn is_name_of_class(text: &str) -> bool {
    CLASS_NAMES.iter().any(|name| name.eq_ignore_ascii_case(text.trim_matches('"').trim()))
}

/// The sentence that helps with the last of the values that `guess` is given, if the place is in it.
pub fn help(located: &Located, source: &Source) -> Option<String> {
    let code = located.diagnostic.code();
    let is_text_wanted =
        located.diagnostic.spans.iter().any(|span| span.label().starts_with("expected `&str`"));
    let is_meant = ["", "E0423", "E0425"].contains(&code) || code == "E0308" && is_text_wanted;
    if !is_meant {
        return None;
    }
    let cell = source.cell();
    let line = cell.lines().nth(located.line)?;
    let column: usize = line.chars().take(located.range.0).map(char::len_utf8).sum();
    let at = line.as_ptr() as usize - cell.as_ptr() as usize + column;
    let tokens = all_tokens(cell);
    let call =
        tokens.windows(2).rposition(|two| two[0].text == "guess" && two[1].text == "(" && two[1].at < at)?;
    let values = values(&tokens[call + 2..]);
    let [_, choices, guess] = values.as_slice() else { return None };
    let (first, last) = (guess.first()?, guess.last()?);
    let end = last.at + last.text.len();
    let text = &cell[first.at..end];
    if at < first.at || at > end || text.contains(['"', '&', '\n']) {
        return None;
    }
    let is_number = text.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit());
    let mut names: Vec<&str> =
        choices.iter().filter_map(|token| token.text.strip_prefix('"')?.strip_suffix('"')).collect();
    if choices.iter().any(|token| token.text == "CLASS_NAMES") {
        names = CLASS_NAMES.to_vec();
    }
    let is_number_wanted =
        !choices.iter().any(|token| token.text.starts_with(|c: char| c == '"' || c.is_alphabetic()));
    let meant = names.iter().find(|name| name.eq_ignore_ascii_case(text.trim()));
    let example = names.iter().find(|name| name.len() > 2).or(names.first()).unwrap_or(&"Bag");
    match meant {
        Some(name) => Some(format!("The guess is missing its quotes: `\"{name}\"`.")),
        None if is_number_wanted && is_number => {
            Some(format!("A guess stands between quotes: `\"{}\"`.", plain(text)))
        }
        None if !is_number_wanted && (is_number || code == "E0308") => Some(format!(
            "A guess is one of the names in the list here, between quotes, as in `\"{example}\"`."
        )),
        None => None,
    }
}

/// A number without its type.
fn plain(number: &str) -> &str {
    let kinds = ["_f32", "_f64", "f32", "f64", "_u8", "_i32", "_usize"];
    kinds.iter().find_map(|kind| number.strip_suffix(kind)).unwrap_or(number)
}

/// The values in the brackets of a call, which is open: those up to where it is closed.
fn values<'a, 'b>(tokens: &'b [Token<'a>]) -> Vec<Vec<&'b Token<'a>>> {
    let (mut depth, mut values) = (0, vec![Vec::new()]);
    for token in tokens {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" if depth == 0 => break,
            ")" | "]" | "}" => depth -= 1,
            "," if depth == 0 => {
                values.push(Vec::new());
                continue;
            }
            _ => (),
        }
        values.last_mut().expect("there is one").push(token);
    }
    values.retain(|value| !value.is_empty());
    values
}
