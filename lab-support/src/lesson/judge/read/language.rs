//! Whether a text is English, whole sentences, and about its question.

use super::super::lists::{List, has_word};
use super::forms::is_form_of;
use super::sentences::Sentence;
use super::what::What;

/// Words that hold English sentences together.
const ENGLISH: &[&str] = &[
    "the", "a", "an", "is", "are", "was", "were", "be", "been", "of", "and", "to", "in", "for", "with", "by",
    "from", "that", "this", "it", "its", "they", "them", "we", "our", "i", "my", "has", "have", "had",
    "which", "each", "every", "all", "so", "as", "on", "at", "not", "but", "than", "into", "can", "could",
    "would", "will", "or", "both", "also", "there", "these", "when", "because", "if", "do", "does", "did",
    "how", "what", "gives", "gave", "got", "makes", "means", "more", "no", "only", "one", "between",
    "through", "after", "until", "per", "too", "get", "use", "used", "using", "their", "you", "your",
    "being", "up", "out", "then", "while", "whereas", "unlike", "such", "like", "where", "helps", "become",
    "becomes", "reached", "contains", "consists",
];

/// The same of other languages, as far as English has no such word.
const FOREIGN: &[&str] = &[
    "der", "die", "das", "und", "ist", "sind", "ein", "eine", "einen", "mit", "von", "zu", "auf", "nicht",
    "wird", "werden", "für", "auch", "wir", "durch", "bei", "dem", "den", "des", "macht", "alle", "jede",
    "el", "la", "los", "las", "una", "un", "es", "son", "y", "de", "del", "que", "para", "con", "por", "en",
    "se", "le", "les", "une", "est", "sont", "et", "du", "dans", "pour", "sur", "avec", "qui", "nous", "au",
    "aux", "il", "lo", "gli", "che", "di", "della", "sono", "ogni", "per", "dei", "nel", "os", "um", "uma",
    "são", "com", "em", "não", "do", "da", "dos", "het", "een", "van", "zijn", "voor", "niet", "och", "att",
    "är", "som", "jest", "na", "nie", "dla", "yang", "dan", "untuk", "dari", "dengan", "adalah", "ve", "bir",
    "ile", "için", "pada", "setiap", "og", "det", "til", "w", "z", "ou", "par", "ce",
];

const GRADING: List = "grader grading judge checker rubric verdict autograder grade mentions satisfied \
     criterion criteria evaluator moderator";
const PLEAS: &str = "accept this|accept my|please accept|accept it|answer key|mark this|mark it|mark as|ignore \
     your|ignore previous|ignore all|student has|student passed|required words|keywords|this \
     answer|my answer|output passed|system|pass me|correct answer|right answer|full marks please|give point|give points|to teacher|dear teacher|teacher program";

fn words(sentences: &[Sentence]) -> Vec<&str> {
    sentences.iter().flat_map(|sentence| &sentence.tokens).filter_map(|token| token.word()).collect()
}

/// Whether the words that hold its sentences together are English ones.
pub(in super::super) fn is_english(sentences: &[Sentence], known: &[&str]) -> bool {
    let words: Vec<&str> = words(sentences).into_iter().filter(|word| word.chars().count() > 1).collect();
    let english = words.iter().filter(|word| ENGLISH.contains(word)).count();
    let foreign = words.iter().filter(|word| FOREIGN.contains(word) && !ENGLISH.contains(word)).count();
    let latin = words.iter().filter(|word| word.is_ascii()).count();
    let is_known = |word: &&&str| known.iter().any(|list| is_form_of(word, list));
    let understood = words.iter().filter(|word| ENGLISH.contains(word) || is_known(word)).count();
    let other = foreign > 0 && foreign >= english || 2 * latin < words.len();
    !(other || words.len() >= 12 && 10 * english < words.len() && 4 * understood < words.len())
}

/// Whether its words are held together by others, or by signs; a row of keywords is not.
pub(in super::super) fn is_in_sentences(sentences: &[Sentence]) -> bool {
    let words = words(sentences);
    let bound = words.iter().filter(|word| ENGLISH.contains(word)).count();
    let signs = sentences
        .iter()
        .flat_map(|sentence| &sentence.tokens)
        .filter(|token| matches!(token.what, What::Break(':' | '(' | '\n') | What::Sign('=' | '\u{2192}')));
    let rows = sentences.len() > 1 && signs.clone().count() >= 2;
    12 * bound >= words.len() && bound > 0 || rows || signs.count() >= 3
}

/// Whether it has several phrases, parted by signs, and each of several words on the average.
pub(in super::super) fn is_in_phrases(sentences: &[Sentence]) -> bool {
    let all = || sentences.iter().flat_map(|sentence| &sentence.tokens);
    let phrases = sentences.len() + all().filter(|token| matches!(token.what, What::Break(_))).count();
    phrases > 2 && all().filter(|token| !matches!(token.what, What::Break(_))).count() >= 2 * phrases
}

/// Whether a sentence takes back what was said before it.
pub(in super::super) fn takes_back(sentences: &[Sentence]) -> bool {
    let phrases = "no|actually|wrong|not really|in reality|in truth|just kidding|correction|or rather|that is wrong|\
                   this is wrong|that is not true|this is not true|none of this|on contrary|but really";
    let begins = |s: &Sentence| {
        let at_start = |phrase: &str| s.phrase(phrase) == Some(0) && (phrase.contains(' ') || is_aside(s));
        phrases.split('|').any(at_start)
    };
    sentences.iter().skip(1).any(begins)
}

/// "No, ...", "Actually, ..."
fn is_aside(s: &Sentence) -> bool {
    s.tokens.get(1).is_none_or(|token| token.what == What::Break(','))
}

/// Whether it speaks to whoever judges it, or of what an answer should have.
pub(in super::super) fn speaks_of_grading(sentences: &[Sentence]) -> bool {
    sentences.iter().any(|sentence| {
        let named =
            sentence.tokens.iter().any(|token| token.word().is_some_and(|word| has_word(GRADING, word)));
        named || sentence.has_phrase(PLEAS)
    })
}
