//! The probabilities and the accuracy that an answer to question 5 quotes.

use super::super::evidence::{Evidence, Kind};
use super::super::findings::Findings;
use super::super::read::{Fit, Number, Sentence};
use super::comparison::CALLED;

pub(super) fn judge(sentences: &[Sentence], evidence: &Evidence, findings: &mut Findings) {
    let Some(image) = &evidence.first_image else { return };
    let topic = "the measured values, as the notebook has printed them";
    let hint = "the ten probabilities are the network's, the accuracy is that of the whole test set";
    for s in sentences.iter().filter(|s| !s.denied && !s.sourced) {
        for (i, number) in s.numbers().filter(|(i, n)| is_share(n) && !s.tokens[*i].supposed) {
            let whole = s.has("accuracy")
                && !s.clause(s.tokens[i].clause).any(|t| t.is("probability confidence sure"))
                || s.tokens[i + 1..].iter().take(4).any(|t| t.is_word("images")) && s.is_word_at(i + 1, "of")
                || s.has("whole overall entire 10000")
                || s.tokens.windows(2).any(|w| w[0].is_word("all") && w[1].is("test image 10"))
                || s.numbers().any(|(_, n)| n.is(10_000.0));
            // "The first of the 10,000 test images: an ankle boot with 96 %".
            let of_first =
                s.has("first") && class_beside(s, i).is_some() && !s.has("accuracy whole overall entire");
            let fit = if whole && !of_first {
                let tested = evidence
                    .measured()
                    .into_iter()
                    .filter(|m| m.kind == Kind::TestAccuracy && !m.network.convolutions);
                let errs = s.has("not wrong error misclassify misclassified incorrect");
                let share = |value: f64| {
                    if errs {
                        number.fits_share(1.0 - value).max(number.fits_share(value))
                    } else {
                        number.fits_share(value)
                    }
                };
                tested.map(|m| share(m.value)).max().unwrap_or(Fit::No)
            } else {
                let class = class_beside(s, i).unwrap_or(image.predicted());
                // "The others are below 4 %."
                let others = number.bound == Some(std::cmp::Ordering::Less) && s.has("other rest remaining");
                let bound = if number.percent { 0.01 } else { 1.0 } * number.value;
                let below = |(of, p): (usize, &f32)| of == image.predicted() || f64::from(*p) < bound;
                if others && image.probabilities.iter().enumerate().all(below) {
                    continue;
                }
                number.fits_share(f64::from(image.probabilities[class]))
            };
            match fit {
                Fit::Yes => (),
                Fit::Nearly => findings.unclear(
                    topic,
                    format!("{} is near a measured value, but not that value rounded", number.text),
                ),
                Fit::No if number.percent || s.has("probability confidence sure certain accuracy") => {
                    findings.wrong(s, topic, hint);
                }
                Fit::No => findings.unclear(topic, s.quoted()),
            }
        }
    }
}

fn is_share(n: &Number) -> bool {
    n.percent || n.decimals > 1 && n.value <= 1.0
}

/// The class whose name is nearest, in the same clause if there is one.
fn class_beside(s: &Sentence, i: usize) -> Option<usize> {
    let clause = s.tokens[i].clause;
    let names = s.tokens.iter().enumerate().filter_map(|(at, t)| {
        let label = t.number().and_then(|n| n.count()).filter(|n| *n < 10);
        let label = label.filter(|_| at > 0 && s.tokens[at - 1].is("class label"));
        Some((at, t.clause, label.or((0..10).find(|class| t.is(CALLED[*class])))?))
    });
    let names: Vec<(usize, usize, usize)> = names.collect();
    // "Sneaker or Sandal got a bit (3.7 % and 0.1 %)": one share for each name, in their order.
    let shares: Vec<usize> = s.numbers().filter(|(_, n)| is_share(n)).map(|(at, _)| at).collect();
    let in_order =
        names.len() > 1 && shares.len() == names.len() && names.iter().all(|(at, _, _)| *at < shares[0]);
    if let Some(order) = shares.iter().position(|at| *at == i).filter(|_| in_order) {
        return Some(names[order].2);
    }
    let nearest = names
        .iter()
        .filter(|(_, c, _)| c.abs_diff(clause) <= 1)
        .min_by_key(|(at, c, _)| at.abs_diff(i) + 3 * c.abs_diff(clause));
    nearest.map(|(_, _, class)| *class)
}
