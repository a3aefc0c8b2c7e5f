//! Question 4: what an epoch is not.

use super::super::findings::Findings;
use super::super::lists::*;
use super::super::read::{Sentence, Token};
use super::counts::{Part, parts};
use super::epoch_numbers::epochs;
use super::epoch_words::{ALL, PASS, defined, halved, is_less, noun_behind, pronoun};

/// What a definition of an epoch has nothing to do with.
const BESIDE: List = "neuron layer class label pixel right correct correctly best size point smaller subset random memory duration";
/// What an epoch may be called besides.
const HEADS: List = "process phase period unit presentation repetition training train term trip tour hyperparameter \
     single stage model network algorithm we you done finish it after during made in once completed finished training over when if not for how number also part word name expression concept";

pub(super) fn judge(sentences: &[Sentence], findings: &mut Findings) {
    let (topic, hint) = (
        "what an epoch is, and what it is made of",
        "compare the number of its steps with the size of a batch",
    );
    findings.wrong_where(
        sentences,
        |s| {
            let noun = defined(s).or_else(|| noun_behind(s, pronoun(s)?));
            noun.is_some_and(|i| is_less(s, i))
        },
        topic,
        hint,
    );
    let reversed = |s: &Sentence| {
        s.tokens.iter().enumerate().any(|(i, t)| {
            let many = t.number().is_some_and(|n| n.count().is_some_and(|n| n > 200));
            many && s.is_at(i + 1, EPOCH) && t.asserted()
        })
    };
    findings.wrong_where(sentences, reversed, topic, hint);
    let test = |s: &Sentence| {
        let of = |t: &Token, next: Option<&Token>| {
            t.is("test testing validation") && !t.negated && next.is_some_and(|t| t.is(IMAGE) || t.is(DATA))
        };
        let is_measured =
            s.has("accuracy evaluate loss measure after afterwards then split remain reserve held aside");
        (0..s.tokens.len()).any(|i| of(&s.tokens[i], s.tokens.get(i + 1))) && s.has(PASS) && !is_measured
    };
    findings.wrong_where(sentences, test, "which set an epoch goes through", "which set is given to `fit`?");
    let often = |s: &Sentence| {
        let times = s.tokens.windows(2).any(|w| {
            w[0].number().is_some_and(|n| n.count().is_some_and(|n| n > 1))
                && w[1].is("time")
                && w[0].asserted()
                // "We do it ten times": of the epoch, not of an image.
                && !s.clause(w[0].clause).any(|t| t.is("weight update adjust parameter"))
                && !do_it(s, w[0].clause)
        });
        times
            && !epochs(s).any(|n| n > 1)
            && (s.has("each every") || s.has(ALL))
            && !s.has("number")
            && !s.has("after total")
            || s.says("twice thrice")
    };
    findings.wrong_where(sentences, often, "how often an image is seen in an epoch", hint);
    let once = |s: &Sentence| {
        epochs(s).any(|n| n > 1)
            && s.says("once")
            && (s.has("each every") || s.has(ALL))
            && !s.has("per 1 not but")
            && !s.has_phrase("an epoch|each epoch|every epoch")
    };
    findings.unclear_where(sentences, once, "how often an image is seen in an epoch");
    let parts_of = |s: &Sentence| {
        let other = |(count, part, negated): &(usize, Part, bool)| {
            *part == Part::Train && !negated && *count >= 5_000 && ![60_000, 55_000].contains(count)
        };
        parts(s).iter().any(other) && s.has(IMAGE)
    };
    findings.unclear_where(sentences, parts_of, "how many images there are to train with");
    let half = |s: &Sentence| {
        let fraction = |i: usize| {
            let words =
                ["half", "quarter", "third", "tenth", "part", "portion", "fraction", "subset", "some"];
            let of = s.tokens[i + 1..].iter().take(5).any(|t| t.is(IMAGE) || t.is(DATA));
            s.tokens[i].asserted() && words.iter().any(|word| s.tokens[i].is_word(word)) && of
        };
        halved(s) && s.has(EPOCH) && s.has(PASS) && (0..s.tokens.len()).any(fraction)
    };
    findings.unclear_where(sentences, half, topic);
    let late = |s: &Sentence| {
        let said = "first time|only after|only once|1 batch|once per epoch|after each epoch|after every epoch|\
                    after epoch|end of epoch|end of each epoch|end of every epoch|1 update|at end|at its end|only then";
        let said: String = match s.has("each every") {
            true => said.replace("|1 update", ""),
            false => said.into(),
        };
        s.has("update adjust weight") && s.has_phrase(&said) && !s.says("step")
    };
    findings.unclear_where(sentences, late, "when the weights are updated");
    let still = |s: &Sentence| {
        s.says("weight")
            && s.says("stay remain unchanged fixed constant frozen")
            && !s.has("until between batches")
    };
    findings.unclear_where(sentences, still, "when the weights are updated");
    let share = |s: &Sentence| {
        s.numbers().any(|(i, n)| {
            let of = s.is_word_at(i + 1, "of");
            let images = s.tokens[i + 1..].iter().take(5).any(|t| t.is(IMAGE) || t.is(DATA));
            n.percent
                && n.value < 100.0
                && of
                && images
                && s.tokens[i].asserted()
                && !s.has("accuracy correct correctly right")
        })
    };
    findings.wrong_where(sentences, share, topic, hint);
    let worse = |s: &Sentence| {
        let aside = s.has("validation test too many overfit overfitting if slightly");
        let turns = |what: List, verbs: List| {
            let clause = |i: usize| s.clause(s.tokens[i].clause);
            s.places(verbs).into_iter().any(|i| s.tokens[i].asserted() && clause(i).any(|t| t.is(what)))
        };
        let both = s.has("accuracy") && s.has(LOSS);
        !aside
            && !both
            && (turns("accuracy", "fall fell decrease drop sink sank")
                || turns("loss", "rise rose increase grow grew"))
    };
    findings.wrong_where(sentences, worse, "what becomes of accuracy and loss", "the training prints them");
    let never = |s: &Sentence| {
        !s.denied
            && s.has(EPOCH)
            && s.tokens.iter().any(|t| t.negated && (t.is(ALL) || t.is("pass")))
            && !passes_anyway(s)
            && !s.has("but single until")
    };
    findings.wrong_where(sentences, never, topic, hint);
    let other = |s: &Sentence| {
        let head = defined(s).map(|i| &s.tokens[i]);
        let seconds = s.tokens.iter().any(|t| t.is_word("seconds") || t.is_word("minutes"));
        let epoch = s.places(EPOCH).first().copied().unwrap_or(0);
        let each = ["each time", "every time"].iter().filter_map(|each| s.phrase(each)).any(|at| at > epoch);
        // "The complete training": all of it, and not all of the images.
        let all_training = head.is_some_and(|t| t.is(ALL))
            && defined(s).is_some_and(|i| {
                s.is_word_at(i + 1, "training")
                    && !s.tokens.get(i + 2).is_some_and(|t| t.is(DATA) || t.is(IMAGE) || t.is(PASS))
            });
        let is_other = all_training
            || seconds
            || head.is_some_and(|t| t.word().is_some() && !t.is(PASS) && !t.is(ALL) && !t.is(HEADS));
        defined(s).is_some() && (is_other || each && !s.has("order shuffle shuffled"))
    };
    findings.unclear_where(sentences, other, topic);
    let measure = |s: &Sentence| {
        let noun = pronoun(s).and_then(|at| noun_behind(s, at));
        noun.is_some_and(|i| s.tokens[i].is("measure accuracy quality score loss"))
    };
    findings.unclear_where(sentences, measure, topic);
    let beside = |s: &Sentence| {
        let many = s
            .phrase("how many")
            .is_some_and(|i| !s.tokens[i + 2..].iter().take(1).any(|t| t.is("time pass round")));
        defined(s).is_some() && (s.says(BESIDE) || many)
    };
    findings.unclear_where(sentences, beside, topic);
    let other_images = |s: &Sentence| {
        let other = |i: usize| s.tokens[i].is("different new other") && s.is_at(i + 1, IMAGE);
        let until = s.has("until") && s.has("accuracy loss good perfect");
        // "It is finished when the loss is zero."
        let finished =
            s.phrase("finished when").or_else(|| s.phrase("over when")).or_else(|| s.phrase("ends when"));
        let until =
            until || finished.is_some_and(|at| s.tokens[at..].iter().take(8).any(|t| t.is("accuracy loss")));
        let tested = s.places("tested evaluated").into_iter().any(|i| s.tokens[i].asserted())
            && s.has(EPOCH)
            && s.has(IMAGE)
            && !s.has("accuracy then afterwards");
        let until = until || tested && s.has("image example sample picture");
        let share = s.numbers().any(|(_, n)| n.percent) && s.has(PASS) && defined(s).is_some();
        (0..s.tokens.len()).any(other) && s.has(EPOCH) || until || share
    };
    findings.unclear_where(sentences, other_images, topic);
    let early = |s: &Sentence| {
        let one = |i: usize| {
            i > 0
                && (s.tokens[i - 1].is("a one each every")
                    || s.tokens[i - 1].number().is_some_and(|n| n.is(1.0)))
        };
        let after = |i: usize| one(i) && s.tokens[..i].iter().rev().take(3).any(|t| t.is("after"));
        let ends = |i: usize| s.clause(s.tokens[i].clause).any(|t| t.is("over end finish done complete"));
        s.has(EPOCH) && s.places(BATCH).into_iter().any(|i| after(i) && ends(i))
    };
    findings.unclear_where(sentences, early, topic);
    findings.unclear_where(sentences, |s| s.denied, topic);
}

fn do_it(s: &Sentence, clause: usize) -> bool {
    let words: Vec<&Token> = s.clause(clause).collect();
    words.windows(2).any(|w| w[0].is("do did repeat made") && w[1].is("it this that"))
}

fn passes_anyway(s: &Sentence) -> bool {
    s.says(PASS) && s.tokens.iter().any(|t| t.is(ALL) && !t.negated)
}
