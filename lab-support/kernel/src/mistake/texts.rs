//! A cell without what its texts say: rules about words are about code alone.

use lab_base::code::end_of_text;

/// The cell, line by line as it was, with nothing in its raw texts, and in the others that go over several lines. A text
/// within one line stays, since `pattern::written` tells it from code.
pub fn without(cell: &str) -> String {
    // Where a text has no end, a quotation mark may be missing anywhere before, and only single lines can be trusted.
    cut(cell, true).or_else(|| cut(cell, false)).unwrap_or_else(|| cell.into())
}

fn cut(cell: &str, joins_lines: bool) -> Option<String> {
    let (mut kept, mut rest) = (String::new(), cell);
    while let Some(first) = rest.chars().next() {
        let is_in_name = kept.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let signs = rest[first.len_utf8()..].bytes().take_while(|byte| *byte == b'#').count();
        let is_raw = first == 'r' && !is_in_name && rest[1 + signs..].starts_with('"');
        let length = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '\'' if rest.starts_with("'\"'") => 3,
            '\'' if rest.starts_with("'\\\"'") => 4,
            'r' if is_raw => {
                let (begin, mark) = (signs + 2, "#".repeat(signs));
                let end = rest[begin..].find(&format!("\"{mark}"));
                let length = end.map_or(rest.len(), |at| begin + at + 1 + signs);
                kept += &format!("r{mark}\"\"{mark}");
                kept.extend(rest[..length].chars().filter(|c| *c == '\n'));
                rest = &rest[length..];
                continue;
            }
            '"' => {
                let line = rest.find('\n').unwrap_or(rest.len());
                match end_of_text(rest) {
                    Some(end) if end <= line => end,
                    None if joins_lines => return None,
                    Some(end) if joins_lines => {
                        kept += "\"\"";
                        kept.extend(rest[..end].chars().filter(|c| *c == '\n'));
                        rest = &rest[end..];
                        continue;
                    }
                    _ => line,
                }
            }
            first => first.len_utf8(),
        };
        kept += &rest[..length];
        rest = &rest[length..];
    }
    Some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_texts_say_is_left_out() {
        assert_eq!(without("a(r##\"It is\nnot\"##with(\"b\"))"), "a(r##\"\"##\nwith(\"b\"))");
        assert_eq!(without("a(\"not\nso\", 1)"), "a(\"\"\n, 1)");
        assert_eq!(without("let s = \"one;\nlet t = \"two\";"), "let s = \"one;\nlet t = \"two\";");
        assert_eq!(without("a(r##\"It is\nnot"), "a(r##\"\"##\n");
        assert_eq!(
            without("// it is \"so\nlet c = '\"'; \"a \\\" b\""),
            "// it is \"so\nlet c = '\"'; \"a \\\" b\""
        );
        assert_eq!(without("\u{e4}r\"\u{e4}\nb\"\u{e4}'"), "\u{e4}r\"\"\n\u{e4}'");
    }
}
