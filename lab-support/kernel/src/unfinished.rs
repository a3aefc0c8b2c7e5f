use lab_base::code::{all_tokens, is_cut};

/// Whether a console is to wait for more lines: a bracket, a text or a comment is open. What is wrong in any other way is
/// for the compiler to say.
pub fn is_unfinished(code: &str) -> bool {
    let step = |text: &str| match text {
        "(" | "[" | "{" => 1,
        ")" | "]" | "}" => -1,
        _ => 0,
    };
    is_cut(code) || all_tokens(code).iter().map(|token| step(token.text)).sum::<i32>() > 0
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
