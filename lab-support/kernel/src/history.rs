use std::collections::{HashSet, VecDeque};

use serde_json::{Value, json};

use crate::bindings;
use crate::tokens::tokens;

/// Cells that are kept.
const MOST: usize = 1_000;

/// The number by which front ends ask for what this kernel has run.
const CURRENT: i64 = 0;

/// The cells that this kernel has run, as a console offers them again.
#[derive(Default)]
pub struct History {
    entries: VecDeque<Entry>,
}

struct Entry {
    number: u64,
    input: String,
    output: Option<String>,
    came: Came,
    /// The notebook's cell that it stands in, as far as is known.
    cell: Option<String>,
    /// Another text has been run in that cell since, or it was deleted.
    is_replaced: bool,
}

/// What came of a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Came {
    /// It did not compile, or was stopped before.
    Nothing,
    /// It ran, and failed.
    Failed,
    /// It worked, and all that it made was lost when the process ended.
    Lost,
    Worked,
}

/// A line of a cell that was run, with the cell's number.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub cell: u64,
    pub line: String,
    pub came: Came,
}

impl History {
    pub fn add(&mut self, number: u64, input: String, output: Option<String>, came: Came) {
        if self.entries.len() == MOST {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry { number, input, output, came, cell: None, is_replaced: false });
    }

    /// The last one stands in this cell of a notebook: what was run there before is there no longer.
    pub fn stands_in(&mut self, cell: &str) {
        self.replace(cell);
        if let Some(last) = self.entries.back_mut() {
            (last.cell, last.is_replaced) = (Some(cell.into()), false);
        }
    }

    /// What was run in this cell of a notebook is there no longer.
    pub fn replace(&mut self, cell: &str) {
        let earlier = self.entries.iter_mut().filter(|entry| entry.cell.as_deref() == Some(cell));
        earlier.for_each(|entry| entry.is_replaced = true);
    }

    /// The line that makes this name, in the last cell that worked and can be run again for it; else in one that has failed,
    /// and then in one that did not run. What was replaced can't be run again: it only tells of a variable that is there.
    pub fn maker(&self, name: &str) -> Option<Told> {
        let made_in = |came: &[Came]| {
            self.last(|entry| {
                let is_there = entry.came == Came::Worked || !entry.is_replaced;
                let made = (is_there && came.contains(&entry.came))
                    .then(|| bindings::made(&entry.input, name))??;
                made.is_anew.then_some(made.line)
            })
        };
        made_in(&[Came::Worked, Came::Lost])
            .or_else(|| made_in(&[Came::Failed]))
            .or_else(|| made_in(&[Came::Nothing]))
    }

    /// Whether a cell that worked has made this name, if only of what it was before.
    pub fn has_made(&self, name: &str) -> bool {
        let worked = |entry: &&Entry| matches!(entry.came, Came::Worked | Came::Lost);
        self.entries.iter().filter(worked).any(|entry| bindings::made(&entry.input, name).is_some())
    }

    /// The line that has moved this variable, which is gone: it stands in the last cell that ran and uses it, since none can
    /// behind that one. Whether a method takes the variable itself is not seen in its name.
    pub fn giver(&self, name: &str) -> Option<Told> {
        let ran = self.entries.iter().rev().filter(|entry| entry.came != Came::Nothing);
        let uses = |(line, tokens): &(&str, Vec<&str>)| mentions(tokens, name) && !defines(line, name);
        let (entry, lines) = ran
            .map(|entry| (entry, bindings::lines_of(&entry.input, name)))
            .find(|(_, lines)| lines.iter().any(uses))?;
        let last = |is_it: &dyn Fn(&str, &[&str]) -> bool| lines.iter().rev().find(|(l, t)| is_it(l, t));
        let (line, _) = last(&|line, tokens| gives(line, tokens, name))
            .or_else(|| last(&|_, tokens| calls(tokens, name)))?;
        Some(Told { cell: entry.number, line: (*line).into(), came: entry.came })
    }

    /// All variables are lost.
    pub fn lose(&mut self) {
        let worked = self.entries.iter_mut().filter(|entry| entry.came == Came::Worked);
        worked.for_each(|entry| entry.came = Came::Lost);
    }

    /// Whether a cell that worked has this text.
    pub fn has_run(&self, text: &str) -> bool {
        self.entries
            .iter()
            .any(|entry| matches!(entry.came, Came::Worked | Came::Lost) && entry.input.contains(text))
    }

    fn last<'a>(&'a self, line: impl Fn(&'a Entry) -> Option<&'a str>) -> Option<Told> {
        self.entries
            .iter()
            .rev()
            .find_map(|entry| Some(Told { cell: entry.number, line: line(entry)?.into(), came: entry.came }))
    }

    /// The reply to a `history_request`: a range of numbers, the last ones, or the last that match a pattern.
    pub fn answer(&self, asked: &Value) -> Value {
        let number = |name: &str| asked[name].as_i64();
        let last = number("n").map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(0));
        let (entries, last): (Vec<&Entry>, usize) = match asked["hist_access_type"].as_str() {
            Some("range") => {
                let is_current = [None, Some(CURRENT)].contains(&number("session"));
                let (start, stop) = (number("start").unwrap_or(0), number("stop").unwrap_or(i64::MAX));
                let is_in = |entry: &&Entry| is_current && (start..stop).contains(&(entry.number as i64));
                (self.entries.iter().filter(is_in).collect(), usize::MAX)
            }
            Some("search") => {
                let pattern: Vec<char> = asked["pattern"].as_str().unwrap_or("*").chars().collect();
                let fits = |entry: &&Entry| matches(&pattern, &entry.input.chars().collect::<Vec<char>>());
                (self.entries.iter().filter(fits).collect(), last)
            }
            _ => (self.entries.iter().collect(), last),
        };
        let mut seen = HashSet::new();
        let mut kept: Vec<Value> = entries
            .iter()
            .rev()
            .filter(|entry| asked["unique"] != true || seen.insert(entry.input.clone()))
            .take(last)
            .map(|entry| match asked["output"] == true {
                true => json!([CURRENT, entry.number, [entry.input, entry.output]]),
                false => json!([CURRENT, entry.number, entry.input]),
            })
            .collect();
        kept.reverse();
        json!({ "status": "ok", "history": kept })
    }
}

const DEFINING: [&str; 9] = ["let", "fn", "struct", "enum", "const", "static", "type", "trait", "mod"];

/// Whether the line defines this name: the name stands between the first word and the first `=`, `(` or `{` behind it.
pub fn defines(line: &str, name: &str) -> bool {
    let tokens = tokens(line);
    let Some(begin) = tokens.iter().position(|token| DEFINING.contains(token)) else { return false };
    let rest = &tokens[begin + 1..];
    let is_pattern = tokens[begin] == "let";
    let end = rest.iter().position(|token| *token == "=" || !is_pattern && matches!(*token, "(" | "{" | "<"));
    let mut names = rest[..end.unwrap_or(rest.len())].iter();
    names.any(|token| *token == name)
}

/// Macros that only look at what they are given.
const LOOKING: [&str; 6] = ["println", "print", "format", "assert", "assert_eq", "eprintln"];

/// Whether a line takes a variable of this name away: it is not looked at by `&`, nor one of its fields or methods used.
fn gives(line: &str, tokens: &[&str], name: &str) -> bool {
    let before = ["&", "mut", ".", ":", "|", "fn", "let"];
    let after = [".", "[", "(", ":", "|", "?"];
    let is = |words: &[&str], at: Option<usize>| {
        at.and_then(|at| tokens.get(at)).is_some_and(|t| words.contains(t))
    };
    if tokens.len() == 1 || tokens.iter().any(|token| LOOKING.contains(token)) || defines(line, name) {
        return false;
    }
    // As `into_dyn()`, which makes something else of it.
    let is_made_into =
        |at: usize| is(&["."], Some(at + 1)) && tokens.get(at + 2).is_some_and(|t| t.starts_with("into_"));
    let goes = |at: usize| !is(&before, at.checked_sub(1)) && !is(&after, Some(at + 1));
    (0..tokens.len()).any(|at| tokens[at] == name && (goes(at) || is_made_into(at)))
}

/// Whether a line speaks of a variable of this name, and not of a field.
fn mentions(tokens: &[&str], name: &str) -> bool {
    (0..tokens.len()).any(|at| tokens[at] == name && (at == 0 || tokens[at - 1] != "."))
}

/// Whether a line calls a method of a variable of this name.
fn calls(tokens: &[&str], name: &str) -> bool {
    let is_field = |at: usize| at > 0 && matches!(tokens[at - 1], "." | "&");
    (0..tokens.len()).any(|at| {
        tokens[at] == name
            && !is_field(at)
            && tokens.get(at + 1) == Some(&".")
            && tokens.get(at + 3) == Some(&"(")
    })
}

/// A line, or its begin.
pub fn short(line: &str) -> String {
    if line.chars().count() <= 40 { line.into() } else { line.chars().take(39).chain(['\u{2026}']).collect() }
}

/// Whether all of `text` is as the pattern says, in which `*` is any text and `?` any character.
fn matches(pattern: &[char], text: &[char]) -> bool {
    // Where the last star is, and where what it stands for ends by now.
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(&c) if c == '?' || c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((at, end)) = star else { return false };
                star = Some((at, end + 1));
                (p, t) = (at + 1, end + 1);
            }
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_is_found_by_range_end_and_pattern() {
        let mut history = History::default();
        for (number, input) in (1..).zip(["let a = 1;", "a", "a", "b"]) {
            history.add(number, input.into(), (number == 2).then(|| "1".into()), Came::Worked);
        }
        let found = |asked: Value| history.answer(&asked)["history"].clone();
        let range =
            json!({ "hist_access_type": "range", "session": 0, "start": 2, "stop": 4, "output": true });
        assert_eq!(found(range), json!([[0, 2, ["a", "1"]], [0, 3, ["a", null]]]));
        assert_eq!(found(json!({ "hist_access_type": "range", "session": -1 })), json!([]));
        let tail = json!({ "hist_access_type": "tail", "n": 2 });
        assert_eq!(found(tail), json!([[0, 3, "a"], [0, 4, "b"]]));
        let search = json!({ "hist_access_type": "search", "pattern": "*a*", "unique": true, "n": 5 });
        assert_eq!(found(search), json!([[0, 1, "let a = 1;"], [0, 3, "a"]]));
        for _ in 0..2 * MOST {
            history.add(9, "c".into(), None, Came::Worked);
        }
        let all = history.answer(&json!({}))["history"].clone();
        assert_eq!((&all[0][1], all.as_array().unwrap().len()), (&json!(9), MOST));
    }

    #[test]
    fn what_became_of_a_name_is_known() {
        let mut history = History::default();
        let cells = [
            ("let (mut data, b) = load()?;\ndata.len()", Came::Worked),
            ("let d2 = data;", Came::Worked),
            ("data.train", Came::Nothing),
            ("let z = 1;\npanic!()", Came::Failed),
            ("other.data", Came::Worked),
            ("let data = 1;\npanic!()", Came::Failed),
            ("let data = d2;", Came::Nothing),
            ("drop(data); let data = 1;", Came::Nothing),
        ];
        for (number, (input, came)) in (1..).zip(cells) {
            history.add(number, input.into(), None, came);
        }
        let told = |told: Option<Told>| told.map(|told| (told.cell, told.line));
        assert_eq!(told(history.maker("data")), Some((1, "let (mut data, b) = load()?;".into())));
        assert_eq!(told(history.giver("data")), Some((2, "let d2 = data;".into())));
        assert_eq!(history.maker("z").map(|told| told.came), Some(Came::Failed));
        assert_eq!(history.maker("load"), None);
        assert!(history.has_run("load()") && !history.has_run("data.train"));
        assert_eq!(history.maker("d2").map(|told| told.cell), Some(2));
        assert_eq!(history.giver("d2"), None, "a cell that did not compile moves nothing");
        assert!(defines("pub struct T<X> { a: u8 }", "T") && !defines("fn f(a: u8)", "a"));
    }

    #[test]
    fn a_cell_that_has_another_text_now_makes_what_stands_in_it() {
        let mut history = History::default();
        let mut run = |number: u64, cell: &str, input: &str, came: Came| {
            history.add(number, input.into(), None, came);
            history.stands_in(cell);
        };
        run(1, "first", "let a = missing;", Came::Nothing);
        run(2, "second", "let b = 1;\npanic!()", Came::Failed);
        run(3, "first", "let c = 1;", Came::Worked);
        run(4, "second", "let b = missing;", Came::Nothing);
        run(5, "first", "let d = 1;", Came::Worked);
        run(6, "third", "let e = missing;", Came::Nothing);
        let made = |history: &History, name: &str| history.maker(name).map(|told| told.cell);
        assert_eq!(made(&history, "a"), None, "no cell says so any longer");
        assert_eq!(made(&history, "b"), Some(4), "the cell as it is now");
        assert_eq!(made(&history, "c"), Some(3), "the variable is there");
        assert_eq!(made(&history, "e"), Some(6));
        history.replace("third");
        history.lose();
        assert_eq!((made(&history, "c"), made(&history, "d"), made(&history, "e")), (None, Some(5), None));
    }

    #[test]
    fn the_line_that_moved_a_variable_is_found() {
        for (cells, line) in [
            (&["let a = f();", "let b = a;"][..], Some("let b = a;")),
            (&["let a = f();\nlet b = a;"], Some("let b = a;")),
            (
                &["let a = f();", "let s: i32 = a.into_iter().sum();"],
                Some("let s: i32 = a.into_iter().sum();"),
            ),
            (&["let a = f();", "let c = a.into_dyn();\na2"], Some("let c = a.into_dyn();")),
            (&["let a = f();", "let c = a.dense(10, Linear);"], Some("let c = a.dense(10, Linear);")),
            (&["let a = f();", "for x in a { }"], Some("for x in a { }")),
            (&["let a = f();", "g(a);", "let b = (a, 1);"], Some("let b = (a, 1);")),
            // Later cells that use the variable have found it.
            (&["let a = f();", "let n = a.len();", "let b = a.dense(1);"], Some("let b = a.dense(1);")),
            (
                &["let a = f();", "let b = a.dense(1);", "v.iter().map(|a| a.abs())"],
                Some("let b = a.dense(1);"),
            ),
            (&["let a = f();", "let b = a.dense(1);", "other.a.len()"], Some("let b = a.dense(1);")),
            (&["let a = f();", "println!(\"{}\", &a);"], None),
            (&["let a = f();"], None),
        ] {
            let mut history = History::default();
            for (number, cell) in (1..).zip(cells) {
                history.add(number, cell.to_string(), None, Came::Worked);
            }
            assert_eq!(history.giver("a").map(|told| told.line), line.map(String::from), "{cells:?}");
        }
    }

    #[test]
    fn what_functions_blocks_and_closures_call_by_a_name_is_their_own() {
        for (cell, line) in [
            ("let m = Model { a };", Some("let m = Model { a };")),
            ("let m = Model {\n    a,\n};", Some("a,")),
            ("for x in a {\n}", Some("for x in a {")),
            ("let f = move || g(a);", Some("let f = move || g(a);")),
            ("{\n    drop(a);\n}", Some("drop(a);")),
            ("fn f(a: Vec<u8>) {\n    g(a);\n}", None),
            ("fn f() {\n    let a = 1;\n    g(a)\n}", None),
            ("impl T {\n    fn f(self, a: u8) {\n        g(a);\n    }\n}", None),
            ("let b = {\n    let a = 1;\n    g(a)\n};", None),
            ("let b = c.map(|a| g(a));", None),
            ("let b = c.map(|a: u8| {\n    g(a)\n});", None),
            ("for a in 0..3 {\n    g(a);\n}", None),
            ("for (i, a) in c {\n    g(a);\n}", None),
            ("if let Some(a) = c {\n    g(a);\n}", None),
            ("match c {\n    Some(a) => g(a),\n    _ => 1,\n}", None),
            ("g(a);\nfn f() {\n    let a = 1;\n}", Some("g(a);")),
            ("g(a);\nfor a in 0..3 {\n    h(a);\n}", Some("g(a);")),
            ("println!(\"{}\", a);", None),
            ("g(&a)", None),
        ] {
            let mut history = History::default();
            history.add(1, cell.into(), None, Came::Worked);
            assert_eq!(history.giver("a").map(|told| told.line), line.map(String::from), "{cell}");
        }
    }

    #[test]
    fn a_cell_that_needs_a_variable_does_not_make_it_anew() {
        let mut history = History::default();
        history.add(1, "let w = 1;".into(), None, Came::Worked);
        history.add(2, "let w = step(w);".into(), None, Came::Worked);
        history.add(3, "let v = step(v);".into(), None, Came::Worked);
        assert_eq!(history.maker("w").map(|told| told.cell), Some(1));
        assert!(history.maker("v").is_none() && history.has_made("v") && !history.has_made("step"));
    }

    #[test]
    fn a_pattern_is_a_glob() {
        let fits = |pattern: &str, text: &str| {
            matches(&pattern.chars().collect::<Vec<char>>(), &text.chars().collect::<Vec<char>>())
        };
        for (pattern, text) in
            [("*", ""), ("a*c", "abbc"), ("*b?", "aabc"), ("let *", "let \u{e4}"), ("a", "a")]
        {
            assert!(fits(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("", "a"), ("a*c", "abb"), ("?", ""), ("a", "ab"), ("*b", "abc")] {
            assert!(!fits(pattern, text), "{pattern} {text}");
        }
    }
}
