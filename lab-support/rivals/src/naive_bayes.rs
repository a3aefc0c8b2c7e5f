use lab_support::Error;
use linfa::Dataset;
use linfa::traits::Fit;
use linfa_bayes::GaussianNb;
use ndarray::Ix1;

use crate::classifier::Classifier;

/// # Errors
/// When `smoothing` is negative or not finite.
pub(crate) fn fit(data: Dataset<f32, usize, Ix1>, smoothing: f32) -> Result<Classifier, Error> {
    let doing = "fitting naive Bayes";
    if !smoothing.is_finite() || smoothing < 0.0 {
        return Err(Error::new(doing, "a smoothing of 0 or more", smoothing, "try 0.01"));
    }
    let params = GaussianNb::params().var_smoothing(smoothing);
    let model: GaussianNb<f32, usize> = params
        .fit(&data)
        .map_err(|e| Error::doing(doing).expected("images that vary").failed(e).advice("use more images"))?;
    Ok(Box::new(model))
}
