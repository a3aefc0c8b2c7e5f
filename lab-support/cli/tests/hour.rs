//! One kernel, cell after cell, with everything that happens in a lesson: it does not grow beyond what each cell's own
//! library needs, and in the end nothing of it is left. `cargo lab test` runs a few rounds once the kernel is built;
//! `LAB_MINUTES=60` an hour of them. `--nocapture` prints the table that the figures in the page for teachers come from.

mod front_end;

use std::env;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use front_end::{FrontEnd, Kernel, dep, is_alive, process_of_cells};
use lab_base::processes;
use serde_json::json;
use tokio::time::sleep;

/// Rounds of cells, unless a time is given.
const ROUNDS: u64 = 5;

/// Rounds before the first sample: the analyzer has read the crates by then, and every kind of cell has been compiled.
const WARM_UP: u64 = 2;

/// Between two rows of the table.
const ROW: Duration = Duration::from_secs(300);

/// What a kernel holds. Memory is what only it holds, in MB.
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    kernel: f64,
    evaluator: f64,
    cells: f64,
    processes: usize,
    open_files: usize,
    /// In the folder in which it compiles.
    files: usize,
    megabytes: f64,
    /// In its temporary folder, and in that of the notebook.
    other_files: usize,
}

impl Held {
    fn now(kernel: &Kernel, temporary: &Path) -> Held {
        let own = kernel.process.id();
        let runs_cells = process_of_cells(kernel);
        let mut held = Held { kernel: memory(own), cells: memory(runs_cells), ..Held::default() };
        let started = processes::descendants(own);
        held.evaluator = started.iter().filter(|process| **process != runs_cells).map(|p| memory(*p)).sum();
        held.processes = 1 + started.len();
        held.open_files = started.iter().chain([&own]).map(|process| open_files(*process)).sum();
        (held.files, held.megabytes) = files(&kernel.folder());
        held.other_files = files(temporary).0 + files(kernel.notebook_folder()).0;
        held
    }
}

fn memory(process: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("RssAnon:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(0.0) / 1000.0
}

fn open_files(process: u32) -> usize {
    fs::read_dir(format!("/proc/{process}/fd")).map_or(0, Iterator::count)
}

/// How many files there are below a folder, and how many MB they hold.
fn files(folder: &Path) -> (usize, f64) {
    let (mut count, mut megabytes) = (0, 0.0);
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        // It may be gone by now.
        let Ok(data) = entry.metadata() else { continue };
        let (more, size) = if data.is_dir() { files(&entry.path()) } else { (1, data.len() as f64 / 1e6) };
        (count, megabytes) = (count + more, megabytes + size);
    }
    (count, megabytes)
}

/// A lesson that goes on and on.
struct Lesson {
    kernel: Kernel,
    page: FrontEnd,
    cells: u64,
    score: Option<String>,
}

impl Lesson {
    async fn start(temporary: &Path) -> Lesson {
        let kernel = Kernel::start_with(&[("TMPDIR", &temporary.to_string_lossy())]).await;
        let page = FrontEnd::connect(&kernel.info).await;
        let mut lesson = Lesson { kernel, page, cells: 0, score: None };
        lesson.ok(&format!("{}\nuse lab_support::{{Error, prelude::*}};\nlet kept = 41;", dep())).await;
        lesson.ok("let few = FashionMnist::practice()?.train.normalized().take(2_000);").await;
        lesson
    }

    /// Runs a cell that works, and returns its text.
    async fn ok(&mut self, code: &str) -> String {
        self.cells += 1;
        self.page.run(code).await.ok().text()
    }

    /// Runs a cell that fails so.
    async fn fails(&mut self, code: &str, name: &str) {
        self.cells += 1;
        assert_eq!(self.page.run(code).await.error().0, name, "{code}");
    }

    /// No two rounds have a cell with the same text, but for those that only look.
    async fn round(&mut self, round: u64) {
        self.ok(&format!("let mut list: Vec<u64> = (0..10_000).map(|i| i * {round}).collect();")).await;
        let text = self.ok(&format!("let name = format!(\"round {{}}\", {round});\nname")).await;
        assert!(text.contains(&format!("round {round}")), "{text}");
        let code = format!("fn shifted(x: u64) -> u64 {{ x + {round} }}\nshifted(1)");
        assert_eq!(self.ok(&code).await, (round + 1).to_string());
        let code = format!("#[derive(Debug)] struct Point {{ x{round}: u64 }}");
        self.ok(&format!("{code}\nprintln!(\"{{:?}}\", Point {{ x{round}: {round} }});")).await;
        self.train(round).await;
        self.ok(&format!("few.show({round} % 100)?")).await;
        self.ok("history").await;
        let text = self.ok(&format!("for i in 0..2_000 {{ println!(\"line {{i}} of {round}\"); }}")).await;
        assert!(text.contains(&format!("line 1999 of {round}")));
        self.ask().await;
        self.fails(&format!("let x{round}: String = kept;"), "CompileError").await;
        self.fails(&format!("list.push({round});\npanic!(\"no {round}\");"), "Panic").await;
        self.fails(&format!("std::fs::read(\"none {round}\")?;"), "Error").await;
        self.stop(round).await;
        self.fails(&format!("list.push({round});\nstd::process::abort();"), "ProcessEnded").await;
        assert_eq!(self.ok(&format!("!echo {round}")).await.trim(), round.to_string());
        assert_eq!(self.ok("kept").await, "41");
    }

    /// A small network, which learns the same in each round.
    async fn train(&mut self, round: u64) {
        self.ok(&format!(
            "let mut model = Sequential::new([28, 28]).flatten().dense(64, Relu).dense(10, Linear).seed(7);\n\
             model.compile(Adam::default(), CrossEntropy::from_logits());\n\
             let history = model.fit(&few, Fit::epochs(3))?;\n\
             println!(\"{{}}\", {round});"
        ))
        .await;
        let bits = "let score = model.evaluate(&few)?;\n(score.accuracy.to_bits(), score.loss.to_bits())";
        let score = self.ok(bits).await;
        assert_eq!(*self.score.get_or_insert(score.clone()), score, "in round {round}");
    }

    /// What a page asks while somebody types.
    async fn ask(&mut self) {
        for (kind, content) in [
            ("complete_request", json!({ "code": "model.ev", "cursor_pos": 8 })),
            ("inspect_request", json!({ "code": "model.fit", "cursor_pos": 8, "detail_level": 0 })),
            ("is_complete_request", json!({ "code": "let a = [" })),
        ] {
            let (_, reply) = self.page.ask(kind, content).await;
            assert!(!reply.content()["status"].is_null(), "{kind}");
        }
    }

    async fn stop(&mut self, round: u64) {
        self.cells += 1;
        let request =
            self.page.send(&format!("println!(\"begun {round}\");\nlist.clear();\nloop {{}}")).await;
        self.page.wait_for(&request, "begun").await;
        self.page.interrupt().await;
        assert_eq!(self.page.cell(&request).await.error().0, "Interrupted");
        assert_eq!(self.ok("list.len()").await, "10001", "a panic and a stop keep what was there");
    }
}

#[tokio::test]
#[ignore = "needs the kernel: cargo lab test"]
async fn an_hour_of_cells_gathers_nothing_and_leaves_nothing() {
    let minutes = env::var("LAB_MINUTES").ok().and_then(|minutes| minutes.parse::<u64>().ok());
    let temporary = tempfile::tempdir().unwrap();
    let mut lesson = Lesson::start(temporary.path()).await;
    let (start, mut shown) = (Instant::now(), Instant::now());
    let (mut first, mut last, mut slowest) = (None, Held::default(), Duration::ZERO);
    for round in 1.. {
        let begun = Instant::now();
        lesson.round(round).await;
        slowest = slowest.max(begun.elapsed());
        if round < WARM_UP {
            continue;
        }
        last = Held::now(&lesson.kernel, temporary.path());
        first.get_or_insert((last, lesson.cells));
        let is_over = match minutes {
            Some(minutes) => start.elapsed() >= Duration::from_secs(60 * minutes),
            None => round == ROUNDS,
        };
        if round == WARM_UP || shown.elapsed() >= ROW || is_over {
            println!("{:3.0?} min, {} cells: {last:?}", start.elapsed().as_secs() / 60, lesson.cells);
            println!("the last round in {:.1?}, the slowest in {slowest:.1?}", begun.elapsed());
            shown = Instant::now();
        }
        if is_over {
            break;
        }
    }
    let (first, before) = first.unwrap();
    let cells = (lesson.cells - before) as f64;
    // The compiler sets files aside for the next time, many at once. What grows with each cell: its compiled library, in memory and in a file; and what the analyzer has read of it, of
    // which evcxr has it forget nothing.
    for (what, before, after, some, each) in [
        ("MB of the kernel", first.kernel, last.kernel, 10.0, 0.0),
        ("MB of the evaluator", first.evaluator, last.evaluator, 40.0, 0.4),
        ("MB of the cells", first.cells, last.cells, 15.0, 0.05),
        ("MB of files", first.megabytes, last.megabytes, 40.0, 0.25),
        ("files", first.files as f64, last.files as f64, 300.0, 2.0),
        ("other files", first.other_files as f64, last.other_files as f64, 2.0, 0.0),
        ("open files", first.open_files as f64, last.open_files as f64, 10.0, 0.0),
        ("processes", first.processes as f64, last.processes as f64, 2.0, 0.0),
    ] {
        println!("{what:20} {before:6.0}, then {after:6.0}: {:.3} a cell", (after - before) / cells);
        assert!(after <= before + some + each * cells, "{what}: {before}, and {after} after {cells} cells");
    }
    let folder = lesson.kernel.folder();
    let started = processes::descendants(lesson.kernel.process.id());
    lesson.page.shut_down(false).await;
    lesson.kernel.process.wait().unwrap();
    let left = || {
        let processes = started.iter().filter(|process| is_alive(**process)).count();
        let gone = folder.with_extension("gone");
        (processes, usize::from(folder.exists()) + files(&gone).0 + files(temporary.path()).0)
    };
    for _ in 0..100 {
        if left() == (0, 0) {
            break;
        }
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(left(), (0, 0), "processes and files that are left");
}
