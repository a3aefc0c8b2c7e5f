//! Numbers that count nothing: years, dates, the numbers of figures and chapters.

use super::super::lists::{List, has_word};
use super::what::{What, word};

/// Words that stand before the number of a thing, which is no count.
const NUMBERED: List = "figure fig section step chapter table notebook task exercise enhancement question \
     page version equation cell lecture week day lesson reference seed layer part lab answer appendix \
     volume rank enhancements tasks";

/// What a number counts even so: "a layer 10 neurons wide".
const COUNTED: List = "neurons neuron units unit nodes node epochs times";

const MONTHS: List = "january february march april may june july august september october november december \
     jan feb mar apr jun jul aug sep sept oct nov dec";

/// Without years, dates and the numbers of figures, steps and chapters.
pub(super) fn without_references(tokens: Vec<What>) -> Vec<What> {
    let mut kept: Vec<What> = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        let near = |j: Option<usize>, words: List| {
            j.and_then(|j| tokens.get(j)).and_then(word).is_some_and(|word| has_word(words, word))
        };
        let is_reference = match token {
            What::Number(number) => {
                let is_year = number.text.len() == 4
                    && number.count().is_some_and(|year| (1950..2036).contains(&year))
                    && !number.text.contains([',', '.']);
                let is_date = near(Some(i + 1), MONTHS) || near(i.checked_sub(1), MONTHS);
                let is_thing = tokens.get(i + 1).and_then(word).is_some_and(|word| has_word(COUNTED, word));
                let is_named =
                    !number.percent && number.value < 100.0 && !is_thing && near(i.checked_sub(1), NUMBERED);
                is_year || is_date && number.value <= 31.0 || is_named || is_enumerator(&tokens, i)
            }
            _ => false,
        };
        if !is_reference {
            kept.push(token.clone());
        }
    }
    kept
}

/// `(1)` before a word, where there is a `(2)`, too.
fn is_enumerator(tokens: &[What], i: usize) -> bool {
    let bracketed = |i: usize, value: f64| {
        let is = matches!(&tokens[i], What::Number(number) if number.value == value && !number.spelled);
        is && i > 0 && tokens[i - 1] == What::Break('(') && tokens.get(i + 1) == Some(&What::Break(')'))
    };
    let has = |value: f64| (0..tokens.len()).any(|i| bracketed(i, value));
    has(1.0) && has(2.0) && (1..7).any(|value| bracketed(i, f64::from(value)))
}
