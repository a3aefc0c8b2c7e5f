//! What a front end asks about: with the cursor among the arguments of a call, or behind them, the function is meant, which
//! evcxr's analyzer knows by its name alone.

use serde_json::Value;

use crate::message::Message;
use crate::tokens::{Token, all_tokens};

/// What evcxr is to be asked.
pub fn question(request: Message) -> Message {
    let mut content = request.content();
    let code = content["code"].as_str().unwrap_or_default();
    let cursor = content["cursor_pos"].as_u64().unwrap_or_default() as usize;
    let place = code.char_indices().nth(cursor).map_or(code.len(), |(at, _)| at);
    let Some(name) = function(&all_tokens(&code[..place]), place) else { return request };
    content["cursor_pos"] = Value::from(code[..name].chars().count());
    request.with_content(&content)
}

/// Where the name of the function ends in whose call the cursor stands, or which was called last before it.
fn function(before: &[Token], cursor: usize) -> Option<usize> {
    let end = |token: &Token| token.at + token.text.len();
    // A text that has not ended yet may begin like one, `r##"`.
    let is_name = |token: &Token| {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        token.text.chars().all(is_part) && !token.text.starts_with(|c: char| c.is_ascii_digit())
    };
    let last = before.last()?;
    if is_name(last) && end(last) >= cursor {
        return None;
    }
    let is_behind = last.text == ")" && end(last) == cursor;
    let mut depth = 0;
    for (i, token) in before.iter().enumerate().rev() {
        match token.text {
            ")" | "]" | "}" => depth += 1,
            "(" | "[" | "{" if depth > 1 || depth == 1 && !is_behind => depth -= 1,
            "(" => return before[..i].last().filter(|name| is_name(name)).map(end),
            // A list among the arguments.
            "[" if depth == 0 => (),
            "{" | ";" if depth == 0 => return None,
            _ => (),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `|` stands for the cursor, and `^` for where it goes.
    #[test]
    fn among_its_arguments_a_function_is_asked_about() {
        for (code, moved) in [
            ("guess|", None),
            ("gue|ss(\"a\")", None),
            ("guess(|", Some("guess^(")),
            ("guess(\"boots\", |", Some("guess^(\"boots\", ")),
            ("guess(\"bo (|", Some("guess^(\"bo (")),
            ("guess(\"boots\", &[\"a\", |", Some("guess^(\"boots\", &[\"a\", ")),
            ("answer(1, &data, r##\"\nText (|", Some("answer^(1, &data, r##\"\nText (")),
            ("data.train.show(0)|", Some("data.train.show^(0)")),
            ("f(g(1), |", Some("f^(g(1), ")),
            ("f(g(1|), 2)", Some("f(g^(1")),
            ("f(g(1)|, 2)", Some("f(g^(1)")),
            ("f(x|", None),
            ("let a = f(1);\n|", None),
            ("let b = (1, |", None),
            ("println!(\"a\", |", None),
            ("f(|x| { |", None),
            ("", None),
            ("\u{e4}(\"\u{fc}\", |", Some("\u{e4}^(\"\u{fc}\", ")),
        ] {
            let cursor = code.rfind('|').unwrap_or(0);
            let text = format!("{}{}", &code[..cursor], code.get(cursor + 1..).unwrap_or_default());
            let found = function(&all_tokens(&text[..cursor]), cursor);
            let found = found.map(|at| format!("{}^{}", &text[..at], &text[at..cursor]));
            assert_eq!(found.as_deref(), moved, "{code}");
        }
    }
}
