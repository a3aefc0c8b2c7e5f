//! The network where linfa expects an algorithm: `Fit` trains it, `Predict` asks it.
//!
//! The network's own `fit` and `predict` take precedence where a method is called by its bare name: linfa's
//! are `linfa::traits::Fit::fit(&model, &dataset)` and `linfa::traits::Predict::predict(&model, &records)`.

use std::fmt;

use lab_base::Error;
use linfa::DatasetBase;
use linfa::traits::{Fit as LinfaFit, PredictInplace};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

use crate::nn::kernels::Threads;
use crate::nn::loss::argmax;
use crate::nn::model::{Samples, Sequential};
use crate::nn::train::settings::Fit;

/// Trains a copy of the network for the 10 epochs of [`Fit::default`], in silence.
///
/// Records are `[n, inputs]`, targets `[n]` with values below the network's number of outputs.
impl LinfaFit<Array2<f32>, Array1<usize>, FitError> for Sequential {
    type Object = Sequential;

    fn fit(&self, dataset: &DatasetBase<Array2<f32>, Array1<usize>>) -> Result<Sequential, FitError> {
        let (doing, rows, targets) = ("training", dataset.records.nrows(), dataset.targets.len());
        if rows != targets {
            let (expected, found) = (format!("a target for each of {rows} records"), format!("{targets}"));
            return Err(
                Error::new(doing, expected, found, "check where records and targets come from").into()
            );
        }
        let finite = |row: ArrayView1<f32>| row.iter().all(|number| number.is_finite());
        if let Some(row) = dataset.records.rows().into_iter().position(|row| !finite(row)) {
            let found = format!("one that is not, in record {row}");
            return Err(Error::new(doing, "records of finite numbers", found, "leave that record out").into());
        }
        let mut model = self.clone();
        let rows = LinfaSamples { records: dataset.records.view(), targets: dataset.targets.view() };
        model.train(&rows, None, &Fit::default().quiet(), None, &Threads::new()?)?;
        Ok(model)
    }
}

/// The class with the largest output for each row.
impl PredictInplace<Array2<f32>, Array1<usize>> for Sequential {
    /// # Panics
    /// When the description has a mistake, when the rows are not as long as the network's input, or it does not end in
    /// one row of outputs: linfa's trait has no errors, and its own models panic too.
    fn predict_inplace<'a>(&'a self, x: &'a Array2<f32>, y: &mut Array1<usize>) {
        let targets = self.default_target(x);
        if targets.is_empty() {
            self.check().unwrap_or_else(|error| panic!("{error}"));
            *y = targets;
            return;
        }
        let rows = LinfaSamples { records: x.view(), targets: targets.view() };
        self.check_fits(&rows, "predicting").unwrap_or_else(|error| panic!("{error}"));
        let mut predicted = Vec::with_capacity(x.nrows());
        self.each_block(&rows, 0..x.nrows(), |n, outputs| {
            predicted.extend(outputs.chunks_exact(outputs.len() / n).map(argmax));
        });
        *y = predicted.into();
    }

    fn default_target(&self, x: &Array2<f32>) -> Array1<usize> {
        Array1::zeros(x.nrows())
    }
}

/// What linfa's `Fit` returns when the network can't be trained: linfa asks for an error type that its own
/// errors can become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FitError(Error);

impl From<Error> for FitError {
    fn from(error: Error) -> FitError {
        FitError(error)
    }
}

impl From<linfa::Error> for FitError {
    fn from(error: linfa::Error) -> FitError {
        let advice = "check the shapes of records and targets";
        FitError(Error::new("calling linfa", "data that it accepts", error, advice))
    }
}

impl fmt::Display for FitError {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for FitError {}

/// A linfa data set as training sees it.
struct LinfaSamples<'a> {
    records: ArrayView2<'a, f32>,
    targets: ArrayView1<'a, usize>,
}

impl Samples for LinfaSamples<'_> {
    fn len(&self) -> usize {
        self.records.nrows()
    }

    fn features(&self) -> usize {
        self.records.ncols()
    }

    fn label(&self, i: usize) -> usize {
        self.targets[i]
    }

    fn fill(&self, rows: &[usize], batch: &mut [f32]) {
        let numbers = rows.iter().flat_map(|&row| self.records.row(row));
        batch.iter_mut().zip(numbers).for_each(|(to, number)| *to = *number);
    }
}
