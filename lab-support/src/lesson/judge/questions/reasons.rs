//! Question 2: what normalizing does not do.

use super::super::findings::Findings;
use super::super::lists::*;
use super::super::read::{Sentence, Token, What};

/// Things that normalizing has nothing to do with, and other operations.
const BESIDE: List = "subtract subtraction multiply binary brighter darker bright sharp sharper noise memory storage resolution resize crop \
     compress cheat mix background color rgb augmentation rotate flip anonymous encrypt duplicate outlier overfit overfitting memorize memorise \
     monochrome shuffle disk dropout skip \
     random integer delete remove eliminate discard filter cut label class category negative positive unimportant useless";

pub(super) fn judge(sentences: &[Sentence], findings: &mut Findings) {
    let aside = |s: &Sentence| {
        let small = range(s, 1.0);
        let initial = s.has("weight initialize initialise initial") || small.is_none();
        let integer = |t: &Token| t.is("integer") && small.is_none_or(|at| s.tokens[at].clause != t.clause);
        let fits = |t: &Token| integer(t) || t.is("random") && initial;
        let stated = |t: &Token| t.is(BESIDE) && t.asserted() && !fits(t);
        let sum = s.phrase("sum of").is_some() && s.has_phrase("is 1|to 1");
        let images = s.numbers().any(|(i, n)| s.is_at(i + 1, IMAGE) && n.is(255.0));
        let either = s.has_phrase("either 0 or 1")
            || s.numbers().any(|(i, n)| n.is(2.0) && s.is_word_at(i + 1, "values"))
            || s.has("either") && range(s, 1.0).is_none() && says_number(s, 0.0);
        sum || s.tokens.iter().any(stated) && !s.has("only but still same") || images || either
    };
    findings.unclear_where(sentences, aside, "what that does, and what it does not");
    let pairs: &[(List, List, &str)] = &[
        ("parameter layer", "fewer less reduce smaller remove", "what it does to the network"),
        ("weight neuron", "fewer", "what it does to the network"),
        (
            "memory storage disk space ram",
            "save less reduce small smaller need fewer low lower",
            "what it does to the memory",
        ),
        ("byte bit", "fewer save less", "what it does to the memory"),
        (
            "noise noisy blur sharp contrast sharpness",
            "remove reduce increase improve enhance clean clear clearer sharpen less delete",
            "what it does to the pictures",
        ),
        (
            "grey monochrome",
            "turn convert make normalize divide become transform change",
            "what it does to the pictures",
        ),
        ("image picture photo file", "resize crop smaller shrink compress", "what it does to the pictures"),
        (
            "overfit overfitting memorize memorise heart",
            "prevent avoid reduce against less stop eliminate fight",
            "what that does for the training",
        ),
        (
            "computer machine cpu gpu rust program",
            "can unable impossible only understand need",
            "why large numbers are a problem",
        ),
        ("bright brighter dark darker lighter", "make become get turn", "what it does to the pictures"),
    ];
    for (things, deeds, topic) in pairs {
        let claims = |s: &Sentence| {
            let deed = |t: &Token| t.is(deeds) && (!t.negated || t.is("can"));
            let thing = |i: usize| {
                // A grey value is no grey picture.
                let of_values = s.is_at(i + 1, "value level tone shade number");
                s.tokens[i].is(things) && (!s.tokens[i].negated || s.has("prevent avoid can")) && !of_values
            };
            let near = |i: usize| s.tokens[i.saturating_sub(6)..(i + 7).min(s.tokens.len())].iter().any(deed);
            (0..s.tokens.len()).any(|i| thing(i) && near(i))
        };
        let is_input = |s: &Sentence| {
            let resized = s.tokens.iter().any(|t| t.is("resize crop compress") && !t.negated);
            let smaller = "image picture photo file".split(' ').any(|thing| {
                s.has_phrase(&format!("{thing}s smaller|{thing}s are smaller|smaller {thing}s"))
            });
            things.contains("image") && !resized && !smaller
        };
        findings.wrong_where(
            sentences,
            |s| claims(s) && !is_input(s),
            topic,
            "look at a picture before and after, and at its shape",
        );
    }
    let one_part = |s: &Sentence| {
        s.has(TRAIN)
            && s.has("test")
            && s.has("only stay remain unchanged untouched")
            && !s.has("both same too also accuracy")
    };
    findings.unclear_where(sentences, one_part, "which images it is done to");
    let sized = |s: &Sentence| {
        ["size of image", "size of images", "size of picture", "size of pictures", "image size"].iter().any(
            |size| {
                s.phrase(size).is_some_and(|at| {
                    s.tokens[at.saturating_sub(4)..at]
                        .iter()
                        .any(|t| t.is("reduce shrink decrease lower smaller") && !t.negated)
                })
            },
        )
    };
    findings.wrong_where(
        sentences,
        sized,
        "what it does to the pictures",
        "compare the shapes before and after",
    );
    let same_size = |s: &Sentence| {
        s.phrase("same size").is_some_and(|i| !s.tokens[i].negated) && s.has(IMAGE) && !s.has("keep stay")
    };
    findings.wrong_where(
        sentences,
        same_size,
        "what it does to the pictures",
        "compare the shapes before and after",
    );
}

/// "Normalization sorts the pixels": a subject that does what is not known of it.
pub(super) fn odd_deed(s: &Sentence, subject: List, deeds: List) -> bool {
    let things = "pixel value image input data feature number weight byte level intensity picture us these this its \
                  values inputs always layers";
    let verb = |i: usize| {
        let skipped = s.tokens[i + 1..]
            .iter()
            .take_while(|t| t.is("layer just only simply then also thus step"))
            .count();
        s.tokens.get(i + 1 + skipped)
    };
    let is_verb = |t: &Token| {
        t.word().is_some_and(|word| word.len() > 3 && word.ends_with('s') && !word.ends_with("ss"))
    };
    (0..s.tokens.len()).any(|i| {
        s.tokens[i].is(subject)
            && verb(i).is_some_and(|t| is_verb(t) && !t.is(deeds) && !t.is(things) && t.asserted())
    })
}

pub(super) fn is(token: &Token, value: f64) -> bool {
    token.number().is_some_and(|n| n.is(value))
}

pub(super) fn says_number(s: &Sentence, value: f64) -> bool {
    s.tokens.iter().any(|t| is(t, value) && !t.negated)
}

/// Where a range from 0 to `end` begins.
pub(super) fn range(s: &Sentence, end: f64) -> Option<usize> {
    let joins =
        |t: &Token| t.is("and to until through into") || matches!(t.what, What::Sign('-') | What::Break(','));
    let begins = |i: usize| {
        let rest = &s.tokens[i + 1..];
        let far = rest.iter().take(4).position(|t| t.number().is_some());
        is(&s.tokens[i], 0.0) && far.is_some_and(|far| is(&rest[far], end) && rest[..far].iter().any(joins))
    };
    (0..s.tokens.len()).find(|i| begins(*i))
}
