//! Data sets of one's own, of two classes to two hundred and fifty-six: everything that the lab does with Fashion-MNIST.

use std::fs;
use std::path::PathBuf;

use lab_support::data::Split;
use lab_support::plot::{Scatter, scatter};
use lab_support::prelude::*;

use crate::{in_a_folder, works};

/// Ten images of each class to learn from and three to test on, with a bright bar that tells the class.
fn set(classes: usize) -> ImageSet {
    let part = |each: usize| {
        let n = classes * each;
        let pixels = ndarray::Array3::from_shape_fn((n, 28, 28), |(i, row, column)| {
            let class = i % classes;
            let bar = row == class % 28 || column == class / 28 || row + 1 == (class % 28 + class / 28) % 28;
            if bar { 200 + (i / classes) as u8 } else { 0 }
        });
        (pixels, Array1::from_shape_fn(n, |i| (i % classes) as u8))
    };
    let names = (0..classes).map(|class| format!("class {class} of a long name, as some are"));
    ImageSet::new(&format!("bars of {classes}"), part(10), part(3), names).unwrap()
}

fn trained(data: &ImageSet) -> Sequential {
    let classes = data.class_names().len();
    let mut model = Sequential::new([28, 28]).flatten().dense(64, Relu).dense(classes, Linear).seed(1);
    model.compile(Adam::new(0.01), CrossEntropy::from_logits());
    model
}

#[test]
fn any_number_of_classes_goes_through_the_lab() {
    for classes in [2, 11, 26, 256] {
        let data = set(classes);
        let (train, test) = (data.train.normalized(), data.test.normalized());
        let mut model = trained(&data);
        let plan = Fit::epochs(6).batch_size(8).quiet().class_weight(vec![1.0; classes]);
        let history = model.fit(&train, plan).unwrap();
        let (last, score) = (history.epochs[5].train.accuracy, model.evaluate(&test).unwrap());
        assert!(last > 1.2 / classes as f32 && score.accuracy > 1.2 / classes as f32, "{classes}: {last}");

        let predictions = model.with_softmax().predict(&test).unwrap();
        let names = data.class_names();
        assert!(predictions.to_string().contains(names[predictions.predicted(0)]), "{predictions}");
        let confusion = predictions.confusion(&test).unwrap();
        assert_eq!(confusion.counts.dim(), (classes, classes));
        assert!(confusion.table().to_string().contains(names[classes - 1]) || classes > 60);
        assert!((predictions.top_k(classes, &test).unwrap() - 1.0).abs() < 1e-6);
        let points = ndarray::Array2::from_shape_fn((test.len(), 2), |(i, axis)| (i * (axis + 1)) as f64);
        let plane = Scatter {
            title: "bars",
            note: "",
            axes: ["x", "y"],
            points: points.view(),
            labels: data.test.labels.view(),
            source: data.test.source,
        };
        let ensemble = Ensemble::predict(&[model.clone(), trained(&data)], &test).unwrap();
        for (what, figure) in [
            ("show", data.train.show(1)),
            ("grid", data.train.grid(5, 4)),
            ("counts", data.train.class_counts()),
            ("prediction", predictions.show(1, &test)),
            ("gallery", predictions.gallery(2, 3, &test)),
            ("confusion", confusion.plot()),
            ("scatter", scatter(&plane)),
            ("saliency", model.saliency(1, classes - 1, &test).and_then(|saliency| saliency.plot())),
            ("calibration", predictions.calibration(&test).and_then(|calibration| calibration.plot())),
            ("augmented", Augment::new().shift(2).show(1, &train)),
            ("curves", history.plot()),
        ] {
            let figure = figure.unwrap_or_else(|error| panic!("{what} of {classes}: {error}"));
            assert!(figure.alt().contains("not Fashion-MNIST"), "{what}: {}", figure.alt());
            assert!(!figure.alt().contains("shirt"), "{what}: {}", figure.alt());
            if let Some(folder) = std::env::var_os("LAB_FIGURES") {
                figure.save(PathBuf::from(folder).join(format!("{what}-{classes}.png"))).unwrap();
            }
        }
        assert_eq!(ensemble.wrong.len(), test.len());
        works("the hardest", || ensemble.hardest(3, &test).map(drop));
    }
}

#[test]
fn what_does_not_fit_another_number_of_classes_is_told() {
    let data = set(26);
    let (train, test) = (data.train.normalized(), data.test.normalized());
    let with = |outputs| {
        let mut model = Sequential::new([28, 28]).flatten().dense(outputs, Linear);
        model.compile(Adam::default(), CrossEntropy::from_logits());
        model
    };
    let told = |result: Result<History, lab_support::Error>| result.err().unwrap().to_string();
    let fewer = told(with(10).fit(&train, Fit::epochs(1).quiet()));
    assert!(fewer.contains("label 25") && fewer.contains(".dense(26, Linear)"), "{fewer}");
    let more = told(with(27).fit(&train, Fit::epochs(1).quiet()));
    assert!(more.contains("26 classes") && more.contains(".dense(26, Linear)"), "{more}");
    let weights = told(with(26).fit(&train, Fit::epochs(1).quiet().class_weight([1.0; 10])));
    assert!(weights.contains("each of the 26 classes, found 10"), "{weights}");
    let ten = set(10).test.normalized();
    let other = with(26).predict(&test).unwrap().confusion(&ten).unwrap_err().to_string();
    assert!(other.contains("26 numbers"), "{other}");
    assert!(test.only(&[26]).unwrap_err().to_string().contains("from 0 to 25"));
}

#[test]
fn every_set_has_records_networks_and_answers_of_its_own() {
    if in_a_folder("own_data::every_set_has_records_networks_and_answers_of_its_own", &[]).is_some() {
        return;
    }
    let output = PathBuf::from(std::env::var_os("LAB_OUTPUT").unwrap());
    let mut places = Vec::new();
    for classes in [10, 12] {
        let data = set(classes);
        let (train, test) = (data.train.normalized(), data.test.normalized());
        experiment("narrow", &mut trained(&data), &train, &test, Fit::epochs(2).quiet()).unwrap();
        let table = runs(&test).unwrap();
        let place = output.join("own").join(data.train.source.name());
        assert!(
            table.to_string().contains("narrow") && table.to_string().contains("not Fashion-MNIST"),
            "{table}"
        );
        assert_eq!(fs::read_to_string(place.join("runs.jsonl")).unwrap().lines().count(), 1, "{classes}");

        let model = baseline(&train).unwrap();
        assert_eq!((model.trained_on(), model.output_shape()), (Some(data.train.source), &[classes][..]));
        let again = Sequential::load(place.join("models/baseline.safetensors")).unwrap();
        assert_eq!(again.trained_on().unwrap().class_names(), data.class_names());
        let answered = answer(1, &data, "It has bars.").unwrap();
        assert!(answered.check().to_string().contains("is loaded"), "{}", answered.check());
        assert!(place.join("answers.md").exists());
        assert!(checks::loaded(&data).passed(), "{}", checks::loaded(&data));
        assert!(checks::normalized(&train, &test).passed());
        assert!(!checks::normalized(&train.take(9), &test).passed());
        let of_other =
            experiment("x", &mut trained(&data), &train, &set(5).test.normalized(), Fit::epochs(1));
        assert!(of_other.err().unwrap().to_string().contains("another data set"));
        assert_eq!((data.train.split(), data.test.split()), (Split::Train, Split::Test));
        places.push(place);
    }
    assert_ne!(places[0], places[1]);
    assert!(!output.join("runs.jsonl").exists(), "nothing among the records of Fashion-MNIST");
}
