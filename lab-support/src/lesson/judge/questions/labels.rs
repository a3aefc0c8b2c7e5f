//! Which words of an answer to question 5 name a class, and which the label or the prediction.

use super::super::lists::*;
use super::super::read::{Sentence, What};
use super::comparison::{CALLED, PREDICTED, STRICT};

/// "The largest of the ten scores", "the highest probability".
pub(super) fn is_the_largest(s: &Sentence, i: usize) -> bool {
    let of = "them probability score value logit output number one ten class";
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
    let lately = s.tokens[..i].iter().rev().take(3).take_while(|t| !t.is_word("and"));
    let lately_predicted = lately.clone().any(|t| t.is(PREDICTED));
    let of_test = s.tokens[i + 1..].iter().take(5).any(|t| t.is(TEST)) && i == 0;
    // "Prediction: Ankle boot (label 9)" has the label's number in brackets.
    let in_brackets = !s.tokens[..i].iter().any(|t| t.is(PREDICTED) || t.is(STRICT))
        && i > 0
        && s.tokens[i - 1].what == What::Break('(')
        && next.is_some_and(|t| t.number().is_some());
    let equals = next.is_some_and(|t| t.is_sign('=') || t.what == What::Break(':'));
    // "Between prediction and label".
    let beside = before(1, "and") && s.tokens[..i].iter().any(|t| t.is("prediction predicted"));
    let label = token.is_word("label")
        && (beside || before(1, "the its test") || equals || of_test || in_brackets)
        && !lately_predicted;
    // "Label in the dataset: Ankle boot."
    let rest = || s.tokens[i + 1..].iter().take(4);
    let in_data = token.is_word("label")
        && rest().next().is_some_and(|t| t.is("in of from"))
        && rest().any(|t| t.is(DATA) || t.is("file test"))
        && !lately_predicted;
    // "The data set contains", "the data say".
    let of_data = token.is("dataset data") && next.is_some_and(|t| t.is("contain say give list"));
    // "An ankle boot it is."
    let it_is = token.is_word("it")
        && next.is_some_and(|t| t.is_word("is"))
        && s.tokens.get(i + 2).is_none_or(|t| matches!(t.what, What::Break(_)))
        && i > 0
        && class(s, i - 1).is_some();
    let labels = in_data
        || it_is
        || of_data
        || token.is_word("labels")
            && (next.is_some_and(|t| t.what == What::Break('[')) || before(1, TEST) || before(1, "the of"));
    let subject = s.tokens[..i].iter().all(|t| !t.is(PREDICTED) && t.clause == token.clause);
    let is_image = token.is("is show") && subject && s.tokens[..i].iter().any(|t| t.is(IMAGE));
    // y beside its estimate.
    let symbol = token.is_word("y") && equals && s.has(PREDICTED);
    symbol || label || labels || is_image
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
