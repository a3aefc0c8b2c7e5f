//! Question 4: what an epoch is.

use super::super::evidence::Evidence;
use super::super::findings::{Findings, found};
use super::super::lists::*;
use super::super::read::{Sentence, Token, What};
use super::counts::{Part, parts};
use super::epoch_numbers::{self, epochs};

const PASS: List = "pass cycle round run iteration iterate sweep loop go going goes went gone see seen use show shown \
     process present feed fed look walk turn work read once time train visit through traversal \
     learn complete finish cover";
const ALL: List = "whole entire complete full all every each total";
/// What a definition of an epoch has nothing to do with.
const BESIDE: List = "neuron layer class label pixel right correct correctly best size point smaller subset random memory duration";
/// What an epoch may be called besides.
const HEADS: List = "process phase period unit presentation repetition training train term trip tour measure hyperparameter \
     single stage model network algorithm we you done finish it after during made in once completed finished training over when if not for how number also part word name expression concept";
/// What an epoch is not.
const LESS: List = "batch minibatch update step layer second minute hour neuron weight image sample picture \
     network accuracy model parameter";

pub(super) fn judge(sentences: &[Sentence], evidence: &Evidence, findings: &mut Findings) {
    let (topic, hint) = (
        "what has happened when an epoch is over",
        "how much of the training set has the network seen by then, and how often?",
    );
    let told = sentences.iter().any(|s| s.has(EPOCH));
    let passes = |s: &Sentence| !s.denied && s.says(PASS) && all_training_data(s) && !halved(s);
    let traces =
        |s: &Sentence| s.has(PASS) && (s.has(ALL) || s.has(DATA) || s.has(IMAGE)) || all_training_data(s);
    findings.fact(found(sentences.iter().any(passes), sentences.iter().any(traces) && told), topic, hint);
    definition(sentences, findings);
    epoch_numbers::judge(sentences, evidence, findings);
}

/// "the whole training set", "all 60,000 images", "each of the images".
fn all_training_data(s: &Sentence) -> bool {
    let data = |t: &Token| t.is(IMAGE) || t.is(DATA) || t.is(BATCH);
    let training = s.has(TRAIN) || !s.has(TEST) && !s.has(VALIDATE);
    let all = |i: usize, t: &Token| {
        let all = t.is(ALL)
            || t.number().is_some_and(|n| n.is(60_000.0) || n.is(55_000.0) || n.percent && n.is(100.0));
        // "a full pass of the network over the training data"
        let passes =
            s.tokens.get(i + 1).is_some_and(|t| t.is(PASS)) && s.has(DATA) && s.has(TRAIN) && !s.has(BATCH);
        let rest = s.tokens[i + 1..].iter().take(6).take_while(|t| {
            !(t.is("weight network layer neuron parameter test testing validation")
                && !(passes && t.is("network")))
                && !matches!(t.what, What::Break(_))
        });
        all && !t.negated && (rest.clone().any(data))
    };
    training && s.tokens.iter().enumerate().any(|(i, t)| all(i, t))
}

fn halved(s: &Sentence) -> bool {
    let skips = ["every second", "every other"].iter().any(|each| s.has_phrase(each));
    skips || s.says("half quarter third part portion fraction subset some")
}

fn definition(sentences: &[Sentence], findings: &mut Findings) {
    let (topic, hint) = (
        "what an epoch is, and what it is made of",
        "compare the number of its steps with the size of a batch",
    );
    findings.wrong_where(sentences, |s| defined(s).is_some_and(|i| is_less(s, i)), topic, hint);
    let reversed = |s: &Sentence| {
        s.tokens.iter().enumerate().any(|(i, t)| {
            let many = t.number().is_some_and(|n| n.count().is_some_and(|n| n > 200));
            many && s.tokens.get(i + 1).is_some_and(|t| t.is(EPOCH)) && t.asserted()
        })
    };
    findings.wrong_where(sentences, reversed, topic, hint);
    let test = |s: &Sentence| {
        let of = |t: &Token, next: Option<&Token>| {
            t.is("test testing validation") && !t.negated && next.is_some_and(|t| t.is(IMAGE) || t.is(DATA))
        };
        let is_measured = s.has("accuracy evaluate loss measure after afterwards then");
        (0..s.tokens.len()).any(|i| of(&s.tokens[i], s.tokens.get(i + 1))) && s.has(PASS) && !is_measured
    };
    findings.wrong_where(sentences, test, "which set an epoch goes through", "which set is given to `fit`?");
    let often = |s: &Sentence| {
        let times = s.tokens.windows(2).any(|w| {
            w[0].number().is_some_and(|n| n.count().is_some_and(|n| n > 1))
                && w[1].is("time")
                && w[0].asserted()
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
            && !s.has_phrase("an epoch")
            && !s.has_phrase("each epoch")
            && !s.has_phrase("every epoch")
    };
    findings.unclear_where(sentences, once, "how often an image is seen in an epoch");
    let parts_of = |s: &Sentence| {
        let other = |(count, part, negated): &(usize, Part, bool)| {
            *part == Part::Train && !negated && *count >= 5_000 && ![60_000, 55_000].contains(count)
        };
        parts(s).iter().any(other) && s.has(IMAGE)
    };
    findings.unclear_where(sentences, parts_of, "how many images there are to train with");
    let half = |s: &Sentence| halved(s) && s.has(EPOCH) && s.has(PASS) && !s.has("training");
    findings.unclear_where(sentences, half, topic);
    let late = |s: &Sentence| {
        let said = "first time|only after|only once|1 batch|once per epoch|after each epoch|after every epoch|\
                    after epoch|end of epoch|end of each epoch|end of every epoch|1 update";
        s.has("update adjust weight") && said.split('|').any(|phrase| s.has_phrase(phrase)) && !s.says("step")
    };
    findings.unclear_where(sentences, late, "when the weights are updated");
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
        let is_other =
            seconds || head.is_some_and(|t| t.word().is_some() && !t.is(PASS) && !t.is(ALL) && !t.is(HEADS));
        defined(s).is_some() && (is_other || each)
    };
    findings.unclear_where(sentences, other, topic);
    let beside = |s: &Sentence| {
        let many = s
            .phrase("how many")
            .is_some_and(|i| !s.tokens[i + 2..].iter().take(1).any(|t| t.is("time pass round")));
        defined(s).is_some() && (s.says(BESIDE) || many)
    };
    findings.unclear_where(sentences, beside, topic);
    let other_images = |s: &Sentence| {
        let other = |i: usize| {
            s.tokens[i].is("different new other") && s.tokens.get(i + 1).is_some_and(|t| t.is(IMAGE))
        };
        let until = s.has("until") && s.has("accuracy loss good perfect");
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
        let after = s
            .places(BATCH)
            .into_iter()
            .any(|i| one(i) && s.tokens[..i].iter().rev().take(3).any(|t| t.is("after")));
        after && s.has(EPOCH) && s.has("over end finish done complete")
    };
    findings.unclear_where(sentences, early, topic);
    findings.unclear_where(sentences, |s| s.denied, topic);
}

fn passes_anyway(s: &Sentence) -> bool {
    s.says(PASS) && s.tokens.iter().any(|t| t.is(ALL) && !t.negated)
}

/// Where the noun stands that an epoch is said to be.
fn defined(s: &Sentence) -> Option<usize> {
    let epoch = s.places(EPOCH).into_iter().next()?;
    let is = (epoch + 1..(epoch + 4).min(s.tokens.len())).find(|i| {
        let t = &s.tokens[*i];
        t.is("is mean equal refers describe denote") || t.is_sign('=') || t.what == What::Break(':')
    })?;
    if s.tokens[is].negated {
        return None;
    }
    let fill = "a an the just only single simply to exactly when that basically called number of amount";
    (is + 1..s.tokens.len())
        .take(8)
        .find(|i| !s.tokens[*i].is(fill) && !s.tokens[*i].number().is_some_and(|n| n.is(1.0)))
}

fn is_less(s: &Sentence, i: usize) -> bool {
    let counted = s.tokens[..i].iter().rev().take(4).any(|t| t.is_word("number") || t.is_word("amount"));
    let token = &s.tokens[i];
    let of_all = s.tokens[i + 1..].iter().take(3).any(|t| t.is("over through")) && token.is("step");
    token.is(LESS)
        && !token.negated
        && !of_all
        && (!counted || token.is("layer neuron weight image parameter"))
        && !passes_after_subject(s, i)
}

/// "when the model sees all the training data".
fn passes_after_subject(s: &Sentence, i: usize) -> bool {
    s.tokens[i].is("model network") && s.tokens[i + 1..].iter().take(6).any(|t| t.is(PASS))
}
