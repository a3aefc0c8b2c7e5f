//! Each check passes on the step as the lab does it, and says what is wrong with each that is done otherwise.

use ndarray::{ArcArray, ArcArray1, Array2};

use super::*;
use crate::data::{Images, Source};
use crate::eval::Predictions;
use crate::lesson::check::Check;
use crate::lesson::example_runs::{history, history_of, network, run_of, score_of};
use crate::lesson::run::Run;
use crate::lesson::runs::Runs;
use crate::nn::Activation::{Linear, Relu};
use crate::nn::{Adam, CrossEntropy, Evidence, Fit, Measured, Provenance, Score, Sequential};

fn black(n: usize) -> Images {
    let mut pixels = ArcArray::zeros((n, 28, 28));
    pixels[[0, 0, 0]] = 255;
    let labels = ArcArray1::from_shape_fn(n, |i| (i % 10) as u8);
    Images::new(pixels, labels, Source::FashionMnist).unwrap()
}

fn data() -> (Images, Images) {
    Images::originals(black(60_000), black(10_000))
}

fn open(check: Check, words: &str) {
    assert!(!check.passed() && check.to_string().contains(words), "{words} in {check}");
    assert!(check.to_string().contains("hint: "), "{check}");
}

fn passed(check: Check) {
    assert!(check.passed(), "{check}");
}

#[test]
fn the_data() {
    let (train, test) = data();
    let (right, wrong) = (train.normalized(), train.unnormalized());
    passed(normalized(&right, &test.normalized()));
    open(normalized(&wrong, &test.normalized()), "0 to 255 and 0 to 1");
    open(normalized(&right.take(55_000), &test.normalized()), "55,000 and 10,000");
    open(normalized(&right, &right.take(10_000)), "found    the training set");
    open(normalized(&right, &black(10_000).normalized()), "images of unknown origin");
    let mut relabelled = test.clone();
    relabelled.labels[5] = 0;
    open(normalized(&right, &relabelled.normalized()), "images of unknown origin");
}

#[test]
fn the_network() {
    let described = || Sequential::new([28, 28]).flatten().dense(128, Relu).dense(10, Linear);
    let compiled = |mut model: Sequential| {
        model.compile(Adam::default(), CrossEntropy::from_logits());
        model
    };
    passed(built(&compiled(described())));
    open(built(&described()), "a network that is not compiled");
    let wide = Sequential::new([28, 28]).flatten().dense(256, Relu).dense(10, Linear);
    open(built(&compiled(wide)), "784-256-10");
}

/// A hint that sends the student to another section names one that is there.
#[test]
fn the_section_with_the_layers() {
    let hint = built(&Sequential::new([28, 28]).flatten()).to_string();
    let section = hint.split("list of layers in ").nth(1).and_then(|rest| rest.get(..3)).unwrap();
    let notebook = include_str!("../../../../notebooks/3-build.ipynb");
    assert!(notebook.contains(&format!("## {section} The layers")), "{hint}");
    let judge = include_str!("../judge/questions/layers.rs");
    assert!(judge.contains(&format!("read {section} again")));
}

#[test]
fn training() {
    let ten = || {
        let mut history = history_of(&network(&[128], Adam::default()), &Fit::epochs(10), 0.9);
        history.0.epochs[0].train = Measured { loss: 0.6, ..*history.epochs[0].train }.into();
        history
    };
    let with = |trained: &[&Images], validated: Option<&Images>| {
        let mut history = ten();
        history.0.setup.provenance = Provenance::default();
        for images in trained {
            history.0.setup.validated_on_learned = history.0.setup.provenance.add(images, validated);
        }
        history
    };
    let score = score_of(&ten(), 0.88);
    let (train, test) = data();
    let (learn, validation) = (train.range(0, 55_000), train.range(55_000, 60_000));
    passed(trained(&ten(), &score));
    passed(trained(&with(&[&learn], Some(&validation)), &score));
    open(trained(&history(0.9), &score_of(&history(0.9), 0.88)), "at least 10 epochs");
    open(trained(&with(&[&train, &test], None), &score), "train, test");
    open(trained(&with(&[&learn], Some(&test)), &score), "validation on test");
    open(trained(&with(&[&train], Some(&validation)), &score), "5,000 of them");
    open(trained(&with(&[&black(100)], None), &score), "unknown");
    let on = |images: &Images| {
        let evidence = Evidence { images: images.contents(), ..score.evidence().unwrap() };
        let samples = images.len();
        Score::from(Measured { samples, ..*score }).with_evidence(evidence)
    };
    open(trained(&ten(), &on(&train)), "one on 60,000 training images");
    open(trained(&ten(), &on(&train.range(0, 10_000))), "one on 10,000 training images");
    open(trained(&ten(), &on(&test.range(0, 9_000))), "one on 9,000");
    open(trained(&ten(), &Score::from(*score)), "one on 10,000");
    open(
        trained(&ten(), &score_of(&history_of(&network(&[9], Adam::default()), &Fit::epochs(1), 0.9), 0.9)),
        "another",
    );
    open(trained(&ten(), &score_of(&ten(), 0.1)), "was the network trained");
    let mut rising = ten();
    rising.0.epochs[9].train = Measured { loss: 0.7, ..*score }.into();
    open(trained(&rising, &score), "a loss that has fallen");
}

#[test]
fn predictions() {
    let (train, test) = data();
    let test = test.normalized();
    let answers = |probabilities, wrong: usize| Predictions {
        outputs: Array2::from_shape_fn((10_000, 10), |(i, class)| {
            f32::from(u8::from(class == (i + wrong) % 10))
        }),
        probabilities,
        source: Source::FashionMnist,
    };
    passed(predicted(&answers(true, 0), &test));
    open(predicted(&answers(false, 0), &test), "logits");
    open(predicted(&answers(true, 1), &test), "a test accuracy above 0.8");
    open(predicted(&answers(true, 0), &train.normalized()), "the training set");
}

#[test]
fn the_experiments() {
    let history =
        |hidden: &[usize], epochs| history_of(&network(hidden, Adam::default()), &Fit::epochs(epochs), 0.9);
    let run = |name: &str, hidden: &[usize], epochs| run_of(name, &history(hidden, epochs), 0.88);
    let all = || {
        vec![
            run("baseline", &[128], 10),
            run("64", &[64], 10),
            run("256", &[256], 10),
            run("50", &[128], 50),
            run("two", &[128, 64], 10),
        ]
    };
    let check = |runs| enhanced(&Runs::new(runs, Source::FashionMnist));
    passed(check(all()));
    let missing = ["the baseline", "fewer neurons", "more neurons", "50 epochs", "another hidden layer"];
    for (i, words) in missing.into_iter().enumerate() {
        let mut runs = all();
        runs.remove(i);
        open(check(runs), words);
    }
    let edited = |change: &dyn Fn(&mut Run)| {
        let mut runs = all();
        change(&mut runs[3]);
        runs
    };
    let sealed = |change: &dyn Fn(&mut Run)| {
        edited(&|run| {
            change(run);
            *run = run.sealed();
        })
    };
    open(check(sealed(&|run| run.validated_on = vec!["test".into()])), "found    \"50\"");
    open(check(sealed(&|run| run.trained_on.push("test".into()))), "found    \"50\"");
    open(check(sealed(&|run| run.trained_on = vec!["unknown".into()])), "found    \"50\"");
    open(check(sealed(&|run| run.validated_on_learned = 5)), "found    \"50\"");
    open(check(sealed(&|run| run.epochs_before = 10)), "50 epochs");
    open(check(sealed(&|run| run.images = 64)), "50 epochs");
    open(check(edited(&|run| run.test_accuracy = Some(0.95))), "written by hand");
    // A name says nothing.
    let mut runs = all();
    runs[2] = Run { layers: "784-256-10".into(), ..run("256 neurons", &[128], 10) }.sealed();
    open(check(runs), "more neurons");
}

#[test]
fn the_numbers() {
    passed(agree("it", &[1.0, 2.0], &[1.0, 2.000_001], 1e-5));
    open(agree("it", &[1.0, 2.0], &[1.0, 2.1], 1e-5), "a difference of 0.09");
    open(agree("it", &[1.0], &[1.0, 2.0], 1e-5), "1 and 2");
    open(agree("it", &[f32::NAN], &[1.0], 1e-5), "the same to");
    open(agree("it", &[], &[], 1e-5), "as many numbers");
    passed(that("own", true, "so", "", ""));
    open(that("own", false, "so", "other", "look"), "hint: look");
}
