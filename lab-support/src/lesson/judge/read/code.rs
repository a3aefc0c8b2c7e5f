//! What code in an answer says: its comments, and shapes that it names.

/// Whether a line of code has a shape in it, as `[60000, 28, 28]`.
pub(super) fn has_a_shape(line: &str) -> bool {
    line.split(['[', '(']).skip(1).any(|part| {
        let inner = part.split([']', ')']).next().unwrap_or("");
        let numbers = inner.split(',').filter(|number| number.trim().parse::<u32>().is_ok()).count();
        numbers > 1
    })
}

/// What the comment on a line of code says, and of which call.
pub(super) fn comment(line: &str) -> Option<String> {
    let (code, comment) = line.split_once("//").or_else(|| line.split_once("# "))?;
    let call = code.rsplit_once('.').map_or("", |(_, call)| call).trim();
    let is_call = call.contains('(') && call.ends_with([')', ',', ';']);
    Some(if is_call { format!("{call} : {}", comment.trim()) } else { comment.trim().to_string() })
}
