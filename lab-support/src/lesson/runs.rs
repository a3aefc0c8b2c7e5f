//! Training runs side by side: those of one name that differ in their seed alone count as one.

use lab_base::Error;
use lab_base::{home, records};

use crate::data::{Dataset, Source};
use crate::lesson::run::Run;
use crate::nn::Recipe;
use crate::plot::{Bar, Figure, compare};

/// The name of the run that others are compared with.
pub(super) const BASELINE: &str = "baseline";

/// Training runs to compare: shows itself as a table.
#[derive(Clone, PartialEq)]
pub struct Runs {
    pub(super) groups: Vec<Group>,
    pub(super) source: Source,
    /// Groups that are not shown, and the one that each repeats: the same training under another name.
    pub(super) repeats: Vec<(String, String)>,
}

/// Runs of one name and one training, whatever the seed: the latest of each seed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Group {
    pub(super) runs: Vec<Run>,
}

/// All recorded runs on the same kind of data that were tested: the baseline first, the others in the order in which
/// their names first appeared. A name that was used for several trainings stands for the last of them. A
/// [`trial`](super::trial) is none of them: it has not seen the test set.
///
/// ```no_run
/// # use lab_support::prelude::*;
/// # let test = FashionMnist::load()?.test.normalized();
/// let all = runs(&test)?;
/// println!("{}", all.only(&["baseline", "256 neurons"])?);
/// all.save_csv("runs.csv")?;
/// # Ok::<(), lab_support::Error>(())
/// ```
///
/// # Errors
/// When the file can't be read, or a line of it is not a record.
pub fn runs(data: &Dataset) -> Result<Runs, Error> {
    let source = data.images().source;
    let mut runs: Vec<Run> = records::read(&home::runs_file(source)?)?;
    runs.retain(|run| run.test_accuracy.is_some());
    Ok(Runs::new(runs, source))
}

impl Runs {
    pub(super) fn new(runs: Vec<Run>, source: Source) -> Runs {
        let mut groups: Vec<Group> = Vec::new();
        for run in runs {
            match groups.iter_mut().find(|group| group.latest().name == run.name) {
                Some(group) => group.add(run),
                None => groups.push(Group { runs: vec![run] }),
            }
        }
        // A stable sort: what is not the baseline keeps its order.
        groups.sort_by_key(|group| group.latest().name != BASELINE);
        let repeats = repeats(&groups);
        Runs { groups, source, repeats }
    }

    /// The runs of these names, in this order: the first is the one to compare with.
    ///
    /// # Errors
    /// When a name was never recorded.
    pub fn only(&self, names: &[&str]) -> Result<Runs, Error> {
        let groups: Result<_, Error> = names.iter().map(|name| self.group(name).cloned()).collect();
        Ok(Runs { groups: groups?, source: self.source, repeats: Vec::new() })
    }

    /// All runs but those of these names.
    pub fn without(&self, names: &[&str]) -> Runs {
        let mut runs = self.clone();
        runs.groups.retain(|group| !names.contains(&group.latest().name.as_str()));
        runs.repeats = repeats(&runs.groups);
        runs
    }

    /// The latest run of this name.
    ///
    /// # Errors
    /// When it was never recorded.
    pub fn get(&self, name: &str) -> Result<&Run, Error> {
        self.group(name).map(Group::latest)
    }

    /// Its share of the test images classified right, 0 to 1; the mean, where there are several seeds.
    ///
    /// # Errors
    /// When it was never recorded, or never tested.
    pub fn test_accuracy(&self, name: &str) -> Result<f32, Error> {
        self.group(name)?.test_accuracy().ok_or_else(|| {
            let found = format!("none for \"{name}\"");
            Error::new("reading a training run", "a test accuracy", found, "record it with its test score")
        })
    }

    pub(super) fn augmented_accuracy(&self, name: &str) -> Result<f32, Error> {
        self.group(name)?.augmented_accuracy().ok_or_else(|| {
            let (expected, found) =
                ("an accuracy with test-time augmentation", format!("none for \"{name}\""));
            Error::new("reading a training run", expected, found, "train it with augmentation, by `long_run`")
        })
    }

    /// The name with the largest test accuracy among these.
    ///
    /// # Errors
    /// When one was never recorded, or never tested, or there are none.
    pub fn best(&self, names: &[&str]) -> Result<String, Error> {
        let accuracies: Result<Vec<f32>, Error> = names.iter().map(|name| self.test_accuracy(name)).collect();
        let pairs = accuracies?.into_iter().zip(names);
        let best = pairs.max_by(|a, b| a.0.total_cmp(&b.0));
        best.map(|(_, name)| name.to_string()).ok_or_else(|| {
            Error::new(
                "looking for the best run",
                "at least one name",
                "none",
                "name the runs to choose from",
            )
        })
    }

    /// Test accuracy of each run beside the first: mean and spread, where there are several seeds.
    ///
    /// # Errors
    /// When there are no runs, or too many for one figure.
    pub fn plot(&self) -> Result<Figure, Error> {
        let bars: Vec<Bar> = self.shown().filter_map(Group::bar).collect();
        compare(&bars, self.source)
    }

    /// All but those that repeat others.
    pub(super) fn shown(&self) -> impl Iterator<Item = &Group> {
        let is_repeat = |group: &Group| self.repeats.iter().any(|(name, _)| *name == group.latest().name);
        self.groups.iter().filter(move |group| !is_repeat(group))
    }

    fn group(&self, name: &str) -> Result<&Group, Error> {
        self.groups.iter().find(|group| group.latest().name == name).ok_or_else(|| {
            let known: Vec<&str> = self.groups.iter().map(|group| group.latest().name.as_str()).collect();
            Error::new(
                "choosing a training run",
                "the name of a recorded run",
                format!("\"{name}\" among {known:?}"),
                "run its experiment first",
            )
        })
    }
}

impl Group {
    /// A later run of the same name: beside those of other seeds, or, of another training, in their place. What the
    /// library has not written takes no place of what it has.
    fn add(&mut self, run: Run) {
        if self.latest().is_sealed() && !run.is_sealed() {
            return;
        }
        self.runs.retain(|other| is_one_training(other, &run) && other.seed != run.seed);
        self.runs.push(run);
    }

    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    pub fn latest(&self) -> &Run {
        self.runs.last().expect("a group begins with a run")
    }

    pub fn seeds(&self) -> usize {
        self.runs.len()
    }

    /// The mean over the seeds.
    pub fn test_accuracy(&self) -> Option<f32> {
        self.mean(|run| run.test_accuracy)
    }

    /// The same with test-time augmentation.
    pub fn augmented_accuracy(&self) -> Option<f32> {
        self.mean(|run| run.augmented_accuracy)
    }

    fn mean(&self, of: impl Fn(&Run) -> Option<f32>) -> Option<f32> {
        let sum: Option<f32> = self.runs.iter().map(of).sum();
        Some(sum? / self.runs.len() as f32)
    }

    /// The smallest and the largest test accuracy.
    pub fn range(&self) -> Option<(f32, f32)> {
        let tested = || self.runs.iter().filter_map(|run| run.test_accuracy);
        Some((tested().reduce(f32::min)?, tested().reduce(f32::max)?))
    }

    /// How far the seeds are apart; unknown of a single one.
    pub fn spread(&self) -> Option<f32> {
        let (low, high) = self.range().filter(|_| self.seeds() > 1)?;
        Some(high - low)
    }

    /// Time spent training: the mean over the seeds.
    pub fn seconds(&self) -> f64 {
        self.runs.iter().map(|run| run.seconds).sum::<f64>() / self.runs.len() as f64
    }

    fn bar(&self) -> Option<Bar<'_>> {
        let (run, (low, high)) = (self.latest(), self.range()?);
        Some(Bar {
            name: &run.name,
            accuracy: f64::from(self.test_accuracy()?),
            range: (f64::from(low), f64::from(high)),
            params: run.params,
            seconds: run.seconds,
        })
    }
}

/// Each group whose latest run is one of a group before it, under another name: what a task gives that was left as it was.
fn repeats(groups: &[Group]) -> Vec<(String, String)> {
    let mut repeats = Vec::new();
    for (i, group) in groups.iter().enumerate() {
        let run = group.latest();
        let is_same = |other: &Run| {
            (other.seed, other.test_accuracy) == (run.seed, run.test_accuracy) && is_one_training(other, run)
        };
        if let Some(first) = groups[..i].iter().find(|first| first.runs.iter().any(is_same)) {
            repeats.push((run.name.clone(), first.latest().name.clone()));
        }
    }
    repeats
}

/// Whether two runs differ in their seed at most. Of records of earlier versions that can't be told.
fn is_one_training(one: &Run, other: &Run) -> bool {
    let recipe = |run: &Run| run.recipe.as_ref().filter(|_| run.is_sealed()).map(Recipe::of_any_seed);
    recipe(one).is_some_and(|one| Some(one) == recipe(other))
}

crate::notebook::shows_as_text!(Runs);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::example_runs::{data, history_of, network, run, run_of, score_of};
    use crate::nn::Activation::{Linear, Relu, Tanh};
    use crate::nn::{Adam, CrossEntropy, Fit, Sequential};

    fn seeded(name: &str, seed: u64, test: f32) -> Run {
        Run { seed, ..run(name, test) }.sealed()
    }

    fn of(runs: Vec<Run>) -> Runs {
        Runs::new(runs, Source::FashionMnist)
    }

    #[test]
    fn runs_are_chosen_by_name() {
        let runs = of(vec![run("a", 0.87), run("b", 0.89), run("baseline", 0.88)]);
        assert_eq!(runs.groups[0].latest().name, "baseline", "it comes first");
        assert_eq!(runs.only(&["b", "a"]).unwrap().groups[0].latest().name, "b");
        assert_eq!(runs.without(&["b", "c"]).groups.len(), 2);
        assert_eq!((runs.test_accuracy("b").unwrap(), runs.best(&["a", "b"]).unwrap()), (0.89, "b".into()));
        let message = runs.test_accuracy("c").unwrap_err().to_string();
        assert!(message.contains("\"c\" among [\"baseline\", \"a\", \"b\"]"), "{message}");
        assert!(runs.best(&[]).is_err());
    }

    #[test]
    fn a_training_under_another_name_is_not_shown_again() {
        let same = run("128 neurons", 0.88).sealed();
        let other =
            run_of("wide", &history_of(&network(&[256], Adam::default()), &Fit::epochs(10), 0.9), 0.89);
        let runs = of(vec![same, run("baseline", 0.88).sealed(), other]);
        let names = |runs: &Runs| runs.shown().map(|group| group.latest().name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&runs), ["baseline", "wide"]);
        let text = runs.to_string();
        assert!(text.contains("left out: \"128 neurons\", the same training as \"baseline\""), "{text}");
        assert!(
            runs.get("128 neurons").is_ok() && runs.to_csv().contains("128 neurons"),
            "it is recorded all the same"
        );
        assert_eq!(names(&runs.only(&["baseline", "128 neurons"]).unwrap()), ["baseline", "128 neurons"]);
        assert_eq!(names(&runs.without(&["baseline"])), ["128 neurons", "wide"]);
    }

    #[test]
    fn every_seed_is_a_line_for_other_programs() {
        let runs = of(vec![seeded("a, b", 1, 0.5), seeded("a, b", 2, 0.875)]);
        let csv = runs.to_csv();
        let lines: Vec<&str> = csv.lines().collect();
        assert!(
            lines.len() == 3 && lines[0].starts_with("name,data,layers,params,optimizer,learning_rate"),
            "{csv}"
        );
        assert!(lines[2].starts_with("\"a, b\",real,784-128-10,101770,Adam,0.001,32,,2,2,"), "{csv}");
        assert!(lines[2].contains(",0.4,0.875,,1.0,2,"), "not augmented: {csv}");
        let json: serde_json::Value = serde_json::from_str(&runs.to_json()).unwrap();
        assert_eq!((&json[0]["name"], &json[1]["test_accuracy"]), (&"a, b".into(), &0.875.into()));
        assert!(json[0]["validation_accuracy"].is_null() && json[0].get("augmented_accuracy").is_some());
    }

    #[test]
    fn seeds_of_one_name_have_a_mean_and_a_spread() {
        let runs = of(vec![seeded("a", 1, 0.5), seeded("a", 2, 0.88), seeded("a", 1, 0.90)]);
        let group = &runs.groups[0];
        assert_eq!((group.seeds(), group.range().unwrap()), (2, (0.88, 0.90)), "the latest of each seed");
        assert!((group.test_accuracy().unwrap() - 0.89).abs() < 1e-6);
        assert!((group.spread().unwrap() - 0.02).abs() < 1e-6);
        assert_eq!(of(vec![run("a", 0.9)]).groups[0].spread(), None, "one seed has no spread");
    }

    #[test]
    fn another_training_takes_the_place_of_the_old() {
        let longer = history_of(&network(&[128], Adam::default()), &Fit::epochs(50), 0.9);
        let runs = of(vec![seeded("a", 1, 0.8), seeded("a", 2, 0.8), run_of("a", &longer, 0.9)]);
        assert_eq!((runs.groups[0].seeds(), runs.groups[0].latest().epochs), (1, 50));
    }

    #[test]
    fn different_networks_of_one_name_are_never_averaged() {
        let flat = || Sequential::new([28, 28]).flatten();
        let tanh = flat().dense(128, Tanh).dense(10, Linear);
        let regularized = flat().dense(128, Relu).dropout(0.3).batch_norm().dense(10, Linear);
        let mut frozen = network(&[128], Adam::default());
        frozen.freeze(2).unwrap();
        let other_adam = network(&[128], Adam::default().beta_1(0.5));
        for (i, mut other) in [tanh, regularized, frozen, other_adam].into_iter().enumerate() {
            if other.compiled.is_none() {
                other.compile(Adam::default(), CrossEntropy::from_logits());
            }
            assert_eq!(other.architecture(), "784-128-10");
            let other = run_of("a", &history_of(&other.seed(43), &Fit::epochs(2), 0.9), 0.4);
            let group = of(vec![run("a", 0.8), other]).groups[0].clone();
            assert_eq!((group.seeds(), group.test_accuracy()), (1, Some(0.4)), "network {i}");
        }
        let same = network(&[128], Adam::default()).seed(43);
        let same = run_of("a", &history_of(&same, &Fit::epochs(2), 0.9), 0.4);
        assert_eq!(of(vec![run("a", 0.8), same]).groups[0].seeds(), 2);
    }

    #[test]
    fn a_seed_that_has_seen_the_test_set_is_no_seed_of_the_others() {
        let (train, test) = data();
        let trained = |seed: u64, data: &Dataset| {
            let mut model = network(&[8], Adam::default()).seed(seed);
            let history = model.fit(data, Fit::epochs(1).quiet()).unwrap();
            run_of("a", &history, score_of(&history, 0.9).accuracy)
        };
        let runs = of(vec![trained(1, &test), trained(2, &train), trained(3, &train)]);
        assert_eq!(runs.groups[0].seeds(), 2);
    }

    #[test]
    fn a_forged_line_is_no_seed_and_takes_no_place() {
        let forged = Run { seed: 43, test_accuracy: Some(0.99), ..run("a", 0.8) };
        let old = Run { recipe: None, seal: None, ..run("b", 0.7) };
        let runs = of(vec![run("a", 0.8), forged, old.clone(), Run { seed: 2, ..old }]);
        assert_eq!(runs.test_accuracy("a").unwrap(), 0.8);
        assert_eq!(runs.groups[1].seeds(), 1, "what can't be told is not averaged");
    }
}
