//! What the judge found, topic by topic.

use super::read::Sentence;
use crate::lesson::check::Point;

/// Collects what is there, what is missing, what is wrong, and what the judge can't tell. Topics and hints never say
/// what the answer is.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub points: Vec<Point>,
    /// Sentences that say something else than what is expected: the topic, the sentence, and a hint.
    objections: Vec<(String, String, String)>,
    /// Something that is expected was not found.
    lacks: bool,
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
    pub fn of(text: &str) -> Findings {
        Findings { has_code: text.contains("```"), ..Findings::default() }
    }

    pub fn fact(&mut self, found: Found, topic: &str, hint: &str) {
        self.lacks |= found != Found::Said;
        self.points.push(match found {
            Found::Said => Point::new(true, topic, "", ""),
            Found::Nothing if self.has_code => Point::unclear(topic, "it may be in the code"),
            Found::Nothing => Point::new(false, topic, "nothing that could be recognized", hint),
            Found::Traces => {
                Point::unclear(topic, "words on it are there, but not in a form that can be judged here")
            }
        });
    }

    /// A measurement that no run has.
    pub fn wrong(&mut self, sentence: &Sentence, topic: &str, hint: &str) {
        self.points.push(Point::new(false, topic, sentence.quoted(), hint));
    }

    /// A sentence that contradicts what is expected.
    pub fn object(&mut self, sentence: &Sentence, topic: &str, hint: &str) {
        self.objections.push((topic.into(), sentence.quoted(), hint.into()));
    }

    /// Words that no sentence holds together. Phrases with all that is expected in them do without.
    pub fn keywords(&mut self, in_phrases: bool) {
        if self.lacks || !in_phrases {
            let hint = "say what is what: keywords alone don't tell";
            self.points.push(Point::new(false, "a full sentence", "words in a row", hint));
        }
    }

    /// What was found. A sentence that contradicts an answer with all that is expected may have been misread, or the
    /// answer contradicts itself: a reader has to tell. Where something is lacking, too, the sentence is wrong.
    pub fn points(mut self) -> Vec<Point> {
        for (topic, quote, hint) in self.objections {
            // A topic is named once: what was said of it tells more than that nothing was recognized.
            if self.lacks {
                self.points.retain(|point| !point.is_open(&topic));
            }
            self.points.push(match self.lacks {
                true => Point::new(false, topic, quote, &hint),
                false => Point::unclear(topic, quote),
            });
        }
        self.points
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
            self.object(sentence, topic, hint);
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
