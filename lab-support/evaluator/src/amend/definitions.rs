use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use lab_base::code::all_tokens;

/// The items of a notebook, by the names that they define.
pub struct Definitions {
    items: Vec<Item>,
    by_name: HashMap<String, Vec<usize>>,
}

struct Item {
    /// What decides about its bytes in memory: its words without comments, documentation and derived traits.
    tokens: Vec<String>,
    is_import: bool,
}

const NAMED: [&str; 9] = ["struct", "enum", "union", "type", "trait", "mod", "const", "static", "fn"];

impl Definitions {
    pub fn read(source: &str) -> Definitions {
        let mut definitions = Definitions { items: Vec::new(), by_name: HashMap::new() };
        let (mut item, mut depth) = (Vec::new(), 0_usize);
        for token in tokens(source) {
            match token.as_str() {
                "{" | "(" | "[" => depth += 1,
                "}" | ")" | "]" => depth = depth.saturating_sub(1),
                _ => (),
            }
            let ends = depth == 0 && matches!(token.as_str(), "}" | ";");
            item.push(token);
            if ends {
                definitions.add(std::mem::take(&mut item));
            }
        }
        definitions
    }

    /// A number for the type: another one as soon as something is defined otherwise that the type is made of.
    pub fn of(&self, kind: &str) -> u64 {
        let mut seen = BTreeSet::new();
        let mut names = tokens(kind);
        let mut of_items = false;
        while !names.is_empty() {
            let mut more = Vec::new();
            for at in names.iter().filter_map(|name| self.by_name.get(name)).flatten() {
                // What the type itself is called by says nothing: the compiler tells crates apart.
                let counts = of_items || !self.items[*at].is_import;
                if !counts || seen.insert(*at) {
                    more.extend(
                        self.items[*at].tokens.iter().filter(|token| !names.contains(token)).cloned(),
                    );
                }
            }
            (names, of_items) = (more, true);
        }
        let texts: BTreeSet<&Vec<String>> = seen.iter().map(|at| &self.items[*at].tokens).collect();
        let mut hasher = DefaultHasher::new();
        texts.hash(&mut hasher);
        hasher.finish()
    }

    fn add(&mut self, tokens: Vec<String>) {
        let tokens = without_attributes(tokens);
        let is = |token: &String, words: &[&str]| words.contains(&token.as_str());
        let Some(first) = tokens.iter().position(|t| is(t, &NAMED) || is(t, &["impl", "use", "!"])) else {
            return;
        };
        let names: Vec<String> = match tokens[first].as_str() {
            "use" => tokens.iter().rev().find(|t| is_word(t)).into_iter().cloned().collect(),
            "!" if tokens[0] == "macro_rules" => tokens.get(first + 1).into_iter().cloned().collect(),
            // A macro may define whatever it is given.
            "!" => tokens.iter().filter(|t| is_word(t)).cloned().collect(),
            "impl" => return self.add_associated(&tokens),
            _ => tokens[first + 1..]
                .iter()
                .find(|t| is_word(t) && !is(t, &NAMED))
                .into_iter()
                .cloned()
                .collect(),
        };
        self.insert(names, tokens.clone(), tokens[first] == "use");
    }

    /// Types that a field can name by way of a trait.
    fn add_associated(&mut self, tokens: &[String]) {
        for at in (0..tokens.len()).filter(|&at| tokens[at] == "type") {
            let end = tokens[at..].iter().position(|t| t == ";").map_or(tokens.len(), |end| at + end);
            self.insert(tokens.get(at + 1).into_iter().cloned().collect(), tokens[at..end].to_vec(), false);
        }
    }

    fn insert(&mut self, names: Vec<String>, tokens: Vec<String>, is_import: bool) {
        for name in names {
            self.by_name.entry(name).or_default().push(self.items.len());
        }
        self.items.push(Item { tokens, is_import });
    }
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Without `#[derive(...)]`, which says nothing about how a value lies in memory, and without what is said of the whole
/// crate, which only happens to stand before an item.
fn without_attributes(tokens: Vec<String>) -> Vec<String> {
    let mut kept = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_of_crate = token == "#" && tokens.next_if(|next| next == "!").is_some();
        if token != "#" || tokens.peek().is_none_or(|next| next != "[") {
            kept.push(token);
            continue;
        }
        let (mut attribute, mut depth) = (vec![token], 0);
        for token in tokens.by_ref() {
            depth += i32::from(token == "[") - i32::from(token == "]");
            attribute.push(token);
            if depth == 0 {
                break;
            }
        }
        if !is_of_crate && attribute.get(2).is_none_or(|name| name != "derive") {
            kept.extend(attribute);
        }
    }
    kept
}

/// The words, numbers, texts and signs of Rust code; no comments.
fn tokens(source: &str) -> Vec<String> {
    all_tokens(source).into_iter().map(|token| token.text.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(source: &str, kind: &str) -> u64 {
        Definitions::read(source).of(kind)
    }

    #[test]
    fn a_type_is_another_when_something_in_it_is_defined_otherwise() {
        let before =
            "use a::Leaf;\nconst N: usize = 2;\nstruct Leaf2([u8; N]);\nstruct T { v: Vec<Leaf2>, l: Leaf }";
        for (from, to) in [("[u8", "[i8"), ("= 2", "= 3"), ("Vec<Leaf2>", "Leaf2"), ("a::Leaf", "b::Leaf")] {
            let after = before.replace(from, to);
            assert_ne!(number(before, "Vec<T>"), number(&after, "Vec<T>"), "{from} -> {to}");
            assert_eq!(number(before, "Vec<u8>"), number(&after, "Vec<u8>"));
        }
        assert_ne!(number("trait S { fn a(); }", "Box<dyn S>"), number("trait S { fn b(); }", "Box<dyn S>"));
        assert_ne!(number("make!(T, u8);", "T"), number("make!(T, u16);", "T"));
        let output = "struct T(<X as S>::Out); impl S for X { type Out = u8; }";
        assert_ne!(number(output, "T"), number(&output.replace("u8", "f32"), "T"));
        assert_ne!(
            number("mod m { pub struct T(u8); }", "m::T"),
            number("mod m { pub struct T(i8); }", "m::T")
        );
    }

    #[test]
    fn a_type_stays_the_same_when_only_what_is_around_it_changes() {
        let before =
            "/// A point.\nstruct T { x: f32 } // here\nimpl T { fn a(&self) -> &'static str { \"}\" } }";
        let after = "#[derive(Debug)]\nstruct T {\n x: f32 }\nfn other() { r#\"struct T { x: u8 }\"#; '}'; }";
        assert_eq!(number(before, "T"), number(after, "T"));
        assert_eq!(number("use a::T;", "T"), number("use b::T;", "T"), "the compiler tells crates apart");
        let macros = "macro_rules! m { () => { Vec::<u8>::new() } }";
        assert_eq!(number("", "Vec<u8>"), number(macros, "Vec<u8>"));
        let (one, other) =
            ("#![allow(warnings)]\nstruct A(Vec<u8>);", "#![allow(warnings)]\nfn b(c: Vec<f64>) {}");
        assert_eq!(number(one, "Vec<u8>"), number(other, "Vec<u8>"), "items come in any order");
        assert_eq!(number("/* struct T; /* */ */ struct T(u8);", "T"), number("struct T(u8);", "T"));
    }
}
