// Appended to each crate as a module of its own, without its tests.

/// A longer list is shown by its ends.
const WHOLE: usize = 24;
/// How many of its values stand at either end.
const END: usize = 4;

/// What a value prints as: arrays of ndarray without the words on how they lie in memory, wherever they stand in it, and a
/// long list in short.
pub fn short(kind: &str, text: std::string::String) -> std::string::String {
    let kind = kind.trim_start_matches('&');
    let is_text = kind == "str" || kind == "alloc::string::String";
    let text = if is_text { text } else { without_memory(&text) };
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

/// Leaves out what ndarray says behind each array, `, strides=[2, 1], layout=Cc (0x5), const ndim=2`.
fn without_memory(text: &str) -> std::string::String {
    const BEGIN: &str = ", strides=[";
    const END: &str = " ndim=";
    let mut kept = std::string::String::new();
    let mut rest = text;
    while let Some(begin) = rest.find(BEGIN) {
        let words = &rest[begin + BEGIN.len()..];
        let strides = words.find(|c: char| !c.is_ascii_digit() && !"-, ".contains(c)).unwrap_or(0);
        let is_array = words[strides..].starts_with("], layout=");
        kept.push_str(&rest[..begin]);
        rest = match words.find(END).filter(|_| is_array) {
            Some(end) => words[end + END.len()..].trim_start_matches(|c: char| c.is_ascii_digit()),
            None => {
                kept.push_str(BEGIN);
                words
            }
        };
    }
    kept.push_str(rest);
    kept
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
        let both = std::format!("Net {{ w: {text}, all: [{text}, {text}] }}");
        let array = "[[1.0, 2.0]], shape=[1, 2]";
        let told = std::format!("Net {{ w: {array}, all: [{array}, {array}] }}");
        assert_eq!(short("mine::Net", both), told, "within a value of any type");
        let list = "alloc::vec::Vec<ndarray::ArrayBase<ndarray::data_repr::OwnedRepr<f32>, ndarray::IxDyn>>";
        let dynamic = "[[[1.0]], shape=[1, 1], strides=[1, 1], layout=CFcf (0xf), dynamic ndim=2, \
                       [], shape=[0], strides=[0], layout=CFcf (0xf), dynamic ndim=1]";
        assert_eq!(short(list, dynamic.into()), "[[[1.0]], shape=[1, 1], [], shape=[0]]");
        let own = "\"[1], shape=[1], strides=[1], layout=CFcf (0xf), const ndim=1\"";
        assert_eq!(short("alloc::string::String", own.into()), own, "a student's own text");
        assert_eq!(short("mine::S", ", strides=[1, x".into()), ", strides=[1, x");
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
