use std::collections::{HashSet, VecDeque};

use serde_json::{Value, json};

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
}

impl History {
    pub fn add(&mut self, number: u64, input: String, output: Option<String>) {
        if self.entries.len() == MOST {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry { number, input, output });
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
            history.add(number, input.into(), (number == 2).then(|| "1".into()));
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
            history.add(9, "c".into(), None);
        }
        let all = history.answer(&json!({}))["history"].clone();
        assert_eq!((&all[0][1], all.as_array().unwrap().len()), (&json!(9), MOST));
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
