//! A call with more or fewer values than the function takes.

use super::diagnostic::{Diagnostic, without_paths};
use super::pattern::said;

/// The sentence that says which values a function takes, and which one is missing.
pub fn help(diagnostic: &Diagnostic) -> Option<String> {
    if !["E0057", "E0061"].contains(&diagnostic.code()) {
        return None;
    }
    let message = &diagnostic.message;
    let counts = said("takes {} argument", message).zip(said(" but {} argument", message));
    let Some((takes, given)) = counts else {
        return Some("It takes another number of values: Shift and Tab behind the name shows which.".into());
    };
    let values = if takes[0] == "1" { "value" } else { "values" };
    let mut help = format!("It takes {} {values} and was given {}.", takes[0], given[0]);
    let note = diagnostic.children.iter().find(|child| child.message.ends_with("defined here"));
    let mut named: Vec<String> = note
        .iter()
        .flat_map(|note| &note.spans)
        .filter(|span| !span.is_primary)
        .map(|span| span.code())
        .collect();
    named.retain(|parameter| parameter.contains(": "));
    let labels = || diagnostic.spans.iter().map(|span| span.label());
    // Where other values do not fit either, what is missing is a guess of the compiler's.
    let is_guess = labels().any(|label| label.starts_with("expected"));
    if !is_guess {
        help += &labels().map(|label| about(label, &named)).collect::<String>();
    }
    if let Some(all) = note.and_then(all_parameters).filter(|all| all.len() > 1 && *all != named) {
        help += &format!(" They are {}.", quoted(&all));
    }
    Some(without_paths(&help))
}

/// What the compiler says of one of the values. `missing` are the parameters for which there is none.
fn about(label: &str, missing: &[String]) -> String {
    if let Some(found) = said("argument #{} of type `{}` is missing", label) {
        let what = match missing {
            [parameter] => parameter.clone(),
            _ => found[1].to_string(),
        };
        return format!(" Number {} is missing: `{what}`.", found[0]);
    }
    if let Some(found) = said("unexpected argument #{} of type", label) {
        return format!(" Number {} is one too many.", found[0]);
    }
    match label {
        "multiple arguments are missing" if !missing.is_empty() => {
            format!(" Missing are {}.", quoted(missing))
        }
        _ => String::new(),
    }
}

fn quoted(parameters: &[String]) -> String {
    parameters.iter().map(|parameter| format!("`{parameter}`")).collect::<Vec<_>>().join(", ")
}

/// The names and types of all that a function takes, where they stand in the line of its name.
fn all_parameters(note: &Diagnostic) -> Option<Vec<String>> {
    let span = note.spans.iter().find(|span| span.is_primary)?;
    let rest: String = span.line().chars().skip(span.column_end.checked_sub(1)?).collect();
    let first = rest.find('(')? + 1;
    let (mut depth, mut all, mut begin) = (0, Vec::new(), first);
    for (at, letter) in rest.char_indices().skip_while(|(at, _)| *at < first) {
        match letter {
            '(' | '[' | '{' | '<' => depth += 1,
            ')' | ',' if depth == 0 => {
                all.push(rest[begin..at].trim().to_string());
                begin = at + 1;
                if letter == ')' {
                    all.retain(|parameter| !parameter.is_empty() && !parameter.ends_with("self"));
                    return Some(all);
                }
            }
            ')' | ']' | '}' | '>' => depth -= 1,
            _ => (),
        }
    }
    None
}
