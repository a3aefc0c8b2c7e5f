//! Whether a measurement that an answer quotes is that of the run that it names.

use std::cmp::Ordering;

use super::claims::{Claim, Verdict};
use super::evidence::{Kind, Measured};
use super::lists::*;
use super::named::{Trait, is_exactly};
use super::read::Fit;

const DIFFERENCES: List = "gain point difference plus gap improvement spread ahead higher lower pp";

impl Claim<'_> {
    /// Whether it is of raw pixels or of normalized ones, if it says so.
    pub fn is_of_raw(&self) -> Option<bool> {
        self.named.iter().find_map(|named| match named {
            Trait::Raw => Some(true),
            Trait::Normalized => Some(false),
            _ => None,
        })
    }

    pub fn judged(&self, measured: &[Measured], with_conv: bool) -> Verdict {
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
            _ if is_difference => self.difference(measured, with_conv),
            Fit::Nearly => Verdict::Nearly,
            Fit::No if measured.iter().any(|m| fit(m) == Fit::Yes) => {
                // Without the name of a set it may be of another than the test set.
                let names_a_set =
                    self.sentence.has(TEST) || self.sentence.has(TRAIN) || self.sentence.has(VALIDATE);
                match self.is_one_of_several || !names_a_set && !self.fits_no_set(measured) {
                    true => Verdict::Elsewhere,
                    false => Verdict::OfAnother,
                }
            }
            // Where nothing is said of accuracy beside it, it may be no measurement at all.
            Fit::No if self.says_accuracy() => Verdict::Unknown,
            Fit::No => Verdict::Elsewhere,
        }
    }

    /// Whether it is no accuracy of the network that it names, on whatever set.
    fn fits_no_set(&self, measured: &[Measured]) -> bool {
        let of = |m: &&Measured| m.kind != Kind::Loss && self.named.iter().all(|named| named.is_of(m));
        !measured.iter().filter(of).any(|m| self.number.fits_share(m.value) == Fit::Yes)
    }

    pub fn beside(&self, measured: &[Measured]) -> Ordering {
        let share =
            if self.number.percent || self.number.value > 1.0 { 0.01 } else { 1.0 } * self.number.value;
        let of = |m: &&Measured| m.network.baseline && m.kind == Kind::TestAccuracy;
        let mut baseline = measured.iter().filter(of).map(|m| share.total_cmp(&m.value));
        let first = baseline.next().unwrap_or(Ordering::Equal);
        if baseline.all(|other| other == first) { first } else { Ordering::Equal }
    }

    fn says_accuracy(&self) -> bool {
        let measured = "accuracy accurate accuracies measure score correctly reach loss get got give gave achieve had has \
                        have result was were rise rose fall fell raise improve reached";
        let clause = self.sentence.tokens[self.place].clause;
        let near = self.sentence.tokens.iter().filter(|t| t.clause.abs_diff(clause) < 2);
        near.clone().any(|t| t.is(measured)) || !self.named.is_empty()
    }

    pub fn is_of_a_changed_network(&self, measured: &[Measured]) -> bool {
        let mut same = measured
            .iter()
            .filter(|m| m.kind != Kind::Loss && self.kinds.contains(&m.kind))
            .filter(|m| self.number.fits_share(m.value) == Fit::Yes);
        let is_named =
            self.named.iter().any(|named| !named.is_usual()) && !self.named.contains(&Trait::Baseline);
        is_named
            || self.named.iter().all(|named| !named.is_usual())
                && same.clone().next().is_some()
                && same.all(|m| !m.network.baseline)
    }

    /// How far the accuracy of the network that is named and that of the baseline are apart.
    fn difference(&self, measured: &[Measured], with_conv: bool) -> Verdict {
        let of_accuracy = || measured.iter().filter(|m| m.kind != Kind::Loss);
        let of_baseline = || of_accuracy().filter(|m| m.network.baseline);
        // Of a network that is named it is the accuracy that is spoken of.
        let of_conv = self.changed_by.is_empty() && self.sentence.has(CONVOLUTION);
        let is_named = of_conv || !self.changed_by.is_empty();
        let is_meant = |m: &&Measured| {
            let is_of = if of_conv { m.network.convolutions } else { with_conv || !m.network.convolutions };
            is_of
                && (!is_named || self.kinds.contains(&m.kind))
                && self.changed_by.iter().all(|named| named.is_of(m))
        };
        let known = of_accuracy().filter(is_meant).any(|a| {
            of_baseline().filter(|b| a.kind == b.kind).any(|b| {
                let apart = (a.value - b.value).abs();
                self.number.fits(100.0 * apart) == Fit::Yes
                    || self.number.decimals > 1 && self.number.fits(apart) == Fit::Yes
            })
        });
        if known { Verdict::Fits } else { Verdict::Difference }
    }
}
