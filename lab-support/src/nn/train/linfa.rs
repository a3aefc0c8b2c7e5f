//! The network where linfa expects an algorithm: `Fit` trains it, `FitWith` trains it as a [`Fit`] says, `Predict` asks it.
//!
//! The network's own `fit` and `predict` take precedence where a method is called by its bare name: linfa's
//! are `linfa::traits::Fit::fit(&model, &dataset)` and `linfa::traits::Predict::predict(&model, &records)`.

use std::fmt;

use lab_base::Error;
use linfa::DatasetBase;
use linfa::dataset::AsSingleTargets;
use linfa::traits::{Fit as LinfaFit, FitWith, PredictInplace};
use ndarray::{Array1, ArrayBase, ArrayView1, ArrayView2, Data, Ix2};

use crate::nn::kernels::Threads;
use crate::nn::loss::argmax;
use crate::nn::model::{BLOCK, Samples, Sequential};
use crate::nn::train::settings::Fit;

/// Trains a copy of the network for the 10 epochs of [`Fit::default`], in silence. So linfa's cross-validation compares
/// networks as it compares its own algorithms.
///
/// Records are `[n, inputs]`, targets `[n]` with values below the network's number of outputs; both may be views.
///
/// ```
/// use lab_support::prelude::*;
/// use linfa::prelude::*;
///
/// let records = Array2::from_shape_fn((60, 2), |(i, axis)| if i % 3 == axis { 1.0 } else { 0.01 * i as f32 });
/// let mut data = linfa::Dataset::new(records, Array1::from_shape_fn(60, |i| i % 3));
/// let networks = [1, 16].map(|neurons| {
///     let mut model = Sequential::new([2]).dense(neurons, Relu).dense(3, Linear).seed(1);
///     model.compile(Adam::new(0.05), CrossEntropy::from_logits());
///     model
/// });
/// let accuracy: Array1<f32> = data
///     .cross_validate_single(3, &networks, |predicted, truth| Ok(predicted.confusion_matrix(truth)?.accuracy()))?;
/// assert!(accuracy[1] > 0.9 && accuracy[1] > accuracy[0]);
/// # Ok::<(), lab_support::nn::FitError>(())
/// ```
impl<D, T> LinfaFit<ArrayBase<D, Ix2>, T, FitError> for Sequential
where
    D: Data<Elem = f32>,
    T: AsSingleTargets<Elem = usize>,
{
    type Object = Sequential;

    fn fit(&self, dataset: &DatasetBase<ArrayBase<D, Ix2>, T>) -> Result<Sequential, FitError> {
        trained(self.clone(), dataset, &Fit::default().quiet())
    }
}

/// Trains a network further, as this says: linfa's word for algorithms that go on from a model. A validation set and a
/// checkpoint are for the lab's own data sets.
///
/// ```
/// use lab_support::prelude::*;
/// use linfa::traits::FitWith;
///
/// let records = array![[0.0_f32, 1.0], [1.0, 0.0], [0.1, 0.9], [0.9, 0.2]];
/// let data = linfa::Dataset::new(records, array![0, 1, 0, 1]);
/// let mut model = Sequential::new([2]).dense(2, Linear).seed(1);
/// model.compile(Sgd::new(1.0), CrossEntropy::from_logits());
/// let model = Fit::epochs(50).batch_size(4).quiet().fit_with(model, &data)?;
/// assert_eq!(linfa::traits::Predict::predict(&model, &data), array![0, 1, 0, 1]);
/// # Ok::<(), lab_support::nn::FitError>(())
/// ```
impl<'a, D, T> FitWith<'a, ArrayBase<D, Ix2>, T, FitError> for Fit
where
    D: Data<Elem = f32>,
    T: AsSingleTargets<Elem = usize>,
{
    type ObjectIn = Sequential;
    type ObjectOut = Sequential;

    fn fit_with(
        &self,
        model: Sequential,
        dataset: &'a DatasetBase<ArrayBase<D, Ix2>, T>,
    ) -> Result<Sequential, FitError> {
        if self.is_validated() || self.checkpoint.is_some() {
            let (expected, found) = ("epochs without validation or checkpoint", "one of these");
            let advice = "leave it out, or call model.fit(&data, plan) with a data set of the lab's";
            return Err(Error::new("training on a data set of linfa's", expected, found, advice).into());
        }
        trained(model, dataset, self)
    }
}

/// The network after these epochs.
fn trained<D, T>(
    mut model: Sequential,
    dataset: &DatasetBase<ArrayBase<D, Ix2>, T>,
    plan: &Fit,
) -> Result<Sequential, FitError>
where
    D: Data<Elem = f32>,
    T: AsSingleTargets<Elem = usize>,
{
    plan.check()?;
    let samples =
        LinfaSamples { records: dataset.records.view(), targets: dataset.targets.as_single_targets() };
    let (doing, rows, targets) = ("training", samples.records.nrows(), samples.targets.len());
    if rows != targets {
        let (expected, found) = (format!("a target for each of {rows} records"), format!("{targets}"));
        return Err(Error::new(doing, expected, found, "check where records and targets come from").into());
    }
    let finite = |row: ArrayView1<f32>| row.iter().all(|number| number.is_finite());
    if let Some(row) = samples.records.rows().into_iter().position(|row| !finite(row)) {
        let found = format!("one that is not, in record {row}");
        return Err(Error::new(doing, "records of finite numbers", found, "leave that record out").into());
    }
    model.train(&samples, None, plan, None, &Threads::new()?)?;
    Ok(model)
}

/// The class with the largest output for each row.
impl<D: Data<Elem = f32>> PredictInplace<ArrayBase<D, Ix2>, Array1<usize>> for Sequential {
    /// # Panics
    /// When the description has a mistake, when the rows are not as long as the network's input, or it does not end in
    /// one row of outputs: linfa's trait has no errors, and its own models panic too.
    fn predict_inplace<'a>(&'a self, x: &'a ArrayBase<D, Ix2>, y: &mut Array1<usize>) {
        let targets: Array1<usize> = Array1::zeros(x.nrows());
        if targets.is_empty() {
            self.check().unwrap_or_else(|error| panic!("{error}"));
            *y = targets;
            return;
        }
        let rows = LinfaSamples { records: x.view(), targets: targets.view() };
        self.check_fits(&rows, "predicting").unwrap_or_else(|error| panic!("{error}"));
        let threads = Threads::new().unwrap_or_else(|error| panic!("{error}"));
        let mut predicted = vec![0; x.nrows()];
        threads.run(|| {
            self.each_block(&rows, predicted.chunks_mut(BLOCK), &threads, |images, outputs, predicted| {
                let rows = outputs.chunks_exact(outputs.len() / images.len());
                predicted.iter_mut().zip(rows).for_each(|(predicted, row)| *predicted = argmax(row));
            });
        });
        *y = predicted.into();
    }

    fn default_target(&self, x: &ArrayBase<D, Ix2>) -> Array1<usize> {
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
