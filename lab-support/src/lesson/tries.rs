//! Networks that are trained with several seeds each, to choose among.

use lab_base::Error;

use crate::data::Dataset;
use crate::eval::Tried;
use crate::lesson::run::Run;
use crate::nn::{Fit, Sequential};
use crate::notebook::live;
use crate::notebook::progress::Progress;

/// A compiled network and how to train it.
#[derive(Clone, Debug)]
struct Try {
    /// Of its runs in the records: `learning rate 0.001`.
    name: String,
    model: Sequential,
    plan: Fit,
}

/// Values of `N` settings, each with a network to train.
#[derive(Clone, Debug)]
pub(super) struct Tries<const N: usize> {
    pub what: [String; N],
    pub learn: Dataset,
    validation: Dataset,
    pub values: Vec<[String; N]>,
    tries: Vec<Try>,
}

impl<const N: usize> Tries<N> {
    pub fn new(what: [&str; N], learn: &Dataset, validation: &Dataset) -> Tries<N> {
        let (learn, validation) = (learn.clone(), validation.clone());
        Tries { what: what.map(String::from), learn, validation, values: Vec::new(), tries: Vec::new() }
    }

    pub fn add(&mut self, values: [String; N], model: Sequential, plan: Fit) {
        let named = self.what.iter().zip(&values).map(|(what, value)| format!("{what} {value}"));
        self.tries.push(Try { name: named.collect::<Vec<_>>().join(", "), model, plan });
        self.values.push(values);
    }

    /// Trains each network once with each seed, and then records them all, without using the test set.
    ///
    /// # Errors
    /// When there is nothing to try, or no seed, or one of them comes twice; as [`Sequential::fit`]; when it was stopped, and when a record can't be
    /// written.
    pub fn run(&self, seeds: &[u64]) -> Result<Vec<([String; N], Tried)>, Error> {
        let runs = self.train_all(seeds)?;
        runs.iter().flatten().try_for_each(|run| run.keep(self.learn.images().source))?;
        Ok(self.values.iter().cloned().zip(runs.iter().map(|runs| outcome(runs))).collect())
    }

    /// `neurons and learning rate`.
    pub fn what(&self) -> String {
        self.what.join(" and ")
    }

    /// The runs of each try, one for each seed.
    fn train_all(&self, seeds: &[u64]) -> Result<Vec<Vec<Run>>, Error> {
        let tries = &self.tries;
        let doing = format!("trying {}", self.what());
        if tries.is_empty() || seeds.is_empty() {
            let found = format!("{} and {}", tries.len(), seeds.len());
            let advice = "add a value with its network, and run it with the seeds &[42, 43, 44]";
            return Err(Error::new(doing, "at least one value and one seed", found, advice));
        }
        let names: Vec<&str> = tries.iter().map(|one| &*one.name).collect();
        for (what, twice) in [
            ("value", repeated(&names).map(|n| n.to_string())),
            ("seed", repeated(seeds).map(|n| n.to_string())),
        ] {
            if let Some(twice) = twice {
                let advice = "what is tried twice in the same way comes out the same";
                return Err(Error::new(doing, format!("each {what} once"), format!("{twice} twice"), advice));
            }
        }
        let progress = Progress::new(doing, tries.len() * seeds.len(), "trainings");
        let train = |one: &Try| {
            let runs = seeds.iter().map(|&seed| {
                let run = one.train(seed, &self.learn, &self.validation);
                progress.advance(1);
                run.map_err(|error| error.within(format!("trying {}", one.name)))
            });
            runs.collect::<Result<Vec<Run>, Error>>()
        };
        let runs = tries.iter().map(train).collect::<Result<_, Error>>()?;
        progress.finish();
        Ok(runs)
    }
}

/// The first that has come before.
fn repeated<T: PartialEq>(all: &[T]) -> Option<&T> {
    all.iter().enumerate().find(|(i, one)| all[..*i].contains(one)).map(|(_, one)| one)
}

fn outcome(runs: &[Run]) -> Tried {
    Tried {
        params: runs.first().map_or(0, |run| run.params),
        accuracies: runs.iter().filter_map(|run| run.validation_accuracy).collect(),
        seconds: runs.iter().map(|run| run.seconds).sum::<f64>() / runs.len() as f64,
    }
}

impl Try {
    fn train(&self, seed: u64, learn: &Dataset, validation: &Dataset) -> Result<Run, Error> {
        let plan = self.plan.clone().validation(validation).quiet();
        let history = self.model.clone().seed(seed).fit(learn, plan)?;
        live::check_not_stopped("training")?;
        Run::new(&self.name, &history, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Images, Source};
    use crate::nn::Activation::{Linear, Tanh};
    use crate::nn::{CrossEntropy, Sgd};

    /// Images whose first pixel is bright where the label is 1.
    fn data() -> Dataset {
        let pixel = |(i, row, column)| if row + column == 0 { 255 * (i % 2) as u8 } else { 100 };
        Images::made(Source::Practice, (40, 2, 2), pixel, |i| (i % 2) as u8).normalized()
    }

    fn one(rate: f32) -> Try {
        let mut model = Sequential::new([2, 2]).flatten().dense(10, Linear);
        model.compile(Sgd::new(rate), CrossEntropy::from_logits());
        Try { name: format!("rate {rate}"), model, plan: Fit::epochs(5).batch_size(4) }
    }

    fn tries(tries: &[Try]) -> Tries<1> {
        Tries { tries: tries.to_vec(), ..Tries::new(["rates"], &data(), &data()) }
    }

    #[test]
    fn each_seed_is_measured_on_the_validation_images_and_on_no_test() {
        let runs = Tries { validation: data().take(20), ..tries(&[one(0.5), one(1e-9)]) }
            .train_all(&[1, 2])
            .unwrap();
        let seeds: Vec<u64> = runs[0].iter().map(|run| run.seed).collect();
        assert_eq!((runs.len(), seeds), (2, vec![1, 2]));
        let [good, bad] = [&runs[0], &runs[1]].map(|runs| outcome(runs));
        assert!(good.mean() == 1.0 && good.spread() == 0.0 && bad.mean() < 0.9, "{good:?} {bad:?}");
        assert_eq!((good.params, runs[0][0].test_accuracy, &runs[0][0].name[..]), (50, None, "rate 0.5"));
        assert_ne!(runs[1][0].train_loss, runs[1][1].train_loss, "each seed draws its own weights");
    }

    #[test]
    fn a_training_that_fails_is_named_and_nothing_to_try_is_an_error() {
        let message = |result: Result<Vec<Vec<Run>>, Error>| result.unwrap_err().to_string();
        let failed = message(tries(&[one(0.1), one(-1.0)]).train_all(&[1]));
        assert!(failed.starts_with("While trying rate -1, "), "{failed}");
        for (all, seeds) in [(vec![], vec![1]), (vec![one(0.1)], vec![])] {
            let told = message(tries(&all).train_all(&seeds));
            assert!(told.contains("at least one value and one seed"), "{told}");
        }
    }

    /// A teacher that tells the images apart, whose body is kept and whose new head learns almost nothing.
    #[test]
    fn a_pretrained_body_is_what_it_was_for_every_seed() {
        let hidden = Sequential::new([2, 2]).flatten().dense(8, Tanh);
        let mut teacher = hidden.dense(10, Linear).seed(3);
        teacher.compile(Sgd::new(0.5), CrossEntropy::from_logits());
        teacher.fit(&data(), Fit::epochs(20).batch_size(4).quiet()).unwrap();
        let mut frozen = teacher.clone();
        frozen.freeze(3).unwrap();
        frozen = frozen.dense(10, Linear);
        let mut reused = teacher.without_last(1).dense(10, Linear);
        for model in [&mut frozen, &mut reused] {
            model.compile(Sgd::new(0.3), CrossEntropy::from_logits());
        }
        let expected = |model: &Sequential, seed| {
            let mut model = model.clone().seed(seed);
            let plan = Fit::epochs(3).batch_size(4).validation(&data()).quiet();
            let history = model.fit(&data(), plan).unwrap();
            assert_eq!(model.weight(1).unwrap().dim(), (8, 4));
            history.epochs[2].train.loss
        };
        let plan = Fit::epochs(3).batch_size(4);
        let heads = [("frozen", &frozen), ("reused", &reused)].map(|(name, model)| Try {
            name: name.into(),
            model: model.clone(),
            plan: plan.clone(),
        });
        let runs = tries(&heads).train_all(&[5, 6]).unwrap();
        for (model, runs) in [&frozen, &reused].into_iter().zip(&runs) {
            for (seed, run) in [5, 6].into_iter().zip(runs) {
                assert_eq!(run.train_loss, expected(model, seed), "a sweep trains as `seed` and `fit` do");
                assert_eq!(run.validation_accuracy, Some(1.0), "the body tells them apart");
            }
        }
        assert_eq!(frozen.clone().seed(5).weight(1).unwrap(), teacher.weight(1).unwrap());
        assert_eq!(reused.seed(6).weight(1).unwrap(), teacher.weight(1).unwrap());
    }

    #[test]
    fn a_seed_or_a_value_that_comes_twice_is_refused() {
        let told = |all: &[Try], seeds: &[u64]| tries(all).train_all(seeds).unwrap_err().to_string();
        assert!(told(&[one(0.1)], &[42, 43, 42]).contains("each seed once, found 42 twice"));
        assert!(
            told(&[one(0.1), one(0.2), one(0.1)], &[1]).contains("each value once, found rate 0.1 twice")
        );
    }
}
