//! What in a sentence is denied, supposed or quoted.

use super::super::lists::{List, has_word};
use super::token::{Token, follow, place, plain};
use super::what::What;

const NEGATORS: List = "not no never neither nor none nobody nothing without unlike avoid avoids avoiding \
     prevent prevents preventing hardly lacks lack";

/// What is named behind these is the opposite of what is meant.
const CONTRASTS: &str = "instead of|rather than|opposed to|contrast to|different from|differs from";

const CONNECTORS: List = "but while whereas although though because so since which however then thus \
     therefore hence yet";

/// Denies the rest of its sentence.
const DENIALS: &str = "not true that|not true to|false that|false to|untrue that|wrong that|wrong to|not case \
     that|not correct that|not correct to|not right that|incorrect that|incorrect to|nobody \
     would|no 1 would|myth that|mistake to|lie that|deny that|doubt that|not believe that|not \
     think that|not mean that|not say that|not be said";

const SUPPOSES_ALL: List = "if suppose supposing imagine assuming assume unless";
const COMPARES: List = "larger bigger smaller more longer less fewer other";
/// Other data sets: a clause on one of them says nothing of ours.
const OTHER_SUBJECTS: List = "cifar cifar10 cifar100 imagenet coco svhn emnist kmnist";
const EXAMPLES: List = "example eg instance";
const SUPPOSES: List = "would could might should otherwise";

pub(super) const SOURCES: List = "according etal paper papers published literature leaderboard benchmark \
     humans human people xiao authors readme website kaggle book reported article study studies";

/// Whether a sentence says of all of itself that it is not so.
pub(super) fn denies_all(words: &[&str]) -> bool {
    DENIALS.split('|').any(|denial| place(words, denial).is_some())
}

/// The tokens of a sentence, each with its clause and what holds there.
pub(super) fn marked(part: &[What], words: &[&str], denied: bool) -> Vec<Token> {
    let says = |i: usize, phrase: &str| follow(&words[i..], phrase);
    let mut tokens: Vec<Token> = Vec::new();
    let (mut negated, mut contrasted, mut clause, mut supposed) = (false, false, 0, false);
    let mut example = false;
    for (i, what) in part.iter().enumerate() {
        let (word, next) = (words[i], words.get(i + 1).copied().unwrap_or(""));
        // The comma of (60000, 28, 28) parts no clauses.
        let is_number = |i: Option<usize>| matches!(i.and_then(|i| part.get(i)), Some(What::Number(_)));
        let in_tuple = *what == What::Break(',') && is_number(i.checked_sub(1)) && is_number(Some(i + 1));
        let is_break = matches!(what, What::Break(_) | What::Sign('\u{2192}')) && !in_tuple;
        let before = i.checked_sub(1).map_or("", |i| words[i]);
        if is_break || has_word(CONNECTORS, word) && !(negated && has_word(NEGATORS, before)) {
            negated = false;
            clause += 1;
        } else if ["and", "or", "plus"].contains(&word) {
            clause += 1;
            negated &= word == "or" || !begins_a_clause(next, words.get(i + 2).copied().unwrap_or(""));
        }
        // "Instead of digits it shows clothes."
        negated &= !(contrasted && ["it", "we", "they", "there", "this"].contains(&word));
        // "It looks as if" only hedges.
        // "If I remember correctly", too.
        let recalls = ["remember", "understood", "understand", "recall", "am", "got", "read", "see", "know"];
        let hedges =
            next == "i'm" || next == "i" && words.get(i + 2).is_some_and(|verb| recalls.contains(verb));
        supposed |= has_word(SUPPOSES_ALL, word) && before != "as" && !hedges;
        example |= has_word(EXAMPLES, word);
        tokens.push(Token { what: what.clone(), negated: negated || denied, supposed, example, clause });
        // "Not only", "no image is larger than 28 x 28".
        let compares = part[i + 1..].iter().take(4).any(|what| has_word(COMPARES, plain(what)));
        let is_only = matches!(next, "only" | "just" | "merely" | "longer") || word == "no" && compares
            // "It does nothing but reshape".
            || word == "nothing" && next == "but"
            // "None in Flatten, 1,290 in the output layer".
            || word == "none" && matches!(next, "in" | "for")
            // "No matter how", "the one without is Flatten".
            || word == "no" && next == "matter"
            || word == "without" && matches!(next, "is" | "was" | "has" | "had");
        let is_contrast = CONTRASTS.split('|').any(|phrase| i > 0 && says(i - 1, phrase));
        if has_word(NEGATORS, word) && !is_only || is_contrast {
            contrasted = is_contrast || ["without", "unlike"].contains(&word);
            negated = true;
        }
    }
    let others: Vec<usize> =
        (0..words.len()).filter(|i| has_word(OTHER_SUBJECTS, words[*i])).map(|i| tokens[i].clause).collect();
    tokens.iter_mut().for_each(|token| token.example |= others.contains(&token.clause));
    // "Compared with a convolutional network, ours is simple."
    let mut compared = false;
    for (i, token) in tokens.iter_mut().enumerate() {
        compared &= !matches!(token.what, What::Break(_));
        compared |= matches!(words[i], "compared" | "comparison" | "contrast")
            && words.get(i + 1).is_some_and(|next| matches!(*next, "with" | "to"));
        token.example |= compared;
    }
    // "There should be 60,000" only hedges, too.
    let supposes =
        |i: usize| has_word(SUPPOSES, words[i]) && !(words[i] == "should" && words.get(i + 1) == Some(&"be"));
    let clauses: Vec<usize> = (0..words.len()).filter(|i| supposes(*i)).map(|i| tokens[i].clause).collect();
    tokens.iter_mut().for_each(|token| token.supposed |= clauses.contains(&token.clause));
    tokens
}

/// Whether what follows an "and" has a subject or a verb of its own.
fn begins_a_clause(next: &str, second: &str) -> bool {
    let subjects = [
        "the", "it", "we", "they", "this", "its", "both", "i", "is", "are", "has", "have", "was", "were",
        "all", "each", "every", "that", "there", "you", "he", "our", "in", "with", "after", "makes", "gives",
        "returns", "computes", "converts", "turns", "lays", "changes", "reshapes", "learns", "finds",
        "shows", "says", "takes", "uses", "puts", "brings", "keeps", "helps", "leads", "contains",
        "consists", "goes", "just", "simply",
    ];
    subjects.contains(&next) || ["is", "are", "has", "have", "was"].contains(&second)
}
