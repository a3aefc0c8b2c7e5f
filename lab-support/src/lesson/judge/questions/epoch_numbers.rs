//! The numbers of an answer to question 4: images, batches and steps.

use super::super::evidence::Evidence;
use super::super::findings::Findings;
use super::super::lists::*;
use super::super::read::Sentence;

pub(super) fn judge(sentences: &[Sentence], evidence: &Evidence, findings: &mut Findings) {
    let sizes: Vec<usize> = evidence.runs.iter().map(|run| run.batch_size).chain([32]).collect();
    let ratio = |run: &crate::lesson::run::Run| run.images.div_ceil(run.batch_size.max(1));
    let mut steps: Vec<usize> = evidence.runs.iter().map(ratio).chain([1_875, 1_719]).collect();
    steps.extend(sizes.iter().map(|size| 60_000usize.div_ceil(*size)));
    let claimed = |s: &Sentence, i: usize| s.tokens[i].asserted();
    let batch = |s: &Sentence| {
        s.numbers().any(|(i, n)| {
            let before = |back: usize, list: List| i >= back && s.tokens[i - back].is(list);
            let named = before(2, BATCH) && before(1, "of size has have hold with contains")
                || before(3, BATCH) && before(2, "size") && before(1, "of is was")
                || i > 1 && before(1, "size") && before(2, BATCH)
                || s.is_at(i + 1, "per") && s.is_at(i + 2, BATCH);
            named && claimed(s, i) && n.count().is_some_and(|n| !sizes.contains(&n) && n > 1)
        })
    };
    findings.wrong_where(sentences, batch, "the size of a batch", "the training prints its steps");
    let step = |s: &Sentence| {
        s.numbers().any(|(i, n)| {
            let named = s.is_at(i + 1, STEP)
                || s.is_at(i + 1, BATCH)
                || s.is_at(i + 2, "update step") && s.is_at(i + 1, "weight training gradient optimization");
            let count = n.count().filter(|n| *n > 1);
            let epochs = epochs(s)
                .any(|epochs| count.is_some_and(|n| n % epochs == 0 && steps.contains(&(n / epochs))));
            named
                && claimed(s, i)
                && !n.about
                && count.is_some_and(|n| !steps.contains(&n))
                && !epochs
                && !(n.spelled && n.value < 10.0)
        })
    };
    findings.wrong_where(sentences, step, "how many steps an epoch has", "the training prints them");
    let images = |s: &Sentence| {
        s.numbers().any(|(i, n)| {
            let named = s.is_at(i + 1, "image picture sample example")
                || s.is_at(i + 1, TRAIN) && s.is_at(i + 2, IMAGE);
            let own = n.is_one_of(&[60_000.0, 55_000.0, 70_000.0, 5_000.0, 10_000.0])
                || n.count().is_some_and(|n| sizes.contains(&n) || n <= 50 || n == 28 || n % 60_000 == 0);
            let in_sum = s.tokens[..i].last().is_some_and(|t| t.is_sign('=') || t.is_sign('\u{d7}'));
            named && !in_sum && claimed(s, i) && !own && n.count().is_some_and(|n| n > 100)
        })
    };
    findings.wrong_where(
        sentences,
        images,
        "how many images there are to train with",
        "the training prints them",
    );
}

/// Numbers of epochs.
pub(super) fn epochs(s: &Sentence) -> impl Iterator<Item = usize> {
    s.numbers()
        .filter(|(i, _)| s.is_at(i + 1, EPOCH) || s.is_word_at(i + 1, "of") && s.is_word_at(i + 2, "them"))
        .filter_map(|(_, n)| n.count())
}
