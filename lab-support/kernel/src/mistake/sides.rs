//! What stands on both sides of a sign.

use super::diagnostic::{Diagnostic, Span};
use super::pattern::said;
use super::place::Located;
use crate::source::Source;

pub const COMPARING: [&str; 6] = ["==", "!=", "<", ">", "<=", ">="];

/// What stands before a sign, the sign, and what stands behind it.
pub struct Sides {
    pub left: String,
    pub sign: String,
    pub right: String,
}

/// The types on both sides of the sign, as the compiler names them.
pub fn kinds(diagnostic: &Diagnostic) -> Option<(String, String)> {
    let label = diagnostic.spans.iter().find(|span| span.is_primary).map_or("", Span::label);
    let kind = |text: &str| match text {
        "integer" => "{integer}".to_string(),
        "floating-point number" => "{float}".to_string(),
        text => text.trim_matches('`').to_string(),
    };
    match diagnostic.code() {
        "E0308" => {
            let (wanted, found) = label.strip_prefix("expected ")?.split_once(", found ")?;
            Some((kind(wanted), kind(found)))
        }
        "E0277" => {
            let words = diagnostic.words();
            let both = said("no implementation for `{} {} {}`", &words)?;
            Some((both[0].into(), both[2].into()))
        }
        _ => None,
    }
}

/// The line before the place, what is underlined, and what stands behind it.
pub fn pieces(located: &Located, source: &Source) -> Option<[String; 3]> {
    let line: Vec<char> = source.cell().lines().nth(located.line)?.chars().collect();
    let (from, to) = (located.range.0.min(line.len()), located.range.1.min(line.len()));
    let is_whole = located.end == located.line && from < to;
    is_whole.then(|| [&line[..from], &line[from..to], &line[to..]].map(|part| part.iter().collect()))
}

pub fn sides(located: &Located, source: &Source) -> Option<Sides> {
    let [before, marked, behind] = pieces(located, source)?;
    if marked.chars().all(|c| "=<>!+-*/%".contains(c)) {
        return Some(Sides { left: operand_before(&before)?, sign: marked, right: operand_behind(&behind)? });
    }
    let before = before.trim_end();
    let rest = before.trim_end_matches(['=', '<', '>', '!']);
    let sign = &before[rest.len()..];
    let is_sign = COMPARING.contains(&sign) && !rest.ends_with('-');
    is_sign.then_some(())?;
    Some(Sides { left: operand_before(rest)?, sign: sign.into(), right: marked })
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || "_.:?".contains(c)
}

/// The value at the end of a line, with the `*` before it.
pub fn operand_before(line: &str) -> Option<String> {
    let line: Vec<char> = line.trim_end().chars().collect();
    let (mut at, mut depth) = (line.len(), 0);
    while at > 0 {
        match line[at - 1] {
            ')' | ']' => depth += 1,
            '(' | '[' if depth > 0 => depth -= 1,
            '"' if depth == 0 => {
                let begin = line[..at - 1].iter().rposition(|c| *c == '"')?;
                at = begin;
                break;
            }
            c if depth > 0 || is_part(c) => (),
            _ => break,
        }
        at -= 1;
    }
    let stars = line[..at].iter().rev().take_while(|c| **c == '*').count();
    let is_product = line[..at - stars].iter().rev().find(|c| **c != ' ').is_some_and(|c| is_part(*c));
    let operand: String = line[if is_product { at } else { at - stars }..].iter().collect();
    (depth == 0 && !operand.is_empty()).then_some(operand)
}

/// The value at the begin of a line.
pub fn operand_behind(line: &str) -> Option<String> {
    let line: Vec<char> = line.trim_start().chars().collect();
    let signs = line.iter().take_while(|c| "-*&".contains(**c)).count();
    let (mut at, mut depth) = (signs, 0);
    while at < line.len() {
        match line[at] {
            '(' | '[' => depth += 1,
            ')' | ']' if depth > 0 => depth -= 1,
            '"' if depth == 0 => {
                at += line[at + 1..].iter().position(|c| *c == '"')? + 2;
                break;
            }
            c if depth > 0 || is_part(c) => (),
            _ => break,
        }
        at += 1;
    }
    (depth == 0 && at > signs).then(|| line[..at].iter().collect())
}
