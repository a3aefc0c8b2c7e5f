//! How an epoch is spoken of.

use super::super::lists::*;
use super::super::read::{Sentence, Token, What};

pub(super) const PASS: List = "pass cycle round run iteration iterate sweep loop go going goes went gone see seen use show shown \
     process present feed fed look walk turn work read once time train visit through traversal \
     learn complete finish cover";
pub(super) const ALL: List = "whole entire complete full all every each total";
/// What an epoch is not.
const LESS: List = "batch minibatch update step layer second minute hour neuron weight image sample picture \
     network accuracy model parameter";

pub(super) fn halved(s: &Sentence) -> bool {
    let skips = s.has_phrase("every second|every other");
    let part = |t: &Token| {
        let words = ["half", "quarter", "third", "tenth", "part", "portion", "fraction", "subset", "some"];
        !t.negated && words.iter().any(|word| t.is_word(word))
    };
    skips || s.tokens.iter().any(part)
}

/// Where the noun stands that an epoch is said to be.
pub(super) fn defined(s: &Sentence) -> Option<usize> {
    let epoch = s.places(EPOCH).into_iter().next()?;
    // "Too many epochs: overfitting" defines nothing.
    let one = |t: &Token| {
        !t.is("few many more several") && !t.is_word("of") && t.number().is_none_or(|n| n.is(1.0))
    };
    if !epoch.checked_sub(1).is_none_or(|before| one(&s.tokens[before])) {
        return None;
    }
    noun_behind(s, epoch)
}

/// The noun that what stands at `subject` is said to be.
pub(super) fn noun_behind(s: &Sentence, subject: usize) -> Option<usize> {
    let is = (subject + 1..(subject + 4).min(s.tokens.len())).find(|i| {
        let t = &s.tokens[*i];
        t.is("is are mean equal refers describe denote") || t.is_sign('=') || t.what == What::Break(':')
    })?;
    if s.tokens[is].negated {
        return None;
    }
    let fill = "a an the just only single simply to exactly when that basically called number of amount meaning definition";
    let noun = (is + 1..s.tokens.len())
        .take(8)
        .find(|i| !s.tokens[*i].is(fill) && !s.tokens[*i].number().is_some_and(|n| n.is(1.0)))?;
    // "One training step".
    let is_of_training = s.tokens[noun].is("training optimizer optimization optimisation gradient learning");
    Some(if is_of_training && s.is_at(noun + 1, "step update batch minibatch") { noun + 1 } else { noun })
}

/// "In other words, it is a single step": the word that stands for the epoch.
pub(super) fn pronoun(s: &Sentence) -> Option<usize> {
    let starts = |i: usize| i == 0 || matches!(s.tokens[i - 1].what, What::Break(_));
    (0..s.tokens.len().min(6)).find(|i| {
        let next = s.tokens.get(i + 1).is_some_and(|t| t.is_word("is") || t.is_word("means"));
        s.tokens[*i].is_word("it") && starts(*i) && next
    })
}

pub(super) fn is_less(s: &Sentence, i: usize) -> bool {
    let counted = s.tokens[..i].iter().rev().take(4).any(|t| t.is_word("number") || t.is_word("amount"));
    let token = &s.tokens[i];
    // "An epoch is a network that ..."
    let is_thing = token.is("network model layer") && i > 0 && s.tokens[i - 1].is("a an") && !token.negated;
    if is_thing {
        return true;
    }
    let of_all = s.tokens[i + 1..].iter().take(3).any(|t| t.is("over through")) && token.is("step");
    token.is(LESS)
        && !token.negated
        && !of_all
        && (!counted || token.is("layer neuron weight image parameter"))
        && !passes_after_subject(s, i)
}

/// "when the model sees all the training data".
fn passes_after_subject(s: &Sentence, i: usize) -> bool {
    s.tokens[i].is("model network") && s.tokens[i + 1..].iter().take(6).any(|t| t.is(PASS))
}
