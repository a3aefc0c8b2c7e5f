//! Every figure, made from a handful of images.

use lab_base::Error;
use ndarray::{Array2, array};
use plotters::prelude::RGBColor;

use crate::data::{Dataset, Images, Source};
use crate::eval::{Ensemble, Predictions};
use crate::eval::{Gaps, GridTried, Swept, Tried, gaps};
use crate::nn::Activation::{Linear, Relu};
use crate::nn::{
    Activations, Augment, CrossEntropy, Epoch, Fit, History, Measured, Provenance, RateRange, Score,
    Sequential, Setup, Sgd, Training,
};
use crate::notebook::display::escaped;
use crate::plot::comparison::{Bar, compare};
use crate::plot::curves::curves;
use crate::plot::encode::tests::decode;
use crate::plot::figure::Figure;
use crate::plot::numbers::plot;
use crate::plot::scatter::{Scatter, scatter};
use crate::plot::steps::steps;
use crate::plot::style::{BLUE, RED};

/// A picture back from its PNG.
struct Picture {
    width: u32,
    height: u32,
    pixels: Vec<[u8; 3]>,
}

impl Picture {
    fn of(figure: &Figure) -> Picture {
        let (info, bytes) = decode(figure.png());
        let pixels = bytes.chunks(3).map(|p| [p[0], p[1], p[2]]).collect();
        Picture { width: info.width, height: info.height, pixels }
    }

    /// How many pixels have this colour, to within what a figure keeps of it.
    fn count(&self, colour: RGBColor) -> usize {
        let near = |p: &&[u8; 3]| {
            [colour.0, colour.1, colour.2].into_iter().zip(**p).all(|(a, b)| a.abs_diff(b) <= 8)
        };
        self.pixels.iter().filter(near).count()
    }
}

/// Images 0 to 11 with labels 0 to 9, 0, 1; each a white square on black.
fn images(source: Source) -> Images {
    let square = |row: usize, column: usize| (8..20).contains(&row) && (8..20).contains(&column);
    let pixel = |(_, r, c)| if square(r, c) { 255 } else { 0 };
    Images::made(source, (12, 28, 28), pixel, |i| (i % 10) as u8)
}

fn data() -> Dataset {
    images(Source::FashionMnist).normalized()
}

/// Right about all images but number 4, a coat, which is called a shirt with 70 %.
fn predictions() -> Predictions {
    let outputs = Array2::from_shape_fn((12, 10), |(i, class)| match (i, class) {
        (4, 6) => 0.7,
        (4, 4) => 0.22,
        (4, _) => 0.01,
        _ if class == i % 10 => 0.91,
        _ => 0.01,
    });
    Predictions { outputs, probabilities: true, source: Source::FashionMnist }
}

fn history(epochs: usize, validation: bool) -> History {
    let score = |loss: f32| Score::from(Measured { loss, accuracy: 1.0 - loss / 2.0, samples: 100 });
    let epoch = |number: usize| Epoch {
        number,
        seconds: 1.0,
        steps: 4,
        train: score(0.6 / number as f32),
        learning_rate: 0.001,
        validation: validation.then(|| score(0.4 + 0.01 * number.abs_diff(3) as f32)),
    };
    let mut model = Sequential::new([28, 28]).flatten().dense(128, Relu).dense(10, Linear);
    model.compile(Sgd::new(0.1), CrossEntropy::from_logits());
    let images = images(Source::FashionMnist).normalized();
    let recipe = model.recipe(model.start(), &Fit::epochs(epochs), &images, None).unwrap();
    let setup = Setup {
        recipe,
        layers: model.architecture(),
        params: model.params(),
        epochs_before: 0,
        threads: 1,
        source: Source::FashionMnist,
        provenance: Provenance::default(),
        validated_on_learned: 0,
        network: model.digest(),
    };
    History(Training { epochs: (1..=epochs).map(epoch).collect(), restored: None, setup })
}

fn network(seed: u64) -> Sequential {
    Sequential::new([28, 28]).flatten().dense(9, Relu).dense(10, Linear).seed(seed)
}

/// Two images of three channels.
fn channels() -> Activations {
    let values = Array2::from_shape_fn((2, 3 * 5 * 5), |(i, j)| (i + j) as f32 / 10.0);
    Activations { layer: "conv2d".into(), values, shape: vec![3, 5, 5], source: Source::FashionMnist }
}

fn points(points: &Array2<f64>, labels: &[u8]) -> Result<Figure, Error> {
    scatter(&Scatter {
        title: "A plane",
        note: "no units",
        axes: ["across", "up"],
        points: points.view(),
        labels: labels.into(),
        source: Source::FashionMnist,
    })
}

/// A loss that falls and runs away.
fn rates() -> RateRange {
    let points = vec![(1e-4, 2.3), (1e-3, 1.0), (1e-2, 0.5), (1e-1, 1.9)];
    RateRange { points, suggestion: 1e-3, source: Source::FashionMnist, layers: "784-10".into() }
}

fn bar(name: &str, accuracy: f64) -> Bar<'_> {
    Bar { name, accuracy, range: (accuracy, accuracy), params: 101_770, seconds: 6.1 }
}

fn gaps_of(seeds: &[u64]) -> Gaps {
    let measured = seeds.iter().map(|&seed| {
        let mut model = network(seed);
        model.compile(Sgd::new(0.1), CrossEntropy::from_logits());
        gaps(&[(&format!("seed {seed}"), &model)], &data().take(9), &data()).unwrap()
    });
    let networks = measured.flat_map(|measured| measured.networks).collect();
    Gaps { networks, source: Source::FashionMnist }
}

fn tried(accuracies: &[f32], seconds: f64) -> Tried {
    Tried { params: 101_770, accuracies: accuracies.to_vec(), seconds }
}

fn swept() -> Swept {
    let values =
        vec![("0.001".to_string(), tried(&[0.88, 0.86], 1.5)), ("0.1".into(), tried(&[0.5, 0.6], 1.0))];
    Swept { what: "learning rate".into(), values, source: Source::FashionMnist }
}

fn grid_tried() -> GridTried {
    let pair = |row: &str, column: &str| [row.to_string(), column.to_string()];
    let pairs = vec![
        (pair("32", "1"), tried(&[0.85], 0.4)),
        (pair("32", "2"), tried(&[0.86], 0.5)),
        (pair("64", "1"), tried(&[0.87], 0.6)),
    ];
    GridTried { what: pair("neurons", "layers"), pairs, source: Source::FashionMnist }
}

/// Every element ends, in the order in which they began; attributes are quoted; nothing stands for itself that XML takes for a
/// mark.
fn assert_is_xml(text: &str) {
    let mut open = Vec::new();
    for part in text.split('<').skip(1) {
        let (tag, words) = part.split_once('>').expect("a tag ends");
        assert!(!tag.contains("NaN") && tag.matches('"').count() % 2 == 0, "{tag}");
        let known = ["amp;", "lt;", "gt;", "quot;"];
        assert!(
            words.split('&').skip(1).all(|rest| known.iter().any(|name| rest.starts_with(name))),
            "{words}"
        );
        match (tag.strip_prefix('/'), tag.ends_with('/')) {
            (Some(name), _) => assert_eq!(open.pop(), Some(name)),
            (None, true) => (),
            (None, false) => open.push(tag.split_whitespace().next().unwrap_or_default()),
        }
    }
    assert!(open.is_empty() && text.trim_end().ends_with('>'), "{open:?}");
}

fn assert_error<T: std::fmt::Debug>(result: Result<T, Error>, words: &str) {
    let message = result.expect_err(words).to_string();
    assert!(message.contains(words), "{message:?} does not say {words:?}");
}

#[test]
fn every_figure_is_a_small_picture_with_words() {
    let (images, data, predictions) = (images(Source::FashionMnist), data(), predictions());
    let (run, other) = (history(5, true), history(3, true));
    let figures = [
        (images.show(0), 500, "Image 0: T-shirt/top (label 0), 28 x 28 pixels, values from 0 to 255."),
        (data.show(9), 500, "Image 9: Ankle boot (label 9), 28 x 28 pixels, values from 0 to 1."),
        (Augment::new().flip().show(9, &data), 892, "16 variants of image 9, Ankle boot; augmented: flip."),
        (rates().plot(), 700, "smallest loss 0.500 at learning rate 1.0e-2; a tenth of it, 1.0e-3"),
        (predictions.calibration(&data).and_then(|c| c.plot()), 700, "0.70: 0.00 (1), 0.91: 1.00 (11)"),
        (
            data.show_beside(9, &[("brighter", &Array2::from_elem((26, 26), 0.5))]),
            900,
            "Image 9, Ankle boot, and what was made of it: brighter, numbers from -0.50 to 0.50.",
        ),
        (images.grid(2, 5), 688, "The first images, 2 x 5, beginning with T-shirt/top, Trouser"),
        (data.grid(1, 1), 320, "The first images, 1 x 1, beginning with T-shirt/top."),
        (images.class_counts(), 700, "Images per class. 12 images: 1 to 2 of a class."),
        (images.histogram(), 760, "from 0 to 255, mean 46.8; 82 % are exactly 0"),
        (data.histogram(), 760, "from 0 to 1, mean 0.184; 82 % are exactly 0"),
        (predictions.show(0, &data), 860, "Image 0: predicted T-shirt/top 91% (actual T-shirt/top)."),
        (predictions.gallery(4, 3, &data), 784, "11 right (blue), 1 wrong (red). Image 0: predicted"),
        (predictions.worst(3, &data), 784, "Image 4: predicted Shirt 70% (actual Coat)."),
        (predictions.confusion(&data).and_then(|c| c.plot()), 724, "Coat was taken for Shirt (1 of 1)."),
        (run.plot(), 800, "smallest validation loss in epoch 3."),
        (network(1).weight_images("dense", 9), 892, "The weights of the first 9 of 9 neurons of layer dense"),
        (
            Sequential::new([28, 28]).conv2d(4, 3, Relu).weight_images("conv2d", 4),
            892,
            "The weights of the first 4 of 4 filters of layer conv2d",
        ),
        (
            network(1).saliency(3, 9, &data).and_then(|s| s.plot()),
            916,
            "Saliency of image 3 (Dress) for Ankle boot",
        ),
        (channels().feature_maps(1), 892, "The first 3 of 3 feature maps of layer conv2d for image 1, 5 x 5"),
        (
            Ensemble::predict(&[network(1), network(1)], &data)
                .and_then(|ensemble| ensemble.hardest(3, &data)),
            784,
            "What all 2 networks get wrong alike: 3 of ",
        ),
        (
            points(&array![[1.0, 2.0], [3.0, 4.0]], &[0, 9]),
            900,
            "A plane: 2 images as points, marked by class. no units.",
        ),
        (
            compare(&[bar("base", 0.88), bar("wide", 0.89)], Source::FashionMnist),
            900,
            "best of 2 wide 0.8900.",
        ),
        (gaps_of(&[1, 2]).plot(), 900, "Accuracy on training and validation images, and the gap. seed 1 0."),
        (swept().plot(), 900, "of 2 seeds: 0.001 0.8700, 0.1 0.5500. Best: 0.001."),
        (grid_tried().plot(), 700, "neurons and layers: 0.8500 to 0.8700, best neurons 64, layers 1."),
        (curves(&[("a", &run), ("b", &other)]), 720, "last: a 0.7900, b 0.8000."),
    ];
    for (figure, width, words) in figures {
        let figure = figure.unwrap();
        assert!(figure.alt().contains(words), "{:?} does not say {words:?}", figure.alt());
        let picture = Picture::of(&figure);
        assert_eq!(figure.size().0, width, "{words}");
        assert_eq!((picture.width, picture.height), (2 * width, 2 * figure.size().1), "{words}");
        assert!(figure.size().1 > 150, "{words}");
        let ink = picture.pixels.iter().filter(|p| p[0] < 128).count();
        assert!(ink > 2000, "{words}: only {ink} dark pixels");
        assert!(figure.png().len() < 60_000, "{words}: {} bytes", figure.png().len());
        let svg = figure.svg().unwrap();
        assert_is_xml(&svg);
        assert!(svg.contains(&format!("<desc>{}</desc>", escaped(figure.alt()))), "{words}");
        assert!(svg.starts_with("<svg ") && svg.contains(&format!("width=\"{width}\"")), "{words}");
        assert!(svg.len() < 250_000, "{words}: {} bytes of SVG", svg.len());
    }
}

#[test]
fn right_is_blue_and_wrong_is_red() {
    let right = Picture::of(&predictions().show(0, &data()).unwrap());
    assert!(right.count(BLUE) > 8000, "{}", right.count(BLUE));
    assert_eq!(right.count(RED), 0);
    let wrong = Picture::of(&predictions().show(4, &data()).unwrap());
    assert!(wrong.count(RED) > wrong.count(BLUE) && wrong.count(BLUE) > 2000);
}

#[test]
fn figures_of_the_practice_set_say_so() {
    let notice = Source::Practice.notice().unwrap();
    let (practice, real) = (images(Source::Practice), images(Source::FashionMnist));
    let (marked, plain) = (practice.grid(1, 5).unwrap(), real.grid(1, 5).unwrap());
    assert!(marked.alt().contains(notice) && !plain.alt().contains(notice));
    let (marked, plain) = (Picture::of(&marked), Picture::of(&plain));
    assert!(marked.count(RED) > 400, "{}", marked.count(RED));
    assert_eq!(plain.count(RED), 0);
    assert!(marked.height > plain.height);
    let confusion = predictions().confusion(&practice.normalized()).unwrap();
    assert!(confusion.plot().unwrap().alt().contains(notice));
    let mut run = history(2, false);
    run.0.setup.source = Source::Practice;
    assert!(run.plot().unwrap().alt().contains(notice));
    assert!(curves(&[("real", &history(2, false)), ("a", &run)]).unwrap().alt().contains(notice));
}

#[test]
fn what_is_not_there_is_an_error() {
    let (images, data, predictions) = (images(Source::FashionMnist), data(), predictions());
    assert_error(images.show(12), "an image from 0 to 11, found image 12");
    assert_error(data.show(usize::MAX), "an image from 0 to 11");
    assert_error(images.grid(0, 5), "1 to 20 rows");
    assert_error(Augment::new().show(12, &data), "found image 12");
    assert_error(Augment::new().shift(14).show(0, &data), "below half the image");
    assert_error(RateRange { points: vec![], ..rates() }.plot(), "a finite loss");
    assert_error(data.show_beside(12, &[]), "found image 12");
    assert_error(data.show_beside(0, &[]), "1 to 3 tables of numbers, found 0");
    assert_error(data.show_beside(0, &[("no", &array![[f32::NAN]])]), "found (1, 1) numbers in \"no\"");
    assert_error(Gaps { networks: vec![], ..gaps_of(&[1]) }.plot(), "1 to 24 networks, found 0");
    assert_error(Swept { values: vec![], ..swept() }.plot(), "1 to 24 values, found 0");
    assert_error(GridTried { pairs: vec![], ..grid_tried() }.plot(), "found 0 rows and 0 columns");
    assert_error(images.grid(5, 13), "1 to 12 columns");
    assert_error(data.grid(4, 4), "found image 15");
    assert_error(predictions.show(12, &data), "found image 12");
    assert_error(predictions.show(0, &data.take(3)), "each of the 3 images");
    assert_error(predictions.gallery(3, 4, &data), "1 to 3 columns");
    assert_error(predictions.gallery(5, 3, &data), "found image 12");
    assert_error(predictions.worst(0, &data), "1 to 60");
    let none = images.range(0, 0);
    assert_error(none.show(0), "holds 0 images");
    assert_error(none.class_counts(), "an empty set");
    assert_error(none.normalized().histogram(), "an empty set");
}

#[test]
fn what_cannot_be_looked_into_is_an_error() {
    assert_error(network(1).weight_images("dense_1", 3), "found a layer that sees what another makes of it");
    assert_error(network(1).weight_images("flatten", 3), "found a layer without weights");
    assert_error(network(1).weight_images("dense", 10), "1 to 9 of its 9 neurons, found 10");
    assert_error(network(1).weight_images("conv2d", 1), "flatten, dense, dense_1");
    let row = Sequential::new([784]).dense(10, Linear);
    assert_error(row.weight_images("dense", 1), "not laid out as an image");
    assert_error(channels().feature_maps(2), "an image from 0 to 1");
    let flat = network(1).activations("dense", &data()).unwrap();
    assert_error(flat.feature_maps(0), "found [9] behind layer dense");
    assert_error(points(&Array2::zeros((2, 3)), &[0, 1]), "two numbers and a label");
    assert_error(points(&array![[1.0, f64::NAN]], &[0]), "found NaN");
    assert_error(points(&array![[1.0, 2.0]], &[10]), "labels from 0 to 9");
}

#[test]
fn logits_and_flawless_predictions_have_no_picture_of_mistakes() {
    let logits = Predictions { probabilities: false, ..predictions() };
    assert_error(logits.show(0, &data()), "model.with_softmax().predict");
    assert_error(logits.gallery(1, 1, &data()), "model.with_softmax().predict");
    assert_error(logits.worst(1, &data()), "model.with_softmax().predict");
    let outputs = Array2::from_shape_fn((12, 10), |(i, class)| if class == i % 10 { 1.0 } else { 0.0 });
    assert_error(
        Predictions { outputs, probabilities: true, source: Source::FashionMnist }.worst(1, &data()),
        "at least one mistake",
    );
}

#[test]
fn training_runs_of_any_length_are_drawn() {
    assert_error(history(0, false).plot(), "at least one epoch");
    assert_error(curves(&[("empty", &history(0, false))]), "none in empty");
    assert_error(curves(&[]), "1 to 6 runs");
    let alt = history(1, false).plot().unwrap().alt().to_string();
    assert_eq!(alt, "Training 784-128-10: after epoch 1 training loss 0.6000, accuracy 0.7000.");
    let mut runaway = history(4, true);
    for epoch in &mut runaway.0.epochs {
        epoch.train = Measured { loss: f32::NAN, ..*epoch.train }.into();
        epoch.validation = Some(Measured { loss: f32::INFINITY, accuracy: 0.1, samples: 100 }.into());
    }
    assert!(runaway.plot().unwrap().alt().contains("training loss NaN"));
}

#[test]
fn comparisons_check_their_runs() {
    let compare = |runs: &[Bar]| compare(runs, Source::FashionMnist);
    assert_error(compare(&[]), "1 to 24 runs");
    assert_error(compare(&[bar("broken", f64::NAN)]), "NaN for broken");
    assert_error(compare(&[bar("percent", 88.0)]), "from 0 to 1");
    for accuracies in [[0.0, 1.0], [0.88, 0.88], [1.0, 1.0], [0.0, 0.0]] {
        compare(&accuracies.map(|accuracy| bar("a name too long to stand beside the axis", accuracy)))
            .unwrap();
    }
}

#[test]
fn images_in_an_svg_are_images() {
    let svg = images(Source::FashionMnist).grid(2, 5).unwrap().svg().unwrap();
    assert_eq!(svg.matches("<image ").count(), 10);
    assert!(svg.matches("<rect ").count() <= 10, "their pixels are no shapes");
    let described =
        steps("A < \"B\" & C\u{7}", "", &[("one", Array2::zeros((2, 2)))]).unwrap().svg().unwrap();
    assert_is_xml(&described);
    assert!(described.contains("<title>A &lt; &quot;B&quot; &amp; C </title>"), "{described}");
}

#[test]
fn a_figure_is_saved_by_the_ending_of_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let figure = images(Source::FashionMnist).show(0).unwrap();
    for name in ["figure.png", "figure.PNG", "figure"] {
        figure.save(at(name)).unwrap();
        assert_eq!(std::fs::read(at(name)).unwrap(), figure.png());
    }
    for name in ["figure.svg", "figure.SVG"] {
        figure.save(at(name)).unwrap();
        assert_eq!(std::fs::read_to_string(at(name)).unwrap(), figure.svg().unwrap());
    }
    assert_error(figure.save(at("figure.jpg")), "a name that ends in .png or .svg, found .jpg");
    assert_error(figure.save(at("nowhere/figure.png")), "a folder that is there, found no folder");
    assert_error(figure.save(at("figure.png/below.png")), "a folder that is there");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 5);
}

#[test]
fn what_shows_as_a_figure_is_saved_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("figure.svg");
    let is_saved = |saved: Result<(), Error>, alt: &str| {
        saved.unwrap();
        let svg = std::fs::read_to_string(&path).unwrap();
        assert!(svg.contains(&escaped(alt)), "{alt}");
    };
    let run = history(3, true);
    is_saved(run.save(&path), run.plot().unwrap().alt());
    let confusion = predictions().confusion(&data()).unwrap();
    is_saved(confusion.save(&path), confusion.plot().unwrap().alt());
    is_saved(swept().save(&path), swept().plot().unwrap().alt());
    is_saved(grid_tried().save(&path), grid_tried().plot().unwrap().alt());
    is_saved(rates().save(&path), rates().plot().unwrap().alt());
    let own = plot([1, 2, 3]);
    is_saved(own.save(&path), own.figure().unwrap().alt());
    assert_error(history(0, false).save(&path), "at least one epoch");
}
