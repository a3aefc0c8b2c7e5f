//! Forms of English words, so that a list needs each word once.

/// Whether `word` is `base`, or one of its regular forms: learns, learned, learning; also with one slip of the pen,
/// if the word is long.
fn is_form(word: &str, base: &str) -> bool {
    if word.as_bytes().first() != base.as_bytes().first() {
        return false;
    }
    word == base
        || inflected(word, base)
        || is_long(word, base)
            && (one_slip(word, base) || word.ends_with('s') && one_slip(&word[..word.len() - 1], base))
}

/// Whether `word` is a form of one of these.
pub(in super::super) fn is_form_of(word: &str, list: &str) -> bool {
    // Of a long list it looks at the few words that begin with the same letter.
    let Some(first) = word.chars().next() else { return false };
    list.match_indices(first).any(|(at, _)| {
        let begins = list[..at].ends_with(|before: char| before.is_ascii_whitespace()) || at == 0;
        begins && list[at..].split_ascii_whitespace().next().is_some_and(|base| is_form(word, base))
    })
}

fn is_long(word: &str, base: &str) -> bool {
    base.len() >= 6 && word.len() >= 6
}

fn inflected(word: &str, base: &str) -> bool {
    // "it", "is" and "to" have none.
    if base.len() < 3 || !word.starts_with(&base[..base.len() - 1]) {
        return false;
    }
    if let Some(ending) = word.strip_prefix(base) {
        let last = &base[base.len() - 1..];
        let ends = ["s", "es", "ed", "d", "ing"].contains(&ending);
        return ends || matches!(ending.strip_prefix(last), Some("ing" | "ed"));
    }
    match (base.strip_suffix('e'), base.strip_suffix('y')) {
        (Some(stem), _) => word.strip_prefix(stem) == Some("ing"),
        (_, Some(stem)) => matches!(word.strip_prefix(stem), Some("ies" | "ied")),
        _ => false,
    }
}

/// One letter more, less or other, or two that changed places.
fn one_slip(word: &str, base: &str) -> bool {
    if word.len().abs_diff(base.len()) > 4 {
        return false;
    }
    let (a, b): (Vec<char>, Vec<char>) = (word.chars().collect(), base.chars().collect());
    if a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[same..], &b[same..]);
    match a.len().cmp(&b.len()) {
        std::cmp::Ordering::Less => *a == b[1..],
        std::cmp::Ordering::Greater => a[1..] == *b,
        std::cmp::Ordering::Equal => {
            let swapped = a.len() > 1 && a[0] == b[1] && a[1] == b[0] && a[2..] == b[2..];
            a.is_empty() || a[1..] == b[1..] || swapped
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regular_forms_and_slips_but_no_other_words() {
        let forms = "learn learns|learn learned|converge converging|map mapped|class classes|category categories|\
                     neuron nuerons|normalize normalise|divide divided|dataset datset|step steps|boot boots";
        for pair in forms.split('|') {
            let (base, word) = pair.split_once(' ').unwrap();
            assert!(is_form(word, base), "{word} is a form of {base}");
        }
        let others = "conv converts|color colorless|test tester|no not|map maple|table stable|stable unstable|it its|\
                      faster master";
        for pair in others.split('|') {
            let (base, word) = pair.split_once(' ').unwrap();
            assert!(!is_form(word, base), "{word} is no form of {base}");
        }
    }
}
