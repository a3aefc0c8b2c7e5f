//! The tasks of the notebook on enhancements.

use crate::data::Source;
use crate::lesson::check::{Check, Point};
use crate::lesson::run::Run;
use crate::lesson::runs::{BASELINE, Group, Runs};

/// Images of the training set that a run of a task has learned from, at least: all but those that validate.
const ENOUGH_IMAGES: usize = 50_000;

/// The three tasks, in the records: other widths, more epochs, another layer, each learned from at least 50,000 images; and
/// a test set that had no part in any training.
pub fn enhanced(runs: &Runs) -> Check {
    let enough = match runs.source {
        // Of another data set, all but the sixth part that may validate.
        Source::Own(_) => {
            runs.groups.iter().flat_map(Group::runs).map(|run| run.images * 5 / 6).max().unwrap_or(0)
        }
        _ => ENOUGH_IMAGES,
    };
    let all = || runs.groups.iter().flat_map(Group::runs);
    // As many units in each hidden layer as training says, and the epochs that it had.
    let trainings: Vec<(Vec<usize>, usize)> = all()
        .filter(|run| run.is_sealed() && run.images >= enough && run.epochs_before == 0)
        .filter_map(|run| Some((run.recipe.as_ref()?.network.hidden_units()?, run.epochs)))
        .collect();
    let any = |holds: &dyn Fn(&[usize], usize) -> bool| trainings.iter().any(|(w, epochs)| holds(w, *epochs));
    let one_layer = |width: fn(usize) -> bool| any(&|w, _| w.len() == 1 && width(w[0]));
    let peeked = all().find_map(mistrusted);
    let task = |holds, expected: &str, hint| Point::new(holds, expected, "no such run", hint);
    let hint = "run the cell of the task, with all images of `train` or `learn`: as long as it is open, it has another \
                hint each time";
    let points = vec![
        task(runs.get(BASELINE).is_ok(), "the baseline among the runs", "run the first experiment"),
        task(one_layer(|n| n < 128), "fewer neurons (task 1)", hint),
        task(one_layer(|n| n > 128), "more neurons (task 1)", hint),
        task(any(&|_, epochs| epochs >= 50), "50 epochs (task 2)", hint),
        task(any(&|w, epochs| w.len() > 1 && epochs >= 10), "another hidden layer (task 3)", hint),
        Point::new(
            peeked.is_none(),
            "no run that has seen the test set in its training",
            peeked.unwrap_or_default(),
            "train on the training set, validate on images of it that are not trained on, and run it again under the \
             same name",
        ),
    ];
    Check::new("enhanced", points)
}

/// Why a record can't stand beside the others, if it can't.
fn mistrusted(run: &Run) -> Option<String> {
    let why = match () {
        () if !run.is_sealed() => "which is of an earlier version, or was written by hand".into(),
        () if run.validated_on_learned > 0 => "validated on images that it has learned from".into(),
        () if run.is_fair() => return None,
        () => format!("which has seen: {}", [&run.trained_on[..], &run.validated_on].concat().join(", ")),
    };
    Some(format!("\"{}\", {why}", run.name))
}
