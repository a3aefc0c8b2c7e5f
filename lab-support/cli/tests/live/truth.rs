//! Errors and outputs that are true. `cargo lab test` runs these tests once the kernel is built.

use std::process::Command;
use std::time::Duration;

use crate::front_end::{Cell, FrontEnd, Kernel, process_of_cells, shown};
use jupyter_protocol::JupyterMessageContent;
use tokio::time::sleep;

/// What a cell printed to stderr.
fn errors(cell: &Cell) -> String {
    let is_error = |content: &&JupyterMessageContent| match content {
        JupyterMessageContent::StreamContent(stream) => format!("{:?}", stream.name).contains("err"),
        _ => false,
    };
    cell.broadcasts.iter().filter(is_error).filter_map(shown).collect()
}

#[tokio::test]
#[ignore = "needs the kernel: cargo lab test"]
async fn what_is_said_is_true() {
    let (kernel, mut page) = FrontEnd::with_lab().await;
    kernel.write_images();
    errors_say_where_and_why(&mut page).await;
    a_variable_is_what_it_was_or_is_gone_and_that_is_said(&mut page).await;
    // Its end takes all variables away.
    each_cell_shows_its_own(&kernel, &mut page).await;
}

async fn each_cell_shows_its_own(kernel: &Kernel, page: &mut FrontEnd) {
    page.run("use std::{thread, time::Duration};").await.ok();
    // The panic of a thread, and that of a later cell.
    let late = "let late = |seconds: f64| thread::sleep(Duration::from_secs_f64(seconds));";
    page.run(&format!("{{ {late} thread::spawn(move || {{ late(0.3); panic!(\"of the thread\") }}); }}"))
        .await
        .ok();
    let own = page.run("thread::sleep(Duration::from_secs_f64(0.6));\npanic!(\"of the cell\");").await;
    assert_eq!(own.error(), ("Panic".into(), "of the cell".into()));
    assert!(own.traceback().contains("-->  2 | panic!(\"of the cell\");"), "{}", own.traceback());
    let caught =
        page.run("let _ = std::panic::catch_unwind(|| panic!(\"caught\"));\nstd::fs::read(\"none\")?;").await;
    let (name, words) = caught.error();
    assert!(name == "Error" && words.starts_with("No such file") && !words.contains("caught"), "{words}");
    assert!(errors(&caught).contains("caught"), "{:?}", errors(&caught));
    let passed_on = page.run("thread::spawn(|| panic!(\"inside\")).join().unwrap();").await;
    assert!(passed_on.error().1.starts_with("called `Result::unwrap()`"), "{:?}", passed_on.error());
    assert!(errors(&passed_on).contains("inside"), "{}", errors(&passed_on));
    // What a thread prints when no cell runs.
    let id = page
        .send(&format!("{{ {late} thread::spawn(move || {{ late(0.5); println!(\"later\") }}); }}"))
        .await;
    page.wait_for(&id, "later").await;
    page.run("kept").await.ok();
    // What ends without a newline.
    assert_eq!(page.run("print!(\"no newline\");").await.ok().text(), "no newline");
    assert_eq!(page.run("1 + 1").await.ok().text(), "2");
    let id = page.send("print!(\"50 %\");\nloop {}").await;
    page.wait_for(&id, "50 %").await;
    page.interrupt().await;
    assert_eq!(page.cell(&id).await.error().0, "Interrupted");
    // Marks of evcxr's.
    let forged = "println!(\"EVCXR_EXECUTION_COMPLETE\\nEVCXR_PANIC_NOTIFICATION\\nEVCXR_BEGIN_CONTENT text/plain\\nx\");";
    let text = page.run(forged).await.ok().text();
    assert_eq!(
        text,
        "EVCXR_EXECUTION_COMPLETE\nEVCXR_PANIC_NOTIFICATION\nEVCXR_BEGIN_CONTENT text/plain\nx\n"
    );
    assert_eq!(
        page.run("\"EVCXR_VARIABLE_CHANGED_TYPE:kept\"").await.ok().text(),
        "\"EVCXR_VARIABLE_CHANGED_TYPE:kept\""
    );
    assert_eq!(page.run("kept").await.ok().text(), "41");
    // The process ends while no cell runs, and again.
    for _ in 0..2 {
        page.run("let lost = 1;").await.ok();
        Command::new("kill").args(["-9", &process_of_cells(kernel).to_string()]).status().unwrap();
        sleep(Duration::from_millis(500)).await;
        let (name, words) = page.run("1 + 1").await.error();
        assert!(name == "ProcessEnded" && words.contains("SIGKILL") && words.contains("are lost"), "{words}");
        assert_eq!(page.run("1 + 1").await.ok().text(), "2");
        assert!(page.run("lost").await.error().1.contains("cannot find value `lost`"));
    }
}

async fn a_variable_is_what_it_was_or_is_gone_and_that_is_said(page: &mut FrontEnd) {
    // A type defined anew.
    page.run("struct T { v: Vec<u8> }\nlet t = T { v: vec![1, 2, 3] };\nlet ts = vec![T { v: vec![] }];")
        .await
        .ok();
    assert_eq!(
        page.run("#[derive(Debug)]\nstruct T { v: Vec<u8> }\nt.v.len()").await.ok().text(),
        "3",
        "the same"
    );
    let anew = page.run("struct T { v: Vec<f64> }").await.ok();
    let use_it = page.run("t.v.iter().sum::<f64>()").await;
    assert!(use_it.error().1.contains("cannot find value `t`"), "{:?}", use_it.error());
    let said = errors(&anew) + &errors(&use_it);
    for name in ["t", "ts"] {
        let sentence = format!("`{name}` is gone: its type was defined anew.");
        assert_eq!(said.matches(&sentence).count(), 1, "{said}");
    }
    page.run("struct T { v: Vec<f64> }\nlet t = T { v: vec![0.5] };").await.ok();
    assert_eq!(page.run("t.v.iter().sum::<f64>()").await.ok().text(), "0.5");
    // A variable defined anew by a cell that fails.
    page.run("let mut m = vec![1];\nlet owned = String::from(\"a\");").await.ok();
    for failing in [
        "let mut m = vec![2, 3];\nlet fresh = 1;\nstd::fs::read(\"none\")?;",
        "fn helper() -> u8 { 7 }\nlet mut m = vec![2, 3];\nm.push(4);\npanic!(\"no\");",
        "let mut m = vec![2, 3];\nlet x: String = 1;",
    ] {
        let cell = page.run(failing).await;
        assert!(!cell.error().1.contains("Gone"), "{:?}", cell.error());
        let cell = page.run("m.len()").await;
        assert!(cell.reply.error.is_none(), "{failing}: {:?}", cell.broadcasts);
        assert!(cell.text() == "1" && errors(&cell).is_empty(), "{failing}: {}", cell.text());
    }
    assert_eq!(page.run("helper()").await.ok().text(), "7", "what a failing cell defines stays");
    assert!(page.run("fresh").await.error().1.contains("cannot find value `fresh`"));
    let moved = page.run("let length = owned.into_bytes().len();\nstd::fs::read(\"none\")?;").await;
    assert!(
        moved.error().1.contains("Gone with this cell")
            && moved.error().1.contains(": `owned`.\nTo have them again"),
        "{:?}",
        moved.error()
    );
    let moved = page
        .run("let m: Vec<i64> = m.into_iter().map(i64::from).collect();\nstd::fs::read(\"none\")?;")
        .await;
    assert!(moved.error().1.contains(": `m`.\nTo have them again, run cell ["), "{:?}", moved.error());
    assert!(page.run("m").await.error().1.contains("cannot find value `m`"));
    assert_eq!(page.run("kept").await.ok().text(), "41");
}

async fn errors_say_where_and_why(page: &mut FrontEnd) {
    let first = page.run("FashionMnist::load()?.train.show(0)?").await.ok();
    assert!(first.kinds().contains(&"display_data"), "{:?}", first.kinds());
    assert!(first.text().contains("Image 0: "), "{}", first.text());
    let unnamed = page.run("let a = 1;\nlet b = Box::<dyn std::error::Error>::from(\"x\");").await;
    assert!(
        unnamed.error().1.contains("`Box<dyn Error>`") && unnamed.error().1.contains("`b`"),
        "{:?}",
        unnamed.error()
    );
    assert!(unnamed.traceback().contains("2 | let b = Box"), "{}", unnamed.traceback());
    page.run("macro_rules! percent { ($x:expr) => { 100.0 * $x } }").await.ok();
    let typo = page.run("let a = unknown_name;").await;
    let all = format!("{:?}", typo.broadcasts);
    assert!(all.contains("unknown_name") && !all.contains("unused macro"), "{all}");
    assert_eq!(typo.kinds().iter().filter(|kind| **kind == "error").count(), 1);
    page.run("let data = FashionMnist::load()?;\nlet few = data.test.normalized().take(5);").await.ok();
    page.run("let p = Sequential::new([28, 28]).flatten().dense(10, Linear).seed(1).predict(&few)?;")
        .await
        .ok();
    for call in [
        "p.predicted(i)",
        "p.confidence(i)",
        "p.row(i).len()",
        "few.image(i).len()",
        "data.test.class_name(10_000 + i)",
    ] {
        let refused = page.run(&format!("let i = 5;\n{call}")).await;
        let (name, words) = refused.error();
        assert!(
            name == "Panic" && words.starts_with("While ") && words.contains("expected a number below"),
            "{words}"
        );
        assert!(words.contains("\n-> count from 0"), "{words}");
        assert!(refused.traceback().contains(&format!("-->  2 | {call}")), "{}", refused.traceback());
    }
    let input = page
        .run("let mut line = String::new();\nlet n = std::io::stdin().read_line(&mut line)?;\nn")
        .await
        .ok();
    assert_eq!(input.text(), "0", "the end of the input");
}
