//! A student's text as words and numbers, sentence by sentence, so that it is judged by what it says and
//! not by how.

use super::numbers::Number;

/// A sentence, a line of a list or a row of a table.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sentence {
    /// As it was written.
    pub text: String,
    pub tokens: Vec<Token>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// In small letters.
    Word(String),
    Number(Number),
    /// `/` or `=`.
    Sign(char),
    /// A comma, a bracket, a word such as "and": on either side stands a statement of its own.
    Break,
}

/// Words that say nothing by themselves.
const EMPTY: [&str; 11] = ["the", "a", "an", "its", "our", "your", "their", "this", "that", "these", "my"];

const BREAKS: [&str; 7] = ["and", "while", "whereas", "but", "with", "plus", "than"];

/// Names of several words or spellings, as one word.
const NAMES: [(&str, &str); 13] = [
    ("fashion-mnist", "fashionmnist"),
    ("fashion mnist", "fashionmnist"),
    ("t-shirt/top", "tshirt"),
    ("t-shirt", "tshirt"),
    ("t shirt", "tshirt"),
    ("ankle boot", "ankleboot"),
    ("ankle-boot", "ankleboot"),
    ("drop-in", "dropin"),
    ("greyscale", "grey"),
    ("grayscale", "grey"),
    ("gray", "grey"),
    ("colour", "color"),
    ("n't", " not"),
];

const NUMBER_WORDS: [(&str, f64); 16] = [
    ("one", 1.0),
    ("two", 2.0),
    ("three", 3.0),
    ("four", 4.0),
    ("five", 5.0),
    ("six", 6.0),
    ("seven", 7.0),
    ("eight", 8.0),
    ("nine", 9.0),
    ("ten", 10.0),
    ("twenty", 20.0),
    ("thirty", 30.0),
    ("forty", 40.0),
    ("fifty", 50.0),
    ("sixty", 60.0),
    ("seventy", 70.0),
];

/// The sentences of a text in Markdown.
pub(super) fn sentences(text: &str) -> Vec<Sentence> {
    let text = [". ", "! ", "? ", "; "].iter().fold(text.to_string(), |text, end| text.replace(end, "\n"));
    let lines = text.lines().map(|line| Sentence { text: line.trim().into(), tokens: tokens(line) });
    lines.filter(|sentence| !sentence.tokens.is_empty()).collect()
}

fn tokens(line: &str) -> Vec<Token> {
    let mut line = line.to_lowercase().replace('\u{2019}', "'").replace(['*', '_', '`', '#'], "");
    for (name, word) in NAMES {
        line = line.replace(name, word);
    }
    let mut tokens = Vec::new();
    let (mut rest, mut before) = (line.as_str(), ' ');
    while let Some(first) = rest.chars().next() {
        let is_dash = first == '-' && before.is_alphanumeric();
        let number = if is_dash { None } else { Number::read(rest) };
        let (token, length) = match number {
            Some((number, length)) => (Some(Token::Number(number)), length),
            None if first.is_alphanumeric() => {
                let length = rest.find(|c: char| !c.is_alphanumeric() && c != '\'').unwrap_or(rest.len());
                (word(&rest[..length]), length)
            }
            None => (sign(first, rest), first.len_utf8()),
        };
        add(&mut tokens, token);
        before = rest[..length].chars().next_back().unwrap_or(' ');
        rest = &rest[length..];
    }
    tokens
}

/// What a sign means, if anything.
fn sign(first: char, rest: &str) -> Option<Token> {
    match first {
        '/' | '=' => Some(Token::Sign(first)),
        ',' | ':' | '(' | ')' | '|' | '\u{2013}' | '\u{2014}' | '\u{2192}' => Some(Token::Break),
        '-' if rest.starts_with("- ") => Some(Token::Break),
        _ => None,
    }
}

fn word(word: &str) -> Option<Token> {
    if EMPTY.contains(&word) {
        return None;
    }
    if BREAKS.contains(&word) {
        return Some(Token::Break);
    }
    let spelled = NUMBER_WORDS.iter().find(|(name, _)| *name == word);
    Some(match spelled {
        Some((_, value)) => Token::Number(Number::spelled(word, *value)),
        None => Token::Word(word.into()),
    })
}

/// Adds a token to those before it: "sixty thousand" is one number, "about 90" an approximate one.
fn add(tokens: &mut Vec<Token>, token: Option<Token>) {
    match token {
        None => (),
        Some(Token::Word(word)) if extends_number(tokens.last_mut(), &word) => (),
        Some(Token::Number(mut number)) => {
            number.about = tokens.iter().rev().take(2).any(is_about);
            tokens.push(Token::Number(number));
        }
        Some(token) => tokens.push(token),
    }
}

fn extends_number(last: Option<&mut Token>, word: &str) -> bool {
    match last {
        Some(Token::Number(number)) => number.extend(word),
        _ => false,
    }
}

fn is_about(token: &Token) -> bool {
    let words = ["about", "approximately", "roughly", "around", "almost", "nearly", "over", "some", "circa"];
    matches!(token, Token::Word(word) if words.contains(&word.as_str()))
}

/// The statements of a sentence: what stands between two breaks.
pub(super) fn statements(sentence: &Sentence) -> impl Iterator<Item = &[Token]> {
    let statements = sentence.tokens.split(|token| *token == Token::Break);
    statements.filter(|statement| !statement.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let token = |token: &Token| match token {
            Token::Word(word) => word.clone(),
            Token::Number(number) if number.percent => format!("{}%", number.value),
            Token::Number(number) => number.value.to_string(),
            Token::Sign(sign) => sign.to_string(),
            Token::Break => "|".into(),
        };
        let line = |sentence: &Sentence| sentence.tokens.iter().map(token).collect::<Vec<_>>().join(" ");
        sentences(text).iter().map(line).collect::<Vec<_>>().join(" / ")
    }

    #[test]
    fn text_becomes_words_and_numbers() {
        let table = [
            ("**Fashion-MNIST** has 60,000 images. Each", "fashionmnist has 60000 images / each"),
            ("28x28 pixels, 28 x 28, 28\u{d7}28", "28 28 pixels | 28 x 28 | 28 28"),
            ("sixty thousand; 60k, 60 000 and 70.000", "60000 / 60000 | 60000 | 70"),
            ("88.56 %, 0.88, 88.6% or 90 percent", "88.56% | 0.88 | 88.6% or 90%"),
            ("Dense(128, ReLU), 784-128-10", "dense | 128 | relu | | 784 128 10"),
            ("from 0-255 to -1, the 1st, L2 and 2D", "from 0 255 to -1 | 1st | l2 | 2d"),
            ("An Ankle boot isn't a T-shirt/top", "ankleboot is not tshirt"),
            ("60000 / 32 = 1875 steps", "60000 / 32 = 1875 steps"),
            ("a learning rate of 1e-3.", "learning rate of 0.001"),
        ];
        for (text, expected) in table {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn about_belongs_to_its_number() {
        let sentences = sentences("It has about 100,000 parameters, 10 of them odd");
        let about = |token: &Token| matches!(token, Token::Number(number) if number.about);
        assert_eq!(sentences[0].tokens.iter().filter(|token| about(token)).count(), 1);
    }
}
