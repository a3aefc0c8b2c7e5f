//! The network where linfa expects an algorithm.

use lab_support::prelude::*;
use linfa::DatasetBase;
use linfa::metrics::ToConfusionMatrix;
use linfa::traits::{Fit, Predict};
use ndarray::{Array1, Array2};

type Rows = DatasetBase<Array2<f32>, Array1<usize>>;

/// Three clouds of points in the plane, a little apart: the rows from `first` on.
fn clouds(first: usize, n: usize) -> Rows {
    const CENTRES: [[f32; 2]; 3] = [[0.0, 0.0], [1.0, 0.2], [0.3, 1.0]];
    let noise = |i: usize| (i * i * 7919 + i * 131) % 1009;
    let records = Array2::from_shape_fn((n, 2), |(i, axis)| {
        let i = first + i;
        CENTRES[i % 3][axis] + noise(2 * i + axis) as f32 / 2018.0
    });
    DatasetBase::new(records, Array1::from_shape_fn(n, |i| (first + i) % 3))
}

fn network() -> Sequential {
    let mut model = Sequential::new([2]).dense(16, Relu).dense(3, Linear).seed(1);
    model.compile(Adam::new(0.02), CrossEntropy::from_logits());
    model
}

#[test]
fn it_is_trained_and_asked_as_any_of_linfas_models() {
    let model = Fit::fit(&network(), &clouds(0, 300)).unwrap();
    let test = clouds(300, 300);
    let predicted: Array1<usize> = Predict::predict(&model, &test);
    let confusion = predicted.confusion_matrix(&test).unwrap();
    assert!(confusion.accuracy() > 0.95, "{confusion:?}");
    assert!(confusion.f1_score() > 0.95, "{confusion:?}");
}

#[test]
fn fitting_leaves_the_untrained_network_alone() {
    let model = network();
    let fitted = Fit::fit(&model, &clouds(0, 300)).unwrap();
    let records = clouds(0, 30).records;
    let before: Array1<usize> = Predict::predict(&network(), &records);
    let after: Array1<usize> = Predict::predict(&model, &records);
    let trained: Array1<usize> = Predict::predict(&fitted, &records);
    assert_eq!(before, after);
    assert_ne!(before, trained);
}

#[test]
fn data_that_does_not_fit_is_refused() {
    let refused = |model: Sequential, data: Rows| Fit::fit(&model, &data).unwrap_err().to_string();
    let wide = DatasetBase::new(Array2::zeros((4, 5)), Array1::zeros(4));
    assert!(refused(network(), wide).contains("found images of 5 numbers"));
    let foreign = DatasetBase::new(Array2::zeros((2, 2)), Array1::from_vec(vec![0, 3]));
    assert!(refused(network(), foreign).contains("found label 3"));
    let empty = DatasetBase::new(Array2::zeros((0, 2)), Array1::zeros(0));
    assert!(refused(network(), empty).contains("found an empty data set"));
    let uncompiled = Sequential::new([2]).dense(3, Linear);
    assert!(refused(uncompiled, clouds(0, 3)).contains("call model.compile"));
}

#[test]
fn targets_that_are_missing_and_records_that_are_no_numbers_are_refused() {
    let refused = |data: Rows| Fit::fit(&network(), &data).unwrap_err().to_string();
    let fewer = DatasetBase::new(Array2::zeros((4, 2)), Array1::zeros(3));
    assert!(refused(fewer).contains("a target for each of 4 records, found 3"));
    let more = DatasetBase::new(Array2::zeros((4, 2)), Array1::zeros(5));
    assert!(refused(more).contains("a target for each of 4 records, found 5"));
    for bad in [f32::NAN, f32::INFINITY] {
        let mut records = Array2::zeros((4, 2));
        records[[2, 1]] = bad;
        let told = refused(DatasetBase::new(records, Array1::zeros(4)));
        assert!(told.contains("records of finite numbers, found one that is not, in record 2"), "{told}");
    }
}

/// linfa's `Predict` has no errors: the panic says what an error would say.
#[test]
fn predicting_says_what_is_wrong() {
    let says = |model: Sequential, columns: usize| {
        let ask = std::panic::AssertUnwindSafe(|| -> Array1<usize> {
            Predict::predict(&model, &Array2::zeros((3, columns)))
        });
        *std::panic::catch_unwind(ask).unwrap_err().downcast::<String>().unwrap()
    };
    assert!(says(Sequential::new([2]).dense(0, Relu).dense(3, Linear), 2).contains("at least 1 unit"));
    assert!(says(Sequential::new([2]), 2).contains("at least one layer"));
    assert!(says(network(), 5).contains("expected images of 2 numbers"));
    let image = Sequential::new([2, 1]).conv2d(3, 1, Relu);
    assert!(says(image, 2).contains("ends in 3 x 2 x 1"));
    let none: Array1<usize> = Predict::predict(&network(), &Array2::zeros((0, 2)));
    assert_eq!(none.len(), 0);
}
