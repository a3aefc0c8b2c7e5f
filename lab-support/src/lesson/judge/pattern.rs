//! What a sentence has to say, by its words.

use super::words::{Sentence, Token};

/// Groups of words, of which each must stand in the sentence, in any order: `"divid* 255"`.
///
/// | written | means |
/// |---|---|
/// | `train*` | any word that begins so |
/// | `test\|exam*` | one or the other |
/// | `60000` | this number, however it is written |
/// | `train*_on_test` | these words one behind the other |
pub(super) type Pattern = &'static str;

pub(super) fn holds(pattern: &str, tokens: &[Token]) -> bool {
    pattern.split(' ').all(|group| group.split('|').any(|words| stands_in(words, tokens)))
}

/// Whether any of the sentences says any of the patterns.
pub(super) fn any(patterns: &[Pattern], sentences: &[Sentence]) -> bool {
    patterns.iter().any(|pattern| sentences.iter().any(|sentence| holds(pattern, &sentence.tokens)))
}

fn stands_in(words: &str, tokens: &[Token]) -> bool {
    let words: Vec<&str> = words.split('_').collect();
    tokens.windows(words.len()).any(|tokens| words.iter().zip(tokens).all(|(word, token)| is(word, token)))
}

fn is(word: &str, token: &Token) -> bool {
    match token {
        Token::Word(found) => match word.strip_suffix('*') {
            Some(start) => found.starts_with(start),
            None => found == word,
        },
        Token::Number(number) => word.parse().is_ok_and(|value: f64| number.value == value),
        Token::Sign(_) | Token::Break => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::sentences;
    use super::*;

    #[test]
    fn words_in_any_order_parts_of_words_and_sequences() {
        let text = "The pixels are divided by 255. We never train on the test set.";
        let says = |pattern| any(&[pattern], &sentences(text));
        for pattern in ["divid* 255", "255 divid*|scal*", "never", "train*_on_test", "pixel*"] {
            assert!(says(pattern), "{pattern}");
        }
        for pattern in ["divid", "divid* 256", "divid* never", "test_on", "train*_test"] {
            assert!(!says(pattern), "{pattern}");
        }
    }
}
