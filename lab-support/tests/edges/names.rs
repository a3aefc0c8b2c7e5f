//! Calls that take a name, a path or a hand-made table. They write nowhere else than they should.

use lab_support::data::{Source, Split};
use lab_support::eval::Predictions;
use lab_support::lesson::{Runs, checks};
use lab_support::plot::{self, Bar, Scatter, Times};
use lab_support::prelude::*;
use ndarray::{ArcArray, ArcArray1};

use crate::{files, in_a_folder, refused, works};

fn data() -> Dataset {
    let pixels = ArcArray::from_shape_fn((20, 4, 3), |(i, j, k)| ((i * 97 + j * 31 + k * 7) % 256) as u8);
    let labels = ArcArray1::from_shape_fn(20, |i| (i % 10) as u8);
    Images::new(pixels, labels, Source::Practice).unwrap().normalized()
}

fn model() -> Sequential {
    let mut model = Sequential::new([4, 3]).flatten().dense(10, Linear).seed(1);
    model.compile(Sgd::new(0.1), CrossEntropy::from_logits());
    model
}

fn plan() -> Fit {
    Fit::epochs(1).quiet()
}

const NAMES: [&str; 12] = [
    "",
    " ",
    "it",
    "it",
    "a name with spaces",
    "../it",
    "/it",
    "a/b",
    "nul\0",
    "line\nbreak",
    "ärger",
    "<b>",
];

#[test]
fn every_name_has_an_answer() {
    if let Some(folder) = in_a_folder("names::every_name_has_an_answer", &[]) {
        let written = files(folder.path());
        let output = folder.path().join("output").display().to_string();
        assert!(!written.is_empty() && written.iter().all(|file| file.starts_with(&output)), "{written:?}");
        return;
    }
    let (data, long) = (data(), "long".repeat(1000));
    let mut trained = model();
    let history = trained.fit(&data, plan()).unwrap();
    let score = trained.evaluate(&data).unwrap();
    for name in NAMES.into_iter().chain([long.as_str()]) {
        let is_plain = name == "it";
        let checkpoint = || model().fit(&data, plan().checkpoint(name)).map(drop);
        assert_eq!(works("checkpoint", checkpoint), is_plain, "a checkpoint called {name:?}");
        assert_eq!(works("keep", || keep(&trained, name)), is_plain, "a network called {name:?}");
        refused("a network that has learned nothing", || keep(&model(), name));
        // Any name will do for a record but none; and these images are no test set.
        let trial = || trial(name, &mut model(), &data, plan().validation(&data)).map(drop);
        assert_eq!(works("trial", trial), !name.trim().is_empty(), "a trial called {name:?}");
        refused("a record of training images", || record(name, &history, &score));
        refused("an experiment without a test set", || {
            experiment(name, &mut model(), &data, &data, plan()).map(drop)
        });
        refused("a long run without a test set", || long_run(name, &model(), plan(), &data, &data).map(drop));
        let recorded = runs(&data).unwrap();
        refused("a run that is not there", || recorded.get(name).map(drop));
        refused("the accuracy of none", || recorded.test_accuracy(name).map(drop));
        refused("the best of none", || recorded.best(&[name]).map(drop));
        refused("one that is not there", || recorded.only(&[name]).map(drop));
        assert_eq!(recorded.without(&[name]).to_csv(), recorded.to_csv());
        refused("a layer", || trained.clone().unfreeze_layer(name));
        refused("a layer's activations", || trained.activations(name, &data).map(drop));
        let guess = guess(name, &["64", "128"], name);
        guess.beside(name).evcxr_display();
        let mut sweep = Sweep::new(name, &data, &data);
        refused("a sweep over nothing", || sweep.run(&[1]).map(drop));
        sweep.add(name, model(), plan());
        refused("a sweep without seeds", || sweep.run(&[]).map(drop));
        refused("a sweep with one seed twice", || sweep.run(&[1, 1]).map(drop));
        let swept = works("sweep", || sweep.run(&[1])?.plot().map(drop));
        assert_eq!(swept, !name.trim().is_empty(), "a sweep over {name:?}");
        sweep.add(name, model(), plan());
        refused("a value that comes twice", || sweep.run(&[1]).map(drop));
        let mut grid = Grid::new(name, name, &data, &data);
        refused("a grid of nothing", || grid.run(&[1]).map(drop));
        grid.add(name, name, model(), plan());
        assert!(works("grid", || grid.run(&[1])?.plot().map(drop)), "a grid over {name:?}");
    }
    // What was written can be read again.
    assert!(runs(&data).unwrap().to_csv().lines().count() == 1, "nothing of it was tested");
    baseline(&data).unwrap_err();
    assert!(!checks::enhanced(&Runs::clone(&runs(&data).unwrap())).passed());
}

#[test]
fn every_path_has_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir(at("folder")).unwrap();
    std::fs::write(at("text"), "not a network").unwrap();
    let (figure, long) = (data().show(0).unwrap(), "x".repeat(5000));
    for path in ["folder", "text/below", "nul\0", long.as_str()].map(at) {
        let told = format!("{path:?}");
        refused(&format!("save to {told}"), || model().save(&path));
        refused(&format!("save a figure to {told}"), || figure.save(&path));
        refused(&format!("load {told}"), || Sequential::load(&path).map(drop));
        refused(&format!("load weights of {told}"), || model().load_weights(&path));
    }
    refused("load text", || Sequential::load(at("text")).map(drop));
    refused("load weights of text", || model().load_weights(at("text")));
    refused("load what is not there", || Sequential::load(at("nothing")).map(drop));
    refused("a figure into no folder", || figure.save(at("nothing/figure.png")));
    assert!(works("save into a new folder", || model().save(at("new/network"))));
    assert!(works("load", || Sequential::load(at("new/network")).map(drop)));
    for text in ["", "null", "[]", "{}", "{\"layers\":[]}", "\u{feff}", &model().to_json()[1..]] {
        refused(&format!("a network from {text:?}"), || Sequential::from_json(text).map(drop));
    }
    let left = files(folder.path());
    assert_eq!(left.len(), 2, "{left:?}");
}

/// Predictions that were made by hand: of another shape, or with numbers that are none.
#[test]
fn every_table_of_outputs_has_an_answer() {
    let data = data();
    let source = data.images().source;
    for (rows, columns) in [(0, 0), (0, 10), (20, 0), (20, 9), (20, 10), (20, 11), (19, 10), (1, 10)] {
        for number in [0.1, 0.0, f32::NAN, f32::INFINITY, f32::MAX, -1.0] {
            for probabilities in [true, false] {
                let predictions = Predictions {
                    outputs: Array2::from_elem((rows, columns), number),
                    probabilities,
                    source,
                };
                let fits = (rows, columns) == (20, 10) && number.is_finite();
                let what = format!("[{rows}, {columns}] of {number}");
                assert_eq!(works(&what, || predictions.confusion(&data).map(drop)), fits, "{what}");
                assert_eq!(works(&what, || predictions.mistakes(&data).map(drop)), fits, "{what}");
                assert_eq!(works(&what, || predictions.top_k(1, &data).map(drop)), fits, "{what}");
                let figures = fits && probabilities;
                assert_eq!(works(&what, || predictions.show(0, &data).map(drop)), figures, "{what}");
                assert_eq!(works(&what, || predictions.gallery(1, 1, &data).map(drop)), figures, "{what}");
                assert_eq!(works(&what, || predictions.worst(1, &data).map(drop)), figures, "{what}");
                assert_eq!(works(&what, || predictions.calibration(&data).map(drop)), figures, "{what}");
                let temperature = || predictions.temperature(&data).map(drop);
                assert_eq!(works(&what, temperature), fits && !probabilities, "{what}");
                works(&what, || predictions.at_temperature(0.5).map(drop));
                assert!(!checks::predicted(&predictions, &data).passed(), "{what}");
            }
        }
    }
}

/// Numbers that were made by hand, for figures and for checks.
#[test]
fn every_number_by_hand_has_an_answer() {
    let data = data();
    let history = model().fit(&data, plan()).unwrap();
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, -1.0, 0.0, 1e-300, 0.5, 1.0] {
        let single = number as f32;
        let bar = Bar {
            name: "it",
            accuracy: number,
            range: (number, number),
            params: usize::MAX,
            seconds: number,
        };
        let share = (0.0..=1.0).contains(&number);
        assert_eq!(works("compare", || plot::compare(&[bar], Source::Practice).map(drop)), share, "{number}");
        let bars = vec![("it".to_string(), number)];
        let group = Times { work: "work".into(), bars, ours: usize::MAX };
        let is_time = number > 0.0 && number.is_finite();
        let times = || plot::times("title", "", std::slice::from_ref(&group), Source::Practice).map(drop);
        assert_eq!(works("times", times), is_time, "{number}");
        let points = Array2::from_elem((2, 2), number);
        let shown = Scatter {
            title: "title",
            note: "",
            axes: ["x", "y"],
            points: points.view(),
            labels: ndarray::aview1(&[0, 9]),
            source: Source::Practice,
        };
        assert_eq!(works("scatter", || plot::scatter(&shown).map(drop)), number.is_finite(), "{number}");
        let table = Array2::from_elem((3, 3), single);
        let beside = || data.show_beside(0, &[("it", &table)]).map(drop);
        assert_eq!(works("beside", beside), single.is_finite(), "{number}");
        let agreed = checks::agree("numbers", &[single], &[0.5], 0.0);
        assert_eq!(agreed.passed(), number == 0.5, "{number}");
    }
    for runs in [vec![], vec![("", &history); 7]] {
        refused("curves", || curves(&runs).map(drop));
    }
    assert!(works("curves", || curves(&[("", &history), ("", &history)]).map(drop)));
    assert!(!checks::trained(&history, &model().evaluate(&data).unwrap()).passed());
    assert!(!checks::built(&Sequential::new([])).passed());
    assert!(!checks::normalized(&data, &data).passed());
    assert_eq!(data.images().split(), Split::Unknown);
}
