//! Which variables and items a cell makes for the cells after it, and which variables it gives away. What functions, blocks,
//! loops and closures call by some name is their own.

use std::collections::BTreeMap;

use crate::tokens::{Token, all_tokens};

/// What a cell makes: a variable by a `let` that stands in no braces, or an item.
#[derive(Debug, PartialEq)]
pub struct Made<'a> {
    pub line: &'a str,
    /// The cell does not need a value of this name to make it.
    pub is_anew: bool,
}

const ITEMS: [&str; 8] = ["fn", "struct", "enum", "const", "static", "type", "trait", "mod"];

/// Items that have a body in which nothing belongs to the cell.
const BODIES: [&str; 7] = ["fn", "struct", "enum", "trait", "mod", "impl", "macro_rules"];

/// What the cell makes under this name last.
pub fn made<'a>(cell: &'a str, name: &str) -> Option<Made<'a>> {
    let tokens = without_bodies(all_tokens(cell));
    let makers = (0..tokens.len()).filter(|&at| outside(&tokens, at) && is_made_at(&tokens, at, name));
    let makers: Vec<usize> = makers.collect();
    let (first, last) = (*makers.first()?, *makers.last()?);
    let end = end_of_statement(&tokens, first);
    let is_needed = tokens[first].text == "let" && !is_bound_inside(&tokens, name) && {
        let pattern = first..end_of_pattern(&tokens, first);
        (0..end).any(|at| !pattern.contains(&at) && is_value(&tokens, at, name))
    };
    Some(Made { line: line_of(cell, tokens[last].at), is_anew: !is_needed })
}

/// The lines of the cell, each with those of its tokens that the cell itself runs, and in which variables of the cells may
/// be meant by this name.
pub fn lines_of<'a>(cell: &'a str, name: &str) -> Vec<(&'a str, Vec<&'a str>)> {
    let tokens = without_bodies(all_tokens(cell));
    let is_own = is_bound_inside(&tokens, name);
    let mut lines: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    let (mut depth, mut is_pattern) = (0, false);
    for token in &tokens {
        depth += step(token, "{", "}");
        is_pattern = token.text == "for" || is_pattern && token.text != "in";
        if !is_pattern && (!is_own || depth <= 0) {
            lines.entry(begin_of_line(cell, token.at)).or_default().push(token.text);
        }
    }
    // The parameter of a closure.
    lines.retain(|_, words| !is_own || !words.contains(&"|"));
    lines.into_iter().map(|(at, words)| (line_of(cell, at), words)).collect()
}

fn begin_of_line(cell: &str, at: usize) -> usize {
    cell[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// The trimmed line around a byte.
fn line_of(cell: &str, at: usize) -> &str {
    cell[begin_of_line(cell, at)..].lines().next().unwrap_or_default().trim()
}

/// How deep in brackets the token leads.
fn step(token: &Token, open: &str, close: &str) -> i32 {
    i32::from(open.contains(token.text)) - i32::from(close.contains(token.text))
}

fn text<'a>(tokens: &[Token<'a>], at: Option<usize>) -> &'a str {
    at.and_then(|at| tokens.get(at)).map_or("", |token| token.text)
}

/// Leaves out the bodies of functions and other items.
fn without_bodies(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let is_type = matches!(text(&tokens, Some(at + 1)), "(" | "<") && tokens[at].text == "fn";
        let is_item = BODIES.contains(&tokens[at].text) && !is_type;
        let head = at;
        at += 1;
        kept.push(tokens[head]);
        if !is_item {
            continue;
        }
        // The name is kept, and the bracket after the body, or the semicolon, ends it.
        let mut depth = 0;
        while let Some(token) = tokens.get(at) {
            depth += step(token, "([{", ")]}");
            let is_end = depth < 0 || depth == 0 && matches!(token.text, "}" | ";");
            if at == head + 1 && depth == 0 || at == head + 2 && tokens[head].text == "macro_rules" {
                kept.push(*token);
            }
            at += usize::from(depth >= 0);
            if is_end {
                break;
            }
        }
        kept.push(Token { text: ";", at: tokens[at - 1].at });
    }
    kept
}

/// Whether the token stands in no brackets.
fn outside(tokens: &[Token], at: usize) -> bool {
    tokens[..at].iter().map(|token| step(token, "([{", ")]}")).sum::<i32>() <= 0
}

/// Whether a `let` or an item of this name begins here.
fn is_made_at(tokens: &[Token], at: usize, name: &str) -> bool {
    let before = text(tokens, at.checked_sub(1));
    match tokens[at].text {
        "let" if ["if", "while", "&", "|"].contains(&before) => false,
        "let" => (at..end_of_pattern(tokens, at)).any(|at| is_bound(tokens, at, name)),
        item if ITEMS.contains(&item) && before != "*" => {
            let is_mut = text(tokens, Some(at + 1)) == "mut";
            text(tokens, Some(at + 1 + usize::from(is_mut))) == name
        }
        _ => false,
    }
}

/// Where the pattern behind a `let` ends: at its type or value.
fn end_of_pattern(tokens: &[Token], at: usize) -> usize {
    let is_colon = |at: usize| text(tokens, Some(at)) == ":";
    let mut depth = 0;
    let end = (at + 1..tokens.len()).find(|&at| {
        depth += step(&tokens[at], "([{", ")]}");
        let is_type = is_colon(at) && !is_colon(at + 1) && !is_colon(at - 1);
        depth == 0 && (is_type || matches!(tokens[at].text, "=" | ";"))
    });
    end.unwrap_or(tokens.len())
}

fn end_of_statement(tokens: &[Token], at: usize) -> usize {
    let mut depth = 0;
    let end = (at..tokens.len()).find(|&at| {
        depth += step(&tokens[at], "([{", ")]}");
        depth <= 0 && tokens[at].text == ";"
    });
    end.unwrap_or(tokens.len())
}

/// Whether the token, in a pattern, names a variable: it is no path, no type and no field that gets another name.
fn is_bound(tokens: &[Token], at: usize, name: &str) -> bool {
    let (before, after) = (text(tokens, at.checked_sub(1)), text(tokens, Some(at + 1)));
    let is_path = before == ":" && text(tokens, at.checked_sub(2)) == ":";
    // What stands right behind the `let` has its type behind the colon, and in braces a field has its variable there.
    let has_type = matches!(before, "let" | "mut") && text(tokens, Some(at + 2)) != ":";
    let is_variable = if after == ":" { has_type } else { !matches!(after, "(" | "{" | "!") };
    tokens[at].text == name && !is_path && is_variable
}

/// Whether the token is used as a value: it is no field, method, function, path or name of a field.
fn is_value(tokens: &[Token], at: usize, name: &str) -> bool {
    let (before, after) = (text(tokens, at.checked_sub(1)), text(tokens, Some(at + 1)));
    let is_range = text(tokens, at.checked_sub(2)) == ".";
    let is_field = before == "." && !is_range || ITEMS.contains(&before);
    tokens[at].text == name && !is_field && !matches!(after, "(" | "!" | ":")
}

/// Whether a block, a loop, a branch or a closure of the cell has something of its own under this name.
fn is_bound_inside(tokens: &[Token], name: &str) -> bool {
    let is_in = |from: usize, to: usize| (from..to.min(tokens.len())).any(|at| is_bound(tokens, at, name));
    let find = |from: usize, word: &str| (from..tokens.len()).find(|&at| tokens[at].text == word);
    (0..tokens.len()).any(|at| match tokens[at].text {
        "let" => {
            let is_branch = ["if", "while", "&", "|"].contains(&text(tokens, at.checked_sub(1)));
            (is_branch || !outside(tokens, at)) && is_in(at, end_of_pattern(tokens, at))
        }
        "for" => find(at, "in").is_some_and(|end| is_in(at, end)),
        // A parameter may have a type.
        "|" => {
            find(at + 1, "|").is_some_and(|end| tokens[at + 1..end].iter().any(|token| token.text == name))
        }
        "=" if text(tokens, Some(at + 1)) == ">" => {
            let begin = (0..at).rev().find(|&at| matches!(tokens[at].text, "{" | "}" | ","));
            begin.is_some_and(|begin| is_in(begin, at))
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_in_no_braces_is_made_for_other_cells() {
        let cases = [
            ("let a = 1;", "a", Some("let a = 1;")),
            ("let mut a: Vec<f32> = vec![];", "a", Some("let mut a: Vec<f32> = vec![];")),
            ("let (mut b, [a, ..]) = f();", "a", Some("let (mut b, [a, ..]) = f();")),
            ("let P { x: a, b } = p;", "a", Some("let P { x: a, b } = p;")),
            ("let P { x: a, b } = p;", "x", None),
            ("let Some(a) = f() else { panic!() };", "a", Some("let Some(a) = f() else { panic!() };")),
            ("let b: a = 1;", "a", None),
            ("let b = a;", "a", None),
            ("let b = 1; let a = 2;", "a", Some("let b = 1; let a = 2;")),
            ("let b = \"{\"; // {\nlet a = '{';", "a", Some("let a = '{';")),
            ("fn f(a: u8) { let a = a; }", "a", None),
            ("fn f() -> [u8; 2] {\n    let a = 1;\n}\nlet b = 1;", "a", None),
            ("fn f() {\n}\nlet b = 1;", "b", Some("let b = 1;")),
            ("pub fn f() {}", "f", Some("pub fn f() {}")),
            ("const fn f() {}", "f", Some("const fn f() {}")),
            ("fn f() { fn g() {} }", "g", None),
            ("impl T { fn g() { let a = 1; } }", "g", None),
            ("mod m { pub fn g() {} }", "g", None),
            ("mod m { pub fn g() {} }", "m", Some("mod m { pub fn g() {} }")),
            ("pub struct T<X> { a: u8 }", "T", Some("pub struct T<X> { a: u8 }")),
            ("pub struct T<X> { a: u8 }", "a", None),
            ("static mut A: u8 = 1;", "A", Some("static mut A: u8 = 1;")),
            ("let b = { let a = 1; a };", "a", None),
            ("let b = |a| { let c = a; c };", "c", None),
            ("let b = |a| a;", "a", None),
            ("for a in 0..3 { let c = a; }", "a", None),
            ("for a in 0..3 { let c = a; }", "c", None),
            ("if let Some(a) = f() {}", "a", None),
            ("while let Some(a) = f() {}", "a", None),
            ("if b && let Some(a) = f() {}", "a", None),
            ("match b { a => { let c = a; } }", "a", None),
            ("let f: fn(u8) -> u8 = g; let a = 1;", "a", Some("let f: fn(u8) -> u8 = g; let a = 1;")),
        ];
        for (cell, name, wanted) in cases {
            assert_eq!(made(cell, name).map(|made| made.line), wanted, "{name}: {cell}");
        }
    }

    #[test]
    fn a_cell_makes_anew_what_it_does_not_need() {
        for (cell, is_anew) in [
            ("let a = 1;", true),
            ("let a = f(a);", false),
            ("let a = a;", false),
            ("f(&a);\nlet a = 1;", false),
            ("let b = 0..a;\nlet a = 1;", false),
            ("let a = 1;\nlet a = a + 1;", true),
            ("let a = b.a;", true),
            ("let a = P { a: 1 };", true),
            ("let a = a();", true),
            ("let b = c.map(|a| a + 1);\nlet a = 1;", true),
            ("fn f(a: u8) -> u8 { a }\nlet a = f(1);", true),
            ("fn a() {}", true),
        ] {
            assert_eq!(made(cell, "a").map(|made| made.is_anew), Some(is_anew), "{cell}");
        }
    }
}
