//! Question 2: why pixels are normalized.

use super::super::claims::Claim;
use super::super::claims::Verdict;
use super::super::findings::{Findings, found};
use super::super::lists::*;
use super::super::read::{Sentence, Token, What};
use super::reasons::{self, is, odd_deed, range, says_number};

const DIVIDE: List = "divide division scale rescale quotient map bring turn transform convert shrink normalize \
     normalise change";
const GOOD: List = "fast faster quick quicker quickly stable stabler stably stability stabilize stabilise smooth \
     smoother smoothly easy easier easily better efficient efficiently reliable reliably converge \
     convergence speed accelerate soon sooner help improve steady steadier steadily suit suitable \
     sensible reasonable effective effectively well balanced conditioned fewer good comparable \
     moderate consistent uniform equal equally similar common small";
const BAD: List = "explode vanish overshoot diverge unstable instable huge enormous dominate slow slower slowly \
     worse crawl jump wild wildly outweigh saturate bad badly difficult hard harder zigzag \
     oscillate large larger big bigger stuck erratic chaotic shaky unreliable";
/// Effects that nobody wants, whatever has them.
const WORST: List =
    "explode vanish overshoot diverge unstable instable slow slower slowly worse oscillate crawl";
/// What those come from when they do not come from normalizing.
const CAUSES: List = "without raw unnormalized unnormalised unscaled large larger big bigger huge high otherwise \
     too not no prevent avoid instead different original never reduce risk enormous up dominate \
     less wide hundred if";
const TRAINING: List = "train training learn learning network model converge convergence gradient optimizer \
     optimiser optimize optimization optimisation descent update step weight loss input feature \
     sum activation algorithm";

const NORMALIZING: List =
    "normalization normalisation normalizing normalising scaling rescaling dividing division";
/// What normalizing can be said to do.
const NORMALIZES: List = "is was mean make help bring divide scale map put keep turn transform convert prevent improve speed let \
     allow give ensure reduce avoid change do lead result has get accelerate stabilize stabilise ease simplify rescale \
     shrink limit squeeze move set range enable guarantee yield produce provide facilitate serve refer describe work \
     take increase decrease lower raise balance equalize equalise protect support cause cost lose leave place matter \
     does goes adjust affect remain start pay come need solve cure fix remove save squash compress";

pub(super) fn judge(sentences: &[Sentence], claims: &[Claim], findings: &mut Findings) {
    what_is_done(sentences, findings);
    effect(sentences, claims, findings);
    reasons::judge(sentences, findings);
}

fn what_is_done(sentences: &[Sentence], findings: &mut Findings) {
    let (topic, hint) =
        ("what is done with the values of the pixels", "compare their range before and after");
    let divided = |s: &Sentence| {
        s.says(DIVIDE) && says_number(s, 255.0) && !s.has("between") || divisors(s).any(|(_, by)| by == 255.0)
    };
    let scaled = |s: &Sentence| range(s, 1.0).is_some_and(|i| !s.tokens[i].negated);
    let unit = |s: &Sentence| s.has_phrase("unit interval|unit range|most 1");
    // "255 becomes 1"
    let becomes = |s: &Sentence| s.says("become becomes map") && says_number(s, 255.0) && says_number(s, 1.0);
    let said = sentences.iter().any(|s| !s.denied && (divided(s) || scaled(s) || unit(s) || becomes(s)));
    let traces =
        sentences.iter().any(|s| s.numbers().any(|(_, n)| n.is(255.0)) || s.has("divide scale rescale"));
    findings.fact(found(said, traces), topic, hint);
    let other = |s: &Sentence| divisors(s).any(|(i, by)| by != 255.0 && s.tokens[i].asserted());
    findings.wrong_where(sentences, other, topic, hint);
    let turned = |s: &Sentence| {
        let back = range(s, 1.0).is_some_and(|i| s.tokens[i].negated)
            && range(s, 255.0).is_some_and(|i| !s.tokens[i].negated);
        back && s.has("instead rather") || s.says("multiply multiplication") && says_number(s, 255.0)
    };
    findings.wrong_where(sentences, turned, topic, hint);
    let below_zero = |s: &Sentence| {
        let ends = |w: &[Token]| {
            w[0].is_sign('-')
                && is(&w[1], 1.0)
                && (w[2].is_word("and") || w[2].is_word("to") || w[2].what == What::Break(','))
                && !w[1].negated
        };
        let is_span = |i: usize| i > 0 && s.tokens[i - 1].number().is_some();
        s.tokens.windows(3).enumerate().any(|(i, w)| ends(w) && !w[1].supposed && !is_span(i))
    };
    findings.wrong_where(sentences, below_zero, topic, hint);
    // "They lie between 0 and 1, and we bring them to 0 to 255."
    let back = |s: &Sentence| {
        let (Some(one), Some(all)) = (range(s, 1.0), range(s, 255.0)) else { return false };
        let to = all > 0 && s.tokens[all - 1].is("to into");
        one < all && to && !s.tokens[..one].iter().any(|t| t.is("to into"))
    };
    findings.wrong_where(sentences, back, topic, hint);
    // "Divided so that they are between 0 and 255."
    let same_range = |s: &Sentence| {
        let divided = s.places("divide normalize normalise").into_iter().next().unwrap_or(0);
        let result = s.places("so become get into").into_iter().find(|at| *at > divided);
        let all = range(s, 255.0);
        s.says("divide normalize normalise")
            && range(s, 1.0).is_none()
            && matches!((result, all), (Some(at), Some(all)) if at < all)
    };
    findings.wrong_where(sentences, same_range, topic, hint);
    let late = |s: &Sentence| {
        s.phrase("after training").is_some_and(|at| {
            s.tokens[at.saturating_sub(2)..at].iter().any(|t| t.is("normalize normalise divide scale"))
        })
    };
    findings.wrong_where(sentences, late, "when the pixels are normalized", "where does the notebook do it?");
    findings.unclear_where(sentences, |s| odd_deed(s, NORMALIZING, NORMALIZES), topic);
    let standardized = |s: &Sentence| {
        let other = |t: &Token| t.is("deviation variance standardize standardise") && t.asserted();
        s.tokens.iter().any(other) && !s.has("instead") || s.has_phrase("zero mean")
    };
    findings.unclear_where(sentences, standardized, topic);
}

fn effect(sentences: &[Sentence], claims: &[Claim], findings: &mut Findings) {
    let (topic, hint) =
        ("what that does for the training", "compare the losses of the two runs of the notebook");
    let good = |s: &Sentence| {
        let of = |i: usize, t: &Token| t.is(GOOD) && !t.negated && !is_turned(s, i);
        s.tokens.iter().enumerate().any(|(i, t)| of(i, t)) && s.has(TRAINING)
    };
    let bad_without = |s: &Sentence| {
        let prevented = s.tokens.iter().any(|t| t.is(BAD) && t.negated);
        // "It can learn without it, but not as fast."
        let not_good = s.tokens.iter().any(|t| t.is(GOOD) && t.negated) && s.has("without raw unnormalized");
        (prevented || not_good || s.has(BAD) && s.has(CAUSES)) && s.has(TRAINING)
    };
    let rate = |s: &Sentence| s.has_phrase("learning rate") && s.says("suit size fit made make work match");
    let said = sentences.iter().any(|s| !s.denied && (good(s) || bad_without(s) || rate(s)));
    // Measured both with and without it.
    let of = |raw: bool| {
        claims.iter().any(|claim| claim.verdict == Verdict::Fits && claim.is_of_raw() == Some(raw))
    };
    let said = said || of(true) && of(false);
    let traces = sentences.iter().any(|s| s.has(GOOD) || s.has(BAD) || s.has("possible important necessary"));
    findings.fact(found(said, traces), topic, hint);
    let is_about_it = |s: &Sentence| {
        let with = s.has_phrase("with them|with it|with that");
        with || s.tokens.first().is_some_and(|t| t.is("this it that which"))
    };
    let turned = |s: &Sentence| {
        let worse = s
            .tokens
            .iter()
            .enumerate()
            .any(|(i, t)| t.is(WORST) && !t.negated || t.is(GOOD) && is_less(s, i));
        let scaled = range(s, 1.0).is_some_and(|i| !s.tokens[i].negated)
            || s.says("normalize normalise normalization divide small")
            || is_about_it(s);
        worse && scaled && !s.has(CAUSES)
    };
    findings.wrong_where(sentences, turned, topic, hint);
    // "It makes the gradients larger".
    let enlarged = |s: &Sentence| {
        let grows = |i: usize| {
            let before = &s.tokens[i.saturating_sub(8)..i];
            s.tokens[i].is("larger bigger greater")
                && !s.tokens[i].negated
                && before.iter().any(|t| t.is("gradient update step sum"))
                && before.iter().any(|t| t.is("become make get grow"))
        };
        let small = range(s, 1.0).is_some_and(|i| !s.tokens[i].negated)
            || s.says("normalize normalise normalization divide")
            || is_about_it(s);
        (0..s.tokens.len()).any(grows) && small && !s.has("without raw unnormalized instead otherwise not")
    };
    findings.wrong_where(sentences, enlarged, topic, hint);
    let no_difference = |s: &Sentence| {
        let says = |phrase: &str| s.phrase(phrase).is_some();
        (says("no difference") || says("not matter"))
            && s.has(TRAINING)
            && !s.has("image picture information content")
    };
    findings.wrong_where(sentences, no_difference, topic, hint);
    let slower = |s: &Sentence| {
        s.tokens.iter().enumerate().any(|(i, t)| t.is(GOOD) && is_less(s, i) && !t.negated)
            && !s.has("without raw if")
            && !s.has_phrase("not dividing|not normalizing|not scaling")
    };
    findings.unclear_where(sentences, slower, topic);
    let strong = "fast faster converge stable help improve better easier quicker";
    let not = |s: &Sentence| {
        !s.has("without raw prevent avoid unlike hardly")
            && s.denies(strong)
            && !s.has("if otherwise unnormalized would")
    };
    // Of raw pixels, named before it is denied.
    let is_raw = |s: &Sentence| {
        let place = s.tokens.iter().position(|t| t.is(strong) && t.negated).unwrap_or(0);
        let before = &s.tokens[..place];
        let raw = before.iter().any(|t| is(t, 255.0)) && range(s, 1.0).is_none() && !s.says("divide");
        raw || before.iter().any(|t| t.is("large big huge"))
    };
    findings.wrong_where(sentences, |s| not(s) && !is_raw(s), topic, hint);
    findings.unclear_where(sentences, |s| s.denied, topic);
}

/// "less stable", "not faster".
fn is_turned(s: &Sentence, i: usize) -> bool {
    is_less(s, i) || s.tokens[i].negated
}

fn is_less(s: &Sentence, i: usize) -> bool {
    i > 0 && s.tokens[i - 1].is("less worse")
}

/// What something is divided by.
fn divisors(s: &Sentence) -> impl Iterator<Item = (usize, f64)> {
    s.numbers().filter_map(|(i, n)| {
        let before = &s.tokens[..i];
        let sign = before.last().is_some_and(|t| t.is_sign('/')) && i > 1 && s.tokens[i - 2].word().is_some();
        let words: Vec<&Token> = before.iter().rev().take(5).take_while(|t| t.number().is_none()).collect();
        let by = words.iter().position(|t| t.is_word("by") || t.is_word("through"));
        let verb = words.iter().position(|t| t.is("divide division dividing"));
        let named = match (by, verb) {
            (Some(by), Some(verb)) => by < verb,
            (None, Some(verb)) => verb == 0,
            _ => false,
        };
        (sign || named).then_some((i, n.value))
    })
}
