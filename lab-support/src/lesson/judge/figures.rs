//! Whether the numbers in an answer are true.

use super::evidence::{Kind, Known};
use super::numbers::Number;
use super::pattern::holds;
use super::words::{Sentence, Token, statements};
use crate::lesson::check::Point;

/// Counts, labels, items of a list: these need no evidence.
const SMALL: f64 = 10.0;

/// Every number must be one of the question's own or have been measured; a loss must not be called an
/// accuracy, nor an accuracy in training one on the test set (which `tested` takes every accuracy for that is
/// not said to be another); and sums must come out.
pub(super) fn points(sentences: &[Sentence], own: &[f64], measured: &[Known], tested: bool) -> Vec<Point> {
    let mut unknown = Vec::new();
    let mut points: Vec<Point> = sentences.iter().filter_map(wrong_quotient).collect();
    for statement in sentences.iter().flat_map(statements) {
        for number in numbers(statement) {
            let known: Vec<&Known> = measured.iter().filter(|known| is(number, known)).collect();
            let is_accuracy = holds("accura*", statement) && (number.percent || number.decimals > 1);
            let needs_none = if is_accuracy { is_human(number) } else { is_own(number, own) };
            if known.is_empty() && !needs_none {
                unknown.push(number.text.clone());
            }
            points.extend(wrong_kind(number, statement, &known, tested));
        }
    }
    unknown.dedup();
    points.push(Point::new(
        unknown.is_empty(),
        "every number measured, or one of the lab's own",
        format!("{}, which is neither in the records nor a number of this lab", unknown.join(", ")),
        "put measured values in by their names, as in `{:.4}`, or leave the number out",
    ));
    points
}

pub(super) fn numbers(tokens: &[Token]) -> impl Iterator<Item = &Number> {
    tokens.iter().filter_map(|token| match token {
        Token::Number(number) => Some(number),
        _ => None,
    })
}

pub(super) fn is(number: &Number, known: &Known) -> bool {
    if known.kind.is_share() { number.is_share(known.value) } else { number.is(known.value) }
}

fn is_own(number: &Number, own: &[f64]) -> bool {
    let small = number.decimals == 0 && !number.percent && number.value.abs() <= SMALL;
    small || own.iter().any(|own| number.value == *own || number.about && number.is(*own))
}

/// What people get right, Xiao et al., 2017.
fn is_human(number: &Number) -> bool {
    number.is_share(0.835)
}

/// A number that was measured, but is something else than it is said to be.
fn wrong_kind(number: &Number, statement: &[Token], known: &[&Known], tested: bool) -> Option<Point> {
    let [first, ..] = known else { return None };
    let all = |kinds: &[Kind]| known.iter().all(|known| kinds.contains(&known.kind));
    let called_accuracy = holds("accura*|correct*|right", statement) && !holds("loss*", statement);
    let called_test = tested || holds("test*", statement);
    let called_other = holds("train*|learn*|validat*|gap|overfit*|loss*", statement);
    let expected = if called_accuracy && all(&[Kind::Loss]) {
        "an accuracy where one is named"
    } else if called_test && !called_other && all(&[Kind::TrainAccuracy, Kind::ValidationAccuracy]) {
        "an accuracy on the test set where one is named"
    } else {
        return None;
    };
    let found = format!("{}, the {} of {}", number.text, first.kind.name(), first.of);
    Some(Point::new(false, expected, found, "compare it with the table of the runs"))
}

/// A batch that `fit` did not make.
pub(super) fn wrong_batch(sentences: &[Sentence], sizes: &[usize]) -> Option<Point> {
    let named = |window: &[Token]| match window {
        [Token::Word(batch), Token::Word(of), Token::Number(number)]
            if batch.starts_with("batch")
                && ["of", "size", "has", "had", "have", "holds"].contains(&of.as_str()) =>
        {
            (!sizes.iter().any(|size| number.value == *size as f64)).then(|| number.text.clone())
        }
        _ => None,
    };
    let found = sentences.iter().find_map(|sentence| sentence.tokens.windows(3).find_map(named))?;
    let hint = "the training prints its steps: 60,000 / 32 = 1,875 in each epoch";
    Some(Point::new(false, "batches of 32 images", format!("batches of {found}"), hint))
}

/// `60,000 / 32 = 1,719`.
fn wrong_quotient(sentence: &Sentence) -> Option<Point> {
    let windows = sentence.tokens.windows(5);
    let wrong = windows.filter_map(|window| match window {
        [Token::Number(a), Token::Sign('/'), Token::Number(b), Token::Sign('='), Token::Number(c)] => {
            let right = a.value / b.value;
            let found = format!("{} / {} = {}", a.text, b.text, c.text);
            (!c.is(right) && c.value != right.ceil()).then_some((found, right))
        }
        _ => None,
    });
    let (found, right) = wrong.into_iter().next()?;
    Some(Point::new(false, format!("a quotient of {right}"), found, "divide again"))
}
