//! The measurements that an answer quotes, each compared with the runs that it can be of.

use std::cmp::Ordering;

use super::evidence::{Evidence, Kind, Measured};
use super::kinds::{is_claim, kinds};
use super::lists::*;
use super::named::{About, Trait, traits};
use super::read::{Fit, Number, Sentence, What};

const OPPOSITES: List = "from than versus against compare instead before originally beyond";

/// A number that is said to be measured.
pub(super) struct Claim<'a> {
    pub sentence: &'a Sentence,
    pub place: usize,
    pub number: &'a Number,
    pub kinds: Vec<Kind>,
    /// It is a share of what went wrong.
    pub errs: bool,
    pub is_one_of_several: bool,
    /// "From 0.88": of what there was before.
    pub is_opposed: bool,
    pub named: Vec<Trait>,
    pub nearest: Vec<Trait>,
    /// Of which network it is, where it is a difference: what is named last before it, but for the baseline.
    pub changed_by: Vec<Trait>,
    pub verdict: Verdict,
    /// It can be of a network other than the baseline, and of no baseline unless another is named.
    pub changed: bool,
    /// Above every test accuracy of the baseline, below all of them, or among them.
    pub beside_baseline: Ordering,
    /// It can be of a network other than the baseline.
    pub can_be_changed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Of a run that the records hold.
    Fits,
    Nearly,
    /// The records hold this value, of another run.
    OfAnother,
    Unknown,
    /// The same, where a sentence has several and it can't be told for certain which is of which.
    Elsewhere,
    /// A difference of two accuracies that the records don't give.
    Difference,
}

/// Every claim of an answer; `own` are the kinds that a number without a name is taken for.
pub(super) fn claims<'a>(
    sentences: &'a [Sentence],
    evidence: &Evidence,
    about: About,
    own: &[Kind],
    all: bool,
) -> Vec<Claim<'a>> {
    let measured = evidence.measured();
    let conv = |s: &Sentence| s.has(CONVOLUTION);
    let mut claims = Vec::new();
    let (mut went_before, mut last_named): (bool, Option<Trait>) = (false, None);
    let mut errs = false;
    // Of a convolutional network, once it is named.
    for s in sentences {
        // "It got 0.9358" goes on about the network of the sentence before.
        let goes_on =
            s.tokens.first().is_some_and(|t| t.is("it this that its these they")) || s.has("latter");
        let with_conv = conv(s) || went_before;
        went_before |= conv(s);
        errs = s.has("misclassify misclassified wrong incorrect") || errs && !s.has("correct right accuracy");
        let before = last_named.take().filter(|_| goes_on);
        last_named = traits(s, about).pop().map(|(_, named)| named);
        if s.denied || s.sourced {
            continue;
        }
        let mut changed_by: Vec<Trait> = Vec::new();
        for mut claim in of_sentence(s, about, own, all) {
            if claim.named.is_empty() && about == About::Networks && !claim.is_opposed {
                claim.named.extend(before.clone());
                claim.nearest.extend(before.clone());
            }
            // "256 neurons had 0.8872, 0.2 points more than the baseline."
            let changes = claim.named.iter().filter(|named| about == About::Networks && !named.is_usual());
            let changes: Vec<Trait> = changes.cloned().collect();
            changed_by = if changes.is_empty() { changed_by } else { changes };
            claim.changed_by.clone_from(&changed_by);
            claim.errs = errs;
            claim.verdict = claim.judged(&measured, with_conv || about != About::Networks);
            claim.changed = claim.is_of_a_changed_network(&measured);
            let fits =
                |m: &&Measured| m.kind == Kind::TestAccuracy && claim.number.fits_share(m.value) == Fit::Yes;
            claim.beside_baseline = claim.beside(&measured);
            claim.can_be_changed = measured.iter().filter(fits).any(|m| !m.network.baseline);
            claims.push(claim);
        }
    }
    claims
}

fn of_sentence<'a>(s: &'a Sentence, about: About, own: &[Kind], all: bool) -> Vec<Claim<'a>> {
    let traits = traits(s, about);
    let places: Vec<usize> = s
        .numbers()
        .filter(|(i, n)| is_claim(s, *i, n, all) && !traits.iter().any(|(at, _)| at == i))
        .map(|(i, _)| i)
        .collect();
    let mut used = 0;
    let mut claims: Vec<Claim> = Vec::new();
    for (order, place) in places.iter().copied().enumerate() {
        let start = if order == 0 { 0 } else { places[order - 1] };
        let opposite = |at: usize| s.tokens[at..place].iter().any(|t| t.is(OPPOSITES));
        let is_opposed = opposite(start.max(place.saturating_sub(5)));
        let is_before = |at: usize| at < place && (order == 0 || at > start) && at >= used;
        // "64 neurons are worse than the baseline (0.8782)" has it of either.
        let in_brackets = place > 0 && s.tokens[place - 1].what == What::Break('(');
        let of_first = in_brackets && is_opposed;
        let pre =
            traits.iter().filter(|(at, _)| is_before(*at) && (of_first || !(is_opposed && opposite(*at))));
        let pre: Vec<&(usize, Trait)> = pre.collect();
        // "After two epochs it was 0.77 without normalizing": when, and of what.
        let says_what = pre.iter().any(|(_, t)| !t.is_a_time()) || about == About::Epochs;
        // "Dropout raised it from 0.86": of no dropout, nor of what is named next.
        let is_taken = is_opposed && traits.iter().any(|(at, _)| is_before(*at) && opposite(*at));
        let end = places.get(order + 1).copied().unwrap_or(s.tokens.len());
        let bracket = s.tokens.get(place + 1).is_some_and(|t| t.what == What::Break('('));
        let last_clause = s.tokens[place].clause + usize::from(bracket);
        let is_behind = |at: usize| at > place && at < end && s.tokens[at].clause <= last_clause;
        let mut named: Vec<&(usize, Trait)> = pre;
        // "To get beyond 0.8856, one can use convolutions": it is of what there was before.
        let followed = s.is_at(place + 1, "with for of by using in");
        if (named.is_empty() || !says_what) && !is_taken && (!is_opposed || bracket || followed) {
            let has_time = !named.is_empty();
            named.extend(traits.iter().filter(|(at, t)| is_behind(*at) && !(has_time && t.is_a_time())));
        }
        if let Some((last, _)) = named.last().filter(|(at, _)| *at > place) {
            used = last + 1;
        }
        let all = about == About::Normalizing;
        let nearest_clause = named.iter().map(|(at, _)| s.tokens[*at].clause).max();
        let nearest = named
            .iter()
            .filter(|(at, _)| all || Some(s.tokens[*at].clause) == nearest_clause)
            .map(|(_, t)| t.clone())
            .collect();
        let mut named: Vec<Trait> = named.into_iter().map(|(_, t)| t.clone()).collect();
        // "With 256 neurons it went from 0.8856 to 0.8872."
        if named.is_empty() && place > 0 && s.tokens[place - 1].is_word("to") && order > 0 {
            named = traits.iter().filter(|(at, _)| *at < places[order - 1]).map(|(_, t)| t.clone()).collect();
        }
        // "32, 64 and 256 neurons reached 0.8741, 0.8782 and 0.8872": each its own, in their order.
        let in_order = order_tells(&traits, &places);
        if in_order {
            named = vec![traits[order].1.clone()];
        }
        let number = s.tokens[place].number().expect("a claim is a number");
        claims.push(Claim {
            sentence: s,
            place,
            number,
            kinds: kinds(s, place, own),
            nearest: match (in_order, of_first) {
                (true, _) => named.clone(),
                (_, true) => named.iter().take(1).cloned().collect(),
                _ => nearest,
            },
            named: if of_first { named.split_off(named.len().saturating_sub(1)) } else { named },
            changed_by: Vec::new(),
            verdict: Verdict::Unknown,
            errs: false,
            is_opposed,
            is_one_of_several: places.len() > 1 || traits.len() > 1,
            changed: false,
            beside_baseline: Ordering::Equal,
            can_be_changed: false,
        });
    }
    claims
}

/// Whether all networks are named before all numbers, so that each number is of the one in its place.
fn order_tells(traits: &[(usize, Trait)], places: &[usize]) -> bool {
    // The numbers stand in a row of their own.
    let in_a_row = places.windows(2).all(|pair| pair[1] - pair[0] < 4);
    let all_before = traits.iter().all(|(at, _)| *at < places[0]);
    places.len() > 1 && traits.len() == places.len() && all_before && in_a_row
}
