//! Question 3: the layers and their functions.

use super::super::findings::{Findings, found};
use super::super::lists::*;
use super::super::read::{Sentence, Token};
use super::layer_parts::{Layer, Part, VECTOR, parts};

const FINDS: List = "learn find detect extract recognize recognise capture combine compute calculate identify \
     discover represent pick understand look search distinguish analyze analyse take form build \
     create discern spot respond react develop process add";
const FEATURES: List = "feature pattern shape edge sum combination relationship relation representation \
     characteristic structure detail contour part correlation property pixel concept";
const ENOUGH: List = "nonlinear nonlinearity extraction nonlinearities detection";
const SCORES: List = "class score logit probability category garment prediction predict clothes cloth label \
     classify classification clothing type kind item";
const MISDEEDS: List = "store save forget memorize memorise delete mix grey resize compress print download noise \
     blur crop shrink smaller color shuffle normalize confuse hide random remove";
const OTHER_LAYERS: List = "convolution convolutional conv cnn conv2d pooling maxpooling dropout lstm recurrent \
     attention embedding";
/// Things that no layer of ours does or is.
const BESIDE: List = "digit background overfit overfitting epoch memory optimizer optimiser batch augmentation \
     download split divide sort clean error speed rotate sharpen random \
     backpropagation label";
const NOT_OURS: List = "unlike extension later other add extend further beyond instead without improve next example \
     contrast notebook";

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
    let row = row
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
            flatten && sentences.iter().any(|s| s.has(VECTOR) || s.numbers().any(|(_, n)| n.is(784.0))),
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
        .any(|part| part.says("make give produce yield turn") && part.says("feature"))
        || of(Layer::Hidden).any(|part| part.says(ENOUGH) || part.says_phrase("non", "linear"))
        || sentences.iter().any(|s| {
            s.says(FINDS) && s.says(FEATURES) && !s.has("flatten")
                || s.has_phrase("weighted sum")
                || s.has_phrase("weighted sums")
        })
        || said(Layer::Hidden, FINDS) && said(Layer::Hidden, FEATURES);
    findings.fact(
        found(learns, sentences.iter().any(|s| s.has(FINDS) || s.has(FEATURES))),
        "what the hidden layer is for",
        "read 2.2 again: what does each of its neurons do?",
    );
    let scores = said(Layer::Output, SCORES) && number(Layer::Output, 10.0);
    let some =
        said(Layer::Output, SCORES) || number(Layer::Output, 10.0) && sentences.iter().any(|s| s.has(SCORES));
    findings.fact(
        found(scores, some),
        "the output layer and what it gives",
        "how many classes are there, and what does the network say of each?",
    );
    mistakes(sentences, &parts, findings);
}

fn mistakes(sentences: &[Sentence], parts: &[Part], findings: &mut Findings) {
    let summary = "the table of `summary()` has each layer with its shape";
    for part in parts {
        let allowed: &[usize] = match part.layer {
            Layer::Input => &[784, 1, 2, 3],
            Layer::Flatten => &[784],
            Layer::Hidden => &[128],
            Layer::Output => &[10],
        };
        if part.widths().any(|width| !allowed.contains(&width)) && (part.named || part.layer == Layer::Output)
        {
            findings.wrong(part.sentence, "how many neurons a layer has", summary);
        }
        if part.layer == Layer::Hidden
            && part.named
            && (part.says("sigmoid tanh") || part.says("softmax") && !part.says("10"))
            && !part.sentence.has("10 output")
        {
            findings.wrong(
                part.sentence,
                "the activation of the hidden layer",
                "see how the network was described",
            );
        }
        if part.layer == Layer::Hidden && part.denies("activation relu") {
            findings.wrong(
                part.sentence,
                "the activation of the hidden layer",
                "see how the network was described",
            );
        }
        let is_misdeed = |t: &&&Token| t.is(MISDEEDS) && t.asserted();
        if part.tokens.iter().filter(is_misdeed).count() > 0
            && part.layer != Layer::Input
            && !(part.layer == Layer::Hidden && part.says("shape edge"))
        {
            findings.wrong(part.sentence, "what a layer does", summary);
        }
        let swapped = part.named
            && (part.layer == Layer::Hidden
                && part.says("probability logit softmax")
                && !part.sentence.has("output")
                || part.layer == Layer::Output && part.says("learn extract detect"));
        let reduces = part.layer == Layer::Flatten
            && part.says("reduce shrink")
            && part.says("size pixel resolution number");
        if swapped || reduces {
            findings.unclear("what a layer does", part.sentence.quoted());
        }
        let positive_away =
            part.says("positive") && part.says_number(0.0) && !part.says("negative keep leave");
        if positive_away && part.sentence.has("relu") && !part.sentence.says("negative") {
            findings.wrong(part.sentence, "what the activation does", summary);
        }
        if part.layer == Layer::Hidden && part.denies("learn detect extract") && part.denies("anything") {
            findings.unclear("what the hidden layer is for", part.sentence.quoted());
        }
        // Parameters of another layer, or of none.
        let own: &[f64] = match part.layer {
            Layer::Input => &[0.0, 100_480.0, 1_290.0, 101_770.0],
            Layer::Flatten => &[0.0],
            Layer::Hidden => &[100_480.0, 100_352.0, 128.0, 101_770.0],
            Layer::Output => &[1_290.0, 1_280.0, 10.0, 101_770.0],
        };
        if part.counts_of("parameter weight").any(|n| [100_480.0, 1_290.0].contains(&n) && !own.contains(&n))
        {
            findings.wrong(part.sentence, "how many parameters there are", summary);
        }
        let values = "number value entry element input";
        if part.layer == Layer::Flatten
            && part.counts_of(values).any(|n| n > 1.0 && n != 784.0)
            && !part.sentence.numbers().any(|(_, n)| n.is(784.0))
        {
            findings.wrong(part.sentence, "what the first layer does", summary);
        }
        if part.says("relu") && part.says_number(0.0) && part.says_number(1.0) {
            findings.wrong(part.sentence, "what the activation does", summary);
        }
        if part.layer == Layer::Flatten && part.turns_into_an_image() {
            findings.wrong(part.sentence, "what the first layer does", summary);
        }
        if part.layer == Layer::Flatten
            && part.named
            && part.says("relu feature features")
            && part.says(FINDS)
        {
            findings.wrong(part.sentence, "what the first layer does", summary);
        }
    }
    let other = |s: &Sentence| {
        let ours = |t: &Token| t.is(OTHER_LAYERS) && t.asserted();
        s.tokens.iter().any(ours) && !s.has(NOT_OURS)
    };
    findings.wrong_where(sentences, other, "which layers there are", summary);
    let parameters = |s: &Sentence| {
        let own = [0.0, 100_480.0, 1_290.0, 101_770.0, 100_352.0, 1_280.0, 128.0, 10.0, 784.0];
        s.numbers().any(|(i, n)| {
            let next = s.tokens.get(i + 1).is_some_and(|t| t.is("parameter weight param"));
            let near = n.about && [100_000.0, 102_000.0, 101_000.0].iter().any(|round| n.is(*round));
            next && !near && !n.is_one_of(&own) && n.value > 20.0 && s.tokens[i].asserted()
        })
    };
    findings.wrong_where(sentences, parameters, "how many parameters there are", summary);
    let several = |s: &Sentence| {
        let before = |i: usize| {
            i > 0 && s.tokens[i - 1].number().is_some_and(|n| n.value > 1.0) && s.tokens[i - 1].asserted()
        };
        (0..s.tokens.len()).any(|i| {
            s.tokens[i].is("hidden") && before(i) && s.tokens.get(i + 1).is_some_and(|t| t.is("layer"))
        })
    };
    findings.wrong_where(sentences, several, "how many layers there are", summary);
    let many = |s: &Sentence| {
        let layers = |i: usize| s.tokens.get(i + 1).is_some_and(|t| t.is("layer"));
        s.numbers().any(|(i, n)| n.value > 3.0 && n.count().is_some() && layers(i) && s.tokens[i].asserted())
    };
    findings.unclear_where(sentences, many, "how many layers there are");
    let denied = |s: &Sentence| {
        s.numbers().any(|(i, n)| s.tokens[i].negated && n.is_one_of(&[784.0, 128.0]))
            || s.denies("flatten hidden") && !s.has("second more other further another")
            || s.denies("relu") && !s.has("output last final")
    };
    findings.unclear_where(sentences, denied, "what is so, and what is not");
    let beside = |s: &Sentence| s.tokens.iter().any(|t| t.is(BESIDE) && t.asserted());
    findings.unclear_where(sentences, beside, "what a layer does");
    findings.unclear_where(sentences, |s| s.denied, "what is so, and what is not");
}
