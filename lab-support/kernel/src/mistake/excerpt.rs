//! A line of the cell with the place underlined, short enough for a narrow page, on which a longer one would wrap.

/// Characters in a line of an excerpt, with the line's number.
const WIDTH: usize = 72;

/// Shown of a line before the place, where the line is too long.
const BEFORE: usize = 24;

/// The line, numbered from 1, and one that underlines the characters from `from` up to `to`.
pub fn excerpt(number: usize, line: &str, (from, to): (usize, usize), label: &str) -> Vec<String> {
    let gutter = format!("{number:>3} | ");
    let room = WIDTH - gutter.len();
    let characters: Vec<char> = line.trim_end().chars().map(|c| if c == '\t' { ' ' } else { c }).collect();
    let (from, to) = (from.min(characters.len()), to.min(characters.len()));
    let begin = if characters.len() <= room { 0 } else { from.saturating_sub(BEFORE) };
    let end = characters.len().min(begin + room);
    let mut shown: Vec<char> = characters[begin..end].to_vec();
    if begin > 0 {
        shown[0] = '\u{2026}';
    }
    if end < characters.len()
        && let Some(last) = shown.last_mut()
    {
        *last = '\u{2026}';
    }
    let marks = to.min(end).saturating_sub(from).max(1);
    let mut under = format!("    | {}{}", " ".repeat(from - begin), "^".repeat(marks));
    if !label.is_empty() && under.chars().count() + 1 + label.chars().count() <= WIDTH {
        under = format!("{under} {label}");
    }
    vec![format!("{gutter}{}", shown.into_iter().collect::<String>()), under]
}

/// The words in lines that no page wraps; what stands between backticks stays together where that can be.
pub fn wrapped(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in words(paragraph) {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
                lines.push(std::mem::take(&mut line));
            }
            line += if line.is_empty() { "" } else { " " };
            line += word;
        }
        lines.push(line);
    }
    lines
}

fn words(text: &str) -> Vec<&str> {
    let (mut words, mut begin, mut in_code) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        in_code ^= c == '`';
        // Long code is broken like other text.
        let is_end = c == ' ' && (!in_code || at - begin > WIDTH / 2);
        if is_end {
            words.push(&text[begin..at]);
            begin = at + 1;
        }
    }
    words.push(&text[begin..]);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_underlined() {
        assert_eq!(
            excerpt(12, "let x = foo;", (8, 11), "here"),
            [" 12 | let x = foo;", "    |         ^^^ here"]
        );
        assert_eq!(excerpt(1, "let x = 5", (9, 9), "")[1], "    |          ^");
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let line = format!("{}wrong{}", "a".repeat(100), "b".repeat(100));
        let shown =
            excerpt(3, &line, (100, 105), "a label that does not fit behind the place at all, being long");
        assert!(shown.iter().all(|line| line.chars().count() <= WIDTH), "{shown:?}");
        let at = shown[0].find("wrong").map(|byte| shown[0][..byte].chars().count());
        assert_eq!(at, shown[1].find("^^^^^"));
        assert!(shown[0].contains("| \u{2026}a") && shown[0].ends_with("b\u{2026}"), "{shown:?}");
        let all = excerpt(3, &line, (0, 205), "");
        assert_eq!(all[1].matches('^').count(), WIDTH - 6);
    }

    #[test]
    fn sentences_are_wrapped_between_words() {
        let text = format!("{} `let x = 5;` and more", "word ".repeat(13));
        let lines = wrapped(&text);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].starts_with("`let x = 5;`"), "{lines:?}");
    }
}
