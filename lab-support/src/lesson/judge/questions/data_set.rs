//! Question 1: what the data set is.

use super::super::findings::{Findings, Found, found};
use super::super::lists::*;
use super::super::read::{Sentence, Token, What};
use super::set_parts;
use crate::data::CLASS_NAMES;

const ORIGINAL: List = "replace replacement instead unlike rather successor alternative hard harder difficult like \
     similar compare same format original contrast challenge challenging substitute counterpart \
     easy analogous inspired dropin classic classical traditional drop predecessor former mnist";
const OTHER_THINGS: List = "animal vehicle flower face letter car cat dog bird alphabet food fruit furniture landscape \
     house truck airplane text description sentence video sound song";

pub(super) fn judge(sentences: &[Sentence], findings: &mut Findings) {
    content(sentences, findings);
    set_parts::judge(sentences, findings);
    size(sentences, findings);
    classes(sentences, findings);
    pixels(sentences, findings);
}

/// What no set of images is.
const NO_DATA: List = "network model algorithm program library company shop website layer method framework function \
     optimizer classifier language software app game technique person neuron parameter";

/// Where the noun stands that the data set is said to be: "it is a neural network trained on ...".
fn head(s: &Sentence) -> Option<&Token> {
    let is = s.tokens.iter().take(4).position(|t| t.is_word("is") || t.is_word("are"))?;
    let of_it = |t: &Token| t.is("fashionmnist it this dataset set collection");
    if !s.tokens[..is].iter().any(of_it) || s.tokens[is].negated {
        return None;
    }
    // The noun is the last word before what it is of, or what is done with it.
    let kind = s.tokens[is + 1..]
        .windows(2)
        .position(|w| w[0].is("kind type sort form piece") && w[1].is_word("of"));
    let begin = is + 1 + kind.filter(|at| *at < 3).map_or(0, |at| at + 2);
    let rest = s.tokens[begin..].iter().take_while(|t| {
        t.word()
            .is_some_and(|word| !["of", "that", "which", "with", "for", "from", "by", "used"].contains(&word))
            && !t.is(TRAIN)
            && !t.is(TEST)
    });
    rest.last()
}

fn content(sentences: &[Sentence], findings: &mut Findings) {
    let no_data = |s: &Sentence| head(s).is_some_and(|t| t.is(NO_DATA));
    findings.wrong_where(
        sentences,
        no_data,
        "what kind of thing it is",
        "what does `fashion_mnist()` return?",
    );
    let named = |s: &Sentence| s.tokens.iter().any(|t| t.is(CLOTHES) && !t.is_word("fashion") && !t.negated);
    let products = |s: &Sentence| {
        let is_pair = |pair: &[Token]| {
            pair[0].is("product") && pair[1].is("photo image picture photograph")
                || pair[0].is_word("fashion")
                    && pair[1].is("item product article piece image object good accessory")
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
    // "Shoes only".
    let only = |s: &Sentence| {
        let one_kind = |t: &Token| {
            t.is(CLOTHES) && !t.is("clothes clothing cloth garment apparel wear fashion article outfit")
        };
        s.tokens
            .windows(2)
            .any(|w| w[1].is_word("only") && one_kind(&w[0]) || w[0].is_word("only") && one_kind(&w[1]))
    };
    findings.wrong_where(sentences, only, "what the pictures show", "the names of the classes tell it");
    let people = |s: &Sentence| {
        ["people who", "images of people", "pictures of people", "photos of people", "images of persons"]
            .iter()
            .any(|phrase| s.phrase(phrase).is_some_and(|at| s.tokens[at].asserted()))
    };
    findings.unclear_where(sentences, people, "what the pictures show");
    let else_ = |s: &Sentence| s.has_phrase("something else|not about fashion");
    findings.unclear_where(sentences, else_, "what the pictures show");
}

fn size(sentences: &[Sentence], findings: &mut Findings) {
    let topic = "the size of an image";
    let hint = "the shape of the training images has it";
    let twice = |s: &Sentence| s.numbers().filter(|(i, n)| n.is(28.0) && !s.tokens[*i].negated).count() > 1;
    let once = |s: &Sentence| s.numbers().any(|(i, n)| n.is(28.0) && !s.tokens[i].negated);
    let square =
        |s: &Sentence| s.has("square both side direction dimension wide width high height row column");
    let all = |s: &Sentence| s.numbers().any(|(i, n)| n.is(784.0) && !s.tokens[i].negated);
    let squared = |s: &Sentence| s.numbers().any(|(i, n)| n.power && n.is(784.0) && !s.tokens[i].negated);
    let said =
        sentences.iter().any(|s| twice(s) || squared(s) || once(s) && square(s) || all(s) && s.has(PIXEL));
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
    // "28 pixels wide and 32 pixels high", "28 x 28 classes".
    let odd = |s: &Sentence| {
        let pixels = |(i, n): (usize, &super::super::read::Number)| {
            let of_each = !s.is_at(i + 2, "value by");
            let count = n.count().is_some_and(|n| (2..500).contains(&n) && n != 28);
            s.is_at(i + 1, "pixel px") && of_each && count && s.tokens[i].asserted()
        };
        let classes = products(s).any(|(i, _)| s.tokens[i].asserted() && s.is_at(i + 3, "class category"));
        s.numbers().any(pixels) || classes
    };
    findings.wrong_where(sentences, odd, topic, hint);
    match said {
        true => findings.unclear_where(sentences, other, topic),
        false => findings.wrong_where(sentences, other, topic, hint),
    }
}

/// `a × b`, and where it begins.
fn products(sentence: &Sentence) -> impl Iterator<Item = (usize, (f64, f64))> {
    sentence.tokens.windows(3).enumerate().filter_map(|(i, window)| {
        let (a, b) = (window[0].number()?, window[2].number()?);
        // "10 × 1,000 = 10,000" is a sum.
        let is_sum = sentence.tokens.get(i + 3).is_some_and(|t| t.is_sign('=')) && a.value != b.value;
        (window[1].is_sign('\u{d7}') && !is_sum).then_some((i, (a.value, b.value)))
    })
}

fn classes(sentences: &[Sentence], findings: &mut Findings) {
    let topic = "how many classes there are";
    let hint = "count their names";
    let near = |s: &Sentence, i: usize| {
        let around = |j: usize| s.tokens.get(j).is_some_and(|t| t.is(CLASS) || t.is("product"));
        (i + 1..i + 6).take_while(|j| s.tokens.get(*j).is_some_and(|t| t.number().is_none())).any(around)
            || (i.saturating_sub(3)..i).any(around)
    };
    let ten = |s: &Sentence| s.numbers().any(|(i, n)| n.is(10.0) && !s.tokens[i].negated && near(s, i));
    let labels = |s: &Sentence| {
        s.has("label class target integer")
            && s.numbers().any(|(_, n)| n.is(0.0))
            && s.numbers().any(|(_, n)| n.is(9.0))
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
            // "0 to 9, its class": a range of labels.
            let zero = |t: &Token| t.number().is_some_and(|n| n.is(0.0));
            let ends_a_range = n.is(9.0) && s.tokens[i.saturating_sub(4)..i].iter().any(zero);
            let factor = i > 0 && s.tokens[i - 1].is_sign('\u{d7}');
            let is_count = n.count().is_some_and(|n| n > 1 && n != 10) && !n.spelled;
            of && is_count && !ends_a_range && !factor && s.tokens[i].asserted()
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
            let next = s.is_at(i + 1, "bar map");
            let channels = t.is("channel") && i > 0 && s.tokens[i - 1].number().is_some_and(|n| n.is(3.0));
            let deep = s.tokens.get(i + 1).is_some_and(|t| t.is_sign('\u{d7}'))
                && s.tokens.get(i + 2).and_then(Token::number).is_some_and(|n| n.is(3.0));
            (deep || t.is("color colored colorful rgb") && !next || channels)
                && !t.negated
                && !s.has("grey black remove drop lose strip lost")
        })
    };
    let topic = "what a pixel is";
    findings.wrong_where(sentences, color, topic, "the shape of the training images has no place for more");
    let scaled = |s: &Sentence| {
        let between = |w: &[Token]| {
            let ends = w[0].number().is_some_and(|n| n.is(0.0) || n.is(1.0))
                && w[2].number().is_some_and(|n| n.is(1.0));
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
            || s.has_phrase("either black or white|only black and white")
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
