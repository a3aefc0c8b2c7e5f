//! One setting varied, all else the same: which value is best, by how much, and at what cost.

use std::fmt;

use super::tries::{Tried, Try, try_all};
use crate::Error;
use crate::data::{Dataset, Source};
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

/// What came of a sweep: shows itself as a figure, and prints itself as a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Swept {
    /// The setting that was varied.
    pub what: String,
    /// Its values in the order in which they were added.
    pub values: Vec<(String, Tried)>,
    pub source: Source,
}

impl Sweep {
    /// Varies `what`, as "learning rate": every network learns from `learn` and is measured on `validation`.
    pub fn new(what: &str, learn: &Dataset, validation: &Dataset) -> Sweep {
        let (learn, validation) = (learn.clone(), validation.clone());
        Sweep { what: what.to_string(), learn, validation, values: Vec::new(), tries: Vec::new() }
    }

    /// A value, and the compiled network and plan that it stands for. The network's own seed and the plan's own
    /// validation set play no part.
    pub fn add(&mut self, value: impl fmt::Display, model: Sequential, plan: Fit) {
        let value = value.to_string();
        self.tries.push(Try { name: format!("{} {value}", self.what), model, plan });
        self.values.push(value);
    }

    /// Trains each network once with each of `seeds`, shows one bar for all of it, and adds every run to the records
    /// under the name of setting and value. The test set is not looked at.
    ///
    /// # Errors
    /// When no value was added, or there is no seed; as [`Sequential::fit`]; when it was stopped, and when a record
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

impl Swept {
    /// The value with the largest mean validation accuracy.
    pub fn best(&self) -> &str {
        let best = self.values.iter().max_by(|a, b| a.1.mean().total_cmp(&b.1.mean()));
        best.map_or("", |(value, _)| value)
    }
}

impl fmt::Display for Swept {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let longest = self.values.iter().map(|(value, _)| value.chars().count()).max().unwrap_or(0);
        let width = longest.max(self.what.chars().count());
        writeln!(f, "{:<width$}  validation accuracy  spread  seconds", self.what)?;
        for (value, tried) in &self.values {
            let (mean, spread, seconds) = (tried.mean(), tried.spread(), tried.seconds);
            writeln!(f, "{value:<width$}  {mean:>19.4}  {spread:>6.4}  {seconds:>7.2}")?;
        }
        let seeds = self.values.first().map_or(0, |(_, tried)| tried.accuracies.len());
        write!(f, "best: {} (mean of {seeds}; spread: the largest less the smallest)", self.best())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tried(accuracies: [f32; 2], seconds: f64) -> Tried {
        Tried { params: 10, accuracies: accuracies.to_vec(), seconds }
    }

    #[test]
    fn a_sweep_prints_as_a_table_and_knows_the_best() {
        let values =
            vec![("16".to_string(), tried([0.5, 0.7], 1.5)), ("256".into(), tried([0.8, 0.9], 0.25))];
        let swept = Swept { what: "size".into(), values, source: Source::FashionMnist };
        assert_eq!(swept.best(), "256");
        let table = swept.to_string();
        assert!(table.contains("16                 0.6000  0.2000     1.50\n"), "{table}");
        assert!(table.ends_with("best: 256 (mean of 2; spread: the largest less the smallest)"), "{table}");
    }
}
