//! A line of text as words, numbers and signs.

use std::cmp::Ordering;

use super::numbers::Number;
use super::references::without_references;
use super::spelled;
use super::what::{What, word};

/// Names of several words or spellings, as one word.
const NAMES: &[(&str, &str)] = &[
    ("fashion-mnist", "fashionmnist"),
    ("fashion mnist", "fashionmnist"),
    ("t-shirt/top", "tshirt"),
    ("t-shirt", "tshirt"),
    ("t shirt", "tshirt"),
    ("ankle boot", "ankleboot"),
    ("ankle-boot", "ankleboot"),
    ("greyscale", "grey"),
    ("grayscale", "grey"),
    ("grey scale", "grey"),
    ("gray scale", "grey"),
    ("grey-scale", "grey"),
    ("gray", "grey"),
    ("colour", "color"),
    ("can't", "can not"),
    ("won't", "will not"),
    ("n't", " not"),
    ("cannot", "can not"),
    ("dont ", "do not "),
    ("doesnt", "does not"),
    ("isnt", "is not"),
    ("didnt", "did not"),
    ("wasnt", "was not"),
    ("per cent", "percent"),
    ("data set", "dataset"),
    ("data-set", "dataset"),
];

pub(super) fn tokens(line: &str) -> Vec<What> {
    let line = NAMES.iter().fold(line.to_string(), |line, (name, word)| line.replace(name, word));
    let mut tokens = Vec::new();
    let (mut rest, mut before) = (line.as_str(), ' ');
    while let Some(first) = rest.chars().next() {
        let (token, length) = next(rest, first, before);
        tokens.extend(token);
        before = rest[..length].chars().next_back().unwrap_or(' ');
        rest = &rest[length..];
    }
    without_references(joined(tokens))
}

fn next(rest: &str, first: char, before: char) -> (Option<What>, usize) {
    if let Some(length) = date(rest) {
        return (None, length);
    }
    if let Some((number, length)) =
        Number::read(rest, before).filter(|_| !before.is_alphabetic() || before == 'x')
    {
        return (Some(What::Number(number)), length);
    }
    let behind = rest[first.len_utf8()..].chars().next().unwrap_or(' ');
    if first == 'x' && before.is_ascii_digit() && behind.is_ascii_digit() {
        return (Some(What::Sign('\u{d7}')), 1);
    }
    if first.is_alphanumeric() {
        let ends = |c: char| !c.is_alphanumeric() && c != '\'';
        let length = rest.find(ends).unwrap_or(rest.len());
        let word = rest[..length].trim_end_matches('\'').trim_end_matches("'s");
        return (Some(What::Word(word.into())), length);
    }
    let is_end = behind.is_whitespace();
    let token = match first {
        '.' | '!' | '?' | ';' if is_end => Some(What::End(first)),
        ';' => Some(What::End(first)),
        '\u{2029}' => Some(What::Break('\n')),
        ',' | ':' | '(' | ')' | '[' | ']' | '\u{2014}' => Some(What::Break(first)),
        '-' | '\u{2013}' if is_end && before == ' ' => Some(What::Break('-')),
        '-' | '\u{2013}' if !before.is_alphabetic() && behind.is_ascii_digit() => Some(What::Sign('-')),
        '/' | '=' | '\u{d7}' | '+' | '\u{2192}' => Some(What::Sign(first)),
        _ => None,
    };
    (token, first.len_utf8())
}

/// 2024-03-14 or 14.03.2024: its length.
fn date(text: &str) -> Option<usize> {
    let shape: String = text.chars().take(10).map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    ["0000-00-00", "00.00.0000", "00/00/0000"].contains(&shape.as_str()).then_some(10)
}

/// "sixty thousand", "6 × 10^4" and "about 90" as one number each.
fn joined(tokens: Vec<What>) -> Vec<What> {
    let mut joined: Vec<What> = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        let words: Vec<&str> = tokens[i..].iter().map_while(word).collect();
        let spelled = spelled::read(&words).map(|(value, taken, decimals)| {
            let number = Number { spelled: true, decimals, ..Number::new(&words[..taken].join(" "), value) };
            (number, taken)
        });
        if let Some((number, taken)) = spelled {
            joined.push(What::Number(number));
            i += taken;
            continue;
        }
        if let (What::Word(word), Some(What::Number(number))) = (&tokens[i], joined.last_mut())
            && number.extend(word)
        {
            i += 1;
            continue;
        }
        match (&tokens[i], joined.last_mut()) {
            (What::Word(word), Some(What::Number(_))) if word == "x" && is_number(tokens.get(i + 1)) => {
                joined.push(What::Sign('\u{d7}'));
            }
            (What::Word(word), Some(What::Number(_))) if word == "times" && is_number(tokens.get(i + 1)) => {
                joined.push(What::Sign('\u{d7}'));
            }
            (What::Word(word), Some(What::Number(_))) if word == "by" && is_number(tokens.get(i + 1)) => {
                joined.push(What::Sign('\u{d7}'));
            }
            (What::Number(power), Some(What::Sign('\u{d7}'))) if power.power => {
                joined.pop();
                match joined.last_mut() {
                    Some(What::Number(number)) => number.value *= power.value,
                    _ => joined.push(tokens[i].clone()),
                }
            }
            (token, _) => joined.push(token.clone()),
        }
        i += 1;
    }
    shares(&mut joined);
    about(&mut joined);
    joined
}

fn is_number(token: Option<&What>) -> bool {
    let number = |word: &str| spelled::read(&[word]).is_some();
    token.is_some_and(|token| matches!(token, What::Number(_)) || word(token).is_some_and(number))
}

/// "8,872 of the 10,000 test images", "8872 / 10000": a share.
fn shares(tokens: &mut [What]) {
    let is_of = |what: &What| {
        word(what).is_some_and(|word| ["of", "out", "from", "the", "all", "our"].contains(&word))
            || *what == What::Sign('/')
    };
    let whole = |what: &What| matches!(what, What::Number(number) if number.is(10_000.0));
    for i in 0..tokens.len() {
        let (first, rest) = tokens[i..].split_first_mut().expect("there is a token at every place");
        let between = rest.iter().take(4).take_while(|what| is_of(what)).count();
        if let What::Number(number) = first
            && between > 0
            && rest.get(between).is_some_and(whole)
            && (5_000.0..10_000.0).contains(&number.value)
            && number.value % 1_000.0 != 0.0
        {
            (number.value, number.decimals) = (number.value / 1e4, 4);
        }
    }
}

fn about(tokens: &mut [What]) {
    let words =
        ["about", "approximately", "roughly", "around", "almost", "nearly", "circa", "over", "approx", "ca"];
    for i in 1..tokens.len() {
        let is_about = word(&tokens[i - 1]).is_some_and(|word| words.contains(&word))
            || i > 1 && word(&tokens[i - 2]).is_some_and(|word| words[..5].contains(&word));
        if let What::Number(number) = &mut tokens[i] {
            number.about |= is_about;
        }
        bound(tokens, i);
    }
}

/// "More than 95 %", "below 90 %", "between 96 and 97 %".
fn bound(tokens: &mut [What], i: usize) {
    let word = |back: usize| i.checked_sub(back).and_then(|i| word(&tokens[i])).unwrap_or("");
    let is_behind =
        |words: &str| words.split('|').any(|w| w == word(1) || w == format!("{} {}", word(2), word(1)));
    let bound = if is_behind("over|above|more than|at least|between") {
        Some(Ordering::Greater)
    } else if is_behind("under|below|less than|at most") || word(1) == "and" && word(3) == "between" {
        Some(Ordering::Less)
    } else {
        None
    };
    if let What::Number(number) = &mut tokens[i] {
        number.bound = bound;
    }
}

#[cfg(test)]
mod tests {
    use super::super::plain::blocks;
    use super::*;

    fn shown(text: &str) -> String {
        let token = |token: &What| match token {
            What::Word(word) => word.clone(),
            What::Number(number) if number.percent => format!("{}%", number.value),
            What::Number(number) => number.value.to_string(),
            What::Sign(sign) | What::Break(sign) | What::End(sign) => sign.to_string(),
        };
        let line = |line: &String| tokens(line).iter().map(token).collect::<Vec<_>>().join(" ");
        blocks(text).iter().map(line).collect::<Vec<_>>().join(" / ")
    }

    #[test]
    fn numbers_in_all_their_ways() {
        let table = [
            ("28x28, 28 x 28, 28\u{d7}28, 28*28, 28 by 28, 28-by-28", ["28 \u{d7} 28"; 6].join(" , ")),
            ("28X28; (28, 28); (28,28)", "28 \u{d7} 28 ; ( 28 , 28 ) ; ( 28 , 28 )".into()),
            ("twenty-eight by twenty-eight", "28 \u{d7} 28".into()),
            ("$28 \\times 28$ and $6 \\times 10^4$", "28 \u{d7} 28 and 60000".into()),
            ("sixty thousand; 60k, 60 000, 0.06 million", "60000 ; 60000 , 60000 , 60000".into()),
            ("60.000 and 60\u{202f}000 and $60\\,000$", "60000 and 60000 and 60000".into()),
            ("88.56 %, 88,72 %, 0.88, .8872, 90 percent", "88.56% , 88.72% , 0.88 , 0.8872 , 90%".into()),
            ("$\\frac{60000}{32} = 1875$", "60000 / 32 = 1875".into()),
            ("60 000 \u{f7} 32 = 1 875", "60000 / 32 = 1875".into()),
            ("Dense(128, ReLU), 784-128-10", "dense ( 128 , relu ) , 784 - 128 - 10".into()),
            ("from 0-255 to 0..1", "from 0 - 255 to 0 to 1".into()),
            ("the 1st, L2 and 2D", "the 1st , l2 and 2d".into()),
        ];
        for (text, expected) in table {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn years_dates_and_references_are_no_numbers() {
        let table = [
            ("in step 2.6, chapter 4 and [12]", "in step , chapter and"),
            ("visited on 14 March 2024 (2017)", "visited on march ( )"),
            ("on 2024-03-14, by (1) more and (2) less", "on , by ( ) more and ( ) less"),
            ("1875 steps", "1875 steps"),
        ];
        for (text, expected) in table {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
