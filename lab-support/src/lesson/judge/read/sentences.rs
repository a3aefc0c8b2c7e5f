//! Sentences, and in each what is denied and what is only supposed.

use super::numbers::Number;
use super::plain::blocks;
use super::scopes::{SOURCES, denies_all, marked};
use super::token::{Token, follow, plain};
use super::what::What;
use super::words::tokens;

/// A sentence, an item of a list or a row of a table.
#[derive(Clone, Debug)]
pub(in super::super) struct Sentence {
    pub tokens: Vec<Token>,
    /// All of it is said not to be so.
    pub denied: bool,
    /// It tells what others have found or written.
    pub sourced: bool,
}

pub(in super::super) fn sentences(text: &str) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    for block in blocks(text) {
        let tokens = tokens(&block);
        let mut topic = Vec::new();
        for part in tokens.split_inclusive(|token| matches!(token, What::End(_))) {
            let (end, part) = match part.split_last() {
                Some((What::End(end), part)) => (*end, part),
                _ => ('.', part),
            };
            // "More neurons? Hardly: ..." names its topic, "Is it a digit?" says nothing.
            if end == '?' {
                topic = if names_a_topic(part) { [part, &[What::Break(':')]].concat() } else { Vec::new() };
                continue;
            }
            let (part, withdraws) = corrected(part);
            if withdraws {
                sentences.pop();
            }
            let whole = [std::mem::take(&mut topic).as_slice(), part].concat();
            if !part.is_empty() && !tells_of_others(part) {
                sentences.push(Sentence::new(&whole));
            }
        }
    }
    sentences
}

/// Whether a question is one that its asker answers: it does not ask whether something is so.
fn names_a_topic(part: &[What]) -> bool {
    let whether = [
        "is", "are", "was", "were", "do", "does", "did", "can", "could", "would", "should", "will", "has",
        "have", "isn't", "right", "or",
    ];
    part.len() < 12 && !part.first().is_some_and(|first| whether.contains(&plain(first)))
}

/// What is left of a sentence once it corrects itself, and whether it takes back the one before it: "It is 7, sorry, 9",
/// "Oh, that was the loss".
fn corrected(part: &[What]) -> (&[What], bool) {
    let corrects = |what: &What| ["sorry", "oops", "hmm", "wait", "oh"].contains(&plain(what));
    match part.iter().position(corrects) {
        Some(at) if at < 2 => (part, true),
        Some(at) if matches!(part[at - 1], What::Break(_)) => (&part[at..], false),
        _ => (part, false),
    }
}

/// "Some say that ...": what others think, or what the writer thought before.
fn tells_of_others(part: &[What]) -> bool {
    let words: Vec<&str> = part.iter().map(plain).take(8).collect();
    let thought = "some say|some people|some think|some believe|many say|many think|many people|many believe|\
                   might think|could think|first thought|i thought|one may think";
    (0..words.len()).any(|i| thought.split('|').any(|phrase| follow(&words[i..], phrase)))
}

impl Sentence {
    fn new(part: &[What]) -> Sentence {
        let words: Vec<&str> = part.iter().map(plain).collect();
        let denied = denies_all(&words);
        let tokens = marked(part, &words, denied);
        let sourced = words.iter().any(|word| SOURCES.contains(word));
        Sentence { tokens, denied, sourced }
    }

    /// Where a word of this list stands, or a form of one.
    pub fn places(&self, list: &str) -> Vec<usize> {
        (0..self.tokens.len()).filter(|i| self.tokens[*i].is(list)).collect()
    }

    pub fn has(&self, list: &str) -> bool {
        self.tokens.iter().any(|token| token.is(list))
    }

    /// Has such a word, and does not deny it.
    pub fn says(&self, list: &str) -> bool {
        self.tokens.iter().any(|token| token.is(list) && !token.negated)
    }

    /// Has such a word where something is denied.
    pub fn denies(&self, list: &str) -> bool {
        self.tokens.iter().any(|token| token.is(list) && token.negated)
    }

    /// These words one behind the other, articles aside.
    pub fn has_phrase(&self, phrase: &str) -> bool {
        self.phrase(phrase).is_some()
    }

    pub fn phrase(&self, phrase: &str) -> Option<usize> {
        let words: Vec<&str> = self.tokens.iter().map(|token| plain(&token.what)).collect();
        (0..words.len()).find(|i| follow(&words[*i..], phrase))
    }

    /// The numbers, and where they stand.
    pub fn numbers(&self) -> impl Iterator<Item = (usize, &Number)> {
        self.tokens.iter().enumerate().filter_map(|(i, token)| Some((i, token.number()?)))
    }

    pub fn clause(&self, clause: usize) -> impl Iterator<Item = &Token> {
        self.tokens.iter().filter(move |token| token.clause == clause)
    }

    /// As much of it as fits into a line.
    pub fn quoted(&self) -> String {
        let mut text = String::new();
        for token in &self.tokens {
            let word = match &token.what {
                What::Word(word) => word.clone(),
                What::Number(number) => number.text.clone() + if number.percent { " %" } else { "" },
                What::Sign(sign) => sign.to_string(),
                What::Break(sign) if matches!(sign, ',' | ':') => sign.to_string(),
                What::Break(_) | What::End(_) => continue,
            };
            if !text.is_empty() && !word.starts_with([',', ':']) {
                text.push(' ');
            }
            text.push_str(&word);
        }
        match text.char_indices().nth(90) {
            Some((end, _)) => format!("\"{} ...\"", &text[..end]),
            None => format!("\"{text}\""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denied(text: &str) -> String {
        let of = |sentence: &Sentence| {
            let words = sentence.tokens.iter().filter(|token| token.negated).filter_map(Token::word);
            words.map(str::to_string).collect::<Vec<_>>().join(" ")
        };
        sentences(text).iter().map(of).collect::<Vec<_>>().join("/")
    }

    #[test]
    fn a_negation_reaches_to_the_end_of_its_clause() {
        let table = [
            ("It is not a digit, but a boot.", "a digit"),
            ("It was not mistaken for a sneaker and the label is right.", "mistaken for a sneaker"),
            ("Not because of memory, but for speed.", "because of memory"),
            (
                "It is not true that it converges, or that it learns.",
                "it is not true that it converges or that it learns",
            ),
            ("It shows clothes instead of digits. It helps.", "digits/"),
            ("It isn't only faster.", ""),
        ];
        for (text, expected) in table {
            assert_eq!(denied(text), expected, "{text}");
        }
    }

    #[test]
    fn what_would_be_is_only_supposed() {
        let supposed =
            |text: &str| sentences(text)[0].tokens.iter().filter(|token| token.is_assumed()).count();
        assert!(supposed("With batches of 64 it would be 938 steps.") > 0);
        assert!(supposed("For example, with 1,000 images there are 10.") > 0);
        assert_eq!(supposed("256 neurons gave 0.8872, 64 gave 0.8782."), 0);
    }
}
