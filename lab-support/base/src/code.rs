//! Rust code, token by token.

/// A token of a text of many lines, and the byte where it begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Token<'a> {
    pub text: &'a str,
    pub at: usize,
}

/// The tokens of a text of many lines; texts and comments may go on over lines. A raw text, a character and a lifetime
/// are one token.
pub fn all_tokens(code: &str) -> Vec<Token<'_>> {
    read(code).0
}

/// Whether the code ends within a text, a character or a comment.
pub fn is_cut(code: &str) -> bool {
    read(code).1
}

fn read(code: &str) -> (Vec<Token<'_>>, bool) {
    let (mut tokens, mut at, mut is_cut) = (Vec::new(), 0, false);
    while let Some(first) = code[at..].chars().next() {
        let rest = &code[at..];
        let (end, is_token) = match first {
            c if c.is_whitespace() => (Some(c.len_utf8()), false),
            _ if rest.starts_with("//") => (Some(rest.find('\n').unwrap_or(rest.len())), false),
            _ if rest.starts_with("/*") => (comment(rest), false),
            '"' => (end_of_text(rest), true),
            '\'' => (character(rest), true),
            c if is_part(c) => (word(rest), true),
            c => (Some(c.len_utf8()), true),
        };
        is_cut |= end.is_none();
        let length = end.unwrap_or(rest.len());
        if is_token {
            tokens.push(Token { text: &rest[..length], at });
        }
        at += length;
    }
    (tokens, is_cut)
}

/// Behind the quotation mark that ends the text which begins here.
pub fn end_of_text(rest: &str) -> Option<usize> {
    let mut escaped = false;
    let end = rest.char_indices().skip(1).find(|&(_, c)| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    end.map(|(at, _)| at + 1)
}

/// Whether a character may stand in a name or a number.
pub fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Comments may hold comments.
fn comment(rest: &str) -> Option<usize> {
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
            return Some(at);
        }
    }
    None
}

/// `'a'`, `'\''`, or the name of a lifetime.
fn character(rest: &str) -> Option<usize> {
    let mut inside = rest[1..].char_indices();
    match (inside.next(), inside.next()) {
        (Some((_, '\\')), Some((escaped, c))) => {
            let begin = 1 + escaped + c.len_utf8();
            rest[begin..].find('\'').map(|end| begin + end + 1)
        }
        (Some(_), Some((end, '\''))) => Some(end + 2),
        _ => Some(1 + rest[1..].find(|c| !is_part(c)).unwrap_or(rest.len() - 1)),
    }
}

/// A name or a number, or a text with letters before it: `b"…"`, `r"…"`, `r#"…"#`, `r#type`.
fn word(rest: &str) -> Option<usize> {
    let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    if !["r", "b", "c", "br", "cr"].contains(&&rest[..length]) {
        return Some(length);
    }
    let is_raw = rest[..length].ends_with('r');
    let behind = &rest[length..];
    let signs = if is_raw { behind.len() - behind.trim_start_matches('#').len() } else { 0 };
    match &behind[signs..] {
        other if !other.starts_with('"') => {
            let name = other.find(|c| !is_part(c)).unwrap_or(other.len());
            Some(length + if signs == 1 { 1 + name } else { 0 })
        }
        raw if is_raw => {
            let end = format!("\"{}", "#".repeat(signs));
            raw[1..].find(&end).map(|found| length + signs + 1 + found + end.len())
        }
        quoted => end_of_text(quoted).map(|end| length + end),
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
