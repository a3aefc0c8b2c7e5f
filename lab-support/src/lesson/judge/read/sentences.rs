//! Sentences, and in each what is denied and what is only supposed.

use super::super::lists::has_word;
use super::numbers::Number;
use super::plain::blocks;
use super::scopes::{SOURCES, denies_all, marked};
use super::token::{Token, place, plain};
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
        let (mut topic, mut asked): (Vec<What>, &[What]) = (Vec::new(), &[]);
        for part in tokens.split_inclusive(|token| matches!(token, What::End(_))) {
            let (end, part) = match part.split_last() {
                Some((What::End(end), part)) => (*end, part),
                _ => ('.', part),
            };
            // "More neurons? Hardly: ..." names its topic, "Is it a digit?" says nothing.
            if end == '?' {
                topic = if names_a_topic(part) { [part, &[What::Break(':')]].concat() } else { Vec::new() };
                asked = part;
                continue;
            }
            // "Are they the same? Yes."
            let (answer, rest) = yes_or_no(part);
            let question = std::mem::take(&mut asked);
            let part = match answer.filter(|_| !question.is_empty()) {
                Some(yes) => {
                    sentences.push(Sentence::answered(question, yes));
                    topic.clear();
                    rest
                }
                None => part,
            };
            let (part, withdraws) = corrected(part);
            if withdraws {
                sentences.pop();
            }
            let whole = [std::mem::take(&mut topic).as_slice(), &part].concat();
            if !part.is_empty() && !tells_of_others(&part) {
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
    part.len() < 18 && !part.first().is_some_and(|first| whether.contains(&plain(first)))
}

/// Whether a sentence begins with a yes or a no, and what follows that.
fn yes_or_no(part: &[What]) -> (Option<bool>, &[What]) {
    let answer = match part.first().map_or("", plain) {
        "indeed" | "exactly" | "certainly" if part.len() == 1 => Some(true),
        "yes" => Some(true),
        "no" if part.len() == 1 || matches!(part[1], What::Break(_)) => Some(false),
        _ => None,
    };
    let mark = usize::from(matches!(part.get(1), Some(What::Break(_))));
    (answer, if answer.is_some() { &part[1 + mark..] } else { part })
}

/// What is left of a sentence once it corrects itself, and whether it takes back the one before it: "It is 7, sorry, 9",
/// "Oh, that was the loss".
fn corrected(part: &[What]) -> (Vec<What>, bool) {
    let is_break = |i: usize| matches!(part.get(i), Some(What::Break(_)));
    let corrects = |i: usize| match plain(&part[i]) {
        "sorry" | "oops" | "hmm" | "wait" | "oh" => true,
        "no" | "rather" => i > 0 && is_break(i - 1) && is_break(i + 1),
        _ => false,
    };
    match (0..part.len()).find(|i| corrects(*i)) {
        Some(at) if at < 2 => (part.to_vec(), true),
        Some(at) if is_break(at - 1) => {
            // One number or one noun is put right by another: the words around it stay.
            let rest = &part[at + 1 + usize::from(is_break(at + 1))..];
            let is_number = |what: &What| matches!(what, What::Number(_));
            let number = rest.iter().take(3).any(is_number);
            let kept = match number {
                true => part[..at].iter().rposition(is_number),
                false => part[..at].iter().rposition(|what| Some(what) == rest.first()),
            };
            ([&part[..kept.unwrap_or(0)], rest].concat(), false)
        }
        _ => (part.to_vec(), false),
    }
}

/// "Some say that ...": what others think, or what the writer thought before.
fn tells_of_others(part: &[What]) -> bool {
    let words: Vec<&str> = part.iter().map(plain).take(8).collect();
    let thought = "some say|some people|some think|some believe|many say|many think|many people|many believe|\
                   might think|could think|first thought|i thought|one may think";
    thought.split('|').any(|phrase| place(&words, phrase).is_some())
}

impl Sentence {
    fn new(part: &[What]) -> Sentence {
        let words: Vec<&str> = part.iter().map(plain).collect();
        let denied = denies_all(&words);
        let tokens = marked(part, &words, denied);
        let sourced = words.iter().any(|word| has_word(SOURCES, word));
        Sentence { tokens, denied, sourced }
    }

    /// What a question asks, said to be so or not to be so.
    fn answered(question: &[What], yes: bool) -> Sentence {
        let mut sentence = Sentence::new(question);
        sentence.tokens.iter_mut().for_each(|token| token.negated ^= !yes);
        sentence
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

    /// Whether a word of this list stands there, or a form of one.
    pub fn is_at(&self, place: usize, list: &str) -> bool {
        self.tokens.get(place).is_some_and(|token| token.is(list))
    }

    pub fn is_word_at(&self, place: usize, word: &str) -> bool {
        self.tokens.get(place).is_some_and(|token| token.is_word(word))
    }

    /// The words of one of these phrases, with `|` between them, one behind the other, articles aside.
    pub fn has_phrase(&self, phrases: &str) -> bool {
        let words = self.words();
        phrases.split('|').any(|phrase| place(&words, phrase).is_some())
    }

    pub fn phrase(&self, phrase: &str) -> Option<usize> {
        place(&self.words(), phrase)
    }

    fn words(&self) -> Vec<&str> {
        self.tokens.iter().map(|token| plain(&token.what)).collect()
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
