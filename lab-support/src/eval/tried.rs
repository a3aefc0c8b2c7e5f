//! What came of training networks with different settings: accuracy and time of each.

use std::fmt;

use crate::data::Source;

/// What came of a try.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// Trainable numbers.
    pub params: usize,
    /// Share of the validation images classified right after the last epoch (with early stopping, after the best),
    /// for each seed.
    pub accuracies: Vec<f32>,
    /// Mean time of a training, without validation.
    pub seconds: f64,
}

impl Tried {
    /// Mean validation accuracy of the seeds.
    pub fn mean(&self) -> f32 {
        self.accuracies.iter().sum::<f32>() / self.accuracies.len() as f32
    }

    /// The largest accuracy less the smallest.
    pub fn spread(&self) -> f32 {
        let (low, high) = self.range();
        high - low
    }

    pub(crate) fn range(&self) -> (f32, f32) {
        let accuracies = || self.accuracies.iter().copied();
        (accuracies().fold(1.0, f32::min), accuracies().fold(0.0, f32::max))
    }
}

/// What came of a sweep: shows itself as a figure, and prints itself as a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Swept {
    /// The setting that was varied.
    pub what: String,
    /// Its values in the order in which they were added.
    pub values: Vec<(String, Tried)>,
    /// Where the images come from.
    pub source: Source,
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

/// What came of a grid: shows itself as a heat map.
#[derive(Clone, Debug, PartialEq)]
pub struct GridTried {
    /// The settings that were varied: down the rows, and along the columns.
    pub what: [String; 2],
    /// Pairs of values in the order in which they were added.
    pub pairs: Vec<([String; 2], Tried)>,
    /// Where the images come from.
    pub source: Source,
}

impl GridTried {
    /// The pair with the largest mean validation accuracy: row and column.
    pub fn best(&self) -> (String, String) {
        let best = self.pairs.iter().max_by(|a, b| a.1.mean().total_cmp(&b.1.mean()));
        best.map_or_else(Default::default, |([row, column], _)| (row.clone(), column.clone()))
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
