//! Question 3: what is not so of the layers.

use super::super::findings::Findings;
use super::super::lists::*;
use super::super::read::{Number, Sentence, Token};
use super::layer_parts::{FINDS, Layer, Part};
use super::reasons::{odd_deed, range};

const NOT_OURS: List = "unlike extension later other add extend further beyond instead without improve next example \
     contrast notebook";
/// What Flatten can be said to do.
const FLATTENS: List = "turn make convert change reshape transform take is has lay unroll put line prepare rearrange reorganise \
     reorganize unstack flatten arrange get pass hand do give return produce output come serve bring read feed map \
     does write string mean become unfold stretch cut place join concatenate reduce use need receive let help create \
     squash squish lists orders collect simplify work contain leave keep start learn compute calculate copy";
/// Things that no layer of ours does or is.
const BESIDE: List = "digit background overfit overfitting epoch memory optimizer optimiser batch augmentation \
     download split divide sort clean error speed rotate sharpen random \
     backpropagation label";
const OTHER_LAYERS: List = "convolution convolutional conv cnn conv2d pooling maxpooling dropout lstm recurrent \
     attention embedding";
/// Of what is put behind the network when it predicts.
const BEHIND: List =
    "behind after afterwards later follow append put attach apply separate separately with_softmax";
const MISDEEDS: List = "store save forget memorize memorise delete mix grey resize compress download noise \
     blur crop shrink smaller color shuffle normalize confuse hide random remove";

/// Whether a sentence says that another layer comes before Flatten: "Dense first, then Flatten".
fn late_flatten(sentences: &[Sentence]) -> impl Fn(&Sentence) -> bool {
    let begins = sentences.iter().find(|s| s.has("flatten dense hidden output"));
    let begins_otherwise = begins.is_some_and(|s| {
        let first = |list: List| s.places(list).first().copied().unwrap_or(usize::MAX);
        first("dense hidden") < first("flatten")
    });
    move |s: &Sentence| {
        let flatten = s.places("flatten");
        let behind = |i: &usize| {
            let order = "then next afterwards finally followed later second third";
            let last =
                s.tokens[i + 1..].iter().take(3).any(|t| t.is("last second third afterwards") && !t.negated);
            last || s.tokens[i.saturating_sub(3)..*i].iter().any(|t| t.is(order) && !t.negated)
        };
        begins_otherwise && flatten.iter().any(behind)
    }
}

pub(super) fn judge(sentences: &[Sentence], parts: &[Part], findings: &mut Findings) {
    let summary = "the table of `summary()` has each layer with its shape";
    for part in parts {
        let allowed: &[usize] = match part.layer {
            Layer::Input => &[784, 1, 2, 3],
            Layer::Flatten => &[784],
            Layer::Hidden => &[128],
            Layer::Output => &[10],
        };
        let of_another = part.sentence.has("later tried try another would could");
        if part.widths().any(|width| !allowed.contains(&width))
            && (part.named || part.layer == Layer::Output)
            && !of_another
        {
            findings.object(part.sentence, "how many neurons a layer has", summary);
        }
        if part.layer == Layer::Hidden
            && part.named
            && (part.says("sigmoid tanh") || part.says("softmax") && !part.says("10"))
            && !part.sentence.has("10 output")
        {
            findings.object(
                part.sentence,
                "the activation of the hidden layer",
                "see how the network was described",
            );
        }
        if part.layer == Layer::Hidden && part.denies("activation relu") {
            findings.object(
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
            findings.object(part.sentence, "what a layer does", summary);
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
            findings.object(part.sentence, "what the activation does", summary);
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
            findings.object(part.sentence, "how many parameters there are", summary);
        }
        let values = "number value entry element input";
        if part.layer == Layer::Flatten
            && part.counts_of(values).any(|n| n > 1.0 && n != 784.0)
            && !part.sentence.numbers().any(|(_, n)| n.is(784.0))
        {
            findings.object(part.sentence, "what the first layer does", summary);
        }
        if part.says("relu") && part.says_number(0.0) && part.says_number(1.0) {
            findings.object(part.sentence, "what the activation does", summary);
        }
        let turned = |w: &[&Token]| {
            let number = |value: f64| w[0].number().is_some_and(|n| n.is(value));
            let of = |word: &str| w[1].is_word("for") && w[2].is_word(word) && w[0].asserted();
            number(0.0) && of("positive") || number(1.0) && of("negative")
        };
        let zero_to_one = range(part.sentence, 1.0).is_some();
        if part.layer == Layer::Hidden
            && part.says("relu")
            && zero_to_one
            && !part.sentence.has("softmax probability pixel output")
        {
            findings.object(part.sentence, "what the activation does", summary);
        }
        if part.tokens.windows(3).any(turned) && part.sentence.has("relu")
            || part.sentence.has_phrase("positive values to 0")
        {
            findings.object(part.sentence, "what the activation does", summary);
        }
        if part.layer == Layer::Flatten && part.named && part.says_number(60_000.0) {
            findings.object(part.sentence, "what the first layer does", summary);
        }
        if part.layer == Layer::Flatten && part.turns_into_an_image() {
            findings.object(part.sentence, "what the first layer does", summary);
        }
        if part.layer == Layer::Flatten
            && part.named
            && part.says("relu feature features")
            && part.says(FINDS)
        {
            findings.object(part.sentence, "what the first layer does", summary);
        }
    }
    let other = |s: &Sentence| {
        let ours = |t: &Token| t.is(OTHER_LAYERS) && t.asserted();
        s.tokens.iter().any(ours) && !s.has(NOT_OURS)
    };
    findings.wrong_where(sentences, other, "which layers there are", summary);
    // The network gives scores. A softmax behind it makes probabilities of them, and is no layer of it.
    let softmax = |s: &Sentence| {
        let is_layer = |i: usize| {
            let of_ours = "layer output activation";
            s.is_at(i + 1, of_ours) || i > 0 && s.tokens[i - 1].is("activation")
        };
        let named = |i: usize| s.tokens[i].is("softmax") && s.tokens[i].asserted() && is_layer(i);
        (0..s.tokens.len()).any(named) && !s.has(NOT_OURS) && !s.has(BEHIND)
    };
    findings.wrong_where(sentences, softmax, "whether softmax is one of the layers", summary);
    let parameters = |s: &Sentence| {
        let own = [0.0, 100_480.0, 1_290.0, 101_770.0, 100_352.0, 1_280.0, 128.0, 10.0, 784.0];
        s.numbers().any(|(i, n)| {
            let next = s.is_at(i + 1, "parameter weight param");
            let near = n.about && [100_000.0, 102_000.0, 101_000.0].iter().any(|round| n.is(*round));
            next && !near && !n.is_one_of(&own) && n.value > 20.0 && s.tokens[i].asserted()
        })
    };
    findings.wrong_where(sentences, parameters, "how many parameters there are", summary);
    // Of the sums of parameters, those without a bias are no parameters of ours.
    let odd = |s: &Sentence| {
        let has_weights = s.has("weight bias") || s.tokens.iter().any(|t| t.is_sign('\u{d7}'));
        let known = |n: &Number| {
            n.is_one_of(&[100_480.0, 1_290.0, 101_770.0, 60_000.0, 10_000.0])
                || has_weights && n.is_one_of(&[100_352.0, 1_280.0])
        };
        let is_count = |n: &Number| n.value > 1_000.0 && n.count().is_some() && !n.about;
        s.has("parameter param")
            && s.numbers().any(|(i, n)| is_count(n) && s.tokens[i].asserted() && !known(n))
    };
    findings.wrong_where(sentences, odd, "how many parameters there are", summary);
    findings.unclear_where(sentences, late_flatten(sentences), "the order of the layers");
    findings.unclear_where(
        sentences,
        |s| odd_deed(s, "flatten flattening", FLATTENS),
        "what the first layer does",
    );
    let widths = |s: &Sentence| {
        s.numbers().any(|(i, n)| {
            let neurons = s.is_at(i + 1, NEURON);
            let layer = s.clause(s.tokens[i].clause).any(|t| t.is("hidden output"));
            neurons && layer && s.tokens[i].asserted() && n.value > 3.0 && !n.is_one_of(&[128.0, 10.0, 784.0])
        })
    };
    findings.unclear_where(
        sentences,
        |s| widths(s) && !s.has(NOT_OURS) && !s.has("try tried run experiment variant alternative reach got"),
        "how many neurons a layer has",
    );
    let several = |s: &Sentence| {
        let before = |i: usize| {
            i > 0 && s.tokens[i - 1].number().is_some_and(|n| n.value > 1.0) && s.tokens[i - 1].asserted()
        };
        (0..s.tokens.len()).any(|i| s.tokens[i].is("hidden") && before(i) && s.is_at(i + 1, "layer"))
    };
    findings.wrong_where(sentences, several, "how many layers there are", summary);
    let many = |s: &Sentence| {
        let layers = |i: usize| s.is_at(i + 1, "layer");
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
