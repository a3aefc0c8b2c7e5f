//! Two values that are compared or computed with, of kinds that do not go together.

use super::guesses::is_name_of_class;
use super::place::Located;
use super::sides::{COMPARING, Sides, kinds, operand_before, operand_behind, pieces, sides};
use super::variables::NUMBERS;
use crate::source::Source;
use crate::tokens::tokens;

/// The sentence that helps with two values of different kinds.
pub fn help(located: &Located, source: &Source) -> Option<String> {
    let help = one_sign(located, source).or_else(|| without_point(located, source));
    let kinds = || kinds(located.diagnostic);
    let sides = || sides(located, source);
    help.or_else(|| {
        let ((left, right), sides) = kinds().zip(sides())?;
        references(&left, &right, &sides)
            .or_else(|| name_of_class(&left, &right, &sides))
            .or_else(|| fraction(&left, &right, &sides))
            .or_else(|| other_kind(&left, &right, &sides))
    })
}

fn is_number(kind: &str) -> bool {
    NUMBERS.contains(&kind) || ["{integer}", "{float}"].contains(&kind)
}

fn is_fraction(kind: &str) -> bool {
    ["f32", "f64", "{float}"].contains(&kind)
}

/// Something that looks at a number is compared with a number.
fn references(left: &str, right: &str, sides: &Sides) -> Option<String> {
    let bare = [left, right].map(|kind| kind.trim_start_matches('&'));
    let looks = [left.len() - bare[0].len(), right.len() - bare[1].len()];
    if !bare.into_iter().all(|kind| is_number(kind) || kind == "_")
        || !COMPARING.contains(&sides.sign.as_str())
    {
        return None;
    }
    let operand = match looks {
        [count, 0] if count > 0 => &sides.left,
        [0, count] if count > 0 => &sides.right,
        _ => return None,
    };
    let name = operand.trim_start_matches('*');
    let all = operand.len() - name.len() + looks.iter().sum::<usize>();
    let number = format!("{}{name}", "*".repeat(all));
    let comparison = match looks[0] {
        0 => format!("{} {} {number}", sides.left, sides.sign),
        _ => format!("{number} {} {}", sides.sign, sides.right),
    };
    let what = match all {
        1 => "a reference here",
        _ => "a reference to a reference here, as always in `filter`",
    };
    let write = match operand.len() - name.len() {
        0 => "write",
        _ => "one more `*` is missing,",
    };
    Some(format!("`{name}` is {what}: {write} `{comparison}`."))
}

/// The number of a class is compared with a text.
fn name_of_class(left: &str, right: &str, sides: &Sides) -> Option<String> {
    let is_text = |kind: &str| ["&str", "str", "String", "&String"].contains(&kind);
    let (kind, text_kind, number, text) = match (is_text(left), is_text(right)) {
        (false, true) => (left, right, &sides.left, &sides.right),
        (true, false) => (right, left, &sides.right, &sides.left),
        _ => return None,
    };
    if is_number(kind) && text.trim_matches('"').trim().parse::<f64>().is_ok() {
        return Some(format!("{text} is a text: a number is written without quotes."));
    }
    let is_class =
        is_name_of_class(text) || ["label", "predicted", "class"].iter().any(|word| number.contains(word));
    if !is_class {
        return None;
    }
    // Where both were references, the compiler names what they look at.
    let looks = kind.len() - kind.trim_start_matches('&').len() + usize::from(text_kind == "str");
    let number = format!("{}{number}", "*".repeat(looks));
    let position = match kind.trim_start_matches('&') {
        "u8" => format!("usize::from({number})"),
        "usize" => number,
        _ => return None,
    };
    Some(format!(
        "A class is a number here. Its name, which can be compared with a text, is `CLASS_NAMES[{position}]`."
    ))
}

/// A whole number where one with a fraction is needed.
fn fraction(left: &str, right: &str, sides: &Sides) -> Option<String> {
    let (kind, whole) = match (left, right) {
        (kind, "{integer}") => (kind, &sides.right),
        ("{integer}", kind) => (kind, &sides.left),
        _ => return None,
    };
    if !is_fraction(kind) {
        return None;
    }
    let written = match with_points(whole) {
        Some(number) => format!("write the number with a point, `{number}`"),
        None => format!("write `{whole} as {}`", if kind == "f32" { "f32" } else { "f64" }),
    };
    Some(format!("Whole numbers and those with a fraction are not mixed: {written}."))
}

/// Numbers of two kinds are compared.
fn other_kind(left: &str, right: &str, sides: &Sides) -> Option<String> {
    let is_bytes = [left, right].iter().all(|kind| ["u8", "usize"].contains(kind));
    let is_meant = is_number(left) && is_number(right) && COMPARING.contains(&sides.sign.as_str());
    if !is_meant || is_bytes || left == right || [left, right].contains(&"{integer}") {
        return None;
    }
    // In the other direction, something of the number may be lost.
    let order =
        ["u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64", "isize", "usize", "f32", "f64", "{float}"];
    let rank = |kind: &str| order.iter().position(|one| *one == kind);
    let is_left = rank(left) < rank(right);
    let (kind, other, operand) =
        if is_left { (left, right, &sides.left) } else { (right, left, &sides.right) };
    let other = if other == "{float}" { "f64" } else { other };
    let turned = format!("{operand} as {other}");
    // Behind `as f32`, a `<` would begin something else.
    let turned = if is_left && sides.sign.starts_with('<') { format!("({turned})") } else { turned };
    Some(format!("Numbers of two kinds are not compared: `{turned}` turns the `{kind}` into the other."))
}

/// A whole number, or several that are computed with, where one with a fraction is wanted.
fn without_point(located: &Located, source: &Source) -> Option<String> {
    let [before, marked, behind] = pieces(located, source)?;
    let (left, right) = kinds(located.diagnostic)?;
    if !is_fraction(&left) || right != "{integer}" {
        return None;
    }
    let is_sign = COMPARING.contains(&marked.as_str());
    let is_right = located.diagnostic.code() == "E0308" || is_sign;
    let end = behind.find(['{', ';', ',', ')', '&', '|']).unwrap_or(behind.len());
    let whole = if is_sign { behind[..end].trim() } else { marked.trim() };
    let number = with_points(whole).filter(|_| is_right)?;
    let is_divided = tokens(&before).last() == Some(&"/");
    Some(match whole.contains('/') && !is_divided {
        true => format!("Whole numbers are divided without a rest, and `1 / 2` is 0: write `{number}`."),
        false => format!(
            "Whole numbers and those with a fraction are not mixed: write the number with a point, `{number}`."
        ),
    })
}

/// The same with a point in each number, if there are whole numbers and signs alone.
fn with_points(whole: &str) -> Option<String> {
    let is_digit = |c: char| c.is_ascii_digit() || c == '_';
    let is_plain = whole.chars().all(|c| is_digit(c) || " +-*/%()".contains(c));
    let is_number = whole.chars().any(|c| c.is_ascii_digit());
    let mut number = String::new();
    for c in whole.chars() {
        let ends = number.ends_with(is_digit) && !is_digit(c);
        number += if ends { ".0" } else { "" };
        number.push(c);
    }
    number += if number.ends_with(is_digit) { ".0" } else { "" };
    (is_plain && is_number).then_some(number)
}

/// A single `=` in a condition of several parts.
fn one_sign(located: &Located, source: &Source) -> Option<String> {
    let diagnostic = located.diagnostic;
    let is_meant = diagnostic.code() == "E0070"
        || diagnostic.spans.iter().any(|span| span.label().starts_with("expected `bool`"));
    let line = source.cell().lines().nth(located.line)?;
    let tokens = tokens(line);
    let begin = tokens.iter().position(|token| ["&", "|", "if", "while"].contains(token))?;
    let is_alone = |at: usize| {
        let is_none = |at: Option<usize>, signs: &str| {
            at.and_then(|at| tokens.get(at)).is_none_or(|token| !signs.contains(token))
        };
        tokens[at] == "=" && is_none(at.checked_sub(1), "=!<>+-*/%^") && is_none(Some(at + 1), "=>")
    };
    let end = tokens[begin..].iter().position(|token| ["{", ";"].contains(token));
    let end = end.map_or(tokens.len(), |length| begin + length);
    let at = (begin..end).find(|at| is_alone(*at)).filter(|_| is_meant)?;
    let place = tokens[at].as_ptr() as usize - line.as_ptr() as usize;
    let (before, behind) = (operand_before(&line[..place])?, operand_behind(&line[place + 1..])?);
    let is_let = tokens[begin..at].contains(&"let");
    (!is_let)
        .then(|| format!("One `=` sets a value; two values are compared by `==`: `{before} == {behind}`."))
}
