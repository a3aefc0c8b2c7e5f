//! Each check passes on the step as the lab does it, and says what is wrong with each that is done otherwise.

use ndarray::{ArcArray, ArcArray1, Array2};

use super::*;
use crate::data::{Images, Source, Split};
use crate::eval::Predictions;
use crate::lesson::check::Check;
use crate::lesson::run::Run;
use crate::lesson::run::tests::{history, run};
use crate::lesson::runs::Runs;
use crate::nn::Activation::{Linear, Relu};
use crate::nn::{Adam, CrossEntropy, Provenance, Score, Sequential};

fn images(n: usize, split: Split) -> Images {
    let mut pixels = ArcArray::zeros((n, 28, 28));
    pixels[[0, 0, 0]] = 255;
    let labels = ArcArray1::from_shape_fn(n, |i| (i % 10) as u8);
    Images::new(pixels, labels, Source::FashionMnist).unwrap().of_split(split)
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
    let (train, test) = (images(60_000, Split::Train), images(10_000, Split::Test));
    let (right, wrong) = (train.normalized(), train.unnormalized());
    passed(normalized(&right, &test.normalized()));
    open(normalized(&wrong, &test.normalized()), "0 to 255 and 0 to 1");
    open(normalized(&right.take(55_000), &test.normalized()), "55,000 and 10,000");
    open(normalized(&right, &right.take(10_000)), "found    the training set");
    open(normalized(&right, &images(10_000, Split::Unknown).normalized()), "images of unknown origin");
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

#[test]
fn training() {
    let ten = || {
        let mut history = history(0.9);
        let epoch = history.epochs[0];
        history.epochs = vec![epoch; 10];
        history.epochs[0].train.loss = 0.6;
        history
    };
    let with = |provenance: Provenance| {
        let mut history = ten();
        history.setup.provenance = provenance;
        history
    };
    let score = Score { loss: 0.33, accuracy: 0.88, samples: 10_000 };
    let seen = |trained: &[Split], validated: &[Split]| Provenance {
        trained: trained.into(),
        validated: validated.into(),
    };
    passed(trained(&ten(), &score));
    passed(trained(&with(seen(&[Split::Train], &[Split::Train])), &score));
    open(trained(&history(0.9), &score), "at least 10 epochs");
    open(trained(&with(seen(&[Split::Train, Split::Test], &[])), &score), "train, test");
    open(trained(&with(seen(&[Split::Train], &[Split::Test])), &score), "the test set as validation set");
    open(trained(&with(seen(&[Split::Unknown], &[])), &score), "unknown");
    open(trained(&ten(), &Score { samples: 60_000, ..score }), "one on 60,000");
    open(trained(&ten(), &Score { accuracy: 0.1, ..score }), "was the network trained");
    let mut rising = ten();
    rising.epochs[9].train.loss = 0.7;
    open(trained(&rising, &score), "a loss that has fallen");
}

#[test]
fn predictions() {
    let test = images(10_000, Split::Test).normalized();
    let answers = |probabilities, wrong: usize| Predictions {
        outputs: Array2::from_shape_fn((10_000, 10), |(i, class)| {
            f32::from(u8::from(class == (i + wrong) % 10))
        }),
        probabilities,
    };
    passed(predicted(&answers(true, 0), &test));
    open(predicted(&answers(false, 0), &test), "logits");
    open(predicted(&answers(true, 1), &test), "a test accuracy above 0.8");
    open(predicted(&answers(true, 0), &images(60_000, Split::Train).normalized()), "the training set");
}

#[test]
fn the_experiments() {
    let layers = |name: &str, layers: &str, epochs| Run { layers: layers.into(), epochs, ..run(name, 0.88) };
    let all = || {
        vec![
            layers("baseline", "784-128-10", 10),
            layers("64", "784-64-10", 10),
            layers("256", "784-256-10", 10),
            layers("50", "784-128-10", 50),
            layers("two", "784-128-64-10", 10),
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
    let mut runs = all();
    runs[3].validated_on = vec!["test".into()];
    open(check(runs), "found    \"50\"");
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
