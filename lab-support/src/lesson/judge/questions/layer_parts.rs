//! Which layer a clause is about, and what it says of it.

use super::super::lists::*;
use super::super::read::{Sentence, Token, What};

/// What a hidden layer does.
pub(super) const FINDS: List = "learn find found notice detect extract recognize recognise capture combine compute calculate identify \
     discover represent pick understand look search distinguish analyze analyse take form build \
     create discern spot respond react develop process add";
/// What Flatten makes.
pub(super) const VECTOR: List = "vector row 1d array list line column long reshape unroll dimension dimensional flat lay one- \
     dimensional onedimensional sequence unstack strip string";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    Input,
    Flatten,
    Hidden,
    Output,
}

/// What a clause says of a layer.
pub(super) struct Part<'a> {
    pub layer: Layer,
    /// It has the layer's name, and does not only go on about it.
    pub named: bool,
    pub tokens: Vec<&'a Token>,
    pub sentence: &'a Sentence,
}

/// The clauses with the layer that each is about: the one that it names, or else that of the clause before it.
pub(super) fn parts(sentences: &[Sentence]) -> Vec<Part<'_>> {
    let (mut parts, mut layer) = (Vec::new(), Layer::Input);
    for sentence in sentences {
        let clauses = sentence.tokens.iter().map(|token| token.clause).max().unwrap_or(0);
        for clause in 0..=clauses {
            let tokens: Vec<&Token> = sentence.clause(clause).collect();
            // "One for learning features (Dense, 128 neurons)": the brackets name it.
            let next: Vec<&Token> = sentence.clause(clause + 1).collect();
            let bracket =
                next.first().is_some_and(|t| t.what == What::Break('(')).then(|| layer_of(&next)).flatten();
            let is_new = tokens.iter().any(|t| t.is("for one where which"));
            let named = layer_of(&tokens).or(bracket.filter(|_| is_new));
            layer = named.unwrap_or(layer);
            parts.push(Part { layer, named: named.is_some(), tokens, sentence });
        }
    }
    parts
}

fn layer_of(tokens: &[&Token]) -> Option<Layer> {
    let has = |list: List| tokens.iter().any(|token| token.is(list));
    // A factor counts something else: 128 · 10 are weights of the output layer.
    let is_factor = |i: usize| {
        let sign = |i: Option<&&Token>| i.is_some_and(|t| t.is_sign('\u{d7}'));
        sign(tokens.get(i + 1)) || i > 0 && sign(tokens.get(i - 1))
    };
    let number = |value: f64| {
        let is = |i: usize| tokens[i].number().is_some_and(|n| n.is(value));
        (0..tokens.len()).any(|i| is(i) && !is_factor(i))
    };
    let pair = |a: &str, b: &str| tokens.windows(2).any(|pair| pair[0].is_word(a) && pair[1].is(b));
    let width = |value: f64| {
        tokens.windows(2).any(|pair| {
            pair[0].number().is_some_and(|n| n.is(value))
                && pair[1].is("neuron unit node output logit score relu")
        })
    };
    if has("flatten") {
        Some(Layer::Flatten)
    } else if has("hidden") {
        Some(Layer::Hidden)
    } else if has("output") && !has("relu") && (!number(128.0) || width(10.0))
        || pair("output", "layer")
        || pair("last", "layer")
        || pair("final", "layer")
        || (has("last final third") || pair("second", "dense")) && !number(128.0)
    {
        Some(Layer::Output)
    } else if number(128.0) || has("relu sigmoid tanh") {
        Some(Layer::Hidden)
    } else if width(10.0) || number(10.0) && !number(784.0) {
        Some(Layer::Output)
    } else if has("dense connect connected second middle") {
        Some(Layer::Hidden)
    } else if pair("input", "layer") || has("dropout convolution convolutional pooling") {
        Some(Layer::Input)
    } else {
        None
    }
}

impl Part<'_> {
    pub fn says(&self, list: List) -> bool {
        self.tokens.iter().any(|token| token.is(list) && !token.negated)
    }

    pub fn denies(&self, list: List) -> bool {
        self.tokens.iter().any(|token| token.is(list) && token.negated)
    }

    pub fn says_number(&self, value: f64) -> bool {
        self.tokens.iter().any(|token| token.number().is_some_and(|n| n.is(value)) && token.asserted())
    }

    pub fn says_phrase(&self, a: &str, b: &str) -> bool {
        self.tokens.windows(2).any(|pair| pair[0].is_word(a) && pair[1].is(b) && !pair[0].negated)
    }

    /// Numbers of neurons.
    pub fn widths(&self) -> impl Iterator<Item = usize> {
        let next = |i: usize, step: usize| self.tokens.get(i + step);
        (0..self.tokens.len()).filter_map(move |i| {
            let number = self.tokens[i].number().filter(|_| self.tokens[i].asserted())?;
            let follows = next(i, 1).is_some_and(|t| t.is(NEURON))
                || next(i, 2).is_some_and(|t| {
                    t.is(NEURON) && next(i, 1).is_some_and(|t| t.is("relu dense hidden output connected"))
                });
            let dense = i > 0 && self.tokens[i - 1].is_word("dense") && number.value > 15.0;
            let single = number.is(1.0) && self.tokens[i + 1..].iter().any(|t| t.is("per each every for"));
            let one_of = number.is(1.0) && next(i, 1).is_some_and(|t| t.is_word("of"));
            (follows && !single && !one_of || dense).then(|| number.count()).flatten()
        })
    }

    /// Numbers directly before one of these words.
    pub fn counts_of(&self, list: List) -> impl Iterator<Item = f64> {
        self.tokens.windows(2).filter_map(move |pair| {
            let number = pair[0].number().filter(|_| pair[0].asserted())?;
            pair[1].is(list).then_some(number.value)
        })
    }

    /// "into a 28 x 28 image".
    pub fn turns_into_an_image(&self) -> bool {
        let row = |t: &Token| t.is(VECTOR) || t.number().is_some_and(|n| n.is(784.0));
        let image = |t: &Token| t.is("image picture 2d") || t.number().is_some_and(|n| n.is(28.0));
        let Some(into) = self.tokens.iter().position(|t| t.is("into to")) else { return false };
        let (before, behind) = (&self.tokens[..into], &self.tokens[into + 1..]);
        let to_image = behind.iter().take(5).any(|t| image(t)) && !behind.iter().any(|t| row(t));
        let is_28 = behind.iter().take(5).any(|t| t.number().is_some_and(|n| n.is(28.0)));
        to_image && (before.iter().any(|t| row(t)) || is_28)
    }
}
