//! The measurements that an answer quotes, each compared with the runs that it can be of.

use super::evidence::{Evidence, Kind, Measured};
use super::kinds::{is_claim, kinds};
use super::lists::*;
use super::named::{About, Trait, is_exactly, traits};
use super::read::{Fit, Number, Sentence, What};

const DIFFERENCES: List = "gain point difference plus gap improvement spread ahead higher lower pp";
const OPPOSITES: List = "from than versus against compare instead before originally";

/// A number that is said to be measured.
pub(super) struct Claim<'a> {
    pub sentence: &'a Sentence,
    pub place: usize,
    pub number: &'a Number,
    pub kinds: Vec<Kind>,
    /// It is a share of what went wrong.
    errs: bool,
    is_one_of_several: bool,
    named: Vec<Trait>,
    nearest: Vec<Trait>,
    pub verdict: Verdict,
    /// It can be of a network other than the baseline, and of no baseline unless another is named.
    pub changed: bool,
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
        for mut claim in of_sentence(s, about, own, all) {
            if claim.named.is_empty() && about == About::Networks {
                claim.named.extend(before.clone());
                claim.nearest.extend(before.clone());
            }
            claim.errs = errs;
            claim.verdict = claim.judged(&measured, with_conv || about != About::Networks);
            claim.changed = claim.is_of_a_changed_network(&measured);
            let fits =
                |m: &&Measured| m.kind == Kind::TestAccuracy && claim.number.fits_share(m.value) == Fit::Yes;
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
        // "Dropout raised it from 0.86": of no dropout, nor of what is named next.
        let is_taken = is_opposed && traits.iter().any(|(at, _)| is_before(*at) && opposite(*at));
        let end = places.get(order + 1).copied().unwrap_or(s.tokens.len());
        let bracket = s.tokens.get(place + 1).is_some_and(|t| t.what == What::Break('('));
        let last_clause = s.tokens[place].clause + usize::from(bracket);
        let is_behind = |at: usize| at > place && at < end && s.tokens[at].clause <= last_clause;
        let named = if pre.is_empty() && !is_taken {
            traits.iter().filter(|(at, _)| is_behind(*at)).collect()
        } else {
            pre
        };
        if let Some((last, _)) = named.last().filter(|(at, _)| *at > place) {
            used = last + 1;
        }
        let nearest_clause = named.iter().map(|(at, _)| s.tokens[*at].clause).max();
        let nearest = named
            .iter()
            .filter(|(at, _)| Some(s.tokens[*at].clause) == nearest_clause)
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
            verdict: Verdict::Unknown,
            errs: false,
            is_one_of_several: places.len() > 1 || traits.len() > 1,
            changed: false,
            can_be_changed: false,
        });
    }
    claims
}

impl Claim<'_> {
    fn judged(&self, measured: &[Measured], with_conv: bool) -> Verdict {
        let fit = |m: &Measured| match m.kind {
            Kind::Loss => self.number.fits(m.value),
            _ if self.errs && self.number.percent && self.number.value < 50.0 => {
                self.number.fits_share(1.0 - m.value)
            }
            _ => self.number.fits_share(m.value),
        };
        let of_kind: Vec<&Measured> = measured.iter().filter(|m| self.kinds.contains(&m.kind)).collect();
        let best = |named: &[Trait]| {
            let named: Vec<&Trait> = named.iter().collect();
            let can_be = |m: &&&Measured| {
                named.iter().all(|named| named.is_of(m)) && (with_conv || !m.network.convolutions)
            };
            let fitting: Vec<&&Measured> = of_kind.iter().filter(can_be).collect();
            let exact: Vec<&&&Measured> = fitting
                .iter()
                .filter(|m| {
                    named.iter().any(|named| named.is_of_a_network()) && is_exactly(&m.network, &named)
                })
                .collect();
            let strict = exact.iter().map(|m| fit(m)).max();
            let any = fitting.iter().map(|m| fit(m)).max();
            strict.or(any).unwrap_or(Fit::No)
        };
        let is_difference = self.sentence.tokens[self.place + 1..].iter().take(2).any(|t| t.is(DIFFERENCES))
            || self.sentence.has("point") && self.number.value < 12.0
            || self.number.value < if self.number.percent { 12.0 } else { 0.1 } && self.kinds != [Kind::Loss];
        match best(&self.named).max(best(&self.nearest)) {
            Fit::Yes => Verdict::Fits,
            _ if is_difference => self.difference(measured),
            Fit::Nearly => Verdict::Nearly,
            Fit::No if measured.iter().any(|m| fit(m) == Fit::Yes) => match self.is_one_of_several {
                true => Verdict::Elsewhere,
                false => Verdict::OfAnother,
            },
            Fit::No => Verdict::Unknown,
        }
    }

    fn is_of_a_changed_network(&self, measured: &[Measured]) -> bool {
        let usual = |named: &Trait| matches!(named, Trait::Baseline | Trait::Width(128) | Trait::Epochs(10));
        let mut same = measured
            .iter()
            .filter(|m| m.kind == Kind::TestAccuracy && self.number.fits_share(m.value) == Fit::Yes);
        let is_named = self.named.iter().any(|named| !usual(named)) && !self.named.contains(&Trait::Baseline);
        is_named
            || self.named.iter().all(|named| !usual(named))
                && same.clone().next().is_some()
                && same.all(|m| !m.network.baseline)
    }

    /// How far two test accuracies are apart.
    fn difference(&self, measured: &[Measured]) -> Verdict {
        let of_accuracy = || measured.iter().filter(|m| m.kind != Kind::Loss);
        let known = of_accuracy().any(|a| {
            of_accuracy().filter(|b| b.network.baseline && a.kind == b.kind).any(|b| {
                let apart = (a.value - b.value).abs();
                self.number.fits(100.0 * apart) == Fit::Yes
                    || self.number.decimals > 1 && self.number.fits(apart) == Fit::Yes
            })
        });
        if known { Verdict::Fits } else { Verdict::Difference }
    }
}

/// Whether all networks are named before all numbers, so that each number is of the one in its place.
fn order_tells(traits: &[(usize, Trait)], places: &[usize]) -> bool {
    places.len() > 1 && traits.len() == places.len() && traits.iter().all(|(at, _)| *at < places[0])
}
