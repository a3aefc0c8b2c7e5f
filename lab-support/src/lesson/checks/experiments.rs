//! The tasks of the notebook on enhancements.

use crate::data::Split;
use crate::lesson::check::{Check, Point};
use crate::lesson::runs::{BASELINE, Group, Runs};

/// The three tasks, in the records: other widths, more epochs, another layer; and a test set that had no part
/// in any training.
pub fn enhanced(runs: &Runs) -> Check {
    let any = |holds: &dyn Fn(&[usize], usize) -> bool| {
        runs.groups.iter().any(|group| holds(&widths(&group.latest().layers), group.latest().epochs))
    };
    let one_layer = |width: fn(usize) -> bool| any(&|w, _| w.len() == 3 && width(w[1]));
    let test = Split::Test.name().to_string();
    let peeks = |group: &&Group| {
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

/// `784-128-10` as numbers.
fn widths(layers: &str) -> Vec<usize> {
    layers.split('-').filter_map(|width| width.parse().ok()).collect()
}
