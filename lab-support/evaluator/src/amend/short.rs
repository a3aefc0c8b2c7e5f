// Appended to each crate as a module of its own, without its tests.

/// A longer list is shown by its ends.
const WHOLE: usize = 24;
/// How many of its values stand at either end.
const END: usize = 4;

/// What a value prints as: an array of ndarray without the words on how it lies in memory, a long list in short.
pub fn short(kind: &str, text: std::string::String) -> std::string::String {
    let kind = kind.trim_start_matches('&');
    if kind.starts_with("ndarray::ArrayBase<") {
        return text.rfind(", strides=[").map_or(text.clone(), |end| text[..end].into());
    }
    if !kind.starts_with("alloc::vec::Vec<") && !kind.starts_with('[') {
        return text;
    }
    let (mut depth, mut quoted, mut escaped) = (0, false, false);
    let mut commas = std::vec::Vec::new();
    for (place, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' | '(' | '{' if !quoted => depth += 1,
            ']' | ')' | '}' if !quoted => depth -= 1,
            ',' if !quoted && depth == 1 => commas.push(place),
            _ => (),
        }
    }
    match commas.len() + 1 {
        0..=WHOLE => text,
        count => {
            let (begin, end) = (&text[..commas[END - 1]], &text[commas[count - 1 - END]..]);
            std::format!("{begin}, ...{end}\n{count} in all")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn an_array_says_nothing_of_memory() {
        let text = "[[1.0, 2.0]], shape=[1, 2], strides=[2, 1], layout=Cc (0x5), const ndim=2";
        let kind = "ndarray::ArrayBase<ndarray::data_repr::OwnedRepr<f32>, ndarray::dimension::dim::Dim<[usize; 2]>>";
        assert_eq!(short(kind, text.into()), "[[1.0, 2.0]], shape=[1, 2]");
        assert_eq!(short(&format!("&{kind}"), text.into()), "[[1.0, 2.0]], shape=[1, 2]");
        assert_eq!(short("mine::Net", text.into()), text);
    }

    #[test]
    fn a_long_list_is_shown_by_its_ends() {
        let list = |count: usize| format!("{:?}", (0..count).collect::<Vec<_>>());
        assert_eq!(short("alloc::vec::Vec<usize>", list(24)), list(24));
        let ends = "[0, 1, 2, 3, ..., 59996, 59997, 59998, 59999]\n60000 in all";
        assert_eq!(short("alloc::vec::Vec<usize>", list(60_000)), ends);
        assert_eq!(short("[usize; 60000]", list(60_000)), ends);
        assert_eq!(short("alloc::vec::Vec<usize>", "[]".into()), "[]");
        let nested = format!("{:?}", vec![(1, "a, \"[b"); 30]);
        let pair = "(1, \"a, \\\"[b\")";
        let ends =
            format!("[{pair}, {pair}, {pair}, {pair}, ..., {pair}, {pair}, {pair}, {pair}]\n30 in all");
        assert_eq!(short("alloc::vec::Vec<(i32, &str)>", nested), ends);
    }
}
