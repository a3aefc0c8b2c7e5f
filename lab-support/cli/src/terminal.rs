//! What others have written, as a terminal is to show it: names of folders and files, verdicts and outputs can hold
//! characters that clear the screen, turn the text around, or make one line look like another.

use serde_json::Value;

/// Text in lines, in which such characters are shown by their numbers.
pub fn text(text: &str) -> String {
    text.split('\n')
        .map(|line| self::line(line.strip_suffix('\r').unwrap_or(line)))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The same as one line, whatever it holds.
pub fn line(text: &str) -> String {
    let escaped = |c: char| if is_harmless(c) { c.to_string() } else { c.escape_unicode().to_string() };
    text.chars().map(escaped).collect()
}

/// JSON with such characters as it escapes them.
pub fn json(value: &Value) -> String {
    let escaped = |c: char| match c {
        '\n' => c.to_string(),
        _ if is_harmless(c) => c.to_string(),
        _ => format!("\\u{:04x}", u32::from(c)),
    };
    format!("{value:#}").chars().map(escaped).collect()
}

/// Neither a control character nor one that makes text run the other way or begin a line.
fn is_harmless(c: char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}');
    c == '\t' || !c.is_control() && !turns
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_that_is_not_text() {
        assert_eq!(text("a\u{1b}[2Jb\r\nc\u{9b}d\te"), "a\\u{1b}[2Jb\nc\\u{9b}d\te");
        assert_eq!(line("anna\nberta 36 of 36"), "anna\\u{a}berta 36 of 36");
        assert_eq!(line("a\u{202e}b\u{2028}c\u{e4}\u{200d}"), "a\\u{202e}b\\u{2028}c\u{e4}\u{200d}");
    }

    #[test]
    fn json_stays_json() {
        let value = json!({ "a": "\u{1b}\u{9b}\u{202e}\n\u{e4}" });
        let shown = json(&value);
        assert!(shown.chars().all(|c| c == '\n' || is_harmless(c)), "{shown}");
        assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), value);
    }
}
