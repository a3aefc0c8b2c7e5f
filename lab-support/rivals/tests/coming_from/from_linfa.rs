//! The column for linfa: compiled and run as the other is.

use std::error::Error;

use linfa::prelude::*;
use linfa_logistic::MultiLogisticRegression;
use ndarray::{Array1, Array2};

pub fn run() -> Result<(), Box<dyn Error>> {
    let records =
        Array2::from_shape_fn((90, 2), |(i, axis)| if i % 3 == axis { 1.0 } else { 0.001 * i as f64 });
    let targets = Array1::from_shape_fn(90, |i| i % 3);
    // [rows]
    let set = linfa::Dataset::new(records, targets);

    // [split]
    let (learn, validation) = set.split_with_ratio(0.9);

    assert_eq!((learn.nsamples(), validation.nsamples()), (81, 9));
    // [logistic regression]
    let regression = MultiLogisticRegression::default().max_iterations(50);

    // [fit]
    let fitted = regression.fit(&learn)?;

    // [class]
    let called = fitted.predict(&validation);

    // [probabilities]
    let predictions = fitted.predict_probabilities(&validation.records);

    assert_eq!(predictions.dim(), (9, 3));
    // [confusion]
    let counted = called.confusion_matrix(&validation)?;

    // [evaluate]
    let accuracy = counted.accuracy();

    assert!(accuracy > 0.9);
    let mut set = learn;
    let models = [regression.clone(), regression.alpha(10.0)];
    // [cross-validate]
    let accuracy: Array1<f32> =
        set.cross_validate_single(3, &models, |called, is| Ok(called.confusion_matrix(is)?.accuracy()))?;

    assert!(accuracy[0] > 0.9);
    Ok(())
}
