//! Question 4: what an epoch is.

use super::super::evidence::Evidence;
use super::super::findings::{Findings, found};
use super::super::lists::*;
use super::super::read::{Sentence, Token, What};
use super::epoch_words::{ALL, PASS, halved};
use super::{epoch_mistakes, epoch_numbers};

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
        let passes = s.is_at(i + 1, PASS) && s.has(DATA) && s.has(TRAIN) && !s.has(BATCH);
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
    let used_up = s.has(DATA) && s.has_phrase("used up|is exhausted|is done|is through");
    let to_the_last = s.has_phrase("first to last|beginning to end") || limit || used_up;
    let s_has_all = (0..s.tokens.len()).any(through) || to_the_last && (s.has(DATA) || s.has(IMAGE));
    training && (s_has_all || s.tokens.iter().enumerate().any(|(i, t)| all(i, t)))
}
