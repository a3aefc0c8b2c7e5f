//! What evcxr makes of a cell, amended before it is compiled.
//!
//! evcxr writes a crate for each cell, in which the cell's code stands between lines of its own, and reads from
//! the cell's stdout how it ended. What it makes is changed where it is not true: how a cell ended is told in words
//! that no cell prints by accident; a variable is known by its type's definition and not by its name alone; a variable
//! that a failing cell defined anew keeps its old value; a value that is a `Result` is shown as if `?` stood behind it, and
//! one that is `()` is not shown. Each line of evcxr's remains one line, since evcxr finds
//! the lines of errors by their numbers.

mod definitions;
#[cfg(test)]
mod short;

use definitions::Definitions;

/// Appended to each crate, where nothing is counted.
const CELL: &str = include_str!("cell.rs");

/// Appended as the module `evcxr_short`: how a value is told in short.
const SHORT: &str = include_str!("short.rs");
const SHORT_TESTS: &str = "#[cfg(test)]";

/// In the place of evcxr's own, from one of these lines to the other.
const STORE: &str = include_str!("store.rs");
const STORE_BEGIN: &str = "mod evcxr_internal_runtime {";
const STORE_END: &str = "#[unsafe(no_mangle)]";

/// How the function that runs a cell begins. evcxr numbers them; here each cell has its own library, and what is the same
/// cell is the same crate.
const RUNS: &str = "pub extern \"C\" fn run_user_code_";

/// The last two lines of the function that runs a cell.
const LAST: [&str; 2] = ["evcxr_variable_store", "}"];

/// How evcxr shows a cell's value: by the first, and if that does not compile by the others, around it.
const SHOWS: &str = ").evcxr_display();";
const PRINTS: [&str; 2] = ["evcxr_send_text_plain(&format!(\"{:?}\",&(", ")));"];
const SHOWS_OPENED: &str = ").lab_opened().map_or((), |value| value.evcxr_display());";

const PANICKED: &str = "println!(\"EVCXR_PANIC_NOTIFICATION\");";
const FAILED: &str = "println!(\"{}\", evcxr_internal_runtime::USER_ERROR_OCCURRED);";

/// The amended crate.
pub struct Amended {
    pub source: String,
    /// In which line, from 1, old values are kept: when it does not compile, the cell has moved one of them.
    pub keeps: Option<usize>,
}

/// Amends `source`. Where it runs no statement, it has but the definitions of a cell. With `keeping`, values that the cell defines anew
/// are kept for when it fails; with `opening`, a value is shown in our way.
pub fn amend(source: &str, keeping: bool, opening: bool) -> Amended {
    let mut lines: Vec<String> = source.lines().map(String::from).collect();
    // Of what looks like evcxr's lines, only the last ones are: the cell's code may have the same.
    let last = lines.windows(2).rposition(|pair| pair == LAST);
    let begin = lines.iter().rposition(|line| line.starts_with(RUNS));
    if let Some(begin) = begin {
        let number = lines[begin][RUNS.len()..].chars().take_while(char::is_ascii_digit).count();
        lines[begin].replace_range(RUNS.len()..RUNS.len() + number, "");
    }
    let (Some(begin), Some(last)) = (begin, last) else {
        return Amended { source: lines.join("\n") + "\n", keeps: None };
    };
    let variables = Variables::read(&lines[begin..]);
    let mut kept = if keeping { variables.defined_anew() } else { Vec::new() };
    kept.sort_unstable();
    let mut lost: Vec<&str> =
        variables.lost().filter(|name| kept.iter().all(|(kept, _)| kept != name)).collect();
    // evcxr goes through variables in any order.
    lost.sort_unstable();
    let cell = CELL.replace("@LOST@", &lost.join(" "));
    let cell = cell.replace("@KEPT@", if kept.is_empty() { "false" } else { "true" });
    let definitions = Definitions::read(&lines[..begin].join("\n"));
    let put = |(name, kind): &(&str, &str)| {
        let definition = definitions.of(kind);
        format!("evcxr_variable_store.put_variable::<{kind}>(stringify!({name}), {definition}, {name});")
    };
    let keeps = (!kept.is_empty()).then(|| {
        let kept: String = kept.iter().map(put).collect();
        format!("if crate::evcxr_lab::has_failed() {{ {kept} }} {}", LAST[0])
    });
    let is_kept = keeps.is_some();
    tell_how_it_ends(&mut lines);
    if opening {
        show_opened(&mut lines[begin..]);
    }
    for line in &mut lines[begin..] {
        if let Some(amended) = with_definition(line, &definitions) {
            *line = amended;
        }
    }
    if let Some(keeps) = keeps {
        lines[last] = keeps;
    }
    replace_store(&mut lines);
    let short = SHORT.split(SHORT_TESTS).next().unwrap_or_default();
    let source = format!("{}\n{cell}\nmod evcxr_short {{\n{short}}}\n", lines.join("\n"));
    Amended { source, keeps: is_kept.then_some(last + 1) }
}

/// The names and types of the variables that a cell finds, and that it stores in the end: those that it defines, and
/// those that were there.
struct Variables<'a> {
    found: Vec<(&'a str, &'a str)>,
    defined: Vec<(&'a str, &'a str)>,
    left: Vec<(&'a str, &'a str)>,
}

impl Variables<'_> {
    fn read(lines: &[String]) -> Variables<'_> {
        let end = lines.iter().rposition(|line| line.trim() == "})) {").unwrap_or(0);
        fn calls<'a>(lines: &'a [String], method: &str) -> Vec<(&'a str, &'a str)> {
            lines.iter().filter_map(|line| call(line, method)).map(|call| (call.name, call.kind)).collect()
        }
        Variables {
            found: calls(lines, TAKE),
            defined: calls(&lines[..end], PUT),
            left: calls(&lines[end..], PUT),
        }
    }

    /// Those that get another value of the same type.
    fn defined_anew(&self) -> Vec<(&str, &str)> {
        self.found.iter().filter(|variable| self.defined.contains(variable)).copied().collect()
    }

    /// Those that are gone when the cell fails.
    fn lost(&self) -> impl Iterator<Item = &str> {
        self.found.iter().map(|(name, _)| *name).filter(|name| self.left.iter().all(|(left, _)| left != name))
    }
}

/// A call of evcxr's about a variable.
struct Call<'a> {
    before: &'a str,
    kind: &'a str,
    name: &'a str,
    after: &'a str,
}

const TAKE: &str = "take_variable";
const PUT: &str = "put_variable";
const CHECK: &str = "check_variable";

/// As in `evcxr_variable_store.put_variable::<u8>(stringify!(x), x);`.
fn call<'a>(line: &'a str, method: &str) -> Option<Call<'a>> {
    let at = line.find(&format!("evcxr_variable_store.{method}::<"))?;
    let kind = at + line[at..].find("::<")? + 3;
    let (kind, rest) = line[kind..].rsplit_once(">(stringify!(")?;
    let (name, after) = rest.split_once(')')?;
    Some(Call { before: &line[..at], kind, name, after })
}

/// The name and the type of the variable that a line of evcxr's is about.
pub fn stored(line: &str) -> Option<(&str, &str)> {
    [PUT, TAKE, CHECK].iter().find_map(|method| call(line, method)).map(|call| (call.name, call.kind))
}

/// The same line, where a variable is stored or looked for by its type's definition, too.
fn with_definition(line: &str, definitions: &Definitions) -> Option<String> {
    [PUT, CHECK].iter().find_map(|method| {
        let Call { before, kind, name, after } = call(line, method)?;
        let definition = definitions.of(kind);
        Some(format!(
            "{before}evcxr_variable_store.{method}::<{kind}>(stringify!({name}), {definition}{after}"
        ))
    })
}

/// By its error, or what it panicked with.
fn tell_how_it_ends(lines: &mut [String]) {
    for at in 1..lines.len() {
        let (first, second) = match (lines[at - 1].trim(), lines[at].trim()) {
            ("eprintln!(\"{}\", error);", FAILED) => ("crate::evcxr_lab::failed(&error);", ""),
            ("Err(_) => {", PANICKED) => ("Err(payload) => {", "crate::evcxr_lab::panicked(&*payload);"),
            ("}).is_err() {", PANICKED) => {
                ("}).map_err(|payload| crate::evcxr_lab::panicked(&*payload)).is_err() {", "")
            }
            _ => continue,
        };
        (lines[at - 1], lines[at]) = (first.into(), second.into());
    }
}

/// Of a value that is a `Result`, shows what is in it. Only the last lines are evcxr's: the cell's code may have the same.
fn show_opened(lines: &mut [String]) {
    let last = |lines: &[String], wanted: &str| lines.iter().rposition(|line| line == wanted);
    if let Some(at) = last(lines, SHOWS) {
        lines[at] = SHOWS_OPENED.into();
    } else if let (Some(from), Some(to)) = (last(lines, PRINTS[0]), last(lines, PRINTS[1])) {
        (lines[from], lines[to]) = ("((".into(), format!("){SHOWS_OPENED}"));
    }
}

/// Puts ours in the place of evcxr's store, line by line.
fn replace_store(lines: &mut [String]) {
    let Some(begin) = lines.iter().rposition(|line| line == STORE_BEGIN) else { return };
    let Some(length) = lines[begin..].iter().position(|line| line == STORE_END) else { return };
    let mut store = STORE.lines();
    for line in &mut lines[begin + 1..begin + length - 1] {
        *line = store.next().unwrap_or_default().into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As evcxr writes it, with the code of a cell that finds `a`, `m` and `o`.
    fn crate_of(code: &str, defined: &str) -> String {
        let store =
            "mod evcxr_internal_runtime {\n".to_string() + &"old\n".repeat(70) + "}\n#[unsafe(no_mangle)]\n";
        let calls = |method: &str| {
            ["a", "m"].map(|v| format!("evcxr_variable_store.{method}::<u8>(stringify!({v}));\n")).concat()
        };
        format!(
            "#![allow(dead_code)]\nstruct E {{}}\neprintln!(\"{{}}\", error);\n{FAILED}\n{store}pub extern \"C\" fn run_user_code_1(\n\
             vars_ok &= {}let mut x = {}match std::panic::catch_unwind(\n{code}\n{defined}}})) {{ \n  Err(_) => {{\n    \
             {PANICKED}\n}}}}\nevcxr_variable_store.put_variable::<u8>(stringify!(a), a);\nevcxr_variable_store\n}}\n",
            calls(CHECK),
            calls(TAKE),
        )
    }

    #[test]
    fn lines_keep_their_numbers() {
        let source = crate_of("let panic = 1;", "");
        let amended = amend(&source, true, true);
        let (before, after): (Vec<_>, Vec<_>) = (source.lines().collect(), amended.source.lines().collect());
        let line = |lines: &[&str], text: &str| lines.iter().rposition(|line| line.contains(text)).unwrap();
        for text in ["let panic = 1;", "fn run_user_code_", "stringify!(a), "] {
            assert_eq!(line(&before, text), line(&after, text), "{text}");
        }
        assert!(amended.source.contains("crate::evcxr_lab::failed(&error);"));
        assert!(amended.source.contains("crate::evcxr_lab::panicked(&*payload);"));
        assert!(!amended.source.contains("old\n"));
        assert!(amended.source.contains("LOST: &str = \"m\""), "it is moved by the cell");
    }

    #[test]
    fn a_value_that_is_defined_anew_is_kept() {
        let source = crate_of("", "evcxr_variable_store.put_variable::<u8>(stringify!(m), m);\n");
        let amended = amend(&source, true, true);
        let line = amended.source.lines().nth(amended.keeps.unwrap() - 1).unwrap();
        assert!(
            line.contains("has_failed() { evcxr_variable_store.put_variable::<u8>(stringify!(m), "),
            "{line}"
        );
        assert!(amended.source.contains("LOST: &str = \"\""));
        assert!(amend(&source, false, true).keeps.is_none());
        let other = crate_of("", "evcxr_variable_store.put_variable::<u16>(stringify!(m), m);\n");
        assert!(amend(&other, true, true).keeps.is_none(), "it has another type then");
    }

    #[test]
    fn a_result_is_shown_as_if_it_had_a_question_mark() {
        let prints = format!("{}\nf(\n)));\n)\n{}", PRINTS[0], PRINTS[1]);
        for code in ["(\nf().evcxr_display();\n).evcxr_display();", &prints] {
            let source = crate_of(code, "");
            let amended = amend(&source, true, true).source;
            assert!(amended.contains(".lab_opened().map_or("), "{amended}");
            assert!(!amend(&source, true, false).source.contains("lab_opened().map"));
            assert!(!amended.contains("\n).evcxr_display();") && !amended.contains(PRINTS[0]), "{amended}");
        }
    }

    #[test]
    fn what_runs_no_statement_has_no_number() {
        let amended = |source| amend(source, true, true).source;
        let definitions = "#![allow(dead_code)]\nfn a() {}\n";
        assert_eq!(amended(definitions), definitions);
        assert_eq!(
            amended(&format!("{definitions}{RUNS}12(\nx) {{x}}\n")),
            format!("{definitions}{RUNS}(\nx) {{x}}\n")
        );
    }
}
