//! Judges an answer by what it says: facts that must be there, mistakes that must not, and numbers, each of
//! which must be true.

mod evidence;
mod figures;
mod first_image;
mod numbers;
mod pattern;
mod rubric;
#[cfg(test)]
mod tests;
mod words;

pub(super) use evidence::{Evidence, FirstImage};

use evidence::{Kind, Known};
use rubric::{Fact, RUBRICS, Slip};
use words::{Sentence, sentences};

use super::check::Point;
use super::runs::BASELINE;

/// What is expected of the answer to question `number`, 1 to 6, and whether it is there.
pub(super) fn judge(number: usize, text: &str, evidence: &Evidence) -> Vec<Point> {
    if text.trim().is_empty() {
        return vec![Point::new(false, "an answer", "nothing yet", "write it between the quotes")];
    }
    let rubric = &RUBRICS[number - 1];
    let sentences = sentences(text);
    let mut points: Vec<Point> = rubric.facts.iter().map(|fact| stated(fact, &sentences)).collect();
    let measured = match number {
        1 => evidence.of(&[Kind::TestAccuracy]),
        2 => evidence.of(&[Kind::TestAccuracy, Kind::TrainAccuracy, Kind::Loss, Kind::Gain]),
        4 => [evidence.measured(), evidence.epochs()].concat(),
        5 => {
            points.extend(first_image::points(&sentences, evidence.first_image.as_ref()));
            [evidence.of(&[Kind::TestAccuracy]), evidence.probabilities()].concat()
        }
        _ => evidence.measured(),
    };
    if number == 4 {
        let sizes: Vec<usize> = evidence.runs.iter().map(|run| run.batch_size).chain([32]).collect();
        points.extend(figures::wrong_batch(&sentences, &sizes));
    }
    if number == 6 {
        points.push(quotes_a_run(&sentences, &measured));
    }
    points.extend(rubric.slips.iter().filter_map(|slip| made(slip, &sentences)));
    let tested = number == 6;
    points.extend(figures::points(&sentences, rubric.numbers, &measured, tested));
    points
}

fn stated(fact: &Fact, sentences: &[Sentence]) -> Point {
    let said = fact.says.iter().filter(|says| pattern::any(&[says], sentences)).count();
    let found = match said {
        0 => "nothing about it".to_string(),
        _ => format!("only {said}"),
    };
    Point::new(said >= fact.at_least, fact.expected, found, fact.hint)
}

/// The first sentence that makes the mistake.
fn made(slip: &Slip, sentences: &[Sentence]) -> Option<Point> {
    let makes = |sentence: &&Sentence| {
        let says = slip.says.iter().any(|says| pattern::holds(says, &sentence.tokens));
        says && !pattern::holds(slip.unless, &sentence.tokens)
    };
    let sentence = sentences.iter().find(makes)?;
    Some(Point::new(false, slip.so, format!("\"{}\"", shortened(&sentence.text)), slip.hint))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(90) {
        Some((end, _)) => format!("{} ...", &text[..end]),
        None => text.into(),
    }
}

/// Of an improvement, what it came to.
fn quotes_a_run(sentences: &[Sentence], measured: &[Known]) -> Point {
    let baseline = format!("\"{BASELINE}\"");
    let tested = |known: &&Known| known.kind == Kind::TestAccuracy && known.of != baseline;
    let quotes = sentences
        .iter()
        .flat_map(|sentence| figures::numbers(&sentence.tokens))
        .any(|number| measured.iter().filter(tested).any(|known| figures::is(number, known)));
    let found =
        if measured.iter().any(|known| tested(&known)) { "none" } else { "no run of one in the records" };
    let hint = "run the experiments, then quote them: `all.test_accuracy(\"256 neurons\")?`";
    Point::new(quotes, "the measured test accuracy of a changed network", found, hint)
}
