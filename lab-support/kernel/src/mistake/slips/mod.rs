//! What beginners write, and the sentence that helps: the tables beside this file. Each entry says by what it is recognized:
//! the compiler's code, what it says, and what stands in the student's line. The first entry that fits is taken, so those that are about one thing come
//! before those that are about many.

use std::sync::LazyLock;

use super::diagnostic::Diagnostic;
use super::pattern::{said, written};

/// A slip that is known.
#[derive(Debug)]
pub struct Slip {
    /// The compiler's code; several with `|` between them; `any` where it does not matter, `-` where there must be none.
    pub code: &'static str,
    /// In what the compiler says, as `pattern::said` reads it.
    pub said: String,
    /// In the line, as `pattern::written` reads it; `{0}` and so on are what was found in what the compiler says.
    pub wrote: &'static str,
    /// One sentence or two, in which `{0}`, `{1}` stand for what was found, that of `said` first, and `{it}` for what
    /// is underlined.
    pub help: &'static str,
}

/// Habits from other languages.
static HABITS: LazyLock<Vec<Slip>> = LazyLock::new(|| {
    let tables = [include_str!("python.txt"), include_str!("signs.txt"), include_str!("words.txt")];
    tables.into_iter().flat_map(table).collect()
});

static OTHERS: LazyLock<Vec<Slip>> = LazyLock::new(|| {
    let tables = [
        include_str!("arrays.txt"),
        include_str!("lab.txt"),
        include_str!("results.txt"),
        include_str!("syntax.txt"),
        include_str!("types.txt"),
        include_str!("lists.txt"),
        include_str!("operators.txt"),
        include_str!("rust.txt"),
        include_str!("similar.txt"),
        include_str!("calls.txt"),
    ];
    tables.into_iter().flat_map(table).collect()
});

static PANICS: LazyLock<Vec<Slip>> = LazyLock::new(|| table(include_str!("panics.txt")));

/// All that the compiler and evcxr notice, in the order in which they are tried.
pub fn all() -> impl Iterator<Item = &'static Slip> {
    HABITS.iter().chain(OTHERS.iter())
}

/// A table's entries: in a line `code · said · wrote`, of which the last may be left out, or several such lines; indented
/// below them, the sentence that helps.
fn table(text: &'static str) -> Vec<Slip> {
    let (mut slips, mut known) = (Vec::new(), Vec::new());
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.strip_prefix("    ") {
            None => known.push(line.split('·').map(str::trim)),
            Some(help) => slips.extend(known.drain(..).map(|mut parts| {
                let mut part = || parts.next().unwrap_or_default();
                Slip { code: part(), said: part().replace("\\n", "\n"), wrote: part(), help }
            })),
        }
    }
    slips
}

/// The sentence that helps with what the compiler says of these lines of the cell.
pub fn help(diagnostic: &Diagnostic, lines: &[&str]) -> Option<String> {
    let words = diagnostic.words();
    all().find_map(|slip| slip.help(diagnostic.code(), &words, lines))
}

/// The sentence that helps with a habit from another language.
pub fn habit(diagnostic: &Diagnostic, lines: &[&str]) -> Option<String> {
    let words = diagnostic.words();
    HABITS.iter().find_map(|slip| slip.help(diagnostic.code(), &words, lines))
}

/// The sentence that helps with what evcxr says of these lines of a cell.
pub fn help_with(words: &str, lines: &[&str]) -> Option<String> {
    all().find_map(|slip| slip.help("evcxr", words, lines))
}

/// The sentence that explains what a panic says; of what was found in it, the first words.
pub fn of_panic(message: &str) -> Option<String> {
    PANICS.iter().find_map(|slip| {
        let found = said(&slip.said, message)?;
        let words: Vec<&str> = found.iter().map(|text| text.split(' ').next().unwrap_or(text)).collect();
        Some(filled(slip.help, &words))
    })
}

impl Slip {
    fn help(&self, code: &str, words: &str, lines: &[&str]) -> Option<String> {
        let is_code = match self.code {
            "any" => code != "evcxr",
            "-" => code.is_empty(),
            codes => codes.split('|').any(|one| one == code),
        };
        if !is_code {
            return None;
        }
        let mut found = if self.said.is_empty() { Vec::new() } else { said(&self.said, words)? };
        if !self.wrote.is_empty() {
            let wrote = filled(self.wrote, &found);
            found.extend(lines.iter().find_map(|line| written(&wrote, line))?);
        }
        Some(filled(self.help, &found))
    }
}

/// A text with what was found in the place of `{0}`, `{1}` and so on.
fn filled(text: &str, found: &[&str]) -> String {
    let texts = found.iter().enumerate();
    texts.fold(text.to_string(), |text, (i, found)| text.replace(&format!("{{{i}}}"), found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_of_panic() {
        let index = of_panic("index out of bounds: the len is 10 but the index is 12").unwrap();
        assert!(index.contains("There are 10") && index.contains("position 12"), "{index}");
        let range = of_panic("range end index 5 out of range for slice of length 3").unwrap();
        assert!(range.contains("There are 3") && range.contains("up to 5"), "{range}");
        let product = "ndarray: inputs 2 x 2 and 3 x 2 are not compatible for matrix multiplication";
        assert!(of_panic(product).unwrap().contains("columns"));
        assert_eq!(of_panic("my own words"), None);
    }
}
