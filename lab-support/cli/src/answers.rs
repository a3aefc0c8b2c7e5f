/// How far a number may be off, relative to its size: another family of processors may round otherwise.
const TOLERANCE: f64 = 0.02;

/// The first place where two texts differ by more than the rounding of a number: both lines.
pub fn difference(committed: &str, new: &str) -> Option<(String, String)> {
    let mut old_lines = committed.lines();
    let mut new_lines = new.lines();
    loop {
        match (old_lines.next(), new_lines.next()) {
            (None, None) => return None,
            (Some(old), Some(new)) if is_same(old, new) => (),
            (old, new) => {
                return Some((old.unwrap_or("(nothing)").into(), new.unwrap_or("(nothing)").into()));
            }
        }
    }
}

fn is_same(old: &str, new: &str) -> bool {
    let (old, new) = (pieces(old), pieces(new));
    old.len() == new.len() && old.iter().zip(&new).all(|(old, new)| old == new || is_close(old, new))
}

/// Numbers with a decimal point are measured; whole ones (classes, counts of images) are exact.
fn is_close(old: &str, new: &str) -> bool {
    let measured = |text: &str| text.contains('.').then(|| text.parse::<f64>().ok()).flatten();
    match (measured(old), measured(new)) {
        (Some(old), Some(new)) => (old - new).abs() <= TOLERANCE * old.abs().max(new.abs()),
        _ => false,
    }
}

/// A line in runs of digits and points, and what stands between them.
fn pieces(line: &str) -> Vec<&str> {
    let is_number = |c: char| c.is_ascii_digit() || c == '.';
    let mut pieces = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c| is_number(c) != is_number(first)).unwrap_or(rest.len());
        let (piece, tail) = rest.split_at(end);
        pieces.push(piece);
        rest = tail;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_whole_numbers_are_exact_and_measured_ones_nearly() {
        let committed = "# 5\nThe network says 9, Ankle boot, at 97.1 %.\n";
        assert_eq!(difference(committed, committed), None);
        assert_eq!(difference(committed, &committed.replace("97.1", "96.9")), None);
        for other in [
            committed.replace("97.1", "87.1"),
            committed.replace("9,", "8,"),
            committed.replace("Ankle boot", "Sandal"),
            format!("{committed}more\n"),
            "# 5\n".into(),
        ] {
            assert!(difference(committed, &other).is_some(), "{other}");
        }
    }
}
