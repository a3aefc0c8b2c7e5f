//! What beginners type, and what they see. `cargo lab test` runs these tests once the kernel is built; the sentences for
//! each slip are tested in the kernel itself, `mistake/tests.rs`.

use crate::front_end::{Cell, FrontEnd, Kernel, dep, shown};
use jupyter_protocol::{JupyterMessageContent, MediaType};

/// What is typed, and words of what is shown of the mistake; the line comes first.
const MISTAKES: &[(&str, &[&str])] = &[
    ("test", &["Line 1", "`let test`"]),
    ("model.fit(&data.train, Fit::epochs(1))?", &["`.normalized()`"]),
    ("let longer = 1;\nmodel.fit(&train, 10)?", &["Line 2", "Fit::epochs(10)"]),
    ("model.compile(\"adam\", CrossEntropy::from_logits());", &["`Adam::default()`"]),
    ("dz2.t().dot(h)", &["`.dot(&h)`"]),
    ("let z = dz2.dot(h);", &["`.dot(&h)`"]),
    ("println!(\"{score.accuracy}\");", &["`{:.4}`"]),
    ("answer(1, &data, \"The \"zero\" is black\")", &["ends the text", "r##"]),
    ("'hello'", &["double quotes"]),
    ("# a comment\nlet a = 1;", &["`//`"]),
    ("let s = f\"{size}\";", &["no `f`"]),
    ("def f(x):\n    return x + 1", &["`fn f(x: f64)"]),
    ("import numpy as np", &["no `import`"]),
    ("np.mean(size)", &["no NumPy"]),
    ("len(data)", &["`data.len()`"]),
    ("let n = None;", &["Option<f64>"]),
    ("let a = True;", &["`true`"]),
    ("if size > 3 { 1 } elif size > 2 { 2 } else { 3 }", &["`else if`"]),
    ("print(\"hello\")", &["`println!(\"hello\");`"]),
    ("numbers[-1]", &["`numbers[numbers.len() - 1]`"]),
    ("size ** 2", &["`x.pow(2)`"]),
    ("size > 1 and size < 3", &["`&&`"]),
    ("let g = lambda x: x + 1;", &["`|x| x + 1`"]),
    ("self.size", &["variable's name"]),
    ("size++;", &["`+= 1`"]),
    ("size = 4;", &["`let size = 4;`"]),
    ("numbers.push(1.0);", &["`let mut numbers = numbers;`"]),
    ("let t: String = \"abc\";", &["`.to_string()`"]),
    ("let t = \"a\" + \"b\";", &["format!"]),
    ("let t = size * 1.5;", &["`x as f64`"]),
    ("let t = [1, 2 3];", &["`,` is missing"]),
    ("for i in 0..3\n    println!(\"{i}\");", &["Line 2", "braces"]),
    ("for i in range(3):\n    print(i)", &["Line 1", "braces"]),
    ("let p = 5\nlet q = 6\np + q", &["Line 1", "`;` is missing"]),
    ("let p = 5", &["Line 1", "`;` is missing"]),
    ("let half = size // 2;", &["Line 1", "`size / 2`"]),
    ("let s = \"one;\nlet t = 2;", &["Line 1", "without an end"]),
    ("fn double() -> i32 { size * 2 }", &["take `size` as an argument"]),
    ("let own = 3;\nfn double() -> i32 { own * 2 }", &["Line 2", "take `own` as an argument"]),
    ("CLASS_NAMES[10]", &["Line 1", "There are 10", "position 10"]),
    ("1 / 0", &["Line 1", "divided by 0"]),
    ("numbers.iter().sum()", &["`.sum::<f64>()`"]),
    ("let f = |x: f64| x + 1.0;", &["1 | let f", "can't be a closure"]),
    ("let r = &numbers;", &["can't look at another"]),
    ("let size = 1;\nlet weights = weight(3);", &["Line 2", "Did you mean `weights`?"]),
    ("let ten = 10;\nlet gain = ten - baselin;", &["Line 2", "Did you mean `baseline`?"]),
    ("if size = 3 { println!(\"three\"); }", &["`==`"]),
    ("println!(\"{numbers}\");", &["`{:?}`"]),
    ("return 5;", &["without `return`"]),
    ("HashMap::new()", &["use std::collections::HashMap;"]),
    ("Undefined { x: 1.0 }", &["There is no `Undefined`"]),
    ("let bare = Bare { x: 1.0 };\nbare", &["can't be shown", "#[derive(Debug)]"]),
    ("model.fit(&few, Fit::epochs(1));", &["Line 1", "put `?` before the `;`"]),
    ("let longer = 2;\ndata.train.show(0);", &["Line 2", "put `?` before the `;`"]),
    ("history.epochs", &["put `?` behind `model.fit(…)` in cell ["]),
    ("println!(\"{}\", history.epochs.len());", &["put `?` behind `model.fit(…)` in cell ["]),
    (
        "let again = model.fit(&few, Fit::epochs(1).quiet());\nagain.epochs",
        &["put `?` behind `model.fit(…)` in line 1"],
    ),
    (
        "println!(\"a very long text that goes on and on and on and on and on\", missing_name, \"and on and on\");",
        &["^^^^", "…"],
    ),
];

/// What is typed, and what the cell says when it fails as it runs.
const FAILURES: &[(&str, &str, &[&str])] = &[
    ("let i = 70_000;\ndata.train.labels[i]", "Panic", &["-->  2 | data.train", "`.dim()`"]),
    ("let i = 3;\nnumbers[i]", "Panic", &["-->  2 | numbers[i]", "There are 2", "position 3"]),
    ("let i = 5;\nh[[i, 0]]", "Panic", &["-->  2 | h[[i, 0]]", "`.dim()`"]),
    ("let i = 5;\nh.row(i)", "Panic", &["-->  2 | h.row(i)", "`.dim()`"]),
    ("data.train.pixels.mean()", "Panic", &["mapv(f32::from)"]),
    ("h.dot(&array![[1.0_f32, 2.0, 3.0]])", "Panic", &["-->  1 | h.dot", "as many columns"]),
    (
        "let n = 1;\nlet p = h.dot(&array![[1.0_f32, 2.0, 3.0]]);",
        "Panic",
        &["-->  2 | let p", "as many columns"],
    ),
    ("let n = 1;\nlet s = h.sum_axis(Axis(2));", "Panic", &["-->  2 | let s"]),
    ("product(&h, &h.slice(s![..1, ..]).to_owned())", "Panic", &["-->  1 | product", "as many columns"]),
    ("let empty = numbers.len() - 3;\nempty", "Panic", &["-->  1", "below 0"]),
    ("std::fs::read_to_string(\"nothing\")", "Error", &["-->  1 | std::fs", "No such file"]),
];

/// What is typed, and all that is shown.
const SHOWN: &[(&str, &str)] = &[
    ("println!(\"x\")", "x\n"),
    ("for i in 0..2 { println!(\"{i}\"); }", "0\n1\n"),
    ("()", ""),
    ("\"5\".parse::<i32>()", "5"),
    ("Ok::<(), String>(())", ""),
    ("size", "3"),
    ("&numbers", "[1.0, 2.0]"),
    ("Some(size)", "Some(3)"),
    (
        "size // 2",
        "3`//` begins a comment in Rust: `2` was not read. To divide, write `size / 2`, which leaves out the remainder of whole numbers.\n",
    ),
];

fn all_of(cell: &Cell) -> String {
    let traceback = cell.reply.error.as_ref().map_or(String::new(), |error| error.traceback.join("\n"));
    cell.text() + &traceback
}

/// Checks how a mistake is shown, whatever it is.
fn assert_is_one_box(typed: &str, cell: &Cell) {
    let boxes = cell.kinds().iter().filter(|kind| **kind == "error").count();
    let text = cell.traceback();
    assert_eq!((boxes, cell.error().0.as_str()), (1, "CompileError"), "{typed}: {text}");
    let html = cell.broadcasts.iter().filter_map(|content| match content {
        JupyterMessageContent::DisplayData(display) => Some(&display.data.content),
        _ => None,
    });
    let html: String = html
        .flatten()
        .filter_map(|media| match media {
            MediaType::Html(html) => Some(html.as_str()),
            _ => None,
        })
        .collect();
    assert!(
        html.is_empty() || html.starts_with("<details><summary>full message</summary>"),
        "{typed}: {html}"
    );
    for raw in ["evcxr", "Evcxr", "command_", "src/lib.rs", "note: note", "lab_opened"] {
        assert!(!text.contains(raw) && !html.contains(raw), "{typed}: {raw} in {text}\n{html}");
    }
    let plain = text.replace("\u{1b}[1m", "").replace("\u{1b}[0m", "");
    assert!(!plain.contains('\u{1b}'), "{typed}: a colour in {text:?}");
    assert!(plain.lines().all(|line| line.chars().count() <= 76), "{typed}: too wide\n{plain}");
}

#[tokio::test]
#[ignore = "needs the kernel: cargo lab test"]
async fn what_beginners_type_is_answered_with_what_helps() {
    let kernel = Kernel::start().await;
    kernel.write_images();
    let mut page = FrontEnd::connect(&kernel.info).await;
    // While another kernel starts, this cell says so.
    page.run("1 + 1").await.ok();
    let early = page.run("let data = FashionMnist::load()?;").await;
    assert!(early.error().1.contains("the notebook's first cell"), "{:?}", early.error());
    assert_is_one_box("before the first cell", &early);
    page.run(&format!("{}\nuse lab_support::prelude::*;", dep())).await.ok();
    for cell in [
        "let data = FashionMnist::load()?;\nlet train = data.train.normalized();\nlet few = train.take(64);",
        "let mut model = Sequential::new([28, 28]).flatten().dense(10, Linear).seed(1);",
        "model.compile(Adam::default(), CrossEntropy::from_logits());",
        "let history = model.fit(&few, Fit::epochs(1).quiet());\nlet score = model.evaluate(&few)?;",
        "let (h, dz2) = (array![[1.0_f32, 2.0], [3.0, 4.0]], array![[1.0_f32, 2.0], [3.0, 4.0]]);",
        "fn product(a: &Array2<f32>, b: &Array2<f32>) -> Array2<f32> {\n    a.dot(b)\n}",
        "struct Bare { x: f64 }\nlet (size, numbers, baseline) = (3, vec![1.0, 2.0], 1);",
        "fn weights(n: usize) -> usize { n }",
    ] {
        page.run(cell).await.ok();
    }
    let mut wrong = Vec::new();
    let misses =
        |text: &str, words: &[&str]| words.iter().any(|word| !text.replace('\n', " ").contains(word));
    for (typed, words) in MISTAKES {
        let cell = page.run(typed).await;
        assert!(cell.reply.error.is_some(), "{typed} works: {}", cell.text());
        assert_is_one_box(typed, &cell);
        if misses(&cell.traceback(), words) {
            wrong.push(format!("{typed}\n{words:?} in\n{}", cell.traceback()));
        }
    }
    for (typed, name, words) in FAILURES {
        let cell = page.run(typed).await;
        if cell.error().0 != *name || misses(&cell.traceback(), words) {
            wrong.push(format!("{typed}\n{words:?} in\n{}", cell.traceback()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    for (typed, expected) in SHOWN {
        assert_eq!(page.run(typed).await.ok().text(), *expected, "{typed}");
    }
    let figure = page.run("data.train.show(0)").await.ok();
    assert!(
        figure.text().starts_with("Image 0: ") && figure.kinds().contains(&"display_data"),
        "{}",
        figure.text()
    );
    for unmarked in
        ["FashionMnist::load()", "answer(1, &data, \"words\")", "model.fit(&few, Fit::epochs(1).quiet())"]
    {
        let text = all_of(&page.run(unmarked).await.ok());
        assert!(!text.contains("Ok(") && !text.is_empty(), "{unmarked}: {text}");
    }
    let weights = page.run("model.weights()").await.ok().text();
    assert!(weights.contains("shape=[10, 784]") && !weights.contains("layout"), "{weights}");
    a_verdict_is_seen_once(&mut page).await;
    what_is_gone_says_where(&mut page).await;
    floods_show_their_begin_and_end(&mut page).await;
}

/// Whatever stands behind it, and where else its value is shown.
async fn a_verdict_is_seen_once(page: &mut FrontEnd) {
    for (verdict, mark) in [
        ("answer(1, &data, \"words\")?", "answer 1"),
        ("checks::loaded(&data)", "loaded"),
        ("guess(\"n\", &[], \"5\")", "guess: n"),
    ] {
        for cell in [verdict.to_string(), format!("{verdict};"), format!("let kept = {verdict};\nkept")] {
            let shown = page.run(&cell).await.ok();
            let new = shown.kinds().iter().filter(|kind| **kind == "display_data").count();
            assert!(new == 1 && shown.text().contains(mark), "{cell}: {:?} {}", shown.kinds(), shown.text());
        }
        let later = page.run("kept").await.ok();
        assert!(later.kinds().contains(&"display_data") && later.text().contains(mark), "in a later cell");
    }
    let again = page.run("answer(1, &data, \"\")?").await.ok().text();
    assert!(again.contains("kept in") && again.contains("\n\nwords\n"), "{again}");
    let open = page.run("task(\"fewer neurons\", false, 100).required()?;\nprintln!(\"trained\");").await;
    assert!(open.text().contains("Still to do") && !open.text().contains("trained"), "{}", open.text());
    assert!(
        open.error().0 == "Error" && open.error().1.contains("nothing is trained until it is"),
        "{:?}",
        open.error()
    );
}

async fn what_is_gone_says_where(page: &mut FrontEnd) {
    let made =
        page.run("let boxed = vec![1, 2];\nlet other = boxed.clone();").await.ok().reply.execution_count.0;
    let moved = page.run("let second = boxed;").await.ok().reply.execution_count.0;
    let gone = page.run("boxed.len()").await;
    let text = gone.error().1.replace('\n', " ");
    let sentence = format!("`boxed` was moved into `second` in cell [{moved}] (`let second = boxed;`)");
    assert!(text.contains(&sentence) && text.contains(&format!("run cell [{made}] again")), "{text}");
    let lost = page.run("let sum: i32 = other.into_iter().sum();\npanic!(\"no\");").await;
    assert!(
        lost.error().1.ends_with(&format!("To have them again, run cell [{made}].")),
        "{:?}",
        lost.error()
    );
    let failed = page.run("let broken = 1;\nstd::fs::read(\"nothing\")?;").await;
    assert_eq!(failed.error().0, "Error");
    let text = page.run("broken").await.error().1.replace('\n', " ");
    assert!(text.contains("which makes `broken`, ended with an error"), "{text}");
}

async fn floods_show_their_begin_and_end(page: &mut FrontEnd) {
    let lines = page.run("for i in 0..100_000 { println!(\"{i}\"); }").await.ok().text();
    assert!(lines.starts_with("0\n1\n") && lines.ends_with("99998\n99999\n"), "{lines}");
    assert!(
        lines.len() < 50_000 && lines.contains(" lines, ") && lines.contains(" left out here]"),
        "{lines}"
    );
    let values = page.run("(0..100_000).collect::<Vec<i32>>()").await.ok().text();
    assert_eq!(values, "[0, 1, 2, 3, ..., 99996, 99997, 99998, 99999]\n100000 in all");
    let values = page.run("format!(\"{:?}\", (0..100_000).collect::<Vec<i32>>())").await.ok().text();
    assert!(values.starts_with("\"[0, 1, 2") && values.len() < 12_000, "{values}");
    assert!(values.contains(" values left out here]"), "{values}");
    let errors = page.run("for _ in 0..100_000 { eprintln!(\"e\"); }").await.ok();
    let text: String = errors.broadcasts.iter().filter_map(shown).collect();
    assert!(text.contains(" left out here]") && text.len() < 50_000, "{}", text.len());
}
