/// The words, numbers, texts and signs of a line; a comment ends it.
pub fn tokens(line: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            break;
        }
        let length = match first {
            '"' => text(rest),
            c if is_part(c) => rest.find(|c| !is_part(c)).unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start();
    }
    tokens
}

/// Up to the quotation mark that ends a text, or to the end.
fn text(rest: &str) -> usize {
    let mut escaped = false;
    let end = rest.char_indices().skip(1).find(|&(_, c)| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    end.map_or(rest.len(), |(at, _)| at + 1)
}

/// A token of a text of many lines, and the byte where it begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Token<'a> {
    pub text: &'a str,
    pub at: usize,
}

/// The tokens of a text of many lines, as [`tokens`] those of a line; texts and comments may go on over lines. A raw text,
/// a character and a lifetime are one token.
pub fn all_tokens(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = code[at..].chars().next() {
        let rest = &code[at..];
        let (length, is_token) = match first {
            c if c.is_whitespace() => (c.len_utf8(), false),
            _ if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), false),
            _ if rest.starts_with("/*") => (comment(rest), false),
            '"' => (text(rest), true),
            '\'' => (character(rest), true),
            c if is_part(c) => (word(rest), true),
            c => (c.len_utf8(), true),
        };
        if is_token {
            tokens.push(Token { text: &rest[..length], at });
        }
        at += length;
    }
    tokens
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Comments may hold comments.
fn comment(rest: &str) -> usize {
    let (mut at, mut depth) = (0, 0);
    while let Some(found) = rest[at..].find(['/', '*']) {
        at += found;
        let (step, length) = match rest.get(at..at + 2) {
            Some("/*") => (1, 2),
            Some("*/") => (-1, 2),
            _ => (0, 1),
        };
        (at, depth) = (at + length, depth + step);
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// `'a'`, `'\''`, or the name of a lifetime.
fn character(rest: &str) -> usize {
    let mut inside = rest[1..].char_indices();
    match (inside.next(), inside.next()) {
        (Some((_, '\\')), Some((escaped, c))) => {
            let begin = 1 + escaped + c.len_utf8();
            rest[begin..].find('\'').map_or(rest.len(), |end| begin + end + 1)
        }
        (Some(_), Some((end, '\''))) => end + 2,
        _ => 1 + rest[1..].find(|c| !is_part(c)).unwrap_or(rest.len() - 1),
    }
}

/// A name or a number, or a text with letters before it: `b"…"`, `r"…"`, `r#"…"#`, `r#type`.
fn word(rest: &str) -> usize {
    let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    if !["r", "b", "c", "br", "cr"].contains(&&rest[..length]) {
        return length;
    }
    let is_raw = rest[..length].ends_with('r');
    let behind = &rest[length..];
    let signs = if is_raw { behind.len() - behind.trim_start_matches('#').len() } else { 0 };
    match &behind[signs..] {
        other if !other.starts_with('"') => {
            length + if signs == 1 { 1 + other.find(|c| !is_part(c)).unwrap_or(other.len()) } else { 0 }
        }
        raw if is_raw => {
            let end = format!("\"{}", "#".repeat(signs));
            let found = raw[1..].find(&end);
            found.map_or(rest.len(), |found| length + signs + 1 + found + end.len())
        }
        quoted => length + text(quoted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_comments_over_lines_are_passed_by() {
        let cases: [(&str, &[&str]); 9] = [
            ("a.b(1) // c\nd", &["a", ".", "b", "(", "1", ")", "d"]),
            ("/* a /* { */ \" */ b", &["b"]),
            ("\"{\n\\\"\" c", &["\"{\n\\\"\"", "c"]),
            ("r#\"a \" {\"# d", &["r#\"a \" {\"#", "d"]),
            ("br\"\\\" b\"x\\\"\"", &["br\"\\\"", "b\"x\\\"\""]),
            ("'{' '\\'' 'a: '\u{e4}'", &["'{'", "'\\''", "'a", ":", "'\u{e4}'"]),
            ("r#type = r", &["r#type", "=", "r"]),
            ("\"open", &["\"open"]),
            ("'", &["'"]),
        ];
        for (code, wanted) in cases {
            let found: Vec<&str> = all_tokens(code).iter().map(|token| token.text).collect();
            assert_eq!(found, wanted, "{code}");
            assert!(all_tokens(code).iter().all(|token| code[token.at..].starts_with(token.text)));
        }
    }
}
