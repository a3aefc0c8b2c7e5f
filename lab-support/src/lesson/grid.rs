//! Two settings varied at once: every pair is tried.

use std::fmt;

use lab_base::Error;

use crate::data::Dataset;
use crate::eval::GridTried;
use crate::lesson::tries::Tries;
use crate::nn::{Fit, Sequential};

/// Pairs of values of two settings, each with a network to train.
///
/// ```no_run
/// use lab_support::prelude::*;
///
/// let (learn, validation) = FashionMnist::load()?.train.normalized().split(55_000)?;
/// let mut pairs = Grid::new("neurons", "learning rate", &learn, &validation);
/// for neurons in [32, 64] {
///     for rate in [0.001, 0.01] {
///         let mut model = Sequential::new([28, 28]).flatten().dense(neurons, Relu).dense(10, Linear);
///         model.compile(Adam::new(rate), CrossEntropy::from_logits());
///         pairs.add(neurons, rate, model, Fit::epochs(5));
///     }
/// }
/// let (neurons, rate) = pairs.run(&[42])?.best();
/// # Ok::<(), lab_support::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Grid(Tries<2>);

impl Grid {
    /// Varies `rows` and `columns`, as "neurons" and "hidden layers": every network learns from `learn` and is
    /// measured on `validation`.
    pub fn new(rows: &str, columns: &str, learn: &Dataset, validation: &Dataset) -> Grid {
        Grid(Tries::new([rows, columns], learn, validation))
    }

    /// A pair of values, and the compiled network and plan that it stands for. The network's own seed and the plan's
    /// own validation set play no part.
    pub fn add(&mut self, row: impl fmt::Display, column: impl fmt::Display, model: Sequential, plan: Fit) {
        self.0.add([row.to_string(), column.to_string()], model, plan);
    }

    /// Trains each network once with each of `seeds`, as [`Sweep::run`](super::Sweep::run) does.
    ///
    /// # Errors
    /// As [`Sweep::run`](super::Sweep::run).
    pub fn run(&self, seeds: &[u64]) -> Result<GridTried, Error> {
        let pairs = self.0.run(seeds)?;
        Ok(GridTried { what: self.0.what.clone(), pairs, source: self.0.learn.images().source })
    }

    /// Shows in a notebook what is to be tried.
    pub fn evcxr_display(&self) {
        println!("{}: {} pairs", self.0.what(), self.0.values.len());
    }
}
