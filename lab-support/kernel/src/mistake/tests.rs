//! Slips, what the compiler says of them, and what the student sees: the compiler is asked each time.

use std::process::Command;

use serde_json::json;

use super::*;
use crate::history::Came;

mod table;

use table::cases;

/// The crate that evcxr makes of a cell: items before the function, the rest in it, and the last value named. `crate.txt`
/// has what the cells meet.
fn crate_of(cell: &str) -> String {
    let (items, rest) = match cell.split_once("}\n") {
        Some((item, rest)) if item.starts_with("fn ") => (format!("{item}}}\n"), rest.to_string()),
        _ if cell.starts_with("fn ") || cell.starts_with("struct ") => (format!("{cell}\n"), String::new()),
        _ => (String::new(), cell.to_string()),
    };
    let (before, last) = rest.rsplit_once('\n').map_or(("", rest.as_str()), |(before, last)| (before, last));
    let words =
        ["let ", "for ", "while ", "if ", "def ", "import ", "from ", "class ", "assert ", "use ", "const "];
    let is_value = !last.is_empty()
        && !last.ends_with([';', '}', ':', '{'])
        && !words.iter().any(|word| last.starts_with(word));
    let last = if is_value { format!("let _ = \n{last}\n;") } else { last.to_string() };
    let between = if before.is_empty() { "" } else { "\n" };
    let with_items = include_str!("tests/crate.txt").replacen("ITEMS\n", &items, 1);
    with_items.replacen("CELL", &format!("{before}{between}{last}"), 1)
}

fn compile(cell: &str) -> Compiled {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("src")).unwrap();
    let source = crate_of(cell);
    std::fs::write(folder.path().join("src/lib.rs"), &source).unwrap();
    let arguments = [
        "--edition",
        "2024",
        "--crate-type",
        "lib",
        "--emit",
        "metadata",
        // As the evaluator takes it, where it is a `Result` that is dropped.
        "-Dunused-must-use",
        "--error-format",
        "json",
        "src/lib.rs",
    ];
    let said = Command::new("rustc").args(arguments).current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8(said.stderr).unwrap();
    Compiled { source, messages: said.lines().map(|line| serde_json::from_str(line).unwrap()).collect() }
}

fn explained(cell: &str, history: &History) -> Mistake {
    let compiled = compile(cell);
    let said = compiled
        .messages
        .iter()
        .filter(|message| message.is_error())
        .map(|message| message.message.replace("`evcxr_variable_store`", "<end of input>"));
    let said: Vec<String> = said.collect();
    assert!(!said.is_empty(), "{cell} compiles:\n{}", compiled.source);
    explain(cell, &said, &compiled, history)
}

/// What is underlined in a box.
fn underlined(lines: &[String]) -> String {
    let Some(at) = lines.iter().rposition(|line| line.starts_with("    | ")) else { return String::new() };
    let (code, marks) = (&lines[at - 1], &lines[at]);
    let begin = marks.find('^').unwrap();
    let length = marks.matches('^').count();
    code.chars().skip(begin).take(length).collect()
}

#[test]
fn each_slip_is_one_box_with_the_place_and_a_sentence() {
    let (mut wrong, mut values) = (Vec::new(), Vec::new());
    let tables =
        [include_str!("tests/slips.txt"), include_str!("tests/rules.txt"), include_str!("tests/words.txt")];
    let all: Vec<_> = tables.into_iter().flat_map(|table| cases(table)).collect();
    for (cell, [line, place, help]) in &all {
        let mistake = explained(cell, &History::default());
        values.push(mistake.value.clone());
        let text = mistake.lines.join("\n");
        let value = mistake.value.replace('\n', " ");
        let is_raw = ["evcxr", "src/lib.rs", "command_", "note: note"]
            .iter()
            .any(|raw| text.contains(raw) || mistake.full.as_deref().unwrap_or_default().contains(raw));
        let boxes = text.matches("\u{1b}[1mLine ").count();
        let is_right = value.starts_with(&format!("{line}: ")) && value.contains(help) && boxes == 1;
        if !is_right || is_raw || underlined(&mistake.lines).trim() != *place {
            wrong.push(format!("{cell}\nexpected {line} `{place}` {help}\n{text}\n"));
        }
        assert!(mistake.lines.iter().all(|line| line.chars().count() < 84), "{text}");
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len(), wrong.join("\n"));
    let is_met = |slip: &&slips::Slip| values.iter().any(|value| is_from(slip.help, value));
    let unmet: Vec<_> = slips::all().filter(|slip| !needs_more(slip) && !is_met(slip)).collect();
    assert!(unmet.is_empty(), "rules that no cell is about: {unmet:#?}");
}

/// Whether a text is this sentence, with something in the place of `{0}` and so on.
fn is_from(sentence: &str, text: &str) -> bool {
    let pieces =
        sentence.split("{it}").flat_map(|piece| piece.split("{0}")).flat_map(|piece| piece.split("{1}"));
    let mut pieces = pieces.flat_map(|piece| piece.split("{2}")).flat_map(|piece| piece.split("{3}"));
    pieces.try_fold(text, |rest, piece| rest.split_once(piece).map(|(_, rest)| rest)).is_some()
}

/// Rules about what evcxr says, which have a test of their own, and those for which the compiler's checks of finished code or
/// ndarray itself are needed, as the tests on a live kernel have them.
fn needs_more(slip: &slips::Slip) -> bool {
    ["evcxr", "unconditional_panic", "arithmetic_overflow"].contains(&slip.code)
        || ["evcxr_display", "OwnedRepr<", "\n`ArrayBase<", "unexpected closing", "empty character"]
            .iter()
            .any(|words| slip.said.contains(words))
        || slip.wrote.contains(". dot (")
}

#[test]
fn what_became_of_a_variable_is_said() {
    let mut history = History::default();
    for (number, cell, came) in [
        (3, "use lab_support::prelude::*;", Came::Worked),
        (4, "let data = load()?;\nlet table = 1;", Came::Worked),
        (5, "let d2 = data;", Came::Worked),
        (6, "let z = 1;\npanic!()", Came::Failed),
        (7, "let r = load();", Came::Worked),
    ] {
        history.add(number, cell.into(), None, came);
    }
    let value = |cell: &str, history: &History| explained(cell, history).value.replace('\n', " ");
    let moved = value("data.len()", &history);
    assert!(
        moved.contains("moved into `d2` in cell [5] (`let d2 = data;`)")
            && moved.contains("run cell [4] again"),
        "{moved}"
    );
    history.add(8, "let v = vec![2.0];".into(), None, Came::Worked);
    assert!(value("v = vec![1.0];", &history).contains("made anew by `let`: `let v = vec![1.0];`"));
    assert!(value("for _ in 0..2 {\nv = vec![1.0];\n}", &history).contains("`let mut v`"));
    assert!(value("z", &history).contains("Cell [6], which makes `z`, ended with an error"));
    assert!(value("fn f() -> i32 { table }", &history).contains("take `table` as an argument"));
    assert!(value("Missing::new()", &history).contains("no `Missing` in the cells that were run"));
    assert!(value("a + 1;\nlet a = 1;", &history).contains("made only in line 2"));
    assert!(value("{ let a = 1; }\nlet b = 2;\na", &history).contains("within braces"));
    let result = explained("let r: Result<Vec<f64>, String> = Ok(vec![]);\nr.missing", &history);
    assert!(result.value.contains("`Result`"), "{}", result.value);
    history.lose();
    assert!(value("table", &history).contains("run cell [4] again"));
}

#[test]
fn the_first_cell_is_spoken_of_once() {
    let history = History::default();
    let said = explained("let a = Missing::new();\nlet b = Absent::new();", &history);
    assert_eq!(said.value.matches("first cell").count(), 1, "{said:?}");
    let others = explained("let a = Missing::new();\nlet b: String = 1;", &history);
    assert!(others.value.contains("first cell") && others.value.contains("Line 2"), "{others:?}");
}

#[test]
fn an_answer_without_its_last_bracket() {
    let said = ["mismatched closing delimiter: `}`".to_string()];
    let error = Diagnostic { message: said[0].clone(), level: "error".into(), ..Diagnostic::default() };
    let compiled = Compiled { source: String::new(), messages: vec![error] };
    let cell = "answer(1, &data, r##\"\nIt is \"grey\".\n\"##";
    let mistake = explain(cell, &said, &compiled, &History::default());
    assert!(
        mistake.value.starts_with("Line 1: a bracket") && underlined(&mistake.lines) == "(",
        "{mistake:?}"
    );
}

#[test]
fn a_kernel_that_was_started_anew_is_told_of() {
    let mut history = History::default();
    let said = |history: &History| explained("kk", history).value.replace('\n', " ");
    assert!(said(&history).contains("Run All Above Selected Cell"), "{}", said(&history));
    history.add(1, "use lab_support::prelude::*;".into(), None, Came::Worked);
    assert!(!said(&history).contains("Run All Above"), "{}", said(&history));
}

#[test]
fn mistakes_that_do_not_follow_from_one_another_are_both_shown() {
    let both = explained("let a = missing;\nlet b: String = 1;\nlet c = missing;", &History::default());
    let text = both.lines.join("\n");
    assert!(text.contains("Line 1: ") && text.contains("Line 2: ") && !text.contains("Line 3: "), "{text}");
    let full = both.full.unwrap();
    assert!(
        full.contains("<details>") && full.contains("line 2, column 17") && full.contains("E0308"),
        "{full}"
    );
    assert!(!full.contains("evcxr") && !full.contains("src/lib.rs"), "{full}");
}

#[test]
fn what_has_no_place_in_the_cell_has_a_sentence() {
    let closed = explained("}", &History::default());
    assert!(
        closed.value.contains("closes nothing") && !closed.lines.concat().contains("evcxr"),
        "{closed:?}"
    );
    let ours = ["unexpected closing delimiter: `}`".to_string()];
    let ours = explain("fn f(x)", &ours, &Compiled::default(), &History::default());
    assert!(!ours.value.contains("closes nothing"), "no bracket of the cell: {ours:?}");
    let empty = explained("''", &History::default());
    assert!(empty.value.contains("double quotes: `\"\"`"), "{empty:?}");
    let said = ["unknown start of token: \\".to_string()];
    let error = Diagnostic { message: said[0].clone(), level: "error".into(), ..Diagnostic::default() };
    let compiled = Compiled { source: String::new(), messages: vec![error] };
    let open = explain("let s = \"one;\nlet t = \"two\";", &said, &compiled, &History::default());
    assert!(open.value.starts_with("Line 1: ") && underlined(&open.lines) == "\"one;", "{open:?}");
}

#[test]
fn what_evcxr_says_by_itself_is_explained() {
    for (cell, [says, line, help]) in cases(include_str!("tests/evcxr.txt")) {
        let said = [says.to_string()];
        let mistake = explain(&cell, &said, &Compiled::default(), &History::default());
        let is_shown = mistake.lines.iter().any(|shown| shown.contains(line));
        assert!(is_shown && mistake.value.contains(help), "{cell}: {mistake:?}");
    }
    let said = ["The variable `f` is a closure, which cannot be persisted.\nYou can".to_string()];
    let mistake = explain("let a = 1;\nlet f = |x| x + 1;", &said, &Compiled::default(), &History::default());
    assert!(mistake.lines.iter().any(|line| line.contains("2 | let f")), "{mistake:?}");
    assert!(mistake.value.contains("fn f(x: f64)") && mistake.full.is_none(), "{mistake:?}");
    let said = ["unexpected token: `)`".to_string()];
    let mistake = explain("let a = 1;\ndata.", &said, &Compiled::default(), &History::default());
    assert!(mistake.lines.iter().any(|line| line.contains("2 | data.")), "{mistake:?}");
    assert!(
        mistake.value.starts_with("The cell ends too early.") && mistake.value.contains("a name"),
        "{mistake:?}"
    );
}

/// Whatever place the compiler names, an explanation comes: a panic here would cost the student all variables.
#[test]
fn no_place_is_too_odd() {
    let cells = [
        "",
        "guess(\"\u{e4}\", &[], \u{e4} =\u{e4}) == 1",
        "\u{e4}\u{1f455}(\tx",
        "let a = \u{e4};\n\n  b.\u{fc}()?;\n}",
        &"\u{e4}".repeat(200),
    ];
    for cell in cells {
        let source = crate_of(cell);
        // The lines above the cell are all alike.
        let count = source.lines().count();
        let lines = (0..3).chain(count - 16..count + 3);
        for (line, column) in lines.flat_map(|line| (0..90).map(move |column| (line, column))) {
            let rendered =
                format!("error: odd\n  --> src/lib.rs:{line}:{column}\n   |\n{line} | text\n   | ^");
            let labels = ["a `Result<`", "expected `&&u8`, found integer", "expected `&str`, found integer"];
            let spans: Vec<_> = [(line, column + 3), (line + 400, 0), (line, 0), (0, column)]
                .map(|(line_end, column_end)| {
                    json!({
                        "file_name": "src/lib.rs", "is_primary": true, "label": labels[column % labels.len()], "line_start": line,
                        "line_end": line_end, "column_start": column, "column_end": column_end,
                    })
                })
                .into();
            for span in spans {
                let codes = ["E0382", "E0308", "E0277", "E0425", ""];
                let message = json!({
                    "message": "cannot find value `a`\nno implementation for `&&u8 == {integer}`", "level": "error",
                    "code": { "code": codes[(line + column) % codes.len()] },
                    "spans": [span], "rendered": rendered,
                });
                let messages = vec![serde_json::from_value(message).unwrap()];
                let compiled = Compiled { source: source.clone(), messages };
                let said = ["cannot find value `a`".to_string()];
                assert!(!explain(cell, &said, &compiled, &History::default()).lines.is_empty());
            }
        }
    }
}

#[test]
fn a_cell_that_has_moved_a_variable_is_not_said_to_make_it() {
    let mut history = History::default();
    for (number, cell, came) in [
        (1, "let w1 = vec![1.0];", Came::Worked),
        (
            2,
            "fn loss(layers: [f64; 1]) { let [w1] = layers; let never = w1; }\nlet net = (w1, 2);",
            Came::Worked,
        ),
        (3, "let never = missing;", Came::Nothing),
        (4, "let early = step(early);", Came::Worked),
        (5, "let late = vec![1];\nlet t = late;", Came::Worked),
    ] {
        history.add(number, cell.into(), None, came);
    }
    let value = |cell: &str| explained(cell, &history).value.replace('\n', " ");
    for (cell, wanted) in [
        ("w1.len()", "in cell [2] (`let net = (w1, 2);`)"),
        ("w1.len()", "run cell [1] again, which makes it"),
        ("never", "Cell [3], which makes `never`, did not run"),
        ("early", "`early` is gone: run the cell again that makes it."),
        ("late", "moved into `t` in cell [5]"),
        ("late", "run that cell again"),
    ] {
        assert!(value(cell).contains(wanted), "{cell}: {}", value(cell));
    }
}
