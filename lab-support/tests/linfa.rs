//! The network where linfa expects an algorithm.

use lab_support::prelude::*;
use linfa::DatasetBase;
use linfa::metrics::ToConfusionMatrix;
use linfa::traits::{Fit, FitWith, Predict};
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

/// The same rows, in memory as they come, as a view, and as every second of a longer array.
#[test]
fn views_of_records_and_targets_are_the_data_they_show() {
    let data = clouds(0, 120);
    let apart = Array2::from_shape_fn((240, 4), |(i, j)| data.records[[i / 2, j / 2]]);
    let targets = Array1::from_shape_fn(240, |i| data.targets[i / 2]);
    let owned = Fit::fit(&network(), &data).unwrap();
    let viewed = Fit::fit(&network(), &data.view()).unwrap();
    let every_second = DatasetBase::new(apart.slice(s![..;2, ..;2]), targets.slice(s![..;2]));
    let strided = Fit::fit(&network(), &every_second).unwrap();
    let expected = owned.outputs(&data.records).unwrap();
    for model in [viewed, strided] {
        assert_eq!(model.outputs(&every_second).unwrap(), expected);
        let of_rows: Array1<usize> = Predict::predict(&model, &data);
        let of_a_view: Array1<usize> = Predict::predict(&model, &every_second.records);
        assert_eq!(of_rows, of_a_view);
        let (score, viewed) = (model.evaluate(&data).unwrap(), model.evaluate(&every_second).unwrap());
        assert_eq!((score.loss, score.accuracy), (viewed.loss, viewed.accuracy));
        let right = of_rows.iter().zip(&data.targets).filter(|(a, b)| a == b).count();
        assert_eq!(score.accuracy, right as f32 / 120.0);
    }
}

#[test]
fn cross_validation_compares_networks_fold_by_fold() {
    let mut data = clouds(0, 300);
    let untrained = |units| {
        let mut model = Sequential::new([2]).dense(units, Relu).dense(3, Linear).seed(1);
        model.compile(Adam::new(0.02), CrossEntropy::from_logits());
        model
    };
    let networks = [untrained(1), untrained(16)];
    let accuracies: Array1<f32> = data
        .cross_validate_single(5, &networks, |predicted, truth| {
            Ok(predicted.confusion_matrix(truth)?.accuracy())
        })
        .unwrap();
    let by_hand = |model: &Sequential| {
        let folds = data.fold(5);
        let accuracy =
            |(train, valid): &(Rows, Rows)| Fit::fit(model, train).unwrap().evaluate(valid).unwrap().accuracy;
        folds.iter().map(accuracy).sum::<f32>() / 5.0
    };
    assert!(accuracies[1] > 0.95 && accuracies[1] > accuracies[0], "{accuracies}");
    // `fold` and `cross_validate` take the other folds in another order, so that the batches differ.
    assert!((by_hand(&networks[1]) - accuracies[1]).abs() < 0.03);
}

#[test]
fn a_network_is_trained_further_as_the_lab_says() {
    use lab_support::nn::Fit as Plan;
    let data = clouds(0, 300);
    let once = Plan::epochs(12).quiet().fit_with(network(), &data).unwrap();
    let ten = Fit::fit(&network(), &data).unwrap();
    let twelve = Plan::epochs(2).quiet().fit_with(ten.clone(), &data).unwrap();
    assert_ne!(ten.outputs(&data).unwrap(), twelve.outputs(&data).unwrap());
    assert_eq!(once.evaluate(&data).unwrap().samples, 300);
    assert!(twelve.evaluate(&data).unwrap().loss < ten.evaluate(&data).unwrap().loss);

    let refused = |plan: Plan| plan.fit_with(network(), &data).unwrap_err().to_string();
    for plan in [Plan::epochs(2).validation_split(0.1), Plan::epochs(2).checkpoint("c")] {
        assert!(refused(plan).contains("without validation or checkpoint"));
    }
    assert!(refused(Plan::epochs(0)).contains("epoch"));
}

#[test]
fn a_data_set_of_linfas_is_evaluated_only_where_its_labels_are_classes() {
    let model = network();
    let told = |targets: Vec<usize>| {
        let data = DatasetBase::new(Array2::zeros((2, 2)), Array1::from_vec(targets));
        model.evaluate(&data).unwrap_err().to_string()
    };
    assert!(told(vec![0, 3]).contains("labels below 3"));
    assert!(told(vec![0]).contains("a label for each image, found 1 labels for 2"));
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
