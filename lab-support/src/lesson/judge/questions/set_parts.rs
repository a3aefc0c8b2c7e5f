//! Question 1: how many images the two parts of the data set have.

use super::super::findings::{Findings, found};
use super::super::lists::*;
use super::super::read::{Sentence, Token, What};
use super::counts::{Part, parts};

pub(super) fn judge(sentences: &[Sentence], findings: &mut Findings) {
    let counted: Vec<_> =
        sentences.iter().flat_map(|s| parts(s).into_iter().map(move |part| (s, part))).collect();
    let hint = "the data shows both parts, and how many images each has";
    for (part, own, topic) in [
        (Part::Train, 60_000, "how many images there are to train with"),
        (Part::Test, 10_000, "how many images there are to test with"),
    ] {
        // "60,000 samples, and 10,000 more for the test".
        let more = |(s, (count, _, _)): &(&Sentence, (usize, Part, bool))| {
            *count == own
                && own == 60_000
                && of_rest(s)
                && !s.denied
                && sentences.iter().any(|s| s.has(TRAIN))
        };
        let of_it = || counted.iter().filter(|(_, (_, found, _))| *found == part);
        let said =
            of_it().any(|(_, (count, _, negated))| *count == own && !negated) || counted.iter().any(more);
        let both = |s: &Sentence| has_both(s) && !s.has(TRAIN) && !s.has(TEST) && !s.denied;
        // "70,000, of which 10,000 are for testing"
        let all = sentences.iter().any(|s| s.numbers().any(|(_, n)| n.is(70_000.0)));
        let unbound = all || counted.iter().any(|(_, (count, _, _))| *count == own);
        findings.fact(found(said || sentences.iter().any(both), unbound), topic, hint);
        let is_other = |count: usize, s: &Sentence| {
            count != own && !(s.has(VALIDATE) && [55_000, 5_000].contains(&count))
        };
        let is_rest = |s: &Sentence, count: usize| {
            count == 60_000
                && own == 10_000
                && counted.iter().any(|one| std::ptr::eq(one.0, s) && one.1.0 == 60_000 && of_rest(s))
        };
        if let Some((sentence, _)) =
            of_it().find(|(s, (count, _, negated))| !negated && is_other(*count, s) && !is_rest(s, *count))
        {
            match said {
                true => findings.unclear(topic, sentence.quoted()),
                false => findings.object(sentence, topic, hint),
            }
        }
    }
    let odd = |s: &Sentence| {
        s.numbers().any(|(i, n)| {
            let images = s.tokens[i + 1..]
                .iter()
                .take(3)
                .take_while(|t| t.number().is_none())
                .any(|t| t.is("image picture photo"));
            let all = s.has_phrase("in total") || s.has("altogether overall total");
            let known = [60_000, 10_000, 70_000, 6_000, 1_000, 7_000, 55_000, 5_000, 784];
            let count = n.count().filter(|count| *count >= 500);
            (images || all && count.is_some_and(|n| n > 10_000))
                && s.tokens[i].asserted()
                && count.is_some_and(|count| !known.contains(&count) && count < 2_000_000)
        }) && !s.has("pixel value byte")
    };
    findings.unclear_where(sentences, odd, "how many images there are");
    let known = [60_000, 10_000, 70_000, 6_000, 1_000, 7_000, 55_000, 5_000];
    if let Some((s, _)) =
        counted.iter().find(|(_, (count, part, _))| *part == Part::Unknown && !known.contains(count))
    {
        findings.unclear("how many images there are", s.quoted());
    }
    let of_each = |s: &Sentence| {
        counted.iter().any(|(of, (count, _, negated))| {
            let all = [60_000, 10_000].contains(count) && !negated && std::ptr::eq(*of, s);
            all && s.tokens.iter().enumerate().any(|(i, t)| {
                let next = s.tokens[i + 1..].iter().take(5).take_while(|t| !matches!(t.what, What::Break(_)));
                let of_classes = |t: &Token| t.is("class category") || t.is_word("label");
                // "Each with a label from 10 classes" is of an image.
                t.is("per each every")
                    && next.clone().any(of_classes)
                    && !next.clone().any(|t| t.is(IMAGE) || t.is("with from has"))
                    || t.is("per each every") && next.clone().take(2).any(of_classes)
            }) && !s.numbers().any(|(_, n)| n.is_one_of(&[6_000.0, 1_000.0]))
        })
    };
    let also_trained = |s: &Sentence| {
        let test = s.places("test").first().copied();
        let also = s.tokens.windows(3).position(|w| {
            w[0].is("also all both") && w[1].is("in part")
                || w[0].is("in") && w[1].is_word("the") && w[2].is_word("training")
        });
        let is = |at: usize| s.tokens[..at].iter().any(|t| t.is("are is") && t.asserted());
        matches!((test, also), (Some(test), Some(also)) if test < also && is(also))
            && s.numbers().next().is_none()
    };
    findings.wrong_where(sentences, also_trained, "what the two parts of the data set are for", hint);
    findings.wrong_where(sentences, of_each, "how many images a class has", hint);
    let validated = |s: &Sentence| {
        let of = counted
            .iter()
            .any(|(_, (count, part, _))| *part == Part::Validation && [10_000, 60_000].contains(count));
        s.has(VALIDATE) && of && !s.has(TEST) || s.denies("test testing") && s.denies(DATA)
    };
    findings.wrong_where(sentences, validated, "what the two parts of the data set are for", hint);
}

/// "And 10,000 more for the test": what stands before them is for training.
fn of_rest(s: &Sentence) -> bool {
    s.has("more another other additional further extra rest remaining") && s.has(TEST) && !s.has(TRAIN)
}

/// 60,000 + 10,000.
fn has_both(sentence: &Sentence) -> bool {
    let counts: Vec<f64> = sentence.numbers().map(|(_, number)| number.value).collect();
    counts.windows(2).any(|pair| pair == [60_000.0, 10_000.0])
}
