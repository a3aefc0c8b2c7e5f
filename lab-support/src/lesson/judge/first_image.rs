//! Question 5: what was predicted, what is actual, and whether they are the same.

use super::evidence::FirstImage;
use super::pattern::{any, holds};
use super::words::Sentence;
use crate::data::CLASS_NAMES;
use crate::lesson::check::Point;

/// How the classes are called, in the order of their labels.
const CALLED: [&str; 10] = [
    "tshirt*|top",
    "trouser*|pants",
    "pullover*",
    "dress*",
    "coat*",
    "sandal*",
    "shirt*",
    "sneaker*",
    "bag*",
    "ankleboot*|boot*",
];

const PREDICTS: &str = "predict*|network*|model*|guess*|classif*|says|said|output*|answer*|thinks";
const ACTUAL: &str = "actual*|true|truth|real*|correct*|label*|belong*|is";
const SAME: &str = "same|match*|equal*|agree*|right|correct*|identical|coincid*|both|accurate*|indeed|true";
const DIFFERENT: &str = "differ*|wrong*|mismatch*|disagree*|incorrect*|unequal|false|mistak*|misclass*|\
                         not_match*|not_same|not_equal*|not_agree*|not_correct*|not_right";
const NO_DIFFERENCE: &str = "no_differ*|not_differ*|not_wrong*|no_mistak*|no_mismatch*";

pub(super) fn points(sentences: &[Sentence], image: Option<&FirstImage>) -> Vec<Point> {
    let Some(image) = image else {
        let hint = "run notebook 4 first: it trains the baseline and saves it";
        return vec![Point::new(false, "a trained network to ask", "none that was saved", hint)];
    };
    let (predicted, actual) = (image.predicted(), image.actual);
    let says = |who: &str, class: usize| {
        let named = format!("{who} {}|{class}", CALLED[class]);
        sentences.iter().any(|sentence| holds(&named, &sentence.tokens))
    };
    let mut points = vec![
        Point::new(
            says(PREDICTS, predicted),
            format!("the predicted label: {predicted}, {}", CLASS_NAMES[predicted]),
            "nothing about it",
            "`predictions.predicted(0)` is the network's answer",
        ),
        Point::new(
            says(ACTUAL, actual),
            format!("the actual label: {actual}, {}", CLASS_NAMES[actual]),
            "nothing about it",
            "`data.test.labels[0]` is the label",
        ),
        compared(sentences, predicted == actual),
    ];
    points.extend(sentences.iter().find_map(|sentence| wrong_class(sentence, predicted)));
    points
}

/// Whether the answer says of both labels what is so.
fn compared(sentences: &[Sentence], equal: bool) -> Point {
    let different = sentences
        .iter()
        .any(|sentence| holds(DIFFERENT, &sentence.tokens) && !holds(NO_DIFFERENCE, &sentence.tokens));
    let same = any(&[SAME, NO_DIFFERENCE], sentences) && !different;
    let (holds, expected) = match equal {
        true => (same, "that the two labels are the same"),
        false => (different, "that the two labels are not the same"),
    };
    let found = match (different, same) {
        (true, _) => "that they differ",
        (_, true) => "that they are the same",
        _ => "no comparison",
    };
    Point::new(holds, expected, found, "compare `predicted` with `actual`")
}

/// A sentence that has the network predict another class.
fn wrong_class(sentence: &Sentence, predicted: usize) -> Option<Point> {
    let other = |class: &usize| *class != predicted && holds(CALLED[*class], &sentence.tokens);
    let about_others =
        "second|next|less|least|only|other|remaining|also|follow*|after|likely|actual*|true|but";
    let says = holds("predict*", &sentence.tokens)
        && !holds(CALLED[predicted], &sentence.tokens)
        && !holds(about_others, &sentence.tokens);
    let class = (0..CALLED.len()).find(other).filter(|_| says)?;
    Some(Point::new(
        false,
        format!("a prediction of {}", CLASS_NAMES[predicted]),
        format!("one of {}", CLASS_NAMES[class]),
        "`predictions.predicted(0)` is the network's answer",
    ))
}
