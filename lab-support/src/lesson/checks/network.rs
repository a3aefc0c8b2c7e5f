//! The network: built, trained, asked.

use crate::data::{Dataset, Source, Split};
use crate::eval::Predictions;
use crate::lesson::check::{Check, Point};
use crate::lesson::checks::data::in_its_place;
use crate::nn::{History, Score, Sequential};
use crate::notebook::display::thousands;

/// The lab's network, 784-128-10, ready to be trained.
pub fn built(model: &Sequential) -> Check {
    let points = vec![
        Point::new(
            model.spec().hidden_units() == Some(vec![128]) && model.output_shape() == [10],
            "784 inputs, 128 neurons, 10 outputs",
            model.architecture(),
            "compare the table of `model.summary()` with the list of layers in 3.1",
        ),
        Point::new(
            model.params() == 101_770,
            "101,770 parameters",
            thousands(model.params()),
            "784 x 128 + 128 in the hidden layer, 128 x 10 + 10 in the output layer",
        ),
        Point::new(
            model.compiled.is_some(),
            "an optimizer and a loss",
            "a network that is not compiled",
            "`model.compile(Adam::default(), CrossEntropy::from_logits());`",
        ),
    ];
    Check::new("built", points)
}

/// A network that has learned, from the training set alone, and was examined on the test set.
pub fn trained(history: &History, score: &Score) -> Check {
    let (epochs, provenance) = (&history.epochs, &history.setup.provenance);
    let images = score.evidence().map(|evidence| evidence.images);
    let on_test = images.is_some_and(|images| images.whole && images.split == Split::Test);
    let is_own = matches!(history.setup.source, Source::Own(_));
    let losses = (epochs.first().map(|e| e.train.loss), epochs.last().map(|e| e.train.loss));
    let mut points = vec![
        Point::new(
            epochs.len() >= 10,
            "at least 10 epochs",
            epochs.len(),
            "`let history = model.fit(&train, Fit::epochs(10))?;`",
        ),
        Point::new(
            losses.1 < losses.0,
            "a loss that has fallen",
            format!("{} in the first epoch, {} in the last", shown(losses.0), shown(losses.1)),
            "look at the curve: is the learning rate too large?",
        ),
        Point::new(
            provenance.trained() == [Split::Train],
            "nothing learned from but the training set",
            listed(&provenance.trained()),
            "give `fit` the training set, and build the network anew before that",
        ),
        Point::new(
            provenance.validated().iter().all(|split| *split == Split::Train),
            "no part of the test set in the training or its validation",
            format!("validation on {}", listed(&provenance.validated())),
            "take images for validation from the training set: `train.split(55_000)?`",
        ),
        Point::new(
            on_test && (is_own || score.samples == 10_000),
            if is_own {
                "an examination on all test images"
            } else {
                "an examination on all 10,000 test images"
            },
            match images.map(|images| images.split) {
                Some(Split::Train) => format!("one on {} training images", thousands(score.samples)),
                Some(Split::Unknown) => format!("one on {} other images", thousands(score.samples)),
                _ => format!("one on {}", thousands(score.samples)),
            },
            "`let score = model.evaluate(&test)?;`",
        ),
        better_than_guessing(score.accuracy, history.setup.source),
    ];
    // Said where it is missing: nobody expects it to be.
    let learned = history.setup.validated_on_learned;
    let apart = Point::new(
        learned == 0,
        "no validation on images that were learned from",
        format!("{} of them", thousands(learned)),
        "take them out of the training set: `let (learn, validation) = train.split(55_000)?;`",
    );
    let same = score.evidence().is_some_and(|evidence| evidence.network == history.setup.network);
    let of_it = Point::new(
        same,
        "an examination of the network that was trained",
        "one of another, or of the same before or after",
        "call `fit`, then `evaluate`, then this check",
    );
    points.extend(
        [(learned > 0, apart), (!same, of_it)].into_iter().filter_map(|(told, point)| told.then_some(point)),
    );
    Check::new("trained", points)
}

/// Probabilities for every test image, from a network that has learned.
pub fn predicted(predictions: &Predictions, test: &Dataset) -> Check {
    let accuracy = predictions.confusion(test).map_or(0.0, |confusion| confusion.accuracy);
    let source = test.images().source;
    let (expected, images) = match source {
        Source::Own(_) => ("a number for each class, for each of the test images", test.len()),
        _ => ("ten numbers for each of the 10,000 test images", 10_000),
    };
    let points = vec![
        Point::new(
            predictions.outputs.dim() == (images, source.class_names().len()),
            expected,
            format!("{:?}", predictions.outputs.dim()),
            "`let predictions = probability.predict(&test)?;`",
        ),
        Point::new(
            predictions.probabilities,
            "probabilities",
            "logits",
            "put a softmax behind the network: `model.with_softmax()`",
        ),
        in_its_place(test.images().split(), Split::Test),
        better_than_guessing(accuracy, source),
    ];
    Check::new("predicted", points)
}

/// Of garments 0.8, which the lab's network passes in its first epoch; of other images a third of the way from guessing to
/// certainty, as nobody knows how hard they are.
fn better_than_guessing(accuracy: f32, source: Source) -> Point {
    let guessing = 1.0 / source.class_names().len() as f32;
    let least = if let Source::Own(_) = source { guessing + (1.0 - guessing) / 3.0 } else { 0.8 };
    Point::new(
        accuracy > least,
        format!("a test accuracy above {}", (100.0 * least).round() / 100.0),
        format!("{accuracy:.4}"),
        "was the network trained, and on normalized images?",
    )
}

fn shown(loss: Option<f32>) -> String {
    loss.map_or("none".into(), |loss| format!("{loss:.4}"))
}

fn listed(splits: &[Split]) -> String {
    let names: Vec<&str> = splits.iter().map(|split| split.name()).collect();
    if names.is_empty() { "nothing".into() } else { names.join(", ") }
}
