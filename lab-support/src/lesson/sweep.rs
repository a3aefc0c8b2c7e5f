//! One setting varied, all else the same: which value is best, by how much, and at what cost.

use std::fmt;

use lab_base::Error;

use crate::data::Dataset;
use crate::eval::Swept;
use crate::lesson::tries::Tries;
use crate::nn::{Fit, Sequential};

/// Values of one setting, each with a network to train.
///
/// ```no_run
/// use lab_support::prelude::*;
///
/// let (learn, validation) = FashionMnist::load()?.train.normalized().split(55_000)?;
/// let mut sizes = Sweep::new("batch size", &learn, &validation);
/// for size in [16, 64, 256] {
///     let mut model = Sequential::new([28, 28]).flatten().dense(10, Linear);
///     model.compile(Adam::default(), CrossEntropy::from_logits());
///     sizes.add(size, model, Fit::epochs(5).batch_size(size));
/// }
/// println!("{}", sizes.run(&[42, 43, 44])?);
/// # Ok::<(), lab_support::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Sweep(Tries<1>);

impl Sweep {
    /// Varies `what`, as "learning rate": every network learns from `learn` and is measured on `validation`.
    pub fn new(what: &str, learn: &Dataset, validation: &Dataset) -> Sweep {
        Sweep(Tries::new([what], learn, validation))
    }

    /// A value, and the compiled network and plan that it stands for. The network's own seed and the plan's own
    /// validation set play no part; each seed draws what [`Sequential::seed`] draws, so that learned layers which are
    /// reused stay.
    pub fn add(&mut self, value: impl fmt::Display, model: Sequential, plan: Fit) {
        self.0.add([value.to_string()], model, plan);
    }

    /// Trains each network once with each of `seeds`, shows one bar for all of it, and adds every run to the records
    /// under the name of setting and value. The test set is not looked at.
    ///
    /// # Errors
    /// When no value was added, or there is no seed, or one of them comes twice; as [`Sequential::fit`]; when it was stopped, and when a record
    /// can't be written.
    pub fn run(&self, seeds: &[u64]) -> Result<Swept, Error> {
        let values = self.0.run(seeds)?.into_iter().map(|([value], tried)| (value, tried)).collect();
        Ok(Swept { what: self.0.what(), values, source: self.0.learn.images().source })
    }

    /// Shows in a notebook what is to be tried.
    pub fn evcxr_display(&self) {
        println!("{}: {}", self.0.what(), self.0.values.concat().join(", "));
    }
}
