//! Many kernels at once, as in a classroom: each has its own variables and gives the same numbers, and however it ends,
//! nothing of it is left. `cargo lab test` runs a short form of it once the kernel is built. `LAB_KERNELS=100` starts so
//! many, and `LAB_AT_ONCE=10` so many at a time; the table that it prints (`--nocapture`) is that of the page for teachers.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs};

use crate::front_end::{FrontEnd, Kernel, dep, is_alive, memory};
use lab_base::processes;
use tokio::task::JoinSet;
use tokio::time::sleep;

/// What one kernel of the class has done.
struct Seat {
    answered: Duration,
    first_cell: Duration,
    trained: Duration,
    /// Memory in MB that it held for itself, at the end of its work.
    held: u64,
    score: String,
    processes: Vec<u32>,
    folder: PathBuf,
}

/// A student opens a notebook, trains, stops a training, and goes in one of the ways that there are.
async fn student(number: u64) -> Seat {
    let start = Instant::now();
    let mut kernel = Kernel::start().await;
    let mut page = FrontEnd::connect(&kernel.info).await;
    let answered = start.elapsed();
    let code = format!("{}\nuse lab_support::prelude::*;", dep());
    page.run(&code).await.ok();
    let first_cell = start.elapsed();
    let code = "let few = FashionMnist::practice()?.train.normalized().take(10_000);\n\
                let mut model = Sequential::new([28, 28]).flatten().dense(64, Relu).dense(10, Linear).seed(42);\n\
                model.compile(Adam::default(), CrossEntropy::from_logits());";
    page.run(&format!("let seat = {number};\n{code}")).await.ok();
    let start = Instant::now();
    page.run("model.fit(&few, Fit::epochs(5).quiet())?;").await.ok();
    let trained = start.elapsed();
    let bits = "let score = model.evaluate(&few)?;\n(score.accuracy.to_bits(), score.loss.to_bits())";
    let score = page.run(bits).await.ok().text();
    if number.is_multiple_of(2) {
        let request =
            page.send("println!(\"begun\");\nmodel.fit(&few, Fit::epochs(100_000).quiet())?;").await;
        page.wait_for(&request, "begun").await;
        page.interrupt().await;
        page.cell(&request).await;
        assert!(page.run("few.len()").await.ok().text().contains("10000"), "a stop keeps all variables");
    }
    assert_eq!(page.run("seat").await.ok().text(), number.to_string(), "each kernel has its own variables");
    let held = memory(&kernel);
    // Of those that are ended from outside one runs a cell that does not end, and each has what has left its session.
    let stays =
        "std::process::Command::new(\"setsid\").args([\"sleep\", \"1000\"]).spawn()?;\nprintln!(\"begun\");";
    let code = if number % 4 == 1 { format!("{stays}\nloop {{}}") } else { stays.to_string() };
    if matches!(number % 4, 1 | 2) {
        let request = page.send(&code).await;
        page.wait_for(&request, "begun").await;
    }
    let (folder, processes) = (kernel.folder(), processes::descendants(kernel.process.id()));
    assert!(folder.is_dir() && processes.len() >= 3, "{folder:?} {processes:?}");
    match number % 4 {
        0 => page.shut_down(false).await,
        1 => kernel.process.kill().unwrap(),
        2 => drop(Command::new("kill").arg(kernel.process.id().to_string()).status().unwrap()),
        _ => drop(page.control("shutdown_request", serde_json::json!({ "restart": true })).await),
    }
    kernel.process.wait().unwrap();
    Seat { answered, first_cell, trained, held, score, processes, folder }
}

fn wanted(variable: &str) -> Option<u64> {
    env::var(variable).ok()?.parse().ok()
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

#[tokio::test]
#[ignore = "needs the kernel: cargo lab test"]
async fn a_class_has_the_same_numbers_and_leaves_nothing() {
    let all = wanted("LAB_KERNELS").unwrap_or(4);
    let at_once = wanted("LAB_AT_ONCE").unwrap_or(4);
    let (mut seats, start): (Vec<Seat>, _) = (Vec::new(), Instant::now());
    for first in (0..all).step_by(at_once as usize) {
        let mut class = JoinSet::new();
        (first..all.min(first + at_once)).for_each(|number| drop(class.spawn(student(number))));
        seats.extend(class.join_all().await);
    }
    let elapsed = start.elapsed();
    for seat in &seats {
        assert_eq!(seat.score, seats[0].score, "the same bits, however many others train");
    }
    let left = || {
        let alive = seats.iter().flat_map(|seat| &seat.processes).filter(|process| is_alive(**process));
        let alive = alive.map(|process| {
            let line = fs::read_to_string(format!("/proc/{process}/cmdline")).unwrap_or_default();
            format!("{process}: {}", line.replace('\0', " "))
        });
        let folders = seats.iter().map(|seat| &seat.folder).filter(|folder| folder.exists());
        alive.chain(folders.map(|folder| folder.display().to_string())).collect::<Vec<String>>()
    };
    for _ in 0..100 {
        if left().is_empty() {
            break;
        }
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(left(), Vec::<String>::new(), "processes and folders that are left");
    println!("{all} kernels, {at_once} at once, in {elapsed:.0?}; medians:");
    for (what, time) in [
        ("answered after", seats.iter().map(|seat| seat.answered).collect::<Vec<_>>()),
        ("first cell after", seats.iter().map(|seat| seat.first_cell).collect()),
        ("trained in", seats.iter().map(|seat| seat.trained).collect()),
    ] {
        let most = time.iter().max().unwrap().as_secs_f64();
        println!("{what:18} {:.1} s, the slowest {most:.1} s", median(time));
    }
    println!("memory of each     {} MB", seats.iter().map(|seat| seat.held).max().unwrap());
}
