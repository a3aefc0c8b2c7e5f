//! Structs and methods, as a file of Rust declares them.

use std::collections::BTreeSet;

use crate::tokens::Token;

pub enum Item<'a> {
    Struct(&'a str, Members),
    /// Methods of a type, which are its own, and what it has without a value, as `Type::new`.
    Impl(&'a str, Members, Members),
}

/// Fields or methods of a type.
#[derive(Default)]
pub struct Members {
    pub public: BTreeSet<String>,
    pub private: BTreeSet<String>,
}

impl Members {
    pub fn add(&mut self, name: &str, is_public: bool) {
        let all = if is_public { &mut self.public } else { &mut self.private };
        all.insert(name.into());
    }

    pub fn extend(&mut self, more: Members) {
        self.public.extend(more.public);
        self.private.extend(more.private);
    }

    /// Whether a list has all of them.
    pub fn are_in(&self, names: &BTreeSet<&str>) -> bool {
        self.public.iter().chain(&self.private).all(|name| names.contains(name.as_str()))
    }

    /// Whether a cell can use none of this name.
    pub fn hides(&self, name: &str) -> bool {
        self.private.contains(name) && !self.public.contains(name)
    }
}

/// The structs and methods that stand in no braces, so not in a file's tests.
pub fn items<'a>(tokens: &[Token<'a>]) -> Vec<Item<'a>> {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match text(at) {
            "struct" | "enum" | "impl" => {
                let name = at + 1 + if text(at) == "impl" { generics(tokens, at + 1) } else { 0 };
                let open = (name..tokens.len()).find(|&at| ["{", ";"].contains(&text(at)));
                let Some(open) = open.filter(|&open| text(open) == "{") else {
                    // A struct of one line.
                    if text(at) == "struct" {
                        found.push(Item::Struct(text(name), Members::default()));
                    }
                    at += 1;
                    continue;
                };
                let end = end_of_braces(tokens, open);
                let is_of_trait = (name..open).any(|at| text(at) == "for");
                // Of `impl Trainer<'_, Dataset>` not every trainer has the methods.
                let is_of_some =
                    (name..open).any(|at| text(at).starts_with(char::is_uppercase) && at > name + 2);
                // As `#[cfg(test)] impl`.
                let is_for_tests = at > 2 && [text(at - 3), text(at - 2), text(at - 1)] == ["test", ")", "]"];
                match text(at) {
                    "struct" => found.push(Item::Struct(text(name), fields(tokens, open + 1, end))),
                    "enum" => found.push(Item::Struct(text(name), Members::default())),
                    _ if is_of_trait || is_of_some || is_for_tests => (),
                    _ => {
                        let (methods, others) = methods(tokens, open + 1, end);
                        found.push(Item::Impl(text(name), methods, others));
                    }
                }
                at = end;
            }
            "{" => at = end_of_braces(tokens, at),
            _ => at += 1,
        }
    }
    found
}

/// How many tokens `<…>` takes up, if any.
fn generics(tokens: &[Token], at: usize) -> usize {
    let mut depth = 0;
    let inside = (at..tokens.len()).take_while(|&at| {
        let was = depth;
        depth +=
            i32::from(tokens[at].text == "<") - i32::from(tokens[at].text == ">" && !is_arrow(tokens, at));
        was > 0 || depth > 0
    });
    inside.count()
}

/// Whether the sign ends a `->`.
fn is_arrow(tokens: &[Token], at: usize) -> bool {
    at > 0 && tokens[at - 1].text == "-"
}

/// Behind the brace that closes the one here.
fn end_of_braces(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    let close = (open..tokens.len()).find(|&at| {
        depth += i32::from(tokens[at].text == "{") - i32::from(tokens[at].text == "}");
        depth == 0
    });
    close.map_or(tokens.len(), |close| close + 1)
}

/// `a: u8, pub b: u8`
fn fields(tokens: &[Token], begin: usize, end: usize) -> Members {
    let mut members = Members::default();
    let mut depth = 0;
    for at in begin..end.saturating_sub(1) {
        let text = |at: usize| tokens[at].text;
        depth += i32::from("([{<".contains(text(at)))
            - i32::from(")]}>".contains(text(at)) && !is_arrow(tokens, at));
        let is_colon = text(at) == ":" && text(at + 1) != ":" && text(at - 1) != ":";
        if depth == 0 && is_colon {
            members.add(text(at - 1), text(at - 2) == "pub");
        }
    }
    members
}

/// `fn a(&self) {} pub fn b(self) {}`, and then those without a `self` and the constants; but none that is only there for
/// tests.
fn methods(tokens: &[Token], begin: usize, end: usize) -> (Members, Members) {
    let (mut methods, mut others) = (Members::default(), Members::default());
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let is_public = |words: &[&str]| {
        words.iter().position(|word| *word == "pub").is_some_and(|at| words.get(at + 1) != Some(&"("))
    };
    let mut at = begin;
    let mut start = begin;
    while at < end {
        match text(at) {
            "fn" => {
                let bracket = at + 2 + generics(tokens, at + 2);
                let first = (bracket + 1..end).find(|&at| [",", ")"].contains(&text(at))).unwrap_or(end);
                let has_self = (bracket..first).any(|at| text(at) == "self");
                let words: Vec<&str> = (start..at).map(text).collect();
                if !words.contains(&"cfg") {
                    let members = if has_self { &mut methods } else { &mut others };
                    members.add(text(at + 1), is_public(&words));
                }
                at += 1;
            }
            "const" if text(at + 2) == ":" => {
                let words: Vec<&str> = (start..at).map(text).collect();
                others.add(text(at + 1), is_public(&words));
                at += 1;
            }
            "{" => {
                at = end_of_braces(tokens, at);
                start = at;
            }
            ";" => {
                at += 1;
                start = at;
            }
            _ => at += 1,
        }
    }
    (methods, others)
}
