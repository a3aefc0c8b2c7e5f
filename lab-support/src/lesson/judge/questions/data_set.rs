//! Question 1: what the data set is.

use super::super::findings::{Findings, Found, found};
use super::super::lists::*;
use super::super::read::{Sentence, Token, What};
use super::counts::{Part, parts};
use crate::data::CLASS_NAMES;

const ORIGINAL: List = "replace replacement instead unlike rather successor alternative hard harder difficult like \
     similar compare same format original contrast challenge challenging substitute counterpart \
     easy analogous inspired dropin classic classical traditional drop predecessor former mnist";
const OTHER_THINGS: List = "animal vehicle flower face letter car cat dog bird alphabet food fruit furniture landscape \
     house truck airplane";

pub(super) fn judge(sentences: &[Sentence], findings: &mut Findings) {
    content(sentences, findings);
    parts_of_the_set(sentences, findings);
    size(sentences, findings);
    classes(sentences, findings);
    pixels(sentences, findings);
}

fn content(sentences: &[Sentence], findings: &mut Findings) {
    let named = |s: &Sentence| s.tokens.iter().any(|t| t.is(CLOTHES) && !t.is_word("fashion") && !t.negated);
    let products = |s: &Sentence| {
        let is_pair = |pair: &[Token]| {
            pair[0].is_word("fashion") && pair[1].is("item product article piece image object good accessory")
        };
        s.tokens.windows(2).any(|pair| is_pair(pair) && !pair[0].negated)
    };
    let said = sentences.iter().any(|s| named(s) || products(s));
    let traces =
        sentences.iter().any(|s| s.has(CLOTHES) || s.has("product item zalando accessory shop bag boot"));
    findings.fact(found(said, traces), "what the pictures show", "the names of the classes tell it");
    let digits = |s: &Sentence| {
        let shown = s.says("handwritten handwrite numeral") || s.says("digit") && !s.has("label");
        shown && !s.has(ORIGINAL) && !s.has("not but")
    };
    findings.wrong_where(sentences, digits, "what the pictures show", "look at the first of them");
    let others = |s: &Sentence| s.says(OTHER_THINGS) && !s.has(ORIGINAL);
    findings.wrong_where(sentences, others, "what the pictures show", "look at the first of them");
    let else_ = |s: &Sentence| s.has_phrase("something else") || s.has_phrase("not about fashion");
    findings.unclear_where(sentences, else_, "what the pictures show");
}

fn parts_of_the_set(sentences: &[Sentence], findings: &mut Findings) {
    let counted: Vec<_> =
        sentences.iter().flat_map(|s| parts(s).into_iter().map(move |part| (s, part))).collect();
    let hint = "the data shows both parts, and how many images each has";
    for (part, own, topic) in [
        (Part::Train, 60_000, "how many images there are to train with"),
        (Part::Test, 10_000, "how many images there are to test with"),
    ] {
        let of_it = || counted.iter().filter(|(_, (_, found, _))| *found == part);
        let said = of_it().any(|(_, (count, _, negated))| *count == own && !negated);
        let both = |s: &Sentence| has_both(s) && !s.has(TRAIN) && !s.has(TEST) && !s.denied;
        // "70,000, of which 10,000 are for testing"
        let all = sentences.iter().any(|s| s.numbers().any(|(_, n)| n.is(70_000.0)));
        let unbound = all || counted.iter().any(|(_, (count, _, _))| *count == own);
        findings.fact(found(said || sentences.iter().any(both), unbound), topic, hint);
        let is_other = |count: usize, s: &Sentence| {
            count != own && !(s.has(VALIDATE) && [55_000, 5_000].contains(&count))
        };
        if let Some((sentence, _)) = of_it().find(|(s, (count, _, negated))| !negated && is_other(*count, s))
        {
            match said {
                true => findings.unclear(topic, sentence.quoted()),
                false => findings.wrong(sentence, topic, hint),
            }
        }
    }
    let known = [60_000, 10_000, 70_000, 6_000, 1_000, 7_000, 55_000, 5_000];
    if let Some((s, _)) =
        counted.iter().find(|(_, (count, part, _))| *part == Part::Unknown && !known.contains(count))
    {
        findings.unclear("how many images there are", s.quoted());
    }
    let validated = |s: &Sentence| {
        let of = counted
            .iter()
            .any(|(_, (count, part, _))| *part == Part::Validation && [10_000, 60_000].contains(count));
        s.has(VALIDATE) && of && !s.has(TEST) || s.denies("test testing") && s.denies(DATA)
    };
    findings.wrong_where(sentences, validated, "what the two parts of the data set are for", hint);
}

/// 60,000 + 10,000.
fn has_both(sentence: &Sentence) -> bool {
    let counts: Vec<f64> = sentence.numbers().map(|(_, number)| number.value).collect();
    counts.windows(2).any(|pair| pair == [60_000.0, 10_000.0])
}

fn size(sentences: &[Sentence], findings: &mut Findings) {
    let topic = "the size of an image";
    let hint = "the shape of the training images has it";
    let twice = |s: &Sentence| s.numbers().filter(|(i, n)| n.is(28.0) && !s.tokens[*i].negated).count() > 1;
    let once = |s: &Sentence| s.numbers().any(|(i, n)| n.is(28.0) && !s.tokens[i].negated);
    let square =
        |s: &Sentence| s.has("square both side direction dimension wide width high height row column");
    let all = |s: &Sentence| s.numbers().any(|(i, n)| n.is(784.0) && !s.tokens[i].negated);
    let said = sentences.iter().any(|s| twice(s) || once(s) && square(s) || all(s) && s.has(PIXEL));
    findings.fact(
        found(said, sentences.iter().any(|s| s.numbers().any(|(_, n)| n.is(28.0) || n.is(784.0)))),
        topic,
        hint,
    );
    let other = |s: &Sentence| {
        let pair = |(i, (a, b)): (usize, (f64, f64))| {
            let is_size = (8.0..2000.0).contains(&a) && (8.0..2000.0).contains(&b);
            s.tokens[i].asserted() && is_size && (a, b) != (28.0, 28.0)
        };
        products(s).any(pair) && s.has("pixel px size image picture each resolution grey")
    };
    match said {
        true => findings.unclear_where(sentences, other, topic),
        false => findings.wrong_where(sentences, other, topic, hint),
    }
}

/// `a × b`, and where it begins.
fn products(sentence: &Sentence) -> impl Iterator<Item = (usize, (f64, f64))> {
    sentence.tokens.windows(3).enumerate().filter_map(|(i, window)| {
        let (a, b) = (window[0].number()?, window[2].number()?);
        window[1].is_sign('\u{d7}').then_some((i, (a.value, b.value)))
    })
}

fn classes(sentences: &[Sentence], findings: &mut Findings) {
    let topic = "how many classes there are";
    let hint = "count their names";
    let near = |s: &Sentence, i: usize| {
        let around = |j: usize| s.tokens.get(j).is_some_and(|t| t.is(CLASS) || t.is("product"));
        (i + 1..i + 5).take_while(|j| s.tokens.get(*j).is_some_and(|t| t.number().is_none())).any(around)
            || (i.saturating_sub(3)..i).any(around)
    };
    let ten = |s: &Sentence| s.numbers().any(|(i, n)| n.is(10.0) && !s.tokens[i].negated && near(s, i));
    let labels = |s: &Sentence| {
        s.has("label class") && s.numbers().any(|(_, n)| n.is(0.0)) && s.numbers().any(|(_, n)| n.is(9.0))
    };
    let name = |i: usize| CLASS_NAMES[i].to_lowercase().replace("t-shirt/top", "tshirt").replace(' ', "");
    let names = |s: &Sentence| (0..10).filter(|i| s.says(&name(*i))).count() > 7;
    let said = sentences.iter().any(|s| ten(s) || labels(s) || names(s));
    let traces = sentences.iter().any(|s| s.numbers().any(|(_, n)| n.is(10.0)));
    findings.fact(if said { Found::Said } else { found(false, traces) }, topic, hint);
    let other = |s: &Sentence| {
        s.numbers().any(|(i, n)| {
            let next = s.tokens[i + 1..].iter().take(2).take_while(|t| t.word().is_some());
            let of = next.filter(|t| t.is("class category")).count() > 0;
            of && n.count().is_some_and(|n| n > 1 && n != 10) && !n.spelled && s.tokens[i].asserted()
        })
    };
    findings.wrong_where(sentences, other, topic, hint);
}

fn is_one(token: &Token) -> bool {
    token.number().is_some_and(|n| n.is(1.0))
}

fn pixels(sentences: &[Sentence], findings: &mut Findings) {
    let color = |s: &Sentence| {
        s.tokens.iter().enumerate().any(|(i, t)| {
            let next = s.tokens.get(i + 1).is_some_and(|t| t.is("bar map"));
            let channels = t.is("channel") && i > 0 && s.tokens[i - 1].number().is_some_and(|n| n.is(3.0));
            (t.is("color colored colorful rgb") && !next || channels) && !t.negated && !s.has("grey black")
        })
    };
    let topic = "what a pixel is";
    findings.wrong_where(sentences, color, topic, "the shape of the training images has no place for more");
    let scaled = |s: &Sentence| {
        let between = |w: &[Token]| {
            let ends = w[0].number().is_some_and(|n| n.is(0.0)) && w[2].number().is_some_and(|n| n.is(1.0));
            ends && (w[1].is_word("and")
                || w[1].is_word("to")
                || matches!(w[1].what, What::Sign('-') | What::Break(',')))
        };
        let later = "after normalize normalise scale divide rescale label later dividing";
        s.has(PIXEL) && s.tokens.windows(3).any(between) && !s.has(later)
    };
    findings.wrong_where(sentences, scaled, topic, "look at the range of the data as it was loaded");
    let two_tone = |s: &Sentence| {
        s.tokens.windows(2).any(|w| is_one(&w[0]) && w[1].is("bit") && !w[1].negated)
            || s.has_phrase("either black or white")
            || s.has_phrase("only black and white")
    };
    findings.unclear_where(sentences, two_tone, topic);
    let year = |s: &Sentence| s.says("google facebook amazon microsoft apple nike") && !s.has("http hosted");
    findings.unclear_where(sentences, year, "where the data set comes from");
    let denied = |s: &Sentence| {
        let own = [60_000.0, 10_000.0, 28.0, 10.0];
        s.numbers().any(|(i, n)| s.tokens[i].negated && n.is_one_of(&own)) && !s.has("unlike instead rather")
    };
    findings.unclear_where(sentences, denied, "what is so, and what is not");
}
