//! What is said of the measurements that an answer quotes: those that no run has, and those that are compared the wrong
//! way round.

use std::cmp::Ordering;

use super::claims::Claim;
use super::claims::Verdict;
use super::evidence::Kind;
use super::findings::Findings;
use super::lists::*;
use super::read::{Sentence, Token};
use crate::lesson::check::Point;

/// What is said of the claims that don't hold.
pub(super) fn judge(claims: &[Claim], findings: &mut Findings) {
    let topic = "the measured values, as the records of the runs have them";
    let hint = "compare each with what the cells have shown: of which network, which set, accuracy or loss?";
    let worst = claims.iter().find(|claim| matches!(claim.verdict, Verdict::OfAnother | Verdict::Unknown));
    if let Some(claim) = worst {
        let sign = if claim.number.percent { " %" } else { "" };
        let found = format!("{}{sign} in {}", claim.number.text, claim.sentence.quoted());
        findings.points.push(Point::new(false, topic, found, hint));
    } else if let Some(claim) = claims.iter().find(|claim| claim.verdict != Verdict::Fits) {
        let why = match claim.verdict {
            Verdict::Elsewhere => {
                "may be in the records, but perhaps of another run than the one that is meant"
            }
            Verdict::Difference => "may be a difference of measured values",
            _ => "is near a measured value, but not that value rounded",
        };
        findings.unclear(topic, format!("{} {why}", claim.number.text));
    }
    // "Rose to" what is below the baseline, "makes it worse" of what is above it.
    let odd = |claim: &&Claim| {
        let s = claim.sentence;
        let rises = claim.place > 1
            && s.tokens[claim.place - 1].is_word("to")
            && s.tokens[claim.place - 2].is("rise rose improve increase climb grow grew");
        let worse =
            s.tokens.iter().any(|t| t.is("worse hurt harm") && t.asserted()) && !s.has("than but while");
        let of_test = claim.verdict == Verdict::Fits && claim.changed && claim.kinds == [Kind::TestAccuracy];
        let is_single = claims.iter().filter(|other| std::ptr::eq(other.sentence, s)).count() == 1;
        of_test
            && (rises && claim.beside_baseline == Ordering::Less
                || worse && is_single && claim.beside_baseline == Ordering::Greater)
    };
    if let Some(claim) = claims.iter().find(odd) {
        findings.unclear("which values rise, and which fall", claim.sentence.quoted());
    }
    // "It fell from 0.9056 to 0.8856": a change goes from the baseline to what was changed.
    for pair in claims.windows(2) {
        let [from, to] = pair else { continue };
        let s = from.sentence;
        if !std::ptr::eq(s, to.sentence) {
            continue;
        }
        let is_from = from.place > 0 && s.tokens[from.place - 1].is_word("from");
        let is_to = to.place > 0 && s.tokens[to.place - 1].is_word("to");
        let of_test = from.kinds == [Kind::TestAccuracy] && to.kinds == [Kind::TestAccuracy];
        if is_from
            && is_to
            && of_test
            && from.beside_baseline != Ordering::Equal
            && to.beside_baseline == Ordering::Equal
        {
            findings.unclear("which values rise, and which fall", s.quoted());
        }
    }
    for pair in claims.windows(2) {
        if let [from, to] = pair
            && std::ptr::eq(from.sentence, to.sentence)
            && turned(from, to)
        {
            findings.wrong(from.sentence, "which values rise, and which fall", hint);
        }
    }
    if let Some(claim) = claims.iter().find(|claim| {
        claim.sentence.tokens[claim.place].negated
            && !claim.sentence.has("without unlike instead rather hardly")
    }) {
        findings.unclear(topic, claim.sentence.quoted());
    }
}

/// "than 0.88", "than the baseline's 0.88".
fn before_than(s: &Sentence, place: usize) -> bool {
    s.tokens[..place].iter().rev().take(5).any(|t| t.is_word("than"))
}

/// "rose from 0.5 to 0.2", "0.2 is more than 0.5".
fn turned(from: &Claim, to: &Claim) -> bool {
    let s = from.sentence;
    let before = |claim: &Claim, word: &str| claim.place > 0 && s.tokens[claim.place - 1].is_word(word);
    let verbs = s.tokens[..from.place].iter().rev().take(6);
    let rises = verbs.clone().any(|t| t.is("rise rose increase grow grew improve climb raise"));
    let falls = verbs.clone().any(|t| t.is("fall fell decrease drop sink sank reduce decline shrink"));
    // "from 0.5 to 0.2", "to 0.2 from 0.5"
    let (start, end) = if before(from, "to") { (to, from) } else { (from, to) };
    let first_to_last =
        before(start, "from") && s.tokens[..end.place].iter().rev().take(8).any(|t| t.is_word("to"));
    let learned = start.kinds.first() == Some(&Kind::TrainAccuracy) && start.number.value > end.number.value;
    // "0.8782 is better than 0.8856"
    let between = &s.tokens[from.place..to.place];
    let opposed = between.iter().any(|t| t.is("against versus instead"));
    let compares = |list: List| {
        let says = |tokens: &[Token]| tokens.iter().any(|t| t.is(list) && !t.negated);
        before_than(s, to.place) && says(between) || opposed && says(&s.tokens[..from.place])
    };
    let of_accuracy = !from.kinds.contains(&Kind::Loss) && !to.kinds.contains(&Kind::Loss);
    let (less, more) = (from.number.value < to.number.value, from.number.value > to.number.value);
    let compared = of_accuracy
        && (less && compares("higher better more greater larger above")
            || more && compares("lower worse less smaller below"));
    let turned = rises && !falls && end.number.value < start.number.value
        || falls && !rises && (end.number.value > start.number.value || learned);
    compared || first_to_last && turned
}
