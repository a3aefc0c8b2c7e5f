//! Question 4: what an epoch is.

use super::super::evidence::Evidence;
use super::super::findings::{Findings, found};
use super::super::lists::*;
use super::super::read::{Sentence, Token, What};
use super::{epoch_mistakes, epoch_numbers};

pub(super) const PASS: List = "pass cycle round run iteration iterate sweep loop go going goes went gone see seen use show shown \
     process present feed fed look walk turn work read once time train visit through traversal \
     learn complete finish cover";
pub(super) const ALL: List = "whole entire complete full all every each total";
/// What an epoch is not.
const LESS: List = "batch minibatch update step layer second minute hour neuron weight image sample picture \
     network accuracy model parameter";

pub(super) fn judge(sentences: &[Sentence], evidence: &Evidence, findings: &mut Findings) {
    let (topic, hint) = (
        "what has happened when an epoch is over",
        "how much of the training set has the network seen by then, and how often?",
    );
    let told = sentences.iter().any(|s| s.has(EPOCH));
    let passes = |s: &Sentence| {
        !s.denied
            && (s.says(PASS) || s.has("until before") && s.has(PASS))
            && all_training_data(s)
            && !halved(s)
    };
    let traces =
        |s: &Sentence| s.has(PASS) && (s.has(ALL) || s.has(DATA) || s.has(IMAGE)) || all_training_data(s);
    findings.fact(found(sentences.iter().any(passes), sentences.iter().any(traces) && told), topic, hint);
    epoch_mistakes::judge(sentences, findings);
    epoch_numbers::judge(sentences, evidence, findings);
}

/// "the whole training set", "all 60,000 images", "each of the images".
fn all_training_data(s: &Sentence) -> bool {
    let data = |t: &Token| t.is(IMAGE) || t.is(DATA) || t.is(BATCH);
    let training = s.has(TRAIN) || !s.has(TEST) && !s.has(VALIDATE);
    let all = |i: usize, t: &Token| {
        let all = t.is(ALL)
            || t.number().is_some_and(|n| n.is(60_000.0) || n.is(55_000.0) || n.percent && n.is(100.0));
        // "a full pass of the network over the training data"
        let passes =
            s.tokens.get(i + 1).is_some_and(|t| t.is(PASS)) && s.has(DATA) && s.has(TRAIN) && !s.has(BATCH);
        let rest = s.tokens[i + 1..].iter().take(6).take_while(|t| {
            !(t.is("weight network layer neuron parameter test testing validation")
                && !(passes && t.is("network")))
                && !matches!(t.what, What::Break(_))
        });
        all && !t.negated && (rest.clone().any(data))
    };
    // "Through the training set", "from the first to the last image".
    let part = "batch part half one single some a 32 test testing validation network";
    let through = |i: usize| {
        let rest = s.tokens[i + 1..].iter().take(4);
        let of =
            rest.clone().position(|t| (t.is(DATA) || t.is("images examples samples pictures")) && !t.negated);
        s.tokens[i].is("through over")
            && of.is_some_and(|of| {
                !s.tokens[i + 1..=i + 1 + of].iter().any(|t| t.is(part) || t.number().is_some())
            })
            && s.has(TRAIN)
    };
    let limit = s.places("until before once when").into_iter().any(|i| {
        let rest = || s.tokens[i + 1..].iter().take(7);
        let last = rest().position(|t| t.is("last"));
        last.is_some_and(|at| rest().skip(at).any(|t| t.is(IMAGE) || t.is(BATCH) || t.is("group")))
    });
    let used_up = s.has(DATA)
        && ["used up", "is exhausted", "is done", "is through"].iter().any(|end| s.has_phrase(end));
    let to_the_last = s.has_phrase("first to last") || s.has_phrase("beginning to end") || limit || used_up;
    let s_has_all = (0..s.tokens.len()).any(through) || to_the_last && (s.has(DATA) || s.has(IMAGE));
    training && (s_has_all || s.tokens.iter().enumerate().any(|(i, t)| all(i, t)))
}

pub(super) fn halved(s: &Sentence) -> bool {
    let skips = ["every second", "every other"].iter().any(|each| s.has_phrase(each));
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
    (is + 1..s.tokens.len())
        .take(8)
        .find(|i| !s.tokens[*i].is(fill) && !s.tokens[*i].number().is_some_and(|n| n.is(1.0)))
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
