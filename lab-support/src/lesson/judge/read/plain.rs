//! Markdown and LaTeX as plain lines of text.

use super::code::{comment, has_a_shape};
use super::signs::{fractions, in_one_form};

/// The blocks of a text: paragraphs, items of lists, rows of tables, in small letters and without marks. Code in code
/// fences says nothing.
pub(super) fn blocks(text: &str) -> Vec<String> {
    let text = fractions(&text.replace("<br/>", "\n").replace("<br>", "\n"));
    let (mut blocks, mut header): (Vec<String>, Option<Vec<String>>) = (Vec::new(), None);
    let (mut in_code, mut goes_on, mut before) = (false, false, 0);
    for line in text.lines() {
        let (is_capital, length) = (line.trim_start().starts_with(char::is_uppercase), line.len());
        let line = in_one_form(line);
        let line = line.trim();
        if line.starts_with("```") {
            (in_code, goes_on) = (!in_code, false);
            continue;
        }
        // What a program has printed says something, unlike its code.
        if in_code && !line.is_empty() && !line.contains([';', '{', '}', '=']) {
            blocks.push(without_marks(line));
            continue;
        }
        if let Some(comment) = comment(line).filter(|_| in_code) {
            blocks.push(without_marks(&comment));
            continue;
        }
        if in_code && has_a_shape(line) {
            blocks.push(without_marks(&line.replace([';', '=', '!'], " ")));
            continue;
        }
        if in_code || line.is_empty() {
            goes_on = false;
            header = header.filter(|_| !line.is_empty());
            continue;
        }
        if line.starts_with('|') || header.is_some() && line.contains('|') {
            goes_on = false;
            let cells = cells(line);
            match &header {
                None => header = Some(cells),
                Some(header) => blocks.extend(row(header, &cells)),
            }
            continue;
        }
        header = None;
        let (item, is_item) = item(line);
        let line = without_marks(item);
        // A long line was wrapped, which means nothing; a short one before a capital letter is a line of its own.
        let is_filled = goes_on && !is_item && before > 60;
        let is_wrapped = is_filled || goes_on && !is_item && !is_capital;
        before = length;
        match blocks.last_mut().filter(|_| is_wrapped) {
            Some(block) if is_filled && !block.ends_with('.') => {
                block.push(' ');
                block.push_str(&line);
            }
            Some(block) if !block.ends_with(['.', ':', ';']) => {
                block.push_str(" \u{2029} ");
                block.push_str(&line);
            }
            _ => blocks.push(line),
        }
        goes_on = true;
    }
    blocks
}

fn cells(line: &str) -> Vec<String> {
    line.trim_matches('|').split('|').map(|cell| without_marks(cell.trim())).collect()
}

/// A row says of its first cell what the heads of the others name.
fn row(header: &[String], cells: &[String]) -> Option<String> {
    if cells.iter().all(|cell| cell.trim().chars().all(|c| matches!(c, '-' | ':' | ' '))) {
        return None;
    }
    let is_named = cells.first().is_some_and(|cell| cell.contains(char::is_alphabetic))
        && !header.first().is_some_and(|head| head.contains("predict") || head.contains("actual"));
    let head = |i: usize| header.get(i).filter(|head| i > 0 || !is_named && !head.is_empty());
    let said = cells.iter().enumerate().map(|(i, cell)| match head(i) {
        Some(head) => format!("{head} {cell}"),
        None => cell.clone(),
    });
    Some(said.collect::<Vec<_>>().join(" : "))
}

/// Without the mark of a list, and whether it had one.
fn item(line: &str) -> (&str, bool) {
    let line = line.trim_start_matches(['#', '>']).trim_start();
    if let Some(rest) = line.strip_prefix(['-', '*', '+', '\u{2022}', '\u{2013}'])
        && rest.starts_with(' ')
    {
        return (rest.trim(), true);
    }
    let digits = line.find(|c: char| !c.is_ascii_digit()).unwrap_or(0);
    match line[digits..].strip_prefix(['.', ')']) {
        // "255)" ends a bracket.
        Some(rest) if (1..3).contains(&digits) && rest.starts_with(' ') => (rest.trim(), true),
        _ => (line, false),
    }
}

/// Without emphasis, code marks, dollars, braces, links and references.
fn without_marks(line: &str) -> String {
    let chars: Vec<char> = line.chars().collect();
    let mut plain = String::new();
    let mut i = 0;
    while i < chars.len() {
        let (c, next) = (chars[i], chars.get(i + 1).copied().unwrap_or(' '));
        let before = plain.trim_end().chars().next_back().unwrap_or(' ');
        let following = chars[i + 1..].iter().copied().find(|c| *c != ' ').unwrap_or(' ');
        match c {
            '*' if before.is_ascii_digit() && following.is_ascii_digit() => plain.push('\u{d7}'),
            '*' | '`' | '$' | '"' => (),
            '{' if plain.ends_with('^') => (),
            '{' | '}' => plain.push(' '),
            // The index of a symbol.
            '_' if next.is_ascii_digit() && !chars.get(i + 2).is_some_and(|c| c.is_alphanumeric()) => i += 1,
            '_' => plain.push(' '),
            '\\' => plain.push(' '),
            '[' => match reference(&chars[i..]).filter(|_| !plain.ends_with(char::is_alphanumeric)) {
                Some(length) => i += length,
                None => plain.push('['),
            },
            ']' if next == '(' => {
                let length = chars[i..].iter().position(|c| *c == ')').unwrap_or(1);
                i += length;
            }
            'h' if starts(&chars[i..], "http") => {
                i +=
                    chars[i..].iter().position(|c| c.is_whitespace() || *c == ')').unwrap_or(chars.len() - i);
                continue;
            }
            'a' if starts(&chars[i..], "arxiv:") => {
                i +=
                    chars[i..].iter().position(|c| c.is_whitespace() || *c == ')').unwrap_or(chars.len() - i);
                continue;
            }
            _ => plain.push(c),
        }
        i += 1;
    }
    plain
}

fn starts(chars: &[char], word: &str) -> bool {
    word.chars().zip(chars).filter(|(a, b)| a == *b).count() == word.len()
}

/// `[12]` or `[^1]`: how many characters follow the bracket. `[0, 1]` is none.
fn reference(chars: &[char]) -> Option<usize> {
    let end = chars.iter().position(|c| *c == ']')?;
    let is_one = end > 1 && chars[1..end].iter().all(|c| c.is_ascii_digit() || *c == '^');
    is_one.then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_disappear_and_signs_stay() {
        let table = [
            ("$60\\,000$ of $28 \\times 28$", "60\u{a0}000 of 28 \u{d7} 28"),
            ("$\\frac{60000}{32} = 1875$", " 60000 / 32  = 1875"),
            ("**28*28** and 784 * 128 `code`", "28\u{d7}28 and 784 \u{d7} 128 code"),
            ("as [3] shows, in [0, 1]", "as  shows, in [0, 1]"),
            ("see [the paper](https://example.org/a_b)", "see [the paper"),
            ("2. Dense(10)", "dense(10)"),
            ("wrapped\nline", "wrapped \u{2029} line"),
            ("$60{,}000$", "60,000"),
            ("```\nlet a = 1;\n```", ""),
            ("```\n256 neurons 0.8872\n```", "256 neurons 0.8872"),
        ];
        for (text, plain) in table {
            assert_eq!(blocks(text).join("|"), plain, "{text}");
        }
    }

    #[test]
    fn a_row_says_what_its_heads_name() {
        let table = "| network | test accuracy |\n|---|---|\n| 256 neurons | 0.8872 |";
        assert_eq!(blocks(table), ["256 neurons : test accuracy 0.8872"]);
        let both = "| predicted | actual |\n|---|---|\n| 9 | 9 |";
        assert_eq!(blocks(both), ["predicted 9 : actual 9"]);
        assert_eq!(blocks("- one\n- two"), ["one", "two"]);
    }
}
