//! Two kinds of patterns, by which a slip is recognized: of what the compiler says, and of what the student wrote.

use crate::tokens::tokens;

/// What stands in place of each `{}` of a pattern, if the text holds all pieces between them, in their order and in a line
/// where there is no newline in the pattern. What is found is as short as can be.
pub fn said<'a>(pattern: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let (first, rest) = pattern.split_once("{}").map_or((pattern, None), |(first, rest)| (first, Some(rest)));
    text.match_indices(first).find_map(|(at, _)| follow(rest, &text[at + first.len()..]))
}

fn follow<'a>(pattern: Option<&str>, mut text: &'a str) -> Option<Vec<&'a str>> {
    let mut found = Vec::new();
    for piece in pattern.into_iter().flat_map(|pattern| pattern.split("{}")) {
        let end = match piece {
            "" => text.find(['`', '\n']).unwrap_or(text.len()),
            piece => text.find(piece)?,
        };
        if text[..end].contains('\n') {
            return None;
        }
        found.push(&text[..end]);
        text = &text[end + piece.len()..];
    }
    Some(found)
}

/// What stands in place of each `$` word of a pattern, if its words stand one behind the other in the line. `$w` is any
/// name, `$n` a number, `$s` a text in quotation marks, `$a` anything but a bracket; `^` is the begin of the line and `.$`
/// its end.
pub fn written<'a>(pattern: &str, line: &'a str) -> Option<Vec<&'a str>> {
    let (words, tokens) = (pattern.split(' ').collect::<Vec<_>>(), tokens(line));
    let at_begin = words.first() == Some(&"^");
    let at_end = words.last() == Some(&".$");
    let words = &words[usize::from(at_begin)..words.len() - usize::from(at_end)];
    let starts = if at_begin { 0..1 } else { 0..tokens.len() };
    starts.into_iter().find_map(|start| {
        let found = tokens.get(start..start + words.len())?;
        if at_end && start + words.len() != tokens.len() {
            return None;
        }
        let fits = words.iter().zip(found).all(|(word, token)| matches(word, token));
        fits.then(|| {
            let both = words.iter().zip(found);
            both.filter(|(word, _)| word.len() > 1 && word.starts_with('$'))
                .map(|(_, token)| *token)
                .collect()
        })
    })
}

fn matches(word: &str, token: &str) -> bool {
    let first = token.chars().next().unwrap_or(' ');
    match word {
        "$w" => first.is_alphabetic() || first == '_',
        "$n" => first.is_ascii_digit(),
        "$s" => first == '"',
        "$a" => !"()[]{}".contains(first),
        word => word == token,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_recognized() {
        let text = "cannot find value `x` in this scope\na local variable `y` exists";
        assert_eq!(said("find value `{}`", text), Some(vec!["x"]));
        assert_eq!(said("value `{}` in {} scope", text), Some(vec!["x", "this"]));
        assert_eq!(said("variable `{}", text), Some(vec!["y"]));
        assert_eq!(said("no `{}`", text), None);
    }

    #[test]
    fn what_is_written_is_recognized() {
        assert_eq!(written("len ( $w )", "let n = len(names); // len(x)"), Some(vec!["names"]));
        assert_eq!(written("$w [ - $n ]", "a + x[-1]"), Some(vec!["x", "1"]));
        assert_eq!(written("^ print (", "println!(\"print (\")"), None);
        assert_eq!(written("^ print ( $s", "print(\"a \\\" b\""), Some(vec!["\"a \\\" b\""]));
        assert_eq!(written("$w : .$", "else:"), Some(vec!["else"]));
        assert_eq!(written("* *", "x ** 2"), Some(vec![]));
    }
}
