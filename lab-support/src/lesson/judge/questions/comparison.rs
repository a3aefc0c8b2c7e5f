//! Question 5: whether the two labels are said to be the same.

use super::super::findings::{Findings, found};
use super::super::lists::*;
use super::super::read::{Sentence, Token};

pub(super) const ACTUAL: List =
    "actual actually true truth real really correct given belongs reality is expected";

/// How the classes are called, in the order of their labels.
pub(super) const CALLED: [List; 10] = [
    "tshirt top",
    "trouser pants",
    "pullover sweater",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag handbag",
    "ankleboot boot",
];

pub(super) const PREDICTED: List = "predict prediction network model guess classify classifier says said think output argmax max \
     recognize recognise forecast nn believe assign";

pub(super) const STRICT: List =
    "actual actually true truth real really reality given belongs expected solution";

const SAME: List = "same match equal agree agreement right correct correctly identical coincide accurate \
     accurately too also well both consistent hit recognise recognize rightly properly indeed equals corresponds correspond";
const DIFFERENT: List = "differ difference different wrong wrongly mismatch disagree incorrect incorrectly unequal \
     false mistake misclassify misclassified error fail failed deviate unlike contradict";

/// Whether the answer says of both labels what is so.
pub(super) fn judge(sentences: &[&Sentence], equal: bool, named: bool, findings: &mut Findings) {
    let (topic, hint) = ("whether the two are the same", "compare `predicted` with `actual`");
    let (mut same, mut different) = (None, None);
    for s in sentences {
        for (i, token) in s.tokens.iter().enumerate() {
            // "predicted label (9) = actual label (9)"
            let next = s.tokens.get(i + 1);
            let is_symbol = |t: &Token| t.is_word("y") && i > 0 && s.tokens[i - 1].is(PREDICTED);
            let equals =
                token.is_sign('=') && next.is_some_and(|t| t.is(STRICT) || t.is(PREDICTED) || is_symbol(t));
            // "Comparing them gives true".
            let gives = i > 0 && s.tokens[i - 1].is("give gave return print yield");
            let equals = equals || gives && token.is_word("true");
            let (is_same, is_different) = (token.is(SAME) || equals, token.is(DIFFERENT));
            if !(is_same || is_different) || token.supposed || is_filler(s, i) {
                continue;
            }
            let says_same = is_same != token.negated;
            let place = if says_same { &mut same } else { &mut different };
            place.get_or_insert(*s);
        }
    }
    // "That is exactly what it is."
    let what_it_is = |s: &&Sentence| {
        let which = s.phrase("which is").is_some_and(|at| {
            s.tokens[at].asserted()
                && s.tokens[at + 2..].iter().take(3).any(|t| t.is(STRICT))
                && s.has("label class")
        });
        which
            || ["what it is", "what it really is", "what it exactly is", "as label says", "as label is"]
                .iter()
                .any(|phrase| s.phrase(phrase).is_some_and(|at| s.tokens[at].asserted()))
    };
    same = same.or(sentences.iter().copied().find(what_it_is));
    let (expected, opposite) = if equal { (same, different) } else { (different, same) };
    let found = found(expected.is_some(), named);
    match opposite {
        Some(sentence) if expected.is_some() => findings.unclear(topic, sentence.quoted()),
        Some(sentence) => findings.object(sentence, topic, hint),
        _ => findings.fact(found, topic, hint),
    }
}

/// "also called", "correct label", "both" without a class.
fn is_filler(s: &Sentence, i: usize) -> bool {
    let token = &s.tokens[i];
    let next = s.tokens.get(i + 1);
    if token.is_word("both") {
        return !s.tokens.iter().any(|t| {
            CALLED.iter().any(|called| t.is(called)) || t.number().is_some() || t.is("same match label")
        });
    }
    // "Wrong for 11.44 % of the images".
    let share = s.clause(token.clause).any(|t| t.number().is_some_and(|n| n.percent));
    if share && s.clause(token.clause).any(|t| t.is("images cases pictures")) {
        return true;
    }
    if token.is_word("well") {
        return i == 0 || !s.tokens[i - 1].is_word("as");
    }
    if token.is_word("also") || token.is_word("too") {
        return !s.has(ACTUAL) && !s.has(PREDICTED);
    }
    token.is_word("false")
        || token.is_word("error") && !token.negated
        || token.is("correct right") && next.is_some_and(|t| t.is("label class answer"))
        || token.is("mistake mistaken") && s.is_word_at(i + 1, "for")
        || token.is_word("different") && next.is_some_and(|t| t.is("class category"))
}
