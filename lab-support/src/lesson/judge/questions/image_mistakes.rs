//! Question 5: what is not so of the first image and its labels.

use super::super::findings::Findings;
use super::super::lists::*;
use super::super::read::Sentence;
use super::comparison::CALLED;

pub(super) fn judge(sentences: &[&Sentence], predicted: usize, findings: &mut Findings) {
    // "The label is 96.2 %".
    let share = |s: &&&Sentence| {
        let is = |i: usize| {
            let percent = s.tokens[i].number().is_some_and(|n| n.percent);
            let label = s.tokens[..i].iter().rev().take(3).any(|t| t.is_word("label"));
            percent && label && s.tokens[i - 1].is("is equals")
        };
        (1..s.tokens.len()).any(is)
    };
    if let Some(s) = sentences.iter().find(share) {
        findings.object(s, "what a label is", "`data.test.labels[0]` is one");
    }
    // "Of all images the two are the same", "the probability of Sneaker is the highest".
    let all = |s: &&&Sentence| {
        let each = s.has_phrase("all images|all test images|all 10000 images|every image|all of images")
            || s.tokens.windows(3).any(|w| w[0].is_word("all") && w[1].number().is_some() && w[2].is(IMAGE));
        each && s.says("same equal match correct") && !s.numbers().any(|(_, n)| n.percent || n.decimals > 1)
    };
    let highest = |s: &&&Sentence| {
        s.places("highest largest biggest").into_iter().any(|i| {
            let clause = || s.clause(s.tokens[i].clause);
            let other = (0..10).any(|class| class != predicted && clause().any(|t| t.is(CALLED[class])));
            other && s.tokens[i].asserted() && !clause().any(|t| t.is("second next other than after"))
        })
    };
    let trained = |s: &&&Sentence| {
        ["trained on this", "trained on it", "trained with this", "seen this", "seen it", "learned this"]
            .iter()
            .any(|phrase| s.phrase(phrase).is_some_and(|at| s.tokens[at].asserted()))
    };
    if let Some(s) = sentences.iter().find(|s| all(s) || highest(s) || trained(s)) {
        findings.object(
            s,
            "what the first image shows, and what the network says of it",
            "compare the ten probabilities",
        );
    }
}
