//! The stop button: whenever it is pressed, nothing is lost and nothing untrue is said. `cargo lab test` runs these tests
//! once the kernel is built.

mod front_end;

use std::time::{Duration, Instant};
use std::{env, fs};

use front_end::{Cell, FrontEnd, Kernel, Random, is_alive, memory};
use lab_base::processes;
use tokio::time::sleep;

/// Runs a cell and presses the button after a while. Returns what came of it, and how long that took from then on.
async fn stop_after(page: &mut FrontEnd, seconds: f64, code: &str) -> (Cell, Duration) {
    let id = page.send(code).await;
    sleep(Duration::from_secs_f64(seconds)).await;
    let start = Instant::now();
    page.interrupt().await;
    (page.cell(&id).await, start.elapsed())
}

/// A cell that takes the compiler so many seconds, and the analyzer none.
fn long_to_compile() -> String {
    let steps = 400_000_000_u64;
    format!(
        "#[allow(long_running_const_eval)]\n\
         const N: u64 = {{ let mut i = 0; while i < {steps} {{ i += 1; }} i }};\n\
         println!(\"{{}}\", N);"
    )
}

async fn assert_kept(page: &mut FrontEnd, after: &str) {
    assert_eq!(page.run("kept").await.ok().text(), "41", "after {after}");
}

#[tokio::test]
#[ignore = "needs the kernel: cargo lab test"]
async fn whatever_is_stopped_or_ends_nothing_is_lost() {
    let (kernel, mut page) = FrontEnd::with_lab().await;
    kernel.write_images();
    a_cell_that_ends_its_process_loses_nothing(&mut page).await;
    a_flood_of_text_is_shortened_and_stops(&kernel, &mut page).await;
    a_stop_loses_nothing(&kernel, &mut page).await;
}

async fn a_stop_loses_nothing(kernel: &Kernel, page: &mut FrontEnd) {
    page.run("use std::{process::Command, thread, time::Duration};\nlet mut list = vec![1];").await.ok();
    for (code, seconds, limit, words) in [
        ("loop {}", 0.3, 6.0, "All variables are kept, as they were before this cell."),
        (
            "list.push(2);\nlet mut kept = String::new();\nloop { kept.push('a'); kept.clear(); }",
            0.3,
            6.0,
            "as they were",
        ),
        ("thread::sleep(Duration::from_secs(1000));", 0.3, 6.0, "as they were before"),
        ("Command::new(\"sleep\").arg(\"1000\").status()?;", 0.3, 6.0, "as they were before"),
        ("!sleep 1000", 1.0, 2.5, "before its Rust code ran"),
        ("!sleep 1000 & sleep 1000; echo", 1.0, 2.5, "before its Rust code ran"),
        (&long_to_compile(), 3.0, 2.5, "before its Rust code ran"),
        ("let x: String = kept;", 0.1, 2.5, "before its Rust code ran"),
        ("println!(\"never\");", 0.05, 2.5, "before its Rust code ran"),
    ] {
        let runs = words.contains("as they were");
        let begun = if runs { "println!(\"begun\");\n" } else { "" };
        let request = page.send(&format!("{begun}{code}")).await;
        if runs {
            // However long that takes.
            page.wait_for(&request, "begun").await;
        }
        sleep(Duration::from_secs_f64(seconds)).await;
        let start = Instant::now();
        page.interrupt().await;
        let (cell, took) = (page.cell(&request).await, start.elapsed());
        let (name, said) = cell.error();
        assert!(name == "Interrupted" && said.contains(words), "{code}: {name}: {said}");
        assert!(took.as_secs_f64() < limit, "{code}: {took:?}");
        assert!(!cell.text().contains("never"));
        assert_kept(page, code).await;
        assert_eq!(page.run("list.len()").await.ok().text(), "1", "after {code}");
    }
    let sleeps = |process: &u32| {
        fs::read_to_string(format!("/proc/{process}/comm")).is_ok_and(|name| name.trim() == "sleep")
    };
    let left: Vec<u32> = processes::descendants(kernel.process.id())
        .into_iter()
        .filter(sleeps)
        .filter(|id| is_alive(*id))
        .collect();
    assert!(left.is_empty(), "what cells have started lives on: {left:?}");
    // The copy has one thread, and makes others.
    let code = "let images = FashionMnist::load()?.train.normalized().take(640);\n\
                let mut model = Sequential::new([28, 28]).flatten().dense(10, Linear).seed(1);\n\
                model.compile(Adam::default(), CrossEntropy::from_logits());\n\
                model.fit(&images, Fit::epochs(2))?.epochs.len()";
    assert!(page.run(code).await.ok().text().ends_with('2'));
    page.run("thread::spawn(|| loop { thread::sleep(Duration::from_secs(1)); });").await.ok();
    let request = page.send("println!(\"begun\");\nloop {}").await;
    page.wait_for(&request, "begun").await;
    page.interrupt().await;
    let threads = page.cell(&request).await;
    assert!(
        threads.error().1.contains("1 threads that earlier cells had started have ended"),
        "{threads:?}",
        threads = threads.error()
    );
}

async fn a_cell_that_ends_its_process_loses_nothing(page: &mut FrontEnd) {
    page.run("let mut list = vec![1];").await.ok();
    let kill = "let me = std::process::id().to_string();\n\
                std::process::Command::new(\"kill\").args([\"-9\", &me]).status()?;\nloop {}";
    for (code, words) in [
        ("print!(\"before\");\nlist.push(2);\nstd::process::exit(3);", "exit status 3"),
        ("println!(\"before\");\nlist.push(2);\nstd::process::abort();", "SIGABRT"),
        ("fn deep(n: u64) -> u64 { deep(n + 1) + n }\nprintln!(\"before\");\ndeep(0)", "SIG"),
        (kill, "memory"),
    ] {
        for _ in 0..2 {
            let cell = page.run(code).await;
            let (name, said) = cell.error();
            assert!(name == "ProcessEnded" && said.contains(words), "{code}: {said}");
            assert!(said.contains("All variables are kept, as they were before this cell"), "{said}");
            assert!(code == kill || cell.text().contains("before"), "{}", cell.text());
            assert_kept(page, code).await;
            assert_eq!(page.run("list.len()").await.ok().text(), "1");
        }
    }
}

#[tokio::test]
#[ignore = "needs the kernel: cargo lab test"]
async fn stops_at_random_times_lose_nothing() {
    let stops = env::var("LAB_STOPS").ok().and_then(|stops| stops.parse().ok()).unwrap_or(40);
    let (kernel, mut page) = FrontEnd::with_lab().await;
    page.run("let mut list = vec![0_u64; 1000];\nuse std::{thread, time::Duration};").await.ok();
    let mut random = Random(7);
    let (mut counts, start) = ([0; 4], Instant::now());
    for stop in 0..stops {
        let code = match random.below(9) {
            0 => "kept + 1",
            1 => "let x: String = kept;",
            2 => "let mut list = vec![0_u64; 1000];\nthread::sleep(Duration::from_millis(300));",
            3 => "for i in 0..100_000 { println!(\"line {i}\"); }",
            4 => "!sleep 1",
            5 => {
                "thread::spawn(|| for i in 0..100 { println!(\"{i}\"); thread::sleep(Duration::from_millis(5)); });"
            }
            6 => "panic!(\"no\");",
            7 => "let fresh = 1;\nprint!(\"no newline\");",
            _ if random.below(8) == 0 => "loop {}",
            _ => "thread::sleep(Duration::from_millis(700));\nstd::process::abort();",
        };
        let after = random.below(1400) as f64 / 1000.0;
        // Sometimes nothing runs.
        let (cell, took) = stop_after(&mut page, after, code).await;
        let said = cell.reply.error.as_ref().map(|error| (error.ename.clone(), error.evalue.clone()));
        let what = format!("{stop}: {after} s into {code:?}: {said:?} after {took:?}");
        assert!(took < Duration::from_secs(6), "{what}");
        match &said {
            None => counts[0] += 1,
            Some((name, words)) if name == "Interrupted" => {
                assert!(words.contains("All variables are kept"), "{what}");
                counts[1 + usize::from(words.contains("as they were"))] += 1;
            }
            Some((name, words)) => {
                let is_true = match name.as_str() {
                    "Panic" => code.starts_with("panic!"),
                    "CompileError" => code.contains("String"),
                    "ProcessEnded" => code.contains("abort") && words.contains("All variables are kept"),
                    _ => false,
                };
                assert!(is_true, "{what}");
                counts[3] += 1;
            }
        }
        if random.below(3) == 0 {
            page.interrupt().await;
        }
        let cell = page.run("assert_eq!(list.len(), 1000);\nkept").await;
        assert!(cell.reply.error.is_none(), "{what}, and then: {:?}", cell.reply);
        assert!(cell.text().ends_with("41"), "{what}, and then: {:?}", cell.text());
    }
    println!(
        "{stops} stops in {:.0?}: {} cells came to their end, {} had not begun, {} were taken over by a copy, {} failed",
        start.elapsed(),
        counts[0],
        counts[1],
        counts[2],
        counts[3]
    );
    assert!(
        processes::descendants(kernel.process.id()).len() < 8,
        "{:?}",
        processes::descendants(kernel.process.id())
    );
}

async fn a_flood_of_text_is_shortened_and_stops(kernel: &Kernel, page: &mut FrontEnd) {
    page.run("let line = \"a\".repeat(1000);\nuse std::thread;").await.ok();
    let before = memory(kernel);
    let flood =
        "for _ in 0..2 { thread::spawn(|| loop { eprintln!(\"hello\"); }); }\nloop { eprintln!(\"hello\"); }";
    for code in ["loop { println!(\"hello\"); }", "loop { println!(\"{line}\"); }", flood] {
        let id = page.send(code).await;
        sleep(Duration::from_secs(5)).await;
        let during = memory(kernel);
        let start = Instant::now();
        page.interrupt().await;
        let cell = page.cell(&id).await;
        assert!(start.elapsed() < Duration::from_secs(5), "{code}: idle after {:?}", start.elapsed());
        assert!(during < before + 150, "{code}: {before} MB, then {during} MB");
        let (messages, text) = (cell.broadcasts.len(), cell.text());
        assert!(
            messages < 200 && text.len() < 3_000_000,
            "{code}: {messages} messages, {} bytes",
            text.len()
        );
        assert!(text.contains(" left out here]"), "{code}");
        assert_kept(page, code).await;
    }
    let start = Instant::now();
    let long = page.run("println!(\"{}\", \"b\".repeat(60_000_000));").await.ok();
    assert!(long.text().contains(" left out here]") && long.text().len() < 1_200_000);
    let value = page.run("\"b\".repeat(60_000_000)").await.ok();
    assert!(value.text().contains(" left out here]") && value.text().len() < 1_200_000);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    println!("memory before: {before} MB, after: {} MB", memory(kernel));
}
