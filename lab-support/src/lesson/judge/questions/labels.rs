//! Which words of an answer to question 5 name a class, and which the label or the prediction.

use super::super::lists::*;
use super::super::read::{Sentence, What};
use super::comparison::{CALLED, PREDICTED};

/// "The largest of the ten scores", "the highest probability".
pub(super) fn is_the_largest(s: &Sentence, i: usize) -> bool {
    let of = "probability score value logit output number one ten class";
    s.tokens[i].is("largest highest biggest maximum") && s.tokens[i + 1..].iter().take(4).any(|t| t.is(of))
}

/// "The highest probability belongs to".
pub(super) fn is_of_a_probability(s: &Sentence, i: usize) -> bool {
    s.tokens[i].is("belongs") && s.tokens[..i].iter().any(|t| t.is("probability score"))
}

/// "the label is", "test labels[0]", "the first image is".
pub(super) fn is_the_label(s: &Sentence, i: usize) -> bool {
    let before = |back: usize, list: List| i >= back && s.tokens[i - back].is(list);
    let token = &s.tokens[i];
    let next = s.tokens.get(i + 1);
    let lately_predicted = s.tokens[..i].iter().rev().take(3).any(|t| t.is(PREDICTED));
    let of_test = s.tokens[i + 1..].iter().take(5).any(|t| t.is(TEST)) && i == 0;
    let in_brackets =
        i > 0 && s.tokens[i - 1].what == What::Break('(') && next.is_some_and(|t| t.number().is_some());
    let equals = next.is_some_and(|t| t.is_sign('=') || t.what == What::Break(':'));
    let label = token.is_word("label")
        && (before(1, "the its test") || equals || of_test || in_brackets)
        && !lately_predicted;
    let labels =
        token.is_word("labels") && (next.is_some_and(|t| t.what == What::Break('[')) || before(1, TEST));
    let subject = s.tokens[..i].iter().all(|t| !t.is(PREDICTED) && t.clause == token.clause);
    let is_image = token.is("is show") && subject && s.tokens[..i].iter().any(|t| t.is(IMAGE));
    label || labels || is_image
}

/// The class that the token at `i` names, by its name or by its label.
pub(super) fn class(s: &Sentence, i: usize) -> Option<usize> {
    let token = &s.tokens[i];
    if let Some(number) = token.number() {
        let label = number.count().filter(|label| *label < 10)?;
        let before = |back: usize| i.checked_sub(back).map(|i| &s.tokens[i]);
        let is_place = before(1).is_some_and(|t| {
            t.is("image picture epoch index notebook predicted")
                && !number.spelled
                && s.tokens.get(i + 1).is_some_and(|t| t.what == What::Break(')'))
                || t.what == What::Break('[')
        });
        let call = before(1).is_some_and(|t| t.what == What::Break('('))
            && before(2).is_some_and(|t| {
                t.is_word("predicted") || t.is_word("get") || t.is_word("row") || t.is_word("confidence")
            });
        let image = before(1).is_some_and(|t| t.is("image picture epoch index"));
        let counts = s.tokens.get(i + 1).is_some_and(|t| {
            t.is(
                "label image class of probability epoch layer number picture test prediction category thing \
     value second cases case times",
            )
        }) || number.spelled && label < 3;
        let sum = s.clause(token.clause).any(|t| t.is("sum"));
        let percent = s.tokens.get(i + 1).is_some_and(|t| t.is_sign('\u{d7}'));
        return (!is_place && !call && !image && !counts && !percent && !sum).then_some(label);
    }
    (0..10).find(|class| token.is(CALLED[*class]))
}
