//! One setting varied, all else the same: which value is best, by how much, and at what cost.

use std::fmt;

use lab_base::Error;

use crate::data::Dataset;
use crate::eval::Swept;
use crate::lesson::tries::{Try, try_all};
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
pub struct Sweep {
    what: String,
    learn: Dataset,
    validation: Dataset,
    values: Vec<String>,
    tries: Vec<Try>,
}

impl Sweep {
    /// Varies `what`, as "learning rate": every network learns from `learn` and is measured on `validation`.
    pub fn new(what: &str, learn: &Dataset, validation: &Dataset) -> Sweep {
        let (learn, validation) = (learn.clone(), validation.clone());
        Sweep { what: what.to_string(), learn, validation, values: Vec::new(), tries: Vec::new() }
    }

    /// A value, and the compiled network and plan that it stands for. The network's own seed and the plan's own
    /// validation set play no part; each seed draws what [`Sequential::seed`] draws, so that learned layers which are
    /// reused stay.
    pub fn add(&mut self, value: impl fmt::Display, model: Sequential, plan: Fit) {
        let value = value.to_string();
        self.tries.push(Try { name: format!("{} {value}", self.what), model, plan });
        self.values.push(value);
    }

    /// Trains each network once with each of `seeds`, shows one bar for all of it, and adds every run to the records
    /// under the name of setting and value. The test set is not looked at.
    ///
    /// # Errors
    /// When no value was added, or there is no seed, or one of them comes twice; as [`Sequential::fit`]; when it was stopped, and when a record
    /// can't be written.
    pub fn run(&self, seeds: &[u64]) -> Result<Swept, Error> {
        let tried = try_all(&self.what, &self.tries, seeds, &self.learn, &self.validation)?;
        let values = self.values.iter().cloned().zip(tried).collect();
        Ok(Swept { what: self.what.clone(), values, source: self.learn.images().source })
    }

    /// Shows in a notebook what is to be tried.
    pub fn evcxr_display(&self) {
        println!("{}: {}", self.what, self.values.join(", "));
    }
}
