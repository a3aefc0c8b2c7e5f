//! Signs and LaTeX that mean the same, in one form.

/// LaTeX, and signs that mean the same, in the order in which they are replaced.
const SIGNS: &[(&str, &str)] = &[
    ("\u{2713}", " correct "),
    ("\u{2714}", " correct "),
    ("\u{2705}", " correct "),
    ("\\left", ""),
    ("\\right", ""),
    ("\\times", "\u{d7}"),
    ("\\cdot", "\u{d7}"),
    ("\u{b7}", "\u{d7}"),
    ("\\div", "/"),
    ("\u{f7}", "/"),
    ("\\to", "\u{2192}"),
    ("\\rightarrow", "\u{2192}"),
    ("->", "\u{2192}"),
    ("=>", "\u{2192}"),
    ("\\approx", " about "),
    ("\u{2248}", " about "),
    ("\\sim", " about "),
    ("\\!", ""),
    ("\\:", "\u{a0}"),
    ("\\thinspace", "\u{a0}"),
    ("\\quad", " "),
    ("&times;", "\u{d7}"),
    ("&thinsp;", "\u{a0}"),
    ("~", " about "),
    ("\\in", " in "),
    ("\u{2208}", " in "),
    ("\\%", "%"),
    ("\\,", "\u{a0}"),
    ("\\;", "\u{a0}"),
    ("\\ ", "\u{a0}"),
    ("{,}", ","),
    ("&nbsp;", "\u{a0}"),
    ("\\ldots", "..."),
    ("\\dots", "..."),
    ("\u{2026}", "..."),
    ("...", " to "),
    ("..", " to "),
    ("\\text", ""),
    ("\\mathrm", ""),
    ("\\mathbb", ""),
    ("\\hat{y}", " predicted "),
    ("\u{177}", " predicted "),
    ("\\hat", ""),
    ("\\_", " "),
    ("==", "="),
    ("\u{2265}", " "),
    ("\u{2019}", "'"),
    ("\u{2212}", "-"),
    ("\u{201c}", "\""),
    ("\u{201d}", "\""),
    ("e.g.", " eg "),
    ("i.e.", " ie "),
    ("et al.", " etal "),
    ("etc.", " etc "),
    ("approx.", " about "),
    (" ca.", " about"),
    ("vs.", " versus "),
    ("fig.", " figure "),
];

/// A line in small letters, with one sign for each meaning.
pub(super) fn in_one_form(line: &str) -> String {
    let line = with_points(&without_stray_points(line));
    SIGNS.iter().fold(tied(&line.to_lowercase()), |line, (sign, plain)| line.replace(sign, plain))
}

/// "60,000. training images": a point behind a number that ends no sentence, since a small letter follows.
fn without_stray_points(line: &str) -> String {
    let chars: Vec<char> = line.chars().collect();
    let is_stray = |i: usize| {
        chars[i] == '.'
            && i > 2
            && chars[i - 1].is_ascii_digit()
            && chars.get(i + 1) == Some(&' ')
            && chars.get(i + 2).is_some_and(|c| c.is_lowercase())
    };
    (0..chars.len()).filter(|i| !is_stray(*i)).map(|i| chars[i]).collect()
}

/// British decimals, 0\u{b7}8872 and 88\u{b7}72 %: a dot in the middle, no factor.
fn with_points(line: &str) -> String {
    let chars: Vec<char> = line.chars().collect();
    let is_digit = |i: Option<usize>| i.and_then(|i| chars.get(i)).is_some_and(char::is_ascii_digit);
    let is_point = |i: usize| {
        let starts = (0..i).rev().find(|at| !chars[*at].is_ascii_digit()).map_or(0, |at| at + 1);
        let ends = (i + 1..chars.len()).find(|at| !chars[*at].is_ascii_digit()).unwrap_or(chars.len());
        let percent = chars[ends..].iter().take(2).any(|c| *c == '%');
        let zero = chars[starts..i] == ['0'];
        chars[i] == '\u{b7}' && is_digit(i.checked_sub(1)) && is_digit(Some(i + 1)) && (zero || percent)
    };
    (0..chars.len()).map(|i| if is_point(i) { '.' } else { chars[i] }).collect()
}

/// `60~000` is one number.
fn tied(line: &str) -> String {
    let parts: Vec<&str> = line.split('~').collect();
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    parts.iter().skip(1).fold(parts[0].to_string(), |line, part| {
        let tie = digit(line.chars().next_back()) && digit(part.chars().next());
        line + if tie { "\u{a0}" } else { "~" } + part
    })
}

/// `\frac{60000}{32}` as 60000 / 32.
pub(super) fn fractions(text: &str) -> String {
    let mut text = text.replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac");
    while let Some(start) = text.find("\\frac{") {
        let rest = text[start + 6..].replacen("}{", " / ", 1).replacen('}', " ", 1);
        text = format!("{} {rest}", &text[..start]);
    }
    text
}
