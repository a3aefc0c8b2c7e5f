//! The kernel, spoken to as front ends speak: `cargo lab test` runs these tests once the kernel is built.

use std::fs;
use std::process::Command;
use std::time::Duration;

use crate::front_end::{FrontEnd, Kernel, is_alive, is_status, read};
use jupyter_protocol::{ExecutionState, JupyterMessageContent, ReplyStatus};
use lab_base::processes;
use lab_kernel::connection::Connection;
use lab_kernel::wire::{Client, heartbeat};
use serde_json::json;
use tokio::time::{sleep, timeout};

/// What needs no kernel of its own shares one, in an order in which what one part leaves behind does not help the next: names
/// are completed before any cell has made them, and what ends the kernel comes last.
#[tokio::test]
#[ignore = "needs the kernel: cargo lab test"]
async fn a_kernel_does_what_its_front_ends_expect() {
    let kernel = Kernel::start().await;
    kernel.write_images();
    who_asks_before_listening_still_hears_that_the_kernel_is_idle(&kernel.info).await;
    let mut page = FrontEnd::with_lab_in(&kernel).await;
    messages_come_in_order(&mut page).await;
    a_name_is_completed_wherever_it_stands(&mut page).await;
    what_a_cell_can_not_use_is_not_completed(&mut page).await;
    an_error_is_an_error_and_variables_live_on(&mut page).await;
    the_kernel_answers_while_a_cell_runs(&kernel, &mut page).await;
    front_ends_share_a_kernel(&kernel, &mut page).await;
    a_page_that_comes_back_sees_what_it_has_missed(&kernel, &mut page).await;
    a_message_that_is_not_signed_is_ignored(&kernel, &mut page).await;
    figures_are_shown_where_they_are_made(&mut page).await;
    training_moves_and_stops_when_asked(&mut page).await;
    a_training_of_short_epochs_is_shown_above_their_lines(&mut page).await;
    nothing_stays_behind_and_a_restart_is_a_new_kernel(kernel, page).await;
}

async fn who_asks_before_listening_still_hears_that_the_kernel_is_idle(info: &Connection) {
    let mut first = Client::connect(info).await.unwrap();
    let request = first.request("kernel_info_request", &json!({}));
    first.shell.send(&request);
    timeout(Duration::from_secs(60), first.shell.next()).await.expect("a reply").unwrap();
    let mut seen = Vec::new();
    for _ in ["second", "third"] {
        let mut late = Client::connect(info).await.unwrap();
        let welcome = timeout(Duration::from_secs(5), late.iopub.next()).await.expect("a welcome").unwrap();
        assert_eq!(welcome.kind(), "iopub_welcome");
        let status = timeout(Duration::from_secs(5), late.iopub.next()).await.expect("a status").unwrap();
        assert!(is_status(&read(&status), ExecutionState::Idle) && status.is_about(&request));
        seen.push(status.id().to_string());
    }
    assert_ne!(seen[0], seen[1], "Jupyter takes no message twice");
}

async fn messages_come_in_order(page: &mut FrontEnd) {
    let cell = page.run("println!(\"one\");\nkept + 1").await.ok();
    assert_eq!(cell.kinds(), ["status", "execute_input", "stream", "execute_result", "status"]);
    assert!(is_status(&cell.broadcasts[0], ExecutionState::Busy));
    assert_eq!(cell.text(), "one\n42");
    let JupyterMessageContent::ExecuteInput(input) = &cell.broadcasts[1] else { panic!() };
    let JupyterMessageContent::ExecuteResult(result) = &cell.broadcasts[3] else { panic!() };
    let counts = [input.execution_count, result.execution_count, cell.reply.execution_count];
    assert_eq!(counts.map(|count| count.0), [2; 3], "the first cell loaded lab-support");
    let cell = page.run("(0..900).for_each(|i| println!(\"line {i}\"));").await.ok();
    let lines: String = (0..900).map(|i| format!("line {i}\n")).collect();
    assert_eq!(cell.text(), lines);
    let cell = page.run("print!(\"no newline\"); std::io::Write::flush(&mut std::io::stdout())?; eprintln!(\"a warning\");").await.ok();
    // Text without a newline waits a moment for more, and what goes to stderr does not.
    let orders = ["no newlinea warning\n", "a warning\nno newline"];
    assert!(orders.contains(&cell.text().as_str()), "{}", cell.text());
}

/// Cells in which the analyzer, asked about a name alone, panics.
const BEFORE: &str = r#"
let data = FashionMnist::load()?;
let train = data.train.normalized();
let mut model = Sequential::new([28, 28]).flatten().dense(128, Relu).dense(10, Linear).seed(42);
let history = model.fit(&train, Fit::epochs(10))?;
"#;

async fn a_name_is_completed_wherever_it_stands(page: &mut FrontEnd) {
    let mut complete = async |code: String| {
        let request = json!({ "cursor_pos": code.chars().count(), "code": code });
        let reply = page.ask("complete_request", request).await.1.content();
        assert_eq!(reply["status"], "ok");
        reply["matches"]
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap().into())
            .collect::<Vec<String>>()
    };
    assert_eq!(complete("kep".into()).await, ["kept"]);
    for (line, name) in [
        ("history", "history"),
        ("model.fit(&tr", "train"),
        ("for epoch in his", "history"),
        ("println!(\"{}\", his", "history"),
        ("train.gri", "grid(rows, cols)"),
        ("Sequ", "Sequential"),
        ("use lab_sup", "lab_support"),
    ] {
        let names = complete(format!("{BEFORE}{line}")).await;
        assert!(names.contains(&name.to_string()), "{line}: {names:?}");
    }
    assert_eq!(page.run("kept").await.ok().text(), "41", "cells run as before");
}

async fn what_a_cell_can_not_use_is_not_completed(page: &mut FrontEnd) {
    let mut complete = async |line: &str| {
        let code = format!("{BEFORE}{line}");
        let request = json!({ "cursor_pos": code.chars().count(), "code": code });
        let reply = page.ask("complete_request", request).await.1.content();
        let names = reply["matches"].as_array().unwrap().clone();
        names.iter().map(|name| name.as_str().unwrap().to_string()).collect::<Vec<String>>()
    };
    let names = complete("model.").await;
    let begins = |name: &str| names.iter().any(|listed| listed.split('(').next() == Some(name));
    for name in ["fit", "compile", "dense", "flatten", "params", "summary", "save", "predict", "clone"] {
        assert!(begins(name), "{name}: {names:?}");
    }
    assert!(names.contains(&"seed(seed)".into()) && !names.contains(&"seed".into()), "{names:?}");
    for name in [
        "input_shape",
        "origins",
        "fitting_outputs",
        "run",
        "compiled",
        "steps",
        "provenance",
        "check",
        "refuse",
        "spec",
        "digest",
        "push_or_refuse",
    ] {
        assert!(!begins(name), "{name}: {names:?}");
    }
    let summaries = complete("model.summ").await;
    assert_eq!(summaries, ["summary()"]);
    let names = complete("Sequential::").await;
    let begins = |name: &str| names.iter().any(|listed| listed.split('(').next() == Some(name));
    assert!(begins("new") && begins("load") && begins("fit"), "{names:?}");
    for name in ["refuse", "spec", "digest", "push_or_refuse", "check"] {
        assert!(!begins(name), "{name}: {names:?}");
    }
    assert!(complete("Fit::ep").await.iter().any(|name| name.starts_with("epochs(")));
    let array = complete("let shapes = ndarray::Array2::<f32>::zeros((2, 2)); shapes.su").await;
    assert!(array.contains(&"sum()".into()), "{array:?}");
}

async fn an_error_is_an_error_and_variables_live_on(page: &mut FrontEnd) {
    let panic = page.run("let x = kept;\nassert_eq!(x, 2, \"not two\");").await;
    let (name, words) = panic.error();
    assert_eq!(
        (name.as_str(), words.lines().next()),
        ("Panic", Some("assertion `left == right` failed: not two"))
    );
    assert!(panic.traceback().contains("-->  2 | assert_eq!(x, 2, \"not two\");"), "{}", panic.traceback());
    assert!(panic.text().is_empty() && !panic.traceback().contains("stack backtrace"), "{}", panic.text());
    let returned = page.run("eprintln!(\"a warning\");\nErr(Error::new(\"a\", \"b\", \"c\", \"d\"))?;").await;
    assert_eq!(returned.error(), ("Error".into(), "While a: expected b, found c.\n-> d".into()));
    assert_eq!(returned.text(), "a warning\n");
    assert_eq!(page.run("std::fs::read(\"none\")?;").await.error().0, "Error");
    let mistake = page.run("let x: String = kept;").await;
    assert_eq!(mistake.reply.error.as_ref().unwrap().ename, "CompileError");
    let ids = [page.send("panic!(\"no\");").await, page.send("println!(\"never\");").await];
    assert_eq!(page.cell(&ids[0]).await.error().0, "Panic");
    let never = page.cell(&ids[1]).await;
    assert_eq!((&never.reply.status, never.text()), (&ReplyStatus::Aborted, String::new()));
    assert_eq!(page.run("kept").await.ok().text(), "41");
}

async fn the_kernel_answers_while_a_cell_runs(kernel: &Kernel, page: &mut FrontEnd) {
    let id =
        page.send("println!(\"started\");\nstd::thread::sleep(std::time::Duration::from_secs(3));").await;
    page.wait_for(&id, "started").await;
    let beat = vec!["".into(), "ping".into()];
    let answer = timeout(Duration::from_secs(1), heartbeat(&kernel.info, beat.clone())).await;
    assert_eq!(answer.expect("a heartbeat").unwrap(), beat);
    let reply = timeout(Duration::from_secs(1), page.control("kernel_info_request", json!({}))).await;
    assert_eq!(reply.expect("an answer").kind(), "kernel_info_reply");
    page.cell(&id).await.ok();
}

async fn front_ends_share_a_kernel(kernel: &Kernel, page: &mut FrontEnd) {
    let mut other = FrontEnd::connect(&kernel.info).await;
    let id = page.send("println!(\"for all\");").await;
    other.wait_for(&id, "for all").await;
    page.cell(&id).await.ok();
    assert_eq!(other.run("kept").await.ok().text(), "41", "the reply goes to the one that asked");
    let inspect = json!({ "code": "kept", "cursor_pos": 4 });
    let reply = page.ask("inspect_request", inspect).await.1.content();
    assert_eq!(reply["found"], true, "{reply}");
    let inspect = json!({ "code": "i32::pow(2, ", "cursor_pos": 12 });
    let reply = page.ask("inspect_request", inspect).await.1.content();
    assert!(reply["data"]["text/plain"].to_string().contains("pow"), "{reply}");
}

async fn a_page_that_comes_back_sees_what_it_has_missed(kernel: &Kernel, page: &mut FrontEnd) {
    let code =
        "println!(\"early\");\nstd::thread::sleep(std::time::Duration::from_secs(8));\nprintln!(\"late\");";
    let long = page.send(code).await;
    page.wait_for(&long, "early").await;
    let mut back = FrontEnd::connect_to_busy(&kernel.info).await;
    sleep(Duration::from_secs(6)).await;
    let cell = back.run("1 + 1").await.ok();
    let kinds = cell.kinds();
    let missed = kinds.iter().take_while(|kind| **kind != "execute_input");
    let missed: Vec<&&str> = missed.filter(|kind| **kind != "status").collect();
    assert_eq!(missed.first(), Some(&&"display_data"), "{kinds:?}");
    assert_eq!(missed.last(), Some(&&"update_display_data"), "{kinds:?}");
    let text = cell.text();
    let (running, ended) = text.split_once("has ended after").expect("how it ended");
    assert!(running.contains("has been running for") && running.contains("early"), "{text}");
    assert!(ended.contains("early\nlate\n") && ended.ends_with('2'), "{text}");
    assert_eq!(back.run("1 + 1").await.ok().text(), "2", "it is told once");
    page.cell(&long).await.ok();
    assert_eq!(page.run("1 + 1").await.ok().text(), "2", "who has seen it is not told");
}

async fn a_message_that_is_not_signed_is_ignored(kernel: &Kernel, page: &mut FrontEnd) {
    let mut forged = kernel.info.clone();
    forged.key = "another key".into();
    let stranger = Client::connect(&forged).await.unwrap();
    stranger.shell.send(&stranger.request("execute_request", &json!({ "code": "std::process::abort();" })));
    sleep(Duration::from_millis(500)).await;
    assert_eq!(page.run("kept").await.ok().text(), "41");
}

async fn figures_are_shown_where_they_are_made(page: &mut FrontEnd) {
    let code = r#"let images = FashionMnist::load()?.train;
println!("one");
images.show(0)?.display();
println!("two");
images.grid(2, 2)?.display();
println!("three");
images.show(1)?.display();"#;
    let cell = page.run(code).await.ok();
    let text = cell.text();
    let places: Vec<usize> = ["one\n", "Image 0", "two\n", "The first images", "three\n", "Image 1"]
        .iter()
        .map(|part| text.find(part).unwrap_or_else(|| panic!("{part:?} in {text}")))
        .collect();
    assert!(places.is_sorted(), "{text}");
    assert_eq!(cell.kinds().iter().filter(|kind| **kind == "display_data").count(), 3);
}

/// A network and images to train it on.
const NETWORK: &str = r#"
let data = FashionMnist::load()?;
let train = data.train.normalized();
let mut model = Sequential::new([28, 28]).flatten().dense(128, Relu).dense(10, Linear).seed(1);
model.compile(Adam::default(), CrossEntropy::from_logits());"#;

async fn training_moves_and_stops_when_asked(page: &mut FrontEnd) {
    page.run(NETWORK).await.ok();
    let id = page.send("let history = model.fit(&train, Fit::epochs(1000))?;").await;
    let next = page.send("println!(\"never\");").await;
    page.wait_for(&id, "Epoch    1/1000").await;
    page.interrupt().await;
    // What waits is given up at once, before the running cell ends.
    assert_eq!(page.cell(&next).await.reply.status, ReplyStatus::Aborted);
    let stopped = page.cell(&id).await;
    let (name, words) = stopped.error();
    assert_eq!(name, "Interrupted");
    assert!(words.contains("another fit goes on") && words.contains("All variables are kept"), "{words}");
    assert!(stopped.kinds().contains(&"update_display_data"), "{:?}", stopped.kinds());
    let epochs: usize = page.run("history.epochs.len()").await.ok().text().parse().unwrap();
    assert!((1..1000).contains(&epochs), "{epochs}");
    let again = page.run("let more = model.fit(&train, Fit::epochs(1))?;\nmore.epochs.len()").await.ok();
    assert!(again.text().ends_with('1') && again.text().contains("Epoch 1/1"), "{}", again.text());
    let shown = again.kinds().iter().filter(|kind| **kind == "display_data").count();
    assert!(shown <= 1, "one output, which changes");
}

async fn a_training_of_short_epochs_is_shown_above_their_lines(page: &mut FrontEnd) {
    page.run("let few = train.take(640);").await.ok();
    let cell = page.run("model.fit(&few, Fit::epochs(200))?;").await.ok();
    let first = cell.kinds().iter().position(|kind| *kind == "display_data");
    let line = cell.kinds().iter().position(|kind| *kind == "stream");
    assert!(first.is_some() && first < line, "{:?}", cell.kinds());
    assert!(cell.text().contains("Epoch   1/200"), "{}", cell.text());
}

async fn nothing_stays_behind_and_a_restart_is_a_new_kernel(mut kernel: Kernel, mut page: FrontEnd) {
    let (folder, processes) = (kernel.folder(), processes::descendants(kernel.process.id()));
    assert!(folder.is_dir() && processes.len() >= 3, "{folder:?} {processes:?}");
    page.send("loop {}").await;
    sleep(Duration::from_secs(2)).await;
    page.shut_down(true).await;
    kernel.process.wait().unwrap();
    assert!(!folder.exists());
    assert!(!processes.into_iter().any(is_alive));
    kernel.start_again();
    let mut page = FrontEnd::connect(&kernel.info).await;
    let gone = page.run("kept").await;
    assert!(gone.reply.error.unwrap().evalue.contains("cannot find value `kept` in this scope"));
    assert_eq!(page.run("1 + 1").await.ok().text(), "2");
}

#[tokio::test]
#[ignore = "needs the kernel: cargo lab test"]
async fn a_kernel_that_does_not_come_up_holds_no_other_up() {
    let stuck = Kernel::start().await;
    let is_evcxr = |process: &u32| {
        fs::read_to_string(format!("/proc/{process}/cmdline"))
            .is_ok_and(|line| line.contains("--control_file"))
    };
    let evcxr = loop {
        match processes::descendants(stuck.process.id()).into_iter().find(is_evcxr) {
            Some(process) => break process,
            None => sleep(Duration::from_millis(1)).await,
        }
    };
    assert!(Command::new("kill").args(["-STOP", &evcxr.to_string()]).status().unwrap().success());
    let other = Kernel::start().await;
    let answer = timeout(Duration::from_secs(600), async {
        FrontEnd::connect(&other.info).await.run("1 + 1").await.text()
    });
    let answer = answer.await;
    // When the first gives up, it ends what it has started: after ten seconds already, where evcxr had opened its sockets.
    let is_still_stuck = is_alive(evcxr);
    processes::kill(evcxr);
    let text = answer.expect("an answer");
    assert!(text.ends_with('2'), "{text}");
    let has_waited = text.contains("Waiting for another process");
    assert!(is_still_stuck || !has_waited, "the second has waited until the first gave up");
}
