//! Which network a clause names.

use super::evidence::{Measured, Network};
use super::lists::*;
use super::read::{Sentence, Token, What};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Trait {
    Width(usize),
    Epochs(usize),
    /// Of a curve: the first epoch, the last, or this one.
    At(usize),
    AtLast,
    TwoHidden,
    Convolution,
    Baseline,
    Normalized,
    Raw,
    /// A choice that names or settings of runs mention.
    Chosen(List),
}

const WIDTHS: [usize; 12] = [16, 32, 64, 100, 128, 200, 256, 300, 448, 512, 784, 1024];

/// A choice: its words, and how a record calls it.
const CHOICES: &[(List, List)] = &[
    ("dropout", "dropout"),
    ("augment augmentation flip mirror mirrored shift", "augment mirror flip"),
    ("regularize regularise regularization regularisation l2 decay", "l2 decay regulari"),
    ("sgd", "sgd"),
    ("stopping", "early"),
    ("tuned tune tuning", "tuned"),
    ("batchnorm", "batch"),
];

/// What a question has to do with: only such traits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    Normalizing,
    Epochs,
    Networks,
}

/// The traits that a sentence names, and where.
pub(super) fn traits(s: &Sentence, about: About) -> Vec<(usize, Trait)> {
    let all = (0..s.tokens.len()).filter(|i| !s.tokens[*i].supposed);
    let named = all.filter_map(|i| {
        let found = match about {
            About::Normalizing => normalized(s, i),
            About::Epochs => position(s, i),
            About::Networks => network(s, i).filter(|_| !s.tokens[i].negated),
        };
        Some((i, found?))
    });
    named.collect()
}

fn normalized(s: &Sentence, i: usize) -> Option<Trait> {
    let token = &s.tokens[i];
    let normal = |t: &Token| t.is("normalize normalise normalization normalisation scale divide");
    let ends = s
        .tokens
        .get(i + 1)
        .is_none_or(|t| matches!(t.what, What::Break(_)) || t.is("and it versus but that"));
    if token.is("unnormalized unnormalised raw unscaled") || token.is_word("without") && ends {
        return Some(Trait::Raw);
    }
    if normal(token) {
        return Some(if token.negated { Trait::Raw } else { Trait::Normalized });
    }
    // "After two epochs".
    let count = token.number().and_then(|n| n.count());
    if let Some(epochs) = count.filter(|_| s.is_at(i + 1, EPOCH)) {
        return Some(Trait::At(epochs));
    }
    (token.is_word("with") && ends).then_some(Trait::Normalized)
}

fn position(s: &Sentence, i: usize) -> Option<Trait> {
    let token = &s.tokens[i];
    let before = i.checked_sub(1).map(|i| &s.tokens[i]);
    let epochs = |i: usize| s.is_at(i, EPOCH);
    if token.is("first start beginning initially") || token.is_word("1st") {
        return Some(Trait::At(1));
    }
    if token.is("last final finally end tenth 10th") {
        return Some(Trait::AtLast);
    }
    let number = token.number()?.count()?;
    let of_epoch = before.is_some_and(|t| t.is_word("epoch"));
    let after = epochs(i + 1) && before.is_some_and(|t| t.is_word("after")) && number < 200;
    (of_epoch || after).then_some(Trait::At(number))
}

fn network(s: &Sentence, i: usize) -> Option<Trait> {
    let token = &s.tokens[i];
    let next = |step: usize, list: List| s.is_at(i + step, list);
    let before = |step: usize, list: List| i >= step && s.tokens[i - step].is(list);
    if token.is("baseline original unchanged") {
        return Some(Trait::Baseline);
    }
    if token.is(CONVOLUTION) {
        return Some(Trait::Convolution);
    }
    if token.is("hidden") || token.is("layer") && !before(1, "hidden") {
        let number = i > 0 && s.tokens[i - 1].number().is_some_and(|n| n.is(2.0));
        return (number || before(1, "second another extra additional") && token.is("hidden layer"))
            .then_some(Trait::TwoHidden);
    }
    if let Some((_, names)) = CHOICES.iter().find(|(words, _)| token.is(words)) {
        return Some(Trait::Chosen(names));
    }
    let number = token.number()?;
    let count = number.count().filter(|n| *n > 4)?;
    if next(1, EPOCH)
        || before(1, EPOCH)
        || before(2, EPOCH) && matches!(s.tokens[i - 1].what, What::Break(_) | What::Sign('='))
    {
        return Some(Trait::Epochs(count));
    }
    let batch = before(1, BATCH)
        || before(2, BATCH)
        || next(1, "image step batch percent seed class parameter second minute pixel degree point")
        || before(1, "size");
    if batch {
        return None;
    }
    if next(1, NEURON) || next(2, NEURON) || before(1, NEURON) || before(2, NEURON) {
        return Some(Trait::Width(count));
    }
    let earlier =
        s.tokens[..i].iter().rev().find(|t| t.is(EPOCH) || t.is(NEURON) || t.is("layer wide wider width"));
    match earlier {
        Some(t) if t.is(EPOCH) && count <= 200 && !WIDTHS.contains(&count) => Some(Trait::Epochs(count)),
        _ => WIDTHS.contains(&count).then_some(Trait::Width(count)),
    }
}

impl Trait {
    pub fn is_of_a_network(&self) -> bool {
        !matches!(self, Trait::At(_) | Trait::AtLast | Trait::Normalized | Trait::Raw)
    }

    /// Whether the baseline has it.
    pub fn is_usual(&self) -> bool {
        matches!(self, Trait::Baseline | Trait::Width(128) | Trait::Epochs(10))
    }

    /// After how much training, and not of which network.
    pub fn is_a_time(&self) -> bool {
        matches!(self, Trait::At(_) | Trait::AtLast)
    }

    /// Whether a measurement can be of a network with this trait.
    pub fn is_of(&self, measured: &Measured) -> bool {
        let network = &measured.network;
        match self {
            Trait::Width(width) => network.widths.contains(width),
            Trait::Epochs(epochs) => network.epochs == *epochs,
            Trait::At(epoch) => measured.epoch == *epoch,
            Trait::AtLast => measured.is_last,
            Trait::TwoHidden => network.widths.len() > 1,
            Trait::Convolution => network.convolutions,
            Trait::Baseline => {
                network.baseline || network.plain && network.widths == [128] && network.epochs == 10
            }
            Trait::Normalized => !network.raw,
            Trait::Raw => network.raw,
            Trait::Chosen(names) => {
                // "tuned" is no network with dropout.
                let other =
                    CHOICES.iter().any(|(_, names)| names.split(' ').any(|name| network.name == name));
                !network.plain && !other || names.split(' ').any(|name| network.words.contains(name))
            }
        }
    }
}

/// Whether a network differs from the baseline in what was named, and in nothing else.
pub(super) fn is_exactly(network: &Network, named: &[&Trait]) -> bool {
    let has = |test: fn(&Trait) -> bool| named.iter().any(|named| test(named));
    let wide = network.widths != [128] && !network.convolutions;
    let convolutions = !network.convolutions || has(|t| *t == Trait::Convolution);
    let width = !wide || has(|t| matches!(t, Trait::Width(_) | Trait::TwoHidden));
    let long = network.epochs == 10 || network.convolutions || has(|t| matches!(t, Trait::Epochs(_)));
    let is_named = |t: &&&Trait| match t {
        Trait::Chosen(names) => names.split(' ').any(|name| network.words.contains(name)),
        Trait::Convolution => true,
        _ => false,
    };
    let chosen = network.plain || named.iter().any(|t| is_named(&t));
    convolutions && width && long && chosen
}
