//! Whatever is done to a kernel, in any order: no variable is lost without a word, nothing untrue is said, and in the end
//! nothing is left. `cargo lab test` runs a short form of it once the kernel is built; `LAB_ACTIONS=1000` the long one.

use std::collections::BTreeMap;
use std::env;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::front_end::{Cell, FrontEnd, Kernel, Random, is_alive, memory, process_of_cells, shown};
use jupyter_protocol::JupyterMessageContent;
use lab_base::processes;
use serde_json::json;
use tokio::time::sleep;

/// What is known of the one variable that all of it is about.
enum Counter {
    /// Its value.
    Is(u64),
    /// It is gone, and that was said.
    Gone,
}

/// The number that a cell has as its value, whatever threads print beside it.
fn number(cell: &Cell) -> Option<u64> {
    let is_value =
        |content: &&JupyterMessageContent| matches!(content, JupyterMessageContent::ExecuteResult(_));
    cell.broadcasts.iter().find(is_value).and_then(shown)?.trim().parse().ok()
}

/// A kernel, its front end, and what must be so.
struct Trial {
    kernel: Kernel,
    page: FrontEnd,
    counter: Counter,
    random: Random,
    done: BTreeMap<&'static str, u64>,
}

impl Trial {
    async fn start(seed: u64) -> Trial {
        let (kernel, page) = FrontEnd::with_lab().await;
        let mut trial =
            Trial { kernel, page, counter: Counter::Gone, random: Random(seed), done: BTreeMap::new() };
        trial.define().await;
        trial
    }

    async fn define(&mut self) {
        self.page.run("use std::{thread, time::Duration};\nlet mut counter = 0_u64;").await.ok();
        self.counter = Counter::Is(0);
    }

    /// One action, then a look at the variable.
    async fn act(&mut self) {
        let action = match self.random.below(20) {
            0..=4 => self.count().await,
            5 | 6 => self.fail().await,
            7..=12 => self.stop().await,
            13 => self.flood().await,
            14 | 15 => self.ask().await,
            16 => self.watch().await,
            17 => self.leave_a_thread().await,
            18 if self.random.below(3) == 0 => self.kill().await,
            19 if self.random.below(8) == 0 => self.restart().await,
            _ => self.end_the_process().await,
        };
        *self.done.entry(action).or_default() += 1;
        self.look(action).await;
    }

    /// The variable is what it was, or a sentence said that it is gone.
    async fn look(&mut self, after: &str) {
        let cell = self.page.run("counter").await;
        match self.counter {
            Counter::Is(value) => {
                assert!(cell.reply.error.is_none(), "after {after}: {:?}", cell.reply.error);
                assert_eq!(number(&cell), Some(value), "after {after}: {}", cell.text());
            }
            Counter::Gone => {
                let error = cell.reply.error.expect("what was said to be gone is gone");
                assert!(
                    error.evalue.contains("cannot find value `counter`"),
                    "after {after}: {}",
                    error.evalue
                );
                self.define().await;
            }
        }
    }

    async fn count(&mut self) -> &'static str {
        self.page.run("counter += 1;").await.ok();
        if let Counter::Is(value) = &mut self.counter {
            *value += 1;
        }
        "count"
    }

    async fn fail(&mut self) -> &'static str {
        let codes = [
            ("let x: String = counter;", "CompileError"),
            ("panic!(\"no\");", "Panic"),
            ("std::fs::read(\"none\")?;", "Error"),
            ("let counter = \"another\";\nlet y: u8 = unknown;", "CompileError"),
            ("counter.len()", "CompileError"),
        ];
        let (code, name) = codes[self.random.below(codes.len() as u64) as usize];
        assert_eq!(self.page.run(code).await.error().0, name, "{code}");
        "fail"
    }

    /// Presses the button at any time in a cell that counts, once or twice.
    async fn stop(&mut self) -> &'static str {
        let codes = [
            "counter += 1;\nthread::sleep(Duration::from_millis(500));",
            "counter += 1;\nloop {}",
            "!sleep 2",
            "let x: String = counter;",
            "counter += 1;\nfor i in 0..50_000 { println!(\"line {i}\"); }",
            "counter += 1;\nstd::process::abort();",
        ];
        let code = codes[self.random.below(codes.len() as u64) as usize];
        let request = self.page.send(code).await;
        sleep(Duration::from_millis(self.random.below(1200))).await;
        let start = Instant::now();
        self.page.interrupt().await;
        if self.random.below(4) == 0 {
            self.page.interrupt().await;
        }
        let cell = self.page.cell(&request).await;
        assert!(start.elapsed() < Duration::from_secs(15), "{code}: {:?}", start.elapsed());
        self.learn(code, &cell).await;
        "stop"
    }

    /// What a cell with `counter += 1` in it has done, by what was said of it.
    async fn learn(&mut self, code: &str, cell: &Cell) {
        let counts = code.starts_with("counter += 1");
        let said = cell.reply.error.as_ref().map(|error| (error.ename.as_str(), error.evalue.as_str()));
        let has_counted = match said {
            None => counts,
            Some(("Interrupted" | "ProcessEnded", words)) => {
                assert!(words.contains("All variables are kept"), "{code}: {words}");
                let is_as_before =
                    words.contains("as they were") || words.contains("before its Rust code ran");
                // Where it was stopped on its way, as far as it came counts.
                !is_as_before && counts && self.has_counted().await
            }
            Some(("CompileError", _)) if code.contains("String") => false,
            Some(other) => panic!("{code}: {other:?}"),
        };
        if let (Counter::Is(value), true) = (&mut self.counter, has_counted) {
            *value += 1;
        }
    }

    async fn has_counted(&mut self) -> bool {
        let found = number(&self.page.run("counter").await.ok());
        matches!(self.counter, Counter::Is(value) if found == Some(value + 1))
    }

    async fn flood(&mut self) -> &'static str {
        let code = "for i in 0..200_000 { println!(\"line {i} {}\", \"-\".repeat(30)); }";
        let text = self.page.run(code).await.ok().text();
        assert!(text.contains("left out here]") && text.contains("line 199999 "), "{} bytes", text.len());
        "flood"
    }

    /// What front ends ask between cells.
    async fn ask(&mut self) -> &'static str {
        for (kind, content) in [
            ("complete_request", json!({ "code": "coun", "cursor_pos": 4 })),
            ("inspect_request", json!({ "code": "counter", "cursor_pos": 3, "detail_level": 0 })),
            ("is_complete_request", json!({ "code": "let a = [" })),
            ("history_request", json!({ "hist_access_type": "tail", "n": 3, "output": false, "raw": true })),
            ("kernel_info_request", json!({})),
            ("no_such_request", json!({})),
        ] {
            let (_, reply) = self.page.ask(kind, content).await;
            assert!(!reply.content()["status"].is_null(), "{kind}");
        }
        "ask"
    }

    /// Another front end comes, sees what is printed, and goes without a word.
    async fn watch(&mut self) -> &'static str {
        let mut other = FrontEnd::connect(&self.kernel.info).await;
        let request = self.page.send("println!(\"for all\");").await;
        other.wait_for(&request, "for all").await;
        self.page.cell(&request).await.ok();
        "watch"
    }

    async fn leave_a_thread(&mut self) -> &'static str {
        let code = "thread::spawn(|| for i in 0..50 { println!(\"{i}\"); thread::sleep(Duration::from_millis(5)); });";
        self.page.run(code).await.ok();
        "thread"
    }

    /// From outside, while no cell runs: this can't be mended, and is said.
    async fn kill(&mut self) -> &'static str {
        let cells = process_of_cells(&self.kernel).to_string();
        assert!(Command::new("kill").args(["-9", &cells]).status().unwrap().success());
        sleep(Duration::from_millis(300)).await;
        let (name, words) = self.page.run("1 + 1").await.error();
        assert!(name == "ProcessEnded" && words.contains("are lost"), "{words}");
        self.counter = Counter::Gone;
        "kill"
    }

    async fn end_the_process(&mut self) -> &'static str {
        let code = ["counter += 1;\nstd::process::exit(1);", "counter += 1;\nstd::process::abort();"];
        let code = code[self.random.below(2) as usize];
        let cell = self.page.run(code).await;
        self.learn(code, &cell).await;
        "end"
    }

    async fn restart(&mut self) -> &'static str {
        self.end().await;
        self.kernel.start_again();
        self.page = FrontEnd::connect(&self.kernel.info).await;
        self.counter = Counter::Gone;
        "restart"
    }

    /// Ends the kernel, of which nothing may be left.
    async fn end(&mut self) {
        let (folder, processes) = (self.kernel.folder(), processes::descendants(self.kernel.process.id()));
        self.page.shut_down(true).await;
        self.kernel.process.wait().unwrap();
        assert!(!folder.exists(), "{folder:?}");
        let left: Vec<u32> = processes.into_iter().filter(|process| is_alive(*process)).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[tokio::test]
#[ignore = "needs the kernel: cargo lab test"]
async fn anything_at_any_time_loses_nothing() {
    let actions: u64 = env::var("LAB_ACTIONS").ok().and_then(|actions| actions.parse().ok()).unwrap_or(30);
    let (start, mut most) = (Instant::now(), 0);
    let mut trial = Trial::start(11).await;
    let before = memory(&trial.kernel);
    for _ in 0..actions {
        trial.act().await;
        most = most.max(memory(&trial.kernel));
        assert!(most < before + 400, "{before} MB, then {most} MB");
    }
    let after = memory(&trial.kernel);
    assert!(after < before + 250, "{before} MB, then {after} MB");
    trial.end().await;
    println!("{actions} actions in {:.0?}: {:?}", start.elapsed(), trial.done);
    println!("memory: {before} MB at the start, {most} at most, {after} at the end");
}
