//! What an earlier line made of a variable, where that explains the mistake: it is a text, a number of another type, or was
//! moved.

use super::diagnostic::Span;
use super::pattern::said;
use super::place::Located;
use super::texts;
use crate::history::{History, defines, short};
use crate::source::Source;
use crate::tokens::tokens;

/// A number that is in quotation marks where it was made, and so can't be computed with.
pub fn quoted_number(located: &Located, source: &Source, history: &History) -> Option<String> {
    let diagnostic = located.diagnostic;
    if !["E0277", "E0308", "E0369", "E0599", "E0600", "E0606"].contains(&diagnostic.code()) {
        return None;
    }
    let labels = diagnostic.spans.iter().map(Span::label);
    let said: Vec<&str> = [diagnostic.message.as_str()].into_iter().chain(labels).collect();
    if !said.iter().any(|said| said.contains("&str")) {
        return None;
    }
    let is_fraction = ["f32", "f64", "float"].iter().any(|kind| said.iter().any(|said| said.contains(kind)));
    let line = source.cell().lines().nth(located.line)?;
    tokens(line).into_iter().find_map(|name| {
        let before = source.cell().lines().enumerate().take(located.line);
        let own = before.filter_map(|(at, line)| Some((format!("line {}", at + 1), number(line, name)?))).last();
        let made = || {
            let told = history.maker(name)?;
            Some((format!("cell [{}]", told.cell), number(&told.line, name)?))
        };
        let (place, number) = own.or_else(made)?;
        let point = if is_fraction && !number.contains('.') { ".0" } else { "" };
        Some(format!(
            "`{name}` is a text, by its quotation marks in {place}: without them it is a number, `let {name} = \
             {number}{point};`."
        ))
    })
}

/// The number in quotation marks that a line gives to this name.
fn number(line: &str, name: &str) -> Option<String> {
    let tokens = tokens(line);
    let end = tokens.iter().position(|token| *token == "=")?;
    let is_made = tokens[0] == "let" && tokens[1..end].iter().find(|token| **token != "mut") == Some(&name);
    let text = tokens.get(end + 1)?.strip_prefix('"')?.strip_suffix('"')?;
    (is_made && text.trim().parse::<f64>().is_ok()).then(|| text.trim().into())
}

/// Types of numbers.
pub const NUMBERS: [&str; 12] =
    ["i8", "i16", "i32", "i64", "isize", "u8", "u16", "u32", "u64", "usize", "f32", "f64"];

/// A number of one type where one of another is wanted.
pub fn other_number(located: &Located, source: &Source) -> Option<String> {
    let diagnostic = located.diagnostic;
    let label = diagnostic.spans.iter().find(|span| span.is_primary)?.label();
    let found = said("expected `{}`, found `{}`", label).filter(|_| diagnostic.code() == "E0308")?;
    let are_numbers = found.iter().all(|kind| NUMBERS.contains(kind));
    let line = source.cell().lines().nth(located.line)?;
    let (from, to) = located.range;
    let marked: String = line.chars().skip(from).take(to.saturating_sub(from)).collect();
    let is_name = !marked.is_empty() && marked.chars().all(|c| c.is_alphanumeric() || "_.()[]".contains(c));
    let what = if is_name && located.end == located.line { marked.as_str() } else { "x" };
    let is_turned = diagnostic.words().contains("convert a");
    are_numbers.then(|| match is_turned {
        true => format!(
            "Numbers of two kinds are not mixed: write `{what} as {}` to turn one into the other.",
            found[0]
        ),
        false => format!(
            "Numbers of two kinds are not mixed: `x as {}` turns the `{}` into the other.",
            found[0], found[1]
        ),
    })
}

/// A variable of an earlier cell that gets another value outside of all braces: it is made anew.
pub fn made_anew(located: &Located, source: &Source, history: &History) -> Option<String> {
    let diagnostic = located.diagnostic;
    let found = said("cannot assign {} `{}`", &diagnostic.message)?;
    let name = found.get(1).filter(|_| ["E0384", "E0594"].contains(&diagnostic.code()))?;
    let code = texts::without(source.cell());
    let line = code.lines().nth(located.line)?;
    let before = || code.lines().take(located.line);
    let count = |sign: &str| before().flat_map(tokens).filter(|token| *token == sign).count();
    let is_first = tokens(line).first() == Some(name) && tokens(line).get(1) == Some(&"=");
    let is_own = before().any(|line| defines(line, name));
    if !is_first || is_own || count("{") > count("}") {
        return None;
    }
    history.maker(name)?;
    let value = line.trim().split_once('=')?.1.trim().trim_end_matches(';');
    Some(format!("A variable of an earlier cell is made anew by `let`: `let {name} = {};`.", short(value)))
}

/// Which line has moved a variable that the same cell uses again, and what to write there.
pub fn moved(located: &Located, source: &Source) -> Option<String> {
    let diagnostic = located.diagnostic;
    let name = diagnostic.name().filter(|_| diagnostic.code() == "E0382")?;
    let cause = diagnostic.spans.iter().find(|span| {
        ["moved here", "moved into", "moved due to"].iter().any(|words| span.label().contains(words))
    });
    let method = diagnostic.spans.iter().find(|span| span.label().ends_with("moved due to this method call"));
    let line = cause.and_then(Span::local).and_then(|span| source.place(span.line_start, span.column_start));
    let is_again = diagnostic.spans.iter().any(|span| span.label().contains("previous iteration of loop"));
    let place = match line {
        None => "an earlier line".to_string(),
        Some((line, _)) if line == located.line => "this line".to_string(),
        Some((line, _)) => {
            let text = source.cell().lines().nth(line).unwrap_or_default().trim();
            format!("line {} (`{}`)", line + 1, short(text))
        }
    };
    let is_gone_through =
        diagnostic.spans.iter().any(|span| span.label().contains("implicit call to `.into_iter()`"));
    Some(match method.map(|span| span.code()) {
        _ if is_again => format!(
            "The loop moves `{name}` in its first round, and it is gone in the second: write `{name}.clone()`, or \
             `&{name}` if it is only looked at."
        ),
        _ if is_gone_through => format!(
            "The loop in {place} moves `{name}`: write `for \u{2026} in &{name}` there, which only looks at it."
        ),
        Some(call) => {
            let call = call.split('(').next().unwrap_or_default().to_string();
            let looking = if call == "into_iter" { format!(", or `{name}.iter()`") } else { String::new() };
            format!(
                "`.{call}(\u{2026})` in {place} takes `{name}` itself: write `{name}.clone().{call}(\u{2026})` there{looking}."
            )
        }
        None => format!(
            "`{name}` was moved in {place}: write `&{name}` there if it is only looked at, or `{name}.clone()` for a \
             second one."
        ),
    })
}
