//! Which count of images belongs to which part of the data set.

use super::super::lists::*;
use super::super::read::{Sentence, What};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Train,
    Test,
    Validation,
    Unknown,
}

/// What a number counts instead, if such a word follows it.
const OTHERS: List = "pixel value parameter byte mb kb class category step update batch label weight second time \
     number feature input download entry dimension";

/// Each count in a sentence with the part that it belongs to, and whether that is denied.
pub(super) fn parts(sentence: &Sentence) -> Vec<(usize, Part, bool)> {
    let roles: Vec<(usize, Part)> = sentence
        .tokens
        .iter()
        .enumerate()
        .filter_map(|(i, token)| {
            let roles = [(TRAIN, Part::Train), (TEST, Part::Test), (VALIDATE, Part::Validation)];
            let unseen = token.is_word("seen") && i > 0 && sentence.tokens[i - 1].is("never not");
            // "To see how well it does on new ones".
            let how_well = token.is_word("how") && sentence.is_at(i + 1, "well good");
            let found = roles.iter().find(|(list, _)| token.is(list)).map(|(_, part)| *part);
            found.or((unseen || how_well).then_some(Part::Test)).map(|part| (i, part))
        })
        .collect();
    let counts: Vec<(usize, usize)> = counts(sentence);
    // "Which must not be used for training" names no part that a count is of.
    let named: Vec<(usize, Part)> = roles
        .iter()
        .copied()
        .filter(|(i, _)| !sentence.tokens[*i].negated || sentence.tokens[*i].is("seen"))
        .collect();
    let roles = if named.is_empty() { roles } else { named };
    // "60,000 images from which it learns": of the count that the clause is about.
    let owner = |role: usize| {
        let count = counts.iter().rev().find(|(count, _)| *count < role)?.0;
        sentence.tokens[count..role].iter().any(|t| t.is_word("which") || t.is_word("that")).then_some(count)
    };
    let in_order = in_order(&roles, &counts);
    let bound = counts.iter().enumerate().map(|(place, (i, count))| {
        let cost = |role: usize| {
            let apart = sentence.tokens[role].clause.abs_diff(sentence.tokens[*i].clause);
            let between = counts.iter().any(|(other, _)| (role.min(*i) + 1..role.max(*i)).contains(other));
            // "(10000, 28, 28) for training": it belongs to what stands before it.
            let is_bound = |at: usize| {
                let behind = at > 1 && sentence.tokens[at - 1].is("for in to as");
                behind
                    && (sentence.tokens[at - 2].number().is_some()
                        || sentence.tokens[at - 2].what == What::Break(')'))
            };
            let taken = role < *i && is_bound(role);
            let owned = owner(role).map_or(0, |count| if count == *i { 0 } else { 12 });
            owned + role.abs_diff(*i) + 4 * apart + if between { 12 } else { 0 } + if taken { 6 } else { 0 }
        };
        let nearest = roles.iter().min_by_key(|(role, _)| cost(*role)).map(|(_, part)| *part);
        let part = in_order.get(place).copied().or(nearest).unwrap_or(Part::Unknown);
        (*count, part, sentence.tokens[*i].negated)
    });
    bound.collect()
}

/// Counts of images: where they stand, and what they are.
fn counts(sentence: &Sentence) -> Vec<(usize, usize)> {
    let is_spread = |count: usize| [6_000, 1_000, 7_000].contains(&count) && sentence.has(EACH);
    let counts = sentence.numbers().filter_map(|(i, number)| {
        let count = number.count()?;
        let next = sentence.tokens[i + 1..].iter().take_while(|t| t.number().is_none()).take(2);
        let is_other =
            next.clone().any(|token| token.is(OTHERS)) && !next.clone().any(|token| token.is(IMAGE));
        let is_large = count > 100_000 && !next.clone().any(|token| token.is(IMAGE));
        let counts =
            count >= 500 && !is_large && count != 784 && count != 70_000 && !is_other && !is_spread(count);
        (counts && !sentence.tokens[i].is_assumed()).then_some((i, count))
    });
    counts.collect()
}

/// "60,000 and 10,000 images for training and testing": where all counts stand before all parts, or behind them.
fn in_order(roles: &[(usize, Part)], counts: &[(usize, usize)]) -> Vec<Part> {
    let mut parts: Vec<Part> = roles.iter().map(|(_, part)| *part).collect();
    parts.dedup();
    let (Some(first), Some(last)) = (counts.first(), counts.last()) else { return Vec::new() };
    let apart = roles.iter().all(|(i, _)| *i > last.0) || roles.iter().all(|(i, _)| *i < first.0);
    if apart && counts.len() > 1 && parts.len() == counts.len() { parts } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::super::super::read::sentences;
    use super::Part::{Test, Train};
    use super::*;

    #[test]
    fn a_count_belongs_to_the_part_beside_it() {
        let table: &[(&str, &[(usize, Part)])] = &[
            ("60,000 training images and 10,000 test images", &[(60_000, Train), (10_000, Test)]),
            ("10,000 images are used to train and 60,000 to test", &[(10_000, Train), (60_000, Test)]),
            (
                "The training set has 60,000 and the test set 10,000 images.",
                &[(60_000, Train), (10_000, Test)],
            ),
            ("60,000 and 10,000 images for training and testing", &[(60_000, Train), (10_000, Test)]),
            (
                "Of 70,000, 60,000 are for training, the rest, 10,000, for the test.",
                &[(60_000, Train), (10_000, Test)],
            ),
            (
                "Images: (60000, 28, 28) for training and (10000, 28, 28) for test",
                &[(60_000, Train), (10_000, Test)],
            ),
            (
                "training 60,000, test 10,000, i.e. 6,000 and 1,000 of each class",
                &[(60_000, Train), (10_000, Test)],
            ),
        ];
        for (text, expected) in table {
            let found: Vec<_> =
                parts(&sentences(text)[0]).into_iter().map(|(count, part, _)| (count, part)).collect();
            assert_eq!(found, *expected, "{text}");
        }
    }
}
