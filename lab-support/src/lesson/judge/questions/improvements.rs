//! Question 6: what could improve the accuracy.

use super::super::claims::Claim;
use super::super::claims::Verdict;
use super::super::evidence::Kind;
use super::super::findings::{Findings, found};
use super::super::lists::*;
use super::super::read::{Sentence, Token};

/// Ways to improve it, by their words.
const WAYS: &[List] = &[
    "neuron wide wider width unit node widen",
    "epoch longer",
    "layer deep deeper depth",
    CONVOLUTION,
    "pool pooling maxpooling",
    "dropout",
    "batchnorm normalization normalisation normalize normalise",
    "augment augmentation flip shift rotate rotation mirror crop",
    "regularize regularise regularization regularisation decay l2 penalty overfit",
    "stopping stop",
    "rate schedule scheduler lr",
    "batch",
    "optimizer optimiser momentum adam adamw rmsprop sgd muon",
    "activation gelu elu tanh",
    "initialize initialization initialise initialisation glorot",
    "transfer pretrain pretrained finetune tuning hyperparameter tune",
    "ensemble average averaging view",
    "data",
];

pub(super) fn judge(sentences: &[Sentence], claims: &[Claim], findings: &mut Findings) {
    let count = |test: &dyn Fn(&Sentence, &Token) -> bool| {
        let named = |way: &&List| {
            sentences.iter().any(|s| {
                s.tokens.iter().any(|t| t.is(way) && (!t.is_word("data") || more_data(s)) && test(s, t))
            })
        };
        WAYS.iter().filter(named).count()
    };
    let named = count(&|s, t| !t.negated && !s.denied && !useless(s, t.clause));
    let at_all = count(&|s, _| !s.denied);
    let helps_nothing = sentences.iter().any(|s| !s.denied && s.has("neuron layer epoch") && useless_all(s));
    let measured = changed(claims);
    let ways = named > 1 || at_all > 1 && claims.iter().filter(|c| c.verdict == Verdict::Fits).count() > 1;
    findings.fact(
        found(ways && !helps_nothing, at_all > 1),
        "at least two ways to improve it",
        "which of this notebook's experiments helped, and what else is named in it?",
    );
    let hint = "run the experiments, then quote one by its name: `all.test_accuracy(...)?`";
    // Without what was changed, or not quite as it was measured.
    let near = |claim: &Claim| claim.can_be_changed && claim.kinds.contains(&Kind::TestAccuracy);
    let some = claims.iter().any(|claim| {
        claim.verdict == Verdict::Elsewhere
            || near(claim) && matches!(claim.verdict, Verdict::Fits | Verdict::Nearly)
    });
    findings.fact(
        found(measured, some),
        "the measured test accuracy of a changed network, with what was changed",
        hint,
    );
    mistakes(sentences, findings);
}

/// Of a network that is not the baseline.
fn changed(claims: &[Claim]) -> bool {
    claims.iter().any(|claim| {
        let tested = claim.kinds != [Kind::TrainAccuracy]
            && claim.kinds != [Kind::Loss]
            && claim.verdict == Verdict::Fits
            && claim.changed;
        tested && !claim.sentence.tokens[claim.place].negated
    })
}

/// "can't improve", "doesn't help", "makes it worse".
fn useless(s: &Sentence, clause: usize) -> bool {
    s.clause(clause).any(|t| match t.negated {
        true => t.is("improve help increase better raise change"),
        false => t.is("worse worsen hurt harm"),
    })
}

fn useless_all(s: &Sentence) -> bool {
    let improves = s.places("improve help increase raise");
    !improves.is_empty()
        && improves.iter().all(|i| s.tokens[*i].negated)
        && s.numbers().all(|(_, n)| n.decimals < 2 || n.percent)
        && s.tokens.iter().filter(|t| WAYS.iter().any(|w| t.is(w))).count() > 2
}

fn more_data(s: &Sentence) -> bool {
    s.has_phrase("more data|more training data|additional data")
}

fn mistakes(sentences: &[Sentence], findings: &mut Findings) {
    let test_images = |s: &Sentence, i: usize| {
        s.tokens[i].is("test testing") && s.tokens.get(i + 1).is_some_and(|t| t.is(IMAGE) || t.is(DATA))
    };
    let learned = |s: &Sentence| {
        (0..s.tokens.len()).any(|i| {
            if !test_images(s, i) || s.tokens[i].negated {
                return false;
            }
            let before = s.tokens[i.saturating_sub(7)..i].iter().rev().take_while(|t| {
                !t.is("accuracy measure reach get got gave evaluate score right percent") && !t.is("tested")
            });
            let learns = before.clone().any(|t| {
                t.is("train learn add include fit choose merge memorize")
                    && !t.negated
                    && !t.is_word("training")
                    && !t.is_word("learning")
            });
            let looks =
                before.clone().any(|t| t.is("looking peek")) && s.has("again choose tune select number pick");
            // "Put them into the training set", "show them to it during training".
            let behind = || s.tokens[i + 1..].iter().take(8);
            let moved = "add use include put move merge join show give feed take see let mix present";
            let to_training = behind().any(|t| t.is_word("training"))
                && behind().chain(before.clone()).any(|t| t.is("to for into in with during"))
                && before.clone().any(|t| t.is(moved) && !t.negated)
                && !s.has("generalize");
            let itself =
                "train on it|train with it|train on them|learn from it|learn from them|train it on them";
            let itself =
                itself.split('|').filter_map(|phrase| s.phrase(phrase)).any(|at| !s.tokens[at].negated);
            learns || looks || itself || to_training && !s.tokens[..i].iter().any(|t| t.negated)
        })
    };
    let chosen = |s: &Sentence| {
        let chooses = s.tokens.iter().position(|t| t.is("choose select tune pick") && t.asserted());
        let by_test = |at: usize| {
            let end = s.tokens[at..].iter().position(|t| t.number().is_some()).unwrap_or(s.tokens.len() - at);
            s.tokens[at..at + end].windows(3).any(|w| {
                w[0].is("by on with using via against")
                    && w.iter().any(|t| t.is_word("test"))
                    && !w[0].negated
            })
        };
        chooses.is_some_and(by_test)
    };
    findings.wrong_where(
        sentences,
        chosen,
        "what the test set is for",
        "what would the test say of a network that was chosen by it?",
    );
    let tested_on = |s: &Sentence| {
        ["test on training", "evaluate on training", "measure on training", "tested on training"]
            .iter()
            .any(|phrase| s.phrase(phrase).is_some_and(|at| s.tokens[at].asserted()))
    };
    findings.wrong_where(sentences, tested_on, "what the test set is for", "what is new to the network?");
    findings.wrong_where(
        sentences,
        learned,
        "what the test set is for",
        "what would the test say of images that the network has learned from?",
    );
    let removed = |s: &Sentence| {
        let away = |i: usize| {
            s.tokens[i.saturating_sub(3)..i]
                .iter()
                .any(|t| t.is("remove delete drop skip discard") && t.asserted())
        };
        (0..s.tokens.len()).any(|i| test_images(s, i) && away(i))
    };
    findings.wrong_where(
        sentences,
        removed,
        "what the test set is for",
        "what would the test say of images that the network has learned from?",
    );
    let all =
        |s: &Sentence| s.has(TRAIN) && s.numbers().any(|(i, n)| n.is(70_000.0) && s.tokens[i].asserted());
    findings.unclear_where(sentences, all, "what the test set is for");
    let perfect = |s: &Sentence| {
        let all = s.numbers().any(|(i, n)| n.is(100.0) && n.percent && s.tokens[i].asserted());
        (all || s.says("perfect guarantee guaranteed"))
            && s.has("accuracy right correct reach test")
            && !s.has("training")
    };
    findings.wrong_where(sentences, perfect, "what can be reached", "quote what your runs have measured");
    let fewer = |s: &Sentence| {
        let less = |i: usize, t: &Token| {
            let target = s.is_at(i + 1, "image data training epoch layer neuron")
                || s.is_at(i + 2, "image data training layer hidden");
            t.is("fewer less remove removing no delete without") && target
        };
        let images = |i: usize, t: &Token| t.is("fewer less") && t.asserted() && s.is_at(i + 1, "image data");
        s.tokens
            .iter()
            .enumerate()
            .any(|(i, t)| less(i, t) && (images(i, t) || s.says("improve better increase help")))
            && !s.has("overfit overfitting hurt not worse but")
    };
    findings.unclear_where(sentences, fewer, "what improves it");
    findings.unclear_where(sentences, |s| s.denied, "what improves it");
}
