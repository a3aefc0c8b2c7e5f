//! What has been measured, and of which run.

use crate::lesson::baseline::BASELINE_EPOCHS;
use crate::lesson::run::Run;
use crate::lesson::runs::BASELINE;
use crate::nn::{NetworkSpec, Recipe, Score};

/// What the lab has measured on one kind of data.
#[derive(Clone, Debug, Default)]
pub(in crate::lesson) struct Evidence {
    pub runs: Vec<Run>,
    pub first_image: Option<FirstImage>,
    pub saved: Option<Saved>,
    /// What the data set is called, where it is none of garments.
    pub other_set: Option<&'static str>,
}

/// The saved baseline, measured on the test images when it is asked for.
#[derive(Clone, Debug)]
pub(in crate::lesson) struct Saved {
    pub network: NetworkSpec,
    pub test: Score,
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
}

/// A number that was measured.
#[derive(Clone, Debug)]
pub(super) struct Measured {
    pub value: f64,
    pub kind: Kind,
    /// Of which epoch, from 1, and whether that was the last.
    pub epoch: usize,
    pub is_last: bool,
    pub network: Network,
}

/// What can be told of a network by its record: by the recipe what it is, by name and words what people call it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Network {
    /// Of its hidden dense layers.
    pub widths: Vec<usize>,
    pub convolutions: bool,
    pub epochs: usize,
    /// Trained on pixels from 0 to 255.
    pub raw: bool,
    pub baseline: bool,
    pub name: String,
    /// Its name, its optimizer and what else was chosen, in small letters.
    pub words: String,
    /// Its name says no more than widths and epochs.
    pub plain: bool,
    pub augmented: bool,
}

impl Evidence {
    /// Every number of every run, and the means over several seeds.
    pub(super) fn measured(&self) -> Vec<Measured> {
        let runs = || self.runs.iter().filter_map(|run| Some((run, run.recipe.as_ref()?)));
        let means = runs().flat_map(|(run, recipe)| self.means(run, recipe));
        let saved = self.saved.iter().flat_map(Saved::measured);
        runs().flat_map(|(run, recipe)| of(run, recipe)).chain(means).chain(saved).collect()
    }

    /// Over the seeds of one training.
    fn means(&self, run: &Run, recipe: &Recipe) -> Vec<Measured> {
        let training = recipe.of_any_seed();
        let is_same = |other: &Recipe| other.of_any_seed() == training;
        let runs: Vec<&Run> = self.runs.iter().filter(|other| other.name == run.name).collect();
        let same = || runs.iter().copied().filter(|other| other.recipe.as_ref().is_some_and(is_same));
        // The latest of each seed.
        let latest = || {
            same()
                .enumerate()
                .filter(|(i, run)| !same().skip(i + 1).any(|later| later.seed == run.seed))
                .map(|(_, run)| run)
        };
        let mean = |of: fn(&Run) -> Option<f32>| {
            let values: Vec<f64> = latest().filter_map(of).map(f64::from).collect();
            (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
        };
        let means = [mean(|run| run.test_accuracy), mean(|run| run.augmented_accuracy)];
        let network = Network::of(run, recipe);
        means.into_iter().flatten().map(|value| measured(run, &network, value, Kind::TestAccuracy)).collect()
    }
}

impl Saved {
    fn measured(&self) -> [Measured; 2] {
        let network = Network {
            widths: self.network.hidden_dense_units(),
            convolutions: self.network.has_convolutions(),
            epochs: BASELINE_EPOCHS,
            raw: false,
            baseline: true,
            name: BASELINE.into(),
            words: BASELINE.into(),
            plain: true,
            augmented: false,
        };
        [(self.test.accuracy, Kind::TestAccuracy), (self.test.loss, Kind::Loss)].map(|(value, kind)| {
            Measured {
                value: f64::from(value),
                kind,
                epoch: network.epochs,
                is_last: true,
                network: network.clone(),
            }
        })
    }
}

fn measured(run: &Run, network: &Network, value: f64, kind: Kind) -> Measured {
    Measured { value, kind, epoch: run.epochs, is_last: true, network: network.clone() }
}

fn of(run: &Run, recipe: &Recipe) -> Vec<Measured> {
    let network = &Network::of(run, recipe);
    let at_end = [
        (Some(run.train_loss), Kind::Loss),
        (run.test_loss, Kind::Loss),
        (Some(run.train_accuracy), Kind::TrainAccuracy),
        (run.validation_accuracy, Kind::ValidationAccuracy),
        (run.test_accuracy, Kind::TestAccuracy),
        (run.augmented_accuracy, Kind::TestAccuracy),
    ];
    let at_end =
        at_end.into_iter().filter_map(|(value, kind)| Some(measured(run, network, f64::from(value?), kind)));
    let curve = run.curve.iter().enumerate().flat_map(|(i, point)| {
        let of_epoch = [
            (Some(point.loss), Kind::Loss),
            (Some(point.accuracy), Kind::TrainAccuracy),
            (point.validation_loss, Kind::Loss),
            (point.validation_accuracy, Kind::ValidationAccuracy),
        ];
        of_epoch.into_iter().filter_map(move |(value, kind)| {
            let is_last = i + 1 == run.curve.len();
            Some(Measured { epoch: i + 1, is_last, ..measured(run, network, f64::from(value?), kind) })
        })
    });
    at_end.chain(curve).collect()
}

impl Network {
    fn of(run: &Run, recipe: &Recipe) -> Network {
        let words = format!("{} {} {}", run.name, run.optimizer, run.with).to_lowercase();
        let name = run.name.to_lowercase();
        let known = |word: &str| {
            word.parse::<usize>().is_ok()
                || [
                    "neurons", "epochs", "baseline", "hidden", "layers", "two", "sgd", "layer", "units",
                    "another",
                ]
                .contains(&word)
        };
        let raw = ["0-255", "not normal", "without normal", "unnormal", "raw", "no normal", "unscaled"];
        Network {
            widths: recipe.network.hidden_dense_units(),
            convolutions: recipe.network.has_convolutions(),
            epochs: run.epochs,
            raw: raw.iter().any(|mark| name.contains(mark)),
            baseline: run.name == BASELINE,
            plain: name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).all(known),
            augmented: recipe.plan.augment.is_some(),
            words,
            name,
        }
    }
}
