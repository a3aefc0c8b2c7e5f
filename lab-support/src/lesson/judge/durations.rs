//! How long trainings are said to have taken.

use super::evidence::Evidence;
use super::findings::Findings;
use super::read::{Fit, Number, Sentence};

const UNITS: &[(&str, f64)] = &[
    ("second", 1.0),
    ("sec", 1.0),
    ("s", 1.0),
    ("millisecond", 0.001),
    ("ms", 0.001),
    ("minute", 60.0),
    ("min", 60.0),
    ("hour", 3600.0),
];
const TRAINED: &str = "train training learn epoch network model neuron normalize normalization with without it each took take run";
const ELSE: &str =
    "download load read unpack compile start install predict plot open write video lecture would could";

/// A time that no run has taken, nor one of its epochs, is left to a reader: not everything that takes time is recorded.
pub(super) fn judge(sentences: &[Sentence], evidence: &Evidence, findings: &mut Findings) {
    let known: Vec<f64> =
        evidence.runs.iter().flat_map(|run| [run.seconds, run.seconds / run.epochs.max(1) as f64]).collect();
    for s in sentences.iter().filter(|s| !s.denied && !s.sourced && s.has(TRAINED) && !s.has(ELSE)) {
        let unit = |i: usize| {
            let next = s.tokens.get(i + 1)?;
            UNITS.iter().find(|(word, _)| next.is(word)).map(|(_, seconds)| *seconds)
        };
        let odd = |(i, number): &(usize, &Number)| {
            let fits = |unit: f64| known.iter().any(|seconds| number.fits(seconds / unit) == Fit::Yes);
            s.tokens[*i].asserted() && !number.about && unit(*i).is_some_and(|unit| !fits(unit))
        };
        if let Some((_, number)) = s.numbers().find(odd) {
            findings.unclear(
                "how long a training took",
                format!("no record has {}: {}", number.text, s.quoted()),
            );
        }
    }
}
