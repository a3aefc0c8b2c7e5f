//! The steps of the lab, checked where they are done: `checks::normalized(&train, &test)`.

use super::check::{Check, Point};
use super::runs::{BASELINE, Runs};
use crate::data::{CLASS_NAMES, Dataset, FashionMnist, Split};
use crate::display::thousands;
use crate::eval::Predictions;
use crate::nn::{History, Score, Sequential};

/// Both parts of the data set, of the right size and each in its place.
pub fn loaded(data: &FashionMnist) -> Check {
    let sizes = (data.train.shape(), data.test.shape());
    let counts = (data.train.counts(), data.test.counts());
    let hint = "load them again: `let data = FashionMnist::load()?;`";
    let points = vec![
        Point::new(
            sizes == ((60_000, 28, 28), (10_000, 28, 28)),
            "60,000 and 10,000 images of 28 x 28 pixels",
            format!("shapes {:?} and {:?}", sizes.0, sizes.1),
            hint,
        ),
        Point::new(
            counts == ([6_000; CLASS_NAMES.len()], [1_000; CLASS_NAMES.len()]),
            "equally many of each class",
            format!("{:?} and {:?}", counts.0, counts.1),
            hint,
        ),
        in_its_place(data.train.split(), Split::Train),
        in_its_place(data.test.split(), Split::Test),
    ];
    Check::new("loaded", points)
}

/// Numbers from 0 to 1 in both sets, all images still there.
pub fn normalized(train: &Dataset, test: &Dataset) -> Check {
    let (ranges, sizes) = ((train.range(), test.range()), (train.len(), test.len()));
    let points = vec![
        Point::new(
            ranges == ((0.0, 1.0), (0.0, 1.0)),
            "pixels from 0 to 1 in both sets",
            format!("{} to {} and {} to {}", ranges.0.0, ranges.0.1, ranges.1.0, ranges.1.1),
            "divide both sets by 255: `data.train.normalized()`, `data.test.normalized()`",
        ),
        Point::new(
            sizes == (60_000, 10_000),
            "all 60,000 and 10,000 images",
            format!("{} and {}", thousands(sizes.0), thousands(sizes.1)),
            "normalize the sets as they were loaded",
        ),
        in_its_place(train.images().split(), Split::Train),
        in_its_place(test.images().split(), Split::Test),
    ];
    Check::new("normalized", points)
}

/// The lab's network, 784-128-10, ready to be trained.
pub fn built(model: &Sequential) -> Check {
    let points = vec![
        Point::new(
            model.widths() == "784-128-10",
            "784 inputs, 128 neurons, 10 outputs",
            model.widths(),
            "compare the table of `model.summary()` with the list of layers in 2.2",
        ),
        Point::new(
            model.params() == 101_770,
            "101,770 parameters",
            thousands(model.params()),
            "784 x 128 + 128 in the hidden layer, 128 x 10 + 10 in the output layer",
        ),
        Point::new(
            model.compiled.is_some(),
            "an optimizer and a loss",
            "a network that is not compiled",
            "`model.compile(Adam::default(), CrossEntropy::from_logits());`",
        ),
    ];
    Check::new("built", points)
}

/// A network that has learned, from the training set alone, and was examined on the test set.
pub fn trained(history: &History, score: &Score) -> Check {
    let (epochs, seen) = (&history.epochs, &history.setup.seen);
    let losses = (epochs.first().map(|e| e.train.loss), epochs.last().map(|e| e.train.loss));
    let points = vec![
        Point::new(
            epochs.len() >= 10,
            "at least 10 epochs",
            epochs.len(),
            "`let history = model.fit(&train, Fit::epochs(10))?;`",
        ),
        Point::new(
            losses.1 < losses.0,
            "a loss that has fallen",
            format!("{} in the first epoch, {} in the last", shown(losses.0), shown(losses.1)),
            "look at the curve: is the learning rate too large?",
        ),
        Point::new(
            seen.trained == [Split::Train],
            "nothing learned from but the training set",
            listed(&seen.trained),
            "give `fit` the training set, and build the network anew before that",
        ),
        Point::new(
            !seen.validated.contains(&Split::Test),
            "no part of the test set in the training or its validation",
            "the test set as validation set",
            "take images for validation from the training set: `train.split(55_000)?`",
        ),
        Point::new(
            score.samples == 10_000,
            "an examination on all 10,000 test images",
            format!("one on {}", thousands(score.samples)),
            "`let score = model.evaluate(&test)?;`",
        ),
        better_than(score.accuracy),
    ];
    Check::new("trained", points)
}

/// Probabilities for every test image, from a network that has learned.
pub fn predicted(predictions: &Predictions, test: &Dataset) -> Check {
    let accuracy = predictions.confusion(test).map_or(0.0, |confusion| confusion.accuracy);
    let points = vec![
        Point::new(
            predictions.outputs.dim() == (10_000, CLASS_NAMES.len()),
            "ten numbers for each of the 10,000 test images",
            format!("{:?}", predictions.outputs.dim()),
            "`let predictions = probability.predict(&test)?;`",
        ),
        Point::new(
            predictions.probabilities,
            "probabilities",
            "logits",
            "put a softmax behind the network: `model.with_softmax()`",
        ),
        in_its_place(test.images().split(), Split::Test),
        better_than(accuracy),
    ];
    Check::new("predicted", points)
}

/// The three tasks, in the records: other widths, more epochs, another layer; and a test set that had no part
/// in any training.
pub fn enhanced(runs: &Runs) -> Check {
    let any = |holds: &dyn Fn(&[usize], usize) -> bool| {
        runs.groups.iter().any(|group| holds(&widths(&group.latest().layers), group.latest().epochs))
    };
    let one_layer = |width: fn(usize) -> bool| any(&|w, _| w.len() == 3 && width(w[1]));
    let test = Split::Test.name().to_string();
    let peeks = |group: &&super::runs::Group| {
        let run = group.latest();
        run.trained_on.contains(&test) || run.validated_on.contains(&test)
    };
    let peeked = runs.groups.iter().find(peeks).map(|group| group.latest().name.clone());
    let task = |holds, expected: &str, hint| Point::new(holds, expected, "no such run", hint);
    let points = vec![
        task(runs.get(BASELINE).is_ok(), "the baseline among the runs", "run the first experiment"),
        task(one_layer(|n| n < 128), "fewer neurons (task 1)", "put 64 in the place of the TODO"),
        task(one_layer(|n| n > 128), "more neurons (task 1)", "put 256 in the place of the TODO"),
        task(any(&|_, epochs| epochs >= 50), "50 epochs (task 2)", "put 50 in the place of the TODO"),
        task(
            any(&|w, epochs| w.len() > 3 && epochs >= 10),
            "another hidden layer (task 3)",
            "add `.dense(64, Relu)` behind the first hidden layer",
        ),
        Point::new(
            peeked.is_none(),
            "no run that has seen the test set in its training",
            format!("\"{}\"", peeked.unwrap_or_default()),
            "take images for validation from the training set, then run it again under the same name",
        ),
    ];
    Check::new("enhanced", points)
}

/// Two results that must be the same to within `tolerance`, number by number.
pub fn agree<'a>(
    name: &str,
    mine: impl IntoIterator<Item = &'a f32>,
    theirs: impl IntoIterator<Item = &'a f32>,
    tolerance: f32,
) -> Check {
    let pairs = (mine.into_iter().copied().collect(), theirs.into_iter().copied().collect());
    Check::new(name, same(pairs, tolerance))
}

fn same((mine, theirs): (Vec<f32>, Vec<f32>), tolerance: f32) -> Vec<Point> {
    let apart = || mine.iter().zip(&theirs).map(|(a, b)| (a - b).abs());
    let far = apart().fold(0.0, f32::max);
    let sizes = (thousands(mine.len()), thousands(theirs.len()));
    vec![
        Point::new(
            mine.len() == theirs.len() && !mine.is_empty(),
            format!("{} numbers on either side", sizes.1),
            format!("{} and {}", sizes.0, sizes.1),
            "compare their shapes",
        ),
        Point::new(
            apart().all(|distance| distance <= tolerance),
            format!("the same to {tolerance:e} (largest difference {far:.1e})"),
            format!("a difference of {far}"),
            "go through the steps again: which one is the first to differ?",
        ),
    ]
}

/// A check of your own: `found` and `hint` are shown where it does not hold.
pub fn that(name: &str, holds: bool, expected: &str, found: &str, hint: &str) -> Check {
    Check::new(name, vec![Point::new(holds, expected, found, hint)])
}

fn in_its_place(found: Split, expected: Split) -> Point {
    let what = |split: Split| match split {
        Split::Train => "the training set",
        Split::Test => "the test set",
        Split::Unknown => "images of unknown origin",
    };
    let place = if expected == Split::Train { "to learn from" } else { "to be examined on" };
    let hint = "train from `data.train`, test from `data.test`";
    Point::new(found == expected, format!("{} {place}", what(expected)), what(found), hint)
}

fn better_than(accuracy: f32) -> Point {
    Point::new(
        accuracy > 0.8,
        "a test accuracy above 0.8",
        format!("{accuracy:.4}"),
        "was the network trained, and on normalized images?",
    )
}

fn shown(loss: Option<f32>) -> String {
    loss.map_or("none".into(), |loss| format!("{loss:.4}"))
}

fn listed(splits: &[Split]) -> String {
    let names: Vec<&str> = splits.iter().map(|split| split.name()).collect();
    if names.is_empty() { "nothing".into() } else { names.join(", ") }
}

/// `784-128-10` as numbers.
fn widths(layers: &str) -> Vec<usize> {
    layers.split('-').filter_map(|width| width.parse().ok()).collect()
}

#[cfg(test)]
mod tests;
