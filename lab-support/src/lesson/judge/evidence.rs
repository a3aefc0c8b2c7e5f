//! What has been measured: the numbers that an answer may quote.

use crate::data::{CLASS_NAMES, Source};
use crate::lesson::run::Run;
use crate::lesson::runs::{BASELINE, Group, Runs};

/// What the lab has measured on one kind of data.
#[derive(Clone, Debug, Default)]
pub(in crate::lesson) struct Evidence {
    pub runs: Vec<Run>,
    pub first_image: Option<FirstImage>,
}

/// The first test image, as the saved baseline sees it.
#[derive(Clone, Debug)]
pub(in crate::lesson) struct FirstImage {
    pub actual: usize,
    /// Ten numbers from 0 to 1.
    pub probabilities: Vec<f32>,
}

impl FirstImage {
    pub fn predicted(&self) -> usize {
        crate::nn::argmax(&self.probabilities)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Loss,
    TrainAccuracy,
    ValidationAccuracy,
    TestAccuracy,
    /// A difference of accuracies.
    Gain,
    Probability,
    Other,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Loss => "loss",
            Kind::TrainAccuracy => "accuracy on the training set",
            Kind::ValidationAccuracy => "accuracy on the validation set",
            Kind::TestAccuracy => "accuracy on the test set",
            Kind::Gain => "difference of two accuracies",
            Kind::Probability => "probability",
            Kind::Other => "number",
        }
    }

    /// Whether it is a share, which may be written in percent.
    pub fn is_share(self) -> bool {
        !matches!(self, Kind::Loss | Kind::Other)
    }
}

/// A number that was measured, and of what.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub value: f64,
    pub kind: Kind,
    /// The name of the run, or what else it belongs to.
    pub of: String,
}

impl Evidence {
    /// Every number of every run, the means over several seeds, and the differences to the baseline.
    pub(super) fn measured(&self) -> Vec<Known> {
        let groups = Runs::new(self.runs.clone(), Source::FashionMnist).groups;
        let baseline = groups.iter().find(|group| group.latest().name == BASELINE);
        let seeds = self.runs.iter().filter(|run| run.name == BASELINE).filter_map(|run| run.test_accuracy);
        let baselines: Vec<f32> = baseline.and_then(Group::test_accuracy).into_iter().chain(seeds).collect();
        let compared = groups.iter().flat_map(|group| compared(group, &baselines));
        self.runs.iter().flat_map(of).chain(compared).collect()
    }

    /// What was measured of these kinds.
    pub(super) fn of(&self, kinds: &[Kind]) -> Vec<Known> {
        self.measured().into_iter().filter(|known| kinds.contains(&known.kind)).collect()
    }

    /// The loss and accuracy of each epoch of the baseline.
    pub(super) fn epochs(&self) -> Vec<Known> {
        let Some(run) = self.runs.iter().rev().find(|run| run.name == BASELINE) else { return Vec::new() };
        let epochs = run.curve.iter().enumerate().flat_map(|(i, epoch)| {
            let of = format!("epoch {} of \"{}\"", i + 1, run.name);
            [known(epoch.loss, Kind::Loss, &of), known(epoch.accuracy, Kind::TrainAccuracy, &of)]
        });
        epochs.collect()
    }

    /// What the baseline says of the first test image.
    pub(super) fn probabilities(&self) -> Vec<Known> {
        let image = self.first_image.iter();
        let probabilities = image.flat_map(|image| image.probabilities.iter().zip(CLASS_NAMES));
        probabilities.map(|(value, name)| known(*value, Kind::Probability, name)).collect()
    }
}

fn known(value: impl Into<f64>, kind: Kind, of: &str) -> Known {
    Known { value: value.into(), kind, of: of.into() }
}

fn of(run: &Run) -> Vec<Known> {
    let name = format!("\"{}\"", run.name);
    let share = |share: Option<f32>, kind| share.map(|share| known(share, kind, &name));
    let plain = |value: f64| Some(known(value, Kind::Other, &name));
    let numbers = [
        share(Some(run.train_loss), Kind::Loss),
        share(run.test_loss, Kind::Loss),
        share(Some(run.train_accuracy), Kind::TrainAccuracy),
        share(run.validation_accuracy, Kind::ValidationAccuracy),
        share(run.test_accuracy, Kind::TestAccuracy),
        share(run.augmented_accuracy, Kind::TestAccuracy),
        plain(run.params as f64),
        plain(run.epochs as f64),
        plain(run.batch_size as f64),
        plain((run.images as f64 / run.batch_size as f64).ceil()),
        plain(f64::from(run.learning_rate)),
        plain(run.seconds),
        plain(run.seed as f64),
    ];
    let widths = run.layers.split('-').filter_map(|width| plain(width.parse().ok()?));
    numbers.into_iter().flatten().chain(widths).collect()
}

/// A mean over seeds and their spread, how far it is ahead of the baseline, and how much better it knows its
/// training set than the test set.
fn compared(group: &Group, baselines: &[f32]) -> Vec<Known> {
    let run = group.latest();
    let (Some(test), name) = (group.test_accuracy(), format!("\"{}\"", run.name)) else { return Vec::new() };
    let gaps = baselines.iter().chain([&run.train_accuracy]).map(|other| (test - other).abs());
    let gains = gaps.chain(group.spread()).map(|gap| known(gap, Kind::Gain, &name));
    let means = group.augmented_accuracy().into_iter().chain([test]);
    gains.chain(means.map(|mean| known(mean, Kind::TestAccuracy, &name))).collect()
}
