//! Question 3: the layers and their functions.

use super::super::findings::{Findings, found};
use super::super::lists::*;
use super::super::read::{Sentence, Token};
use super::layer_mistakes;
use super::layer_parts::{FINDS, Layer, VECTOR, parts};

const FEATURES: List = "feature pattern shape edge sum combination relationship relation representation \
     characteristic structure detail contour part correlation property pixel concept sleeve heel \
     outline typical collar important";
const ENOUGH: List = "nonlinear nonlinearity extraction nonlinearities detection";
const SCORES: List = "class score logit probability category garment prediction predict clothes cloth label \
     classify classification clothing type kind item \
     categorize categorise decide decision";

pub(super) fn judge(sentences: &[Sentence], findings: &mut Findings) {
    let parts = parts(sentences);
    let of = |layer: Layer| parts.iter().filter(move |part| part.layer == layer);
    let said = |layer: Layer, list: List| of(layer).any(|part| part.says(list));
    let number = |layer: Layer, value: f64| of(layer).any(|part| part.says_number(value));
    let summary = "the table of `summary()` has each layer with its shape";

    let flatten = sentences.iter().any(|s| s.says("flatten"));
    let beside = |s: &Sentence| {
        let flatten = s.places("flatten").into_iter().find(|i| !s.tokens[*i].negated);
        let row = |t: &Token| t.is(VECTOR) || t.number().is_some_and(|n| n.is(784.0));
        flatten.is_some_and(|i| s.tokens[i.saturating_sub(8)..].iter().take(22).any(|t| row(t) && !t.negated))
    };
    let row = said(Layer::Flatten, VECTOR) || number(Layer::Flatten, 784.0) || sentences.iter().any(beside);
    // "It has to become a list of numbers, and this is the task of Flatten."
    let alone = |s: &Sentence| {
        s.says("flatten") && s.says(VECTOR) && s.has(IMAGE) && !s.has("hidden output dense relu neuron")
    };
    let rearranges = |s: &Sentence| {
        let of = |value: f64| {
            s.numbers().find(|(i, n)| n.is(value) && s.tokens[*i].asserted()).map(|(i, _)| s.tokens[i].clause)
        };
        s.says("flatten") && of(28.0).is_some() && of(28.0) == of(784.0)
    };
    let row = row
        || sentences.iter().any(|s| alone(s) || rearranges(s))
        || sentences.windows(2).any(|pair| {
            // "The image must become a vector. Flatten does this."
            let becomes = |s: &Sentence| s.says(VECTOR) && s.has(IMAGE) && !s.has("hidden output dense relu");
            pair[0].says("flatten") && becomes(&pair[1]) || becomes(&pair[0]) && pair[1].says("flatten")
        });
    let traces = sentences.iter().any(|s| s.has("flatten"));
    findings.fact(found(flatten, traces), "the first layer", summary);
    findings.fact(
        found(
            row,
            flatten
                && sentences.iter().any(|s| {
                    s.tokens.iter().any(|t| t.is_word("flattens"))
                        || s.has(VECTOR)
                        || s.numbers().any(|(_, n)| n.is(784.0))
                }),
        ),
        "what the first layer does",
        summary,
    );
    let any_number =
        |value: f64| sentences.iter().any(|s| s.numbers().any(|(i, n)| n.is(value) && !s.tokens[i].negated));
    findings.fact(
        found(number(Layer::Hidden, 128.0), any_number(128.0)),
        "the hidden layer and its size",
        summary,
    );
    let relu = |s: &Sentence| s.says("relu rectify rectifier rectified");
    findings.fact(
        found(sentences.iter().any(relu), sentences.iter().any(|s| s.has("relu activation"))),
        "its activation",
        "see how the network was described",
    );
    let learns = of(Layer::Hidden)
        .any(|part| part.says("make give produce yield turn transform convert map") && part.says("feature"))
        || of(Layer::Hidden).any(|part| part.says(ENOUGH) || part.says_phrase("non", "linear"))
        || sentences.iter().any(|s| {
            s.says(FINDS) && s.says(FEATURES) && !s.has("flatten")
                || s.has_phrase("weighted sum|weighted sums")
        })
        || said(Layer::Hidden, FINDS) && said(Layer::Hidden, FEATURES)
        // "Dense 128, ReLU: features".
        || of(Layer::Hidden).any(|part| part.tokens.len() < 4 && part.says("feature pattern"));
    findings.fact(
        found(learns, sentences.iter().any(|s| s.has(FINDS) || s.has(FEATURES))),
        "what the hidden layer is for",
        "read 3.1 again: what does each of its neurons do?",
    );
    let scores = said(Layer::Output, SCORES) && number(Layer::Output, 10.0);
    let some =
        said(Layer::Output, SCORES) || number(Layer::Output, 10.0) && sentences.iter().any(|s| s.has(SCORES));
    findings.fact(
        found(scores, some),
        "the output layer and what it gives",
        "how many classes are there, and what does the network say of each?",
    );
    layer_mistakes::judge(sentences, &parts, findings);
}
