//! What beginners type, and what they see. `cargo lab test` runs these tests once the kernel is built; the sentences for
//! each slip are tested in the kernel itself, `mistake/tests/`.

use crate::front_end::{Cell, FrontEnd, Kernel, dep, shown};
use crate::table;
use jupyter_protocol::{JupyterMessageContent, MediaType};

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
    for (typed, [name, words]) in table::cases(include_str!("beginner.txt")) {
        let cell = page.run(&typed).await;
        assert!(cell.reply.error.is_some(), "{typed} works: {}", cell.text());
        if name == "CompileError" {
            assert_is_one_box(&typed, &cell);
        }
        let text = cell.traceback().replace('\n', " ");
        if cell.error().0 != name || words.split(" · ").any(|words| !text.contains(words)) {
            wrong.push(format!("{typed}\n{name}, {words} in\n{}", cell.traceback()));
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
    assert_has_size_and_words(&figure);
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

/// A figure's pixels are twice those of its place on the page, which front ends are told, as what it shows.
fn assert_has_size_and_words(figure: &Cell) {
    let metadata = figure.broadcasts.iter().find_map(|content| match content {
        JupyterMessageContent::DisplayData(display) => Some(display.metadata.clone()),
        _ => None,
    });
    let known = &metadata.expect("a figure")["image/png"];
    assert_eq!(known["width"], 500, "{known}");
    assert!(known["alt"].as_str().is_some_and(|words| words.starts_with("Image 0: ")), "{known}");
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
        open.error().0 == "Error" && open.error().1.contains("it goes no further before"),
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
