//! What became of a name that the compiler does not find, from the cells that were run.

use super::diagnostic::Diagnostic;
use super::lost::value_of;
use super::members;
use super::pattern::said;
use super::place::Located;
use crate::history::{History, defines};
use crate::source::Source;
use crate::tokens::tokens;

/// The text by which a notebook's first cell is known.
const LAB: &str = "lab_support";

/// The sentence that helps with a name that is not found.
pub fn help(located: &Located, source: &Source, history: &History) -> Option<String> {
    let diagnostic = located.diagnostic;
    if !["E0425", "E0433", "E0412", "E0422", "E0405", "E0423", "E0432", "E0531"].contains(&diagnostic.code())
    {
        return None;
    }
    // As `test`, which is also the name of a macro.
    if let Some(found) = said("expected value, found attribute macro `{}`", &diagnostic.message) {
        return Some(value(found[0], located, source, history));
    }
    let found = said("cannot find {} `{}`", &diagnostic.message).filter(|found| found.len() == 2)?;
    let (kind, name) = (found[0], found[1]);
    Some(match kind {
        "value" => value(name, located, source, history),
        // Of a name that begins with a capital letter, "function, tuple struct or tuple variant".
        kind if kind.starts_with("function") => match value_of(name, located, source, history) {
            Some(help) => help,
            None if members::of_numbers(name, true).is_some() => members::of_numbers(name, true)?,
            None => item(&format!("function `{name}`"), name, diagnostic, history),
        },
        _ if located.lines(source.cell()).iter().any(|line| members::begins_path(line, name)) => {
            path(name, diagnostic, history)
        }
        "macro" => {
            format!("There is no macro `{name}!`; perhaps it is a function, which is called without `!`.")
        }
        _ => item(&format!("`{name}`"), name, diagnostic, history),
    })
}

/// A name of a function or a type.
fn item(what: &str, name: &str, diagnostic: &Diagnostic, history: &History) -> String {
    if let Some(import) = replacement(diagnostic).filter(|text| text.trim().starts_with("use std::")) {
        return format!("`{name}` is in the standard library: begin the cell with `{}`.", import.trim());
    }
    if !history.has_run(LAB) {
        return first_cell(name);
    }
    match similar(diagnostic) {
        Some(other) if what.starts_with("function") && other.eq_ignore_ascii_case(name) => {
            format!(
                "No cell that was run has made a function `{name}`: if one has `fn {name}`, run that first."
            )
        }
        Some(other) => format!("Did you mean `{other}`?"),
        None => format!(
            "There is no {what} in the cells that were run. If it is a method, it stands behind a value: `x.{name}()`."
        ),
    }
}

/// What is said of a name that the lab may have.
const FIRST_CELL: &str = "is one of the lab's names: run the notebook's first cell, which brings them in.";

fn first_cell(name: &str) -> String {
    format!("If `{name}` {FIRST_CELL}")
}

/// Whether the sentence says that the first cell has not been run.
pub fn is_of_first_cell(help: &str) -> bool {
    help.ends_with(FIRST_CELL)
}

fn value(name: &str, located: &Located, source: &Source, history: &History) -> String {
    let line = source.cell().lines().nth(located.line).unwrap_or_default();
    if is_argument(name, line) {
        if name == "axis" {
            return "An axis is named by a value, and its method: `a.sum_axis(Axis(1))`, `a.mean_axis(Axis(0))`.".into();
        }
        return format!(
            "Arguments have no names in Rust: what stands behind `{name}=` is written alone, in its place.{}",
            if line.contains(".fit(") { " How to train is `Fit::epochs(10).batch_size(32)`." } else { "" }
        );
    }
    if let Some(help) = value_of(name, located, source, history) {
        return help;
    }
    if name.starts_with(char::is_uppercase) && !history.has_run(LAB) {
        return first_cell(name);
    }
    if let Some(help) = members::of_numbers(name, false).filter(|_| members::is_given(name, line)) {
        return help;
    }
    let new = tokens(line);
    if new.first() == Some(&name) && new.get(1) == Some(&"=") {
        return format!("A new variable is made by `let {name} = \u{2026};`.");
    }
    match similar(located.diagnostic) {
        Some(other) => format!("No cell that was run has made `{name}`. Did you mean `{other}`?"),
        None if !history.has_run(LAB) => format!(
            "No cell that was run has made `{name}`: if one has `let {name}`, run that first. A kernel that was started anew \
             has run none: in the menu Run, \"Run All Above Selected Cell\" runs those before this one."
        ),
        None => format!("No cell that was run has made `{name}`: if one has `let {name}`, run that first."),
    }
}

/// A name before two colons.
fn path(name: &str, diagnostic: &Diagnostic, history: &History) -> String {
    match similar(diagnostic).or(members::of_the_lab(name)) {
        Some(other) => format!("Did you mean `{other}::`?"),
        None if !history.has_run(LAB) => first_cell(name),
        None => format!(
            "There is no `{name}` in this notebook: before `::` stands the name of a type or of a module."
        ),
    }
}

/// Whether the name stands before a value within the brackets of a call, as Python names arguments.
fn is_argument(name: &str, line: &str) -> bool {
    let mut four =
        tokens(line).windows(4).map(|four| [four[0], four[1], four[2], four[3]]).collect::<Vec<_>>();
    four.retain(|four| four[1] == name);
    four.iter().any(|[before, _, sign, value]| matches!(*before, "(" | ",") && *sign == "=" && *value != "=")
}

/// The name that the compiler takes for the one that was meant.
fn similar(diagnostic: &Diagnostic) -> Option<&str> {
    let is_similar = |child: &&Diagnostic| child.message.contains("similar name exists");
    let child = diagnostic.children.iter().find(is_similar)?;
    // As in `Ok` for `kk`.
    let is_type = |name: &str| name.starts_with(char::is_uppercase);
    let is_meant = |other: &&str| {
        let is_like = |name: &str| is_type(name) == is_type(other) || name.eq_ignore_ascii_case(other);
        diagnostic.name().is_some_and(is_like)
    };
    child.spans.iter().find_map(|span| span.suggested_replacement.as_deref()).filter(is_meant)
}

fn replacement(diagnostic: &Diagnostic) -> Option<&str> {
    diagnostic
        .children
        .iter()
        .flat_map(|child| &child.spans)
        .find_map(|span| span.suggested_replacement.as_deref())
}

/// Where a `?` is missing that the compiler only misses later: behind the call that made the variable before the point.
pub fn question_mark(located: &Located, source: &Source, history: &History) -> Option<String> {
    // What has no type yet, and the types that have some trait, are listed with others.
    let says = |text: &str| text.contains("Result<");
    let diagnostic = located.diagnostic;
    let is_meant = says(&diagnostic.message) || diagnostic.spans.iter().any(|span| says(span.label()));
    if !is_meant || ["E0282", "E0283", "E0284"].contains(&diagnostic.code()) {
        return None;
    }
    let line = source.cell().lines().nth(located.line)?;
    let before: String = line.chars().take(located.range.0).collect();
    let before = before.trim_end().trim_end_matches('.');
    let all: String = line.chars().skip(located.range.0).take(located.range.1 - located.range.0).collect();
    // Behind a point stands a field, whatever variables there are.
    let is_field = line.chars().nth(located.range.0.wrapping_sub(1)) == Some('.');
    let mut names = vec![before.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next()?.to_string()];
    names.extend((!is_field).then_some(all));
    names.iter().find_map(|name| {
        let own = source.cell().lines().position(|line| made_by_call(line, name));
        let (place, made) = match own {
            Some(at) => (format!("in line {}", at + 1), source.cell().lines().nth(at)?.trim().to_string()),
            None => {
                let told = history.maker(name).filter(|told| made_by_call(&told.line, name))?;
                (format!("in cell [{}]", told.cell), told.line)
            }
        };
        let value = made.split_once('=').map_or(made.as_str(), |(_, value)| value);
        let call = value.split_once('(').map_or("the call", |(call, _)| call).trim();
        let again = if own.is_none() { ", and run that cell again" } else { "" };
        Some(format!(
            "`{name}` is a `Result`, which may be an error: put `?` behind `{call}(\u{2026})` {place}{again}."
        ))
    })
}

/// Whether a line makes the variable by a call without a `?`.
fn made_by_call(line: &str, name: &str) -> bool {
    !name.is_empty() && defines(line, name) && line.contains('(') && !line.contains('?')
}
