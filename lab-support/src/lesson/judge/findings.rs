//! What the judge found, topic by topic.

use super::read::Sentence;
use crate::lesson::check::Point;

/// Collects what is there, what is missing, what is wrong, and what the judge can't tell. Topics and hints never say
/// what the answer is.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub points: Vec<Point>,
    /// The answer has code, which is not judged: what isn't found may be there.
    pub has_code: bool,
}

/// How much of a fact was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Found {
    Nothing,
    /// Its words, but not a clause that says it.
    Traces,
    Said,
}

impl Findings {
    pub fn fact(&mut self, found: Found, topic: &str, hint: &str) {
        self.points.push(match found {
            Found::Said => Point::new(true, topic, "", ""),
            Found::Nothing if self.has_code => Point::unclear(topic, "it may be in the code"),
            Found::Nothing => Point::new(false, topic, "nothing that could be recognized", hint),
            Found::Traces => {
                Point::unclear(topic, "words on it are there, but not in a form that can be judged here")
            }
        });
    }

    pub fn wrong(&mut self, sentence: &Sentence, topic: &str, hint: &str) {
        self.points.push(Point::new(false, topic, sentence.quoted(), hint));
    }

    pub fn unclear(&mut self, topic: &str, why: impl Into<String>) {
        self.points.push(Point::unclear(topic, why.into()));
    }

    /// The first sentence for which this holds is wrong.
    pub fn wrong_where(
        &mut self,
        sentences: &[Sentence],
        is_wrong: impl Fn(&Sentence) -> bool,
        topic: &str,
        hint: &str,
    ) {
        if let Some(sentence) = sentences.iter().find(|sentence| !sentence.denied && is_wrong(sentence)) {
            self.wrong(sentence, topic, hint);
        }
    }

    /// The first sentence for which this holds has to be read.
    pub fn unclear_where(
        &mut self,
        sentences: &[Sentence],
        is_unclear: impl Fn(&Sentence) -> bool,
        topic: &str,
    ) {
        if let Some(sentence) = sentences.iter().find(|sentence| is_unclear(sentence)) {
            self.unclear(topic, sentence.quoted());
        }
    }
}

/// Said, if it holds of a sentence; else traces, if there are any.
pub(super) fn found(said: bool, traces: bool) -> Found {
    match (said, traces) {
        (true, _) => Found::Said,
        (_, true) => Found::Traces,
        _ => Found::Nothing,
    }
}
