//! Which numbers are measurements, and of what.

use super::evidence::Kind;
use super::lists::*;
use super::read::{Number, Sentence, Token};

const ACCURACY: List = "accuracy accurate accuracies measure score correctly result reach performance precision \
     right acc get got give gave achieve";
/// What a share is, when it is a setting and nothing measured.
const SETTINGS: List = "rate lr dropout decay momentum factor alpha beta l2 split label smoothing erase lambda \
     epsilon version size pixel shift rotation rotate";

/// Percent, or a number from 0 to 1 with two digits or more; not a setting, and not in a sum.
pub(super) fn is_claim(s: &Sentence, i: usize, n: &Number, all: bool) -> bool {
    let token = |i: Option<usize>| i.and_then(|i| s.tokens.get(i));
    let before = token(i.checked_sub(1));
    let after = token(Some(i + 1));
    let in_sum =
        |t: Option<&Token>| t.is_some_and(|t| t.is_sign('\u{d7}') || t.is_sign('/') || t.is_sign('+'));
    let setting = s.tokens[i.saturating_sub(3)..i]
        .iter()
        .rev()
        .take_while(|t| t.number().is_none() && !t.is(ACCURACY) && !t.is("have had has"))
        .any(|t| t.is(SETTINGS));
    let measures = s.has(ACCURACY) || s.has(LOSS);
    let loss = n.decimals > 0 && s.tokens[..i].iter().rev().take(8).any(|t| t.is(LOSS))
        || after.is_some_and(|t| t.is(LOSS));
    let named = s.tokens[i.saturating_sub(3)..i].iter().any(|t| t.is("accuracy"))
        && n.value > 20.0
        && n.value <= 100.0
        && !after.is_some_and(|t| t.is(NEURON) || t.is(EPOCH));
    let share = n.percent && n.value <= 100.0 || (n.decimals > 1 && n.value <= 1.0) || loss || named;
    let points = n.value < 12.0
        && after.is_some_and(|t| t.is("percentage point"))
        && s.tokens[i + 1..].iter().take(2).any(|t| t.is("point"));
    // "20 % more epochs" and "increase the neurons by 100 %" are settings.
    let is_changed = n.percent
        && before.is_some_and(|t| t.is_word("by"))
        && s.tokens[i.saturating_sub(3)..i]
            .iter()
            .any(|t| t.is(EPOCH) || t.is(NEURON) || t.is("layer width"));
    let is_more = n.percent
        && after.is_some_and(|t| t.is("more fewer less longer"))
        && s.tokens[i + 1..].iter().take(3).any(|t| t.is(EPOCH) || t.is(NEURON) || t.is("layer data image"));
    (share || points)
        && !is_more
        && !is_changed
        && (measures || all)
        && !in_sum(before)
        && !in_sum(after)
        && (!setting || loss)
        && !s.tokens[i].supposed
}

/// What the number is said to be: the words beside it tell.
pub(super) fn kinds(s: &Sentence, i: usize, own: &[Kind]) -> Vec<Kind> {
    let clause: Vec<&Token> = s.clause(s.tokens[i].clause).collect();
    let in_clause = |list: List| clause.iter().any(|t| t.is(list));
    let before = |list: List| s.tokens[..i].iter().rposition(|t| t.is(list));
    let accuracy: List = "accuracy accuracies accurate";
    let nearest = |list: List| {
        let places =
            s.tokens.iter().enumerate().filter(|(_, t)| t.is(list) && t.clause == s.tokens[i].clause);
        places.map(|(at, _)| at.abs_diff(i)).min().unwrap_or(usize::MAX)
    };
    if nearest(LOSS) < nearest(accuracy) || !in_clause(accuracy) && s.has(LOSS) && !s.has(accuracy) {
        return vec![Kind::Loss];
    }
    // "accuracy 0.86 and loss 0.40 with it, 0.77 and 0.64 without"
    if !in_clause(accuracy) && s.has(LOSS) {
        return [own, &[Kind::Loss]].concat();
    }
    let training: List = "training train trained";
    let trained = before(training)
        .filter(|at| s.tokens[at + 1..].iter().take(2).any(|t| t.is("accuracy set data images")));
    let tested = before(TEST);
    let validated = before(VALIDATE);
    let tests_here = in_clause(TEST) && !in_clause("validation val");
    if in_clause("validation val")
        || !tests_here && validated.is_some() && validated > tested && validated > trained
    {
        return vec![Kind::ValidationAccuracy];
    }
    let train_here = clause.windows(2).any(|w| w[0].is(training) && w[1].is("accuracy set data images"));
    if (trained.is_some() && trained > tested && !in_clause(TEST)) || train_here && !in_clause(TEST) {
        return vec![Kind::TrainAccuracy];
    }
    if in_clause(TEST) || tested > trained && tested.is_some() && own.contains(&Kind::TestAccuracy) {
        return vec![Kind::TestAccuracy];
    }
    // "The gap is bigger (0.9643 and 0.8868)" is one between two sets.
    if s.has("gap") {
        return [own, &[Kind::TrainAccuracy]].concat();
    }
    own.to_vec()
}
