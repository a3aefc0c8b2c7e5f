/// Whether a console is to wait for more lines: a bracket, a text or a comment is open. What is wrong in any other way is
/// for the compiler to say.
pub fn is_unfinished(code: &str) -> bool {
    let code: Vec<char> = code.chars().collect();
    let (mut at, mut open) = (0, 0_i32);
    while at < code.len() {
        let rest = &code[at..];
        let next = match rest {
            ['/', '/', ..] => Some(rest.iter().position(|c| *c == '\n').unwrap_or(rest.len())),
            ['/', '*', ..] => comment(rest),
            ['"', ..] => text(&rest[1..]).map(|n| n + 1),
            ['r', '"' | '#', ..] if !is_name(code[..at].last()) => raw(rest),
            ['\'', '\\', _, tail @ ..] => tail.iter().position(|c| *c == '\'').map(|n| n + 4),
            // Else it is the name of a lifetime.
            ['\'', _, '\'', ..] => Some(3),
            ['(' | '[' | '{', ..] => {
                open += 1;
                Some(1)
            }
            [')' | ']' | '}', ..] => {
                open -= 1;
                Some(1)
            }
            _ => Some(1),
        };
        let Some(next) = next else { return true };
        at += next;
    }
    open > 0
}

fn is_name(before: Option<&char>) -> bool {
    before.is_some_and(|c| c.is_alphanumeric() || *c == '_')
}

/// Comments may hold comments.
fn comment(code: &[char]) -> Option<usize> {
    let (mut at, mut depth) = (0, 0);
    while at + 1 < code.len() {
        let step = match (code[at], code[at + 1]) {
            ('/', '*') => 1,
            ('*', '/') => -1,
            _ => 0,
        };
        depth += step;
        at += if step == 0 { 1 } else { 2 };
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

fn text(code: &[char]) -> Option<usize> {
    let mut at = 0;
    while at < code.len() {
        match code[at] {
            '\\' => at += 2,
            '"' => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// `r#"..."#`, or a name that begins with an r.
fn raw(code: &[char]) -> Option<usize> {
    let hashes = code[1..].iter().take_while(|c| **c == '#').count();
    if code.get(1 + hashes) != Some(&'"') {
        return Some(1 + hashes);
    }
    let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let begin = 2 + hashes;
    code[begin..].windows(end.len()).position(|window| window == end).map(|at| begin + at + end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_waits_for_more() {
        for code in
            ["fn f() {", "let a = [1,", "\"one", "/* a /* b */", "r#\"a\" ", "f(\"\\\"", "b\"a", "m(')')("]
        {
            assert!(is_unfinished(code), "{code}");
        }
        for code in [
            "let a = 1;",
            "fn f() { \"}\" }",
            "// {",
            "'{'; '\\''; '\\u{7b}'",
            "fn f<'a>(x: &'a str) {}",
            "r#\"{\"\"#; bar\"a\"",
            "r#type",
            "/* ( /* */ */ }",
            "",
        ] {
            assert!(!is_unfinished(code), "{code}");
        }
    }
}
