//! Judges an answer clause by clause: what must be said, what must not, and the measurements that it quotes. Where it
//! can't tell, it asks for a reader.

mod claims;
mod durations;
mod evidence;
mod findings;
mod kinds;
mod lists;
mod measurements;
mod named;
mod questions;
mod read;
mod sums;
#[cfg(test)]
mod tests;
mod verdict;

pub(super) use evidence::{Evidence, FirstImage, Saved};

use findings::Findings;

use super::check::Point;

/// Letters of the longest text that is judged: five times what a long answer has.
const LONGEST: usize = 5_000;

/// Questions whose answers have numbers or names of Fashion-MNIST in them.
const ASKS_OF_FASHION_MNIST: [usize; 4] = [1, 3, 4, 5];

/// What is expected of the answer to question `number`, 1 to 6, and whether it is there.
pub(super) fn judge(number: usize, text: &str, evidence: &Evidence) -> Vec<Point> {
    if text.trim().is_empty() {
        return vec![Point::new(false, "an answer", "nothing yet", "write it between the quotes")];
    }
    let mut findings = Findings::of(text);
    let length = text.chars().count();
    if length > LONGEST {
        let why = format!("it has {length}; your teacher may read it");
        findings.unclear(&format!("an answer of at most {LONGEST} letters"), &why);
        return findings.points();
    }
    if let Some(title) = evidence.other_set.filter(|_| ASKS_OF_FASHION_MNIST.contains(&number)) {
        let why = format!("{title} is loaded: what is said of it is for your teacher to read");
        findings.unclear("an answer about Fashion-MNIST", why);
        return findings.points();
    }
    let sentences = read::sentences(text);
    if !read::is_english(&sentences, lists::KNOWN) {
        findings.unclear(
            "an answer in English",
            "answers are judged in English only; your teacher may read this one",
        );
        return findings.points();
    }
    if read::speaks_of_grading(&sentences) {
        findings.unclear("an answer to the question", "it speaks of how it is to be judged");
    }
    if read::takes_back(&sentences) {
        findings.unclear("an answer that says one thing", "it seems to take something back");
    }
    questions::judge(number, &sentences, evidence, &mut findings);
    sums::judge(&sentences, &mut findings);
    durations::judge(&sentences, evidence, &mut findings);
    if !findings.has_code && !read::is_in_sentences(&sentences) {
        findings.keywords(read::is_in_phrases(&sentences));
    }
    findings.points()
}
