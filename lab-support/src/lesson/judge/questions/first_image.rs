//! Question 5: what was predicted, what is actual, and whether they are the same.

use super::super::evidence::FirstImage;
use super::super::findings::{Findings, Found};
use super::super::lists::*;
use super::super::read::{Sentence, Token, What};
use super::comparison::{self, CALLED, PREDICTED, STRICT};
use super::image_mistakes;
use super::labels::{class as class_at, is_of_a_probability, is_the_label, is_the_largest};

/// Words about classes that are neither predicted nor actual.
const OTHERS: List = "second next other remaining least similar confuse alternative runner only followed follow \
     mistake mistaken likely unlikely possible resemble could would look like less lower rest than behind \
     although share";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Predicted,
    Actual,
    Both,
}

pub(super) fn judge(sentences: &[Sentence], image: Option<&FirstImage>, findings: &mut Findings) {
    let Some(image) = image else {
        findings.unclear(
            "what the network predicts",
            "no trained network was saved yet: notebook 4 trains and saves it",
        );
        return;
    };
    let (predicted, actual) = (image.predicted(), image.actual);
    let sentences: Vec<&Sentence> = sentences.iter().filter(|s| !is_of_another_image(s, predicted)).collect();
    // An answer that begins with a class gives the prediction.
    let (mut carried, mut told) = (Some(Who::Predicted), None);
    let mut claims: Vec<(Who, usize, bool, &Sentence)> = sentences
        .iter()
        .flat_map(|s| {
            claims(s, predicted, &mut carried, &mut told)
                .into_iter()
                .map(move |(who, class, negated)| (who, class, negated, *s))
        })
        .collect();
    // "Ankle boot, which matches the actual label"
    let said =
        claims.iter().find(|(who, _, negated, _)| *who == Who::Predicted && !negated).map(|claim| claim.1);
    let none = !claims.iter().any(|(who, _, _, _)| matches!(who, Who::Actual | Who::Both));
    // "An ankle boot, and it is right".
    let is_right = |s: &&&Sentence| {
        let right = |t: &Token| t.is("right correct correctly hit") && t.asserted();
        s.tokens.iter().any(right) && !s.has("probably know if label")
    };
    if let (Some(class), true, Some(s)) = (said, none, sentences.iter().find(|s| matches_the_label(s))) {
        claims.push((Who::Actual, class, false, s));
    }
    if let (Some(class), true, Some(s)) = (said, none, sentences.iter().find(is_right)) {
        claims.push((Who::Actual, class, false, s));
    }
    for (who, class, topic, hint) in [
        (Who::Predicted, predicted, "what the network predicts", "`predictions.predicted(0)` is its answer"),
        (Who::Actual, actual, "what the actual label is", "`data.test.labels[0]` is the label"),
    ] {
        let of = |(found, _, _, _): &&(Who, usize, bool, &Sentence)| *found == who || *found == Who::Both;
        let said = claims.iter().filter(of).any(|(_, found, negated, _)| *found == class && !negated);
        let traces = claims.iter().any(|(_, found, _, _)| *found == class)
            || sentences.iter().any(|s| s.has(CALLED[class]));
        findings.fact(
            if said {
                Found::Said
            } else if traces {
                Found::Traces
            } else {
                Found::Nothing
            },
            topic,
            hint,
        );
        let other = |(_, found, negated, _): &&(Who, usize, bool, &Sentence)| (*found != class) != *negated;
        if let Some((_, _, _, sentence)) = claims.iter().filter(of).find(other) {
            // What is said twice, and differently, is left to a reader.
            match said {
                true => findings.unclear(topic, sentence.quoted()),
                false => findings.object(sentence, topic, hint),
            }
        }
    }
    image_mistakes::judge(&sentences, predicted, findings);
    let named = |who: Who, class: usize| {
        claims.iter().any(|(found, of, negated, _)| *found == who && *of == class && !negated)
    };
    let both = named(Who::Predicted, predicted) && named(Who::Actual, actual);
    comparison::judge(&sentences, predicted == actual, both, findings);
}

/// "Image 12 was different".
fn is_of_another_image(s: &Sentence, predicted: usize) -> bool {
    let others =
        "other images|other test images|some images|other pictures|many images|another image|all test images";
    let of_others = s.has_phrase(others);
    of_others && !s.has(CALLED[predicted])
        || s.tokens.windows(2).any(|w| {
            w[0].is("image picture")
                && w[1].number().is_some_and(|n| n.value > 1.0 && !n.spelled)
                && !w[1].number().is_some_and(|n| n.is(28.0))
        }) && !s.has(CALLED[predicted])
}

/// What the sentence says of which label, and whether it denies it.
fn claims(
    s: &Sentence,
    predicted: usize,
    carried: &mut Option<Who>,
    told: &mut Option<(Who, usize)>,
) -> Vec<(Who, usize, bool)> {
    let mut claims = Vec::new();
    let mut roles: Vec<(usize, Who)> = Vec::new();
    for (i, token) in s.tokens.iter().enumerate() {
        // "Each of them", "both".
        let each = token.is_word("each") || token.is_word("either");
        let is_both = token.is_word("both")
            || token.is_word("cases")
            || token.is_word("times")
            || each && s.is_at(i + 1, "of label case");
        // "The label in the data set says so."
        let of_label = token.is("says said show give") && {
            let last = roles.last().filter(|(at, _)| s.tokens[*at].clause == token.clause);
            last.is_some_and(|(_, who)| *who == Who::Actual)
        };
        if is_both {
            roles.push((i, Who::Both));
        } else if is_the_largest(s, i)
            || !of_label
                && token.is(PREDICTED)
                && !(i > 0 && s.tokens[i - 1].is_word("label") && token.is("says said"))
        {
            roles.push((i, Who::Predicted));
        } else if token.is(STRICT) && !is_of_a_probability(s, i) || is_the_label(s, i) {
            roles.push((i, Who::Actual));
        }
    }
    let both = s.tokens.iter().any(|t| t.is_word("both"))
        && roles.iter().any(|(_, w)| *w == Who::Predicted)
        && roles.iter().any(|(_, w)| *w == Who::Actual);
    for (i, token) in s.tokens.iter().enumerate() {
        let Some(class) = class_at(s, i) else { continue };
        // "Second is 7 (Sneaker)": the name in brackets is of the number before them.
        let named_before = i > 1
            && s.tokens[i - 1].what == What::Break('(')
            && class_at(s, i - 2).is_some_and(|before| before == class)
            && is_aside(s, i - 2, class == predicted);
        if is_aside(s, i, class == predicted) || named_before || token.supposed {
            continue;
        }
        let before = roles.iter().rev().find(|(at, _)| *at < i);
        let behind = roles.iter().find(|(at, _)| *at > i && s.tokens[*at].clause == token.clause);
        // "Ankle boot (predicted)", "Ankle boot predicted, Ankle boot expected"
        let bracket = usize::from(s.tokens.get(i + 1).is_some_and(|t| t.what == What::Break('(')));
        let starts =
            i == 0 || matches!(s.tokens[i - 1].what, What::Break(_)) || s.tokens[i - 1].is("a an the");
        let beside = roles.iter().find(|(at, _)| *at == i + 1 + bracket && (bracket > 0 || starts));
        let here = before.filter(|(at, _)| s.tokens[*at].clause == token.clause);
        let who = beside.or(here).or(behind).or(before).map(|(_, who)| *who).or(*carried);
        let joint = |(at, _): &(usize, Who)| {
            roles.iter().any(|(other, who)| {
                other < at
                    && *who != Who::Both
                    && s.tokens[*other..*at].iter().any(|t| t.is_word("and") || t.is_sign('='))
                    && s.tokens[*other..*at]
                        .iter()
                        .all(|t| t.number().is_none() && !CALLED.iter().any(|c| t.is(c)))
            })
        };
        let who = if both
            || before.is_some_and(joint) && !s.tokens[..i].iter().any(|t| CALLED.iter().any(|c| t.is(c)))
        {
            Some(Who::Both)
        } else {
            who
        };
        if let Some(who) = who {
            claims.push((who, class, token.negated));
        }
    }
    // "So is the actual label", "the true label, too", "the network thinks so as well".
    let first =
        claims.first().copied().filter(|claim| !claim.2).map(|(who, class, _)| (who, class)).or(*told);
    *told =
        claims.iter().rev().find(|(_, _, negated)| !negated).map(|(who, class, _)| (*who, *class)).or(*told);
    for (of, other) in [(Who::Predicted, Who::Actual), (Who::Actual, Who::Predicted)] {
        let Some((_, class)) = first.filter(|(who, _)| *who == of) else { continue };
        let Some((at, _)) = roles.iter().find(|(_, who)| *who == other) else { continue };
        let none = !claims.iter().any(|(who, _, _)| *who == other);
        let phrases =
            "so is|says so|thinks so|agrees|confirms|what it really is|what it is|which is|as label";
        if none && (s.has_phrase(phrases) || says_also(s, *at)) {
            claims.push((other, class, false));
        }
    }
    *carried = roles.last().map(|(_, who)| *who).or(*carried);
    claims
}

/// "It matches the actual label", "the same as the true one".
fn matches_the_label(s: &Sentence) -> bool {
    let same = |i: usize| {
        let next = s.tokens.get(i + 1);
        let with = next.is_some_and(|t| t.is("as to with"))
            && s.tokens[i].is("same identical equal agree correspond consistent");
        s.tokens[i].asserted() && (s.tokens[i].is("match equal") || with)
    };
    // "prediction and label coincide"
    let labels = s.has(PREDICTED) && s.has("label") && !s.has("predict predicted");
    // "What the network predicted is what the picture really is."
    let what = s.has(PREDICTED) && s.has_phrase("is what") && s.has(STRICT) && !s.says("not");
    let coincide =
        |i: usize| labels && s.tokens[i].asserted() && s.tokens[i].is("coincide agree match same identical");
    what || (0..s.tokens.len())
        .any(|i| same(i) && s.tokens[i + 1..].iter().take(5).any(|t| t.is(STRICT)) || coincide(i))
}

/// "and this is also the true class".
fn says_also(s: &Sentence, at: usize) -> bool {
    s.clause(s.tokens[at].clause).any(|t| t.is("also too same likewise well") && !t.negated)
}

/// Named as another possibility, or with a probability that isn't the largest.
fn is_aside(s: &Sentence, i: usize, is_predicted: bool) -> bool {
    let clause: Vec<&Token> = s.clause(s.tokens[i].clause).collect();
    // "Most likely an ankle boot" is what it predicts.
    let most = clause.windows(2).any(|w| w[0].is("most very") && w[1].is_word("likely"));
    let other = |t: &&Token| t.is(OTHERS) && !(most && t.is_word("likely"));
    let probability = clause.iter().any(|t| {
        t.is("probability percent chance")
            || t.number().is_some_and(|n| n.percent && n.value < 50.0 || n.decimals > 1 && n.value < 0.5)
    });
    clause.iter().copied().any(|t| other(&t))
        || probability
            && !is_predicted
            && !clause.iter().any(|t| t.is(PREDICTED) && !t.is("says") || t.is(STRICT))
}
