//! Tables of cells and what is expected of each.

/// The cases of a table: a cell's lines as they are typed, and below them, indented, `→` and `N` parts with `·` between them,
/// of which the last may hold some itself.
pub fn cases<const N: usize>(text: &'static str) -> Vec<(String, [&'static str; N])> {
    let (mut cases, mut cell) = (Vec::new(), Vec::new());
    let (_head, rows) = text.split_once("\n\n").unwrap();
    for line in rows.lines() {
        match line.strip_prefix("    → ") {
            Some(told) => {
                let parts: Vec<_> = told.splitn(N, '·').map(str::trim).collect();
                assert!(!cell.is_empty() && parts.last() != Some(&""), "no cell or no words: {line}");
                cases.push((cell.join("\n"), parts.try_into().expect(line)));
                cell.clear();
            }
            None => {
                assert!(
                    !line.contains(['·', '→']) && !line.is_empty(),
                    "neither cell nor told of one: {line:?}"
                );
                cell.push(line);
            }
        }
    }
    assert!(cell.is_empty(), "nothing is said of {cell:?}");
    cases
}
