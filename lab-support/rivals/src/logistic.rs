use lab_support::Error;
use linfa::Dataset;
use linfa::traits::{Fit, PredictInplace};
use linfa_logistic::{MultiFittedLogisticRegression, MultiLogisticRegression};
use ndarray::{Array1, Array2, Ix1};

use crate::classifier::Classifier;

/// Steps of L-BFGS: with more, the validation accuracy no longer rises, and the time does.
const ITERATIONS: u64 = 50;

/// The model in double precision: sums over thousands of images leave too few digits of single ones for the
/// search along a line.
struct Logistic {
    model: MultiFittedLogisticRegression<f64, usize>,
}

/// # Errors
/// When `l2` is negative or not finite, or the images are of one class.
pub(crate) fn fit(data: Dataset<f32, usize, Ix1>, l2: f64) -> Result<Classifier, Error> {
    let doing = "fitting logistic regression";
    if !l2.is_finite() || l2 < 0.0 {
        return Err(Error::new(doing, "an L2 weight of 0 or more", l2, "try 1.0"));
    }
    let data = Dataset::new(data.records.mapv(f64::from), data.targets);
    let params = MultiLogisticRegression::default().alpha(l2).max_iterations(ITERATIONS);
    let model = params.fit(&data).map_err(|e| {
        Error::doing(doing)
            .expected("images of at least two classes")
            .failed(e)
            .advice("use more images, or another L2 weight")
    })?;
    Ok(Box::new(Logistic { model }))
}

impl PredictInplace<Array2<f32>, Array1<usize>> for Logistic {
    fn predict_inplace<'a>(&'a self, x: &'a Array2<f32>, y: &mut Array1<usize>) {
        self.model.predict_inplace(&x.mapv(f64::from), y);
    }

    fn default_target(&self, x: &Array2<f32>) -> Array1<usize> {
        Array1::zeros(x.nrows())
    }
}
