//! Notebooks of a few cells, run by the real kernel: `cargo lab test` runs these tests once the kernel is
//! built.

use std::collections::BTreeSet;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::Duration;
use std::{env, fs};

use serde_json::{Value, json};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().into()
}

/// The first cell of every notebook of the lab.
fn first_cell() -> String {
    let path = serde_json::to_string(&root().join("lab-support").to_string_lossy()).unwrap();
    format!(":dep lab-support = {{ path = {path} }}\nuse lab_support::Error;")
}

struct Run {
    output: Output,
    notebook: Value,
    /// The folder that the notebook with its outputs was saved in.
    saved: Option<PathBuf>,
    _folder: tempfile::TempDir,
}

impl Run {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    /// The text that a cell printed.
    fn stream(&self, cell: usize, name: &str) -> String {
        let outputs = self.notebook["cells"][cell]["outputs"].as_array().unwrap();
        let stream = outputs.iter().find(|output| output["name"] == name).unwrap();
        stream["text"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect()
    }
}

/// Runs a notebook of these cells after the lab's first one.
fn run(cells: &[&str], arguments: &[&str]) -> Run {
    run_after(&first_cell(), cells, arguments)
}

fn run_after(first: &str, cells: &[&str], arguments: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cells.ipynb");
    let sources = std::iter::once(&first).chain(cells);
    let cells: Vec<Value> = sources.enumerate().map(|(i, source)| cell(i, source)).collect();
    let notebook = json!({ "cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5 });
    fs::write(&path, notebook.to_string()).unwrap();
    let mut lab = Command::new(env!("CARGO_BIN_EXE_lab"));
    lab.arg("run").arg(&path).args(arguments).env("LAB_HOME", root());
    let output = lab.env("LAB_OUTPUT", folder.path().join("output")).output().unwrap();
    // Saved beside all that it makes, whatever the data are; where it fails, nothing is saved.
    let saved = ["output/notebooks", "output/practice/notebooks"].map(|saved| folder.path().join(saved));
    let saved = saved.into_iter().find(|saved| saved.exists());
    let path = saved.as_ref().map_or(path, |saved| saved.join("cells.ipynb"));
    let notebook = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    Run { output, notebook, saved, _folder: folder }
}

fn cell(number: usize, source: &str) -> Value {
    json!({
        "cell_type": "code", "id": format!("cell-{number}"), "metadata": {},
        "execution_count": null, "outputs": [], "source": source,
    })
}

/// For cells that use nothing of the lab, which are quicker without it.
const WITHOUT_LAB: &str = "let first = 1;";

/// Runs a notebook whose third cell fails, and checks that it is named with its source and `message`.
fn assert_fails(first: &str, source: &str, how: &str, message: &str) {
    let cells = ["let kept = 1;", source, "println!(\"never\");"];
    let run = run_after(first, &cells, &["--time-limit", "120"]);
    let text = run.text();
    assert_eq!(run.output.status.code(), Some(1), "{text}");
    assert!(text.contains(&format!("cells.ipynb: cell 3 {how}")), "{text}");
    for line in source.lines() {
        assert!(text.contains(&format!("    | {line}")), "{line} in {text}");
    }
    assert!(text.contains(message), "{text}");
    assert_eq!(run.notebook["cells"][0]["execution_count"], Value::Null, "the file is as it was");
}

#[test]
#[ignore = "needs the kernel: cargo lab test"]
fn outputs_are_saved_whole_and_in_order() {
    let print = "for i in 0..900 { println!(\"line {i}\"); }\nprintln!(\"{}\", std::env::var(\"LAB_HOME\").unwrap());";
    let mut run = run(&["let a = 1;", print, "eprintln!(\"a warning\"); a + 1"], &[]);
    assert!(run.output.status.success(), "{}", run.text());
    let lines = run.stream(2, "stdout");
    let expected: String = (0..900).map(|i| format!("line {i}\n")).collect();
    assert_eq!(lines, format!("{expected}.\n"), "all lines, and no folder of this machine");
    assert_eq!(run.stream(3, "stderr"), "a warning\n");
    assert_eq!(run.notebook["cells"][3]["outputs"][1]["data"]["text/plain"], json!(["2"]));
    assert_eq!(run.notebook["cells"][3]["execution_count"], 4);
    assert_eq!(run.notebook["cells"][3]["id"], "cell-3");
    assert_eq!(run.notebook["metadata"]["kernelspec"]["name"], "fashion-mnist-lab");
    run.notebook["cells"].take();
    assert_eq!(fs::read_dir(run.saved.unwrap()).unwrap().count(), 1);
}

#[test]
#[ignore = "needs the kernel: cargo lab test"]
fn a_panic_fails() {
    assert_fails(WITHOUT_LAB, "let x = kept;\nassert_eq!(x, 2, \"not two\");", "panicked", "not two");
}

#[test]
#[ignore = "needs the kernel: cargo lab test"]
fn an_error_passed_on_fails() {
    let source = "Err(Error::new(\"trying\", \"luck\", \"none\", \"try again\"))?;";
    assert_fails(&first_cell(), source, "returned an error", "While trying: expected luck, found none.");
}

#[test]
#[ignore = "needs the kernel: cargo lab test"]
fn a_mistake_for_the_compiler_fails() {
    assert_fails(WITHOUT_LAB, "let x = kept;\nlet y: String = x;", "does not compile", "mismatched types");
}

#[test]
#[ignore = "needs the kernel: cargo lab test"]
fn the_end_of_the_process_fails() {
    assert_fails(WITHOUT_LAB, "std::process::abort();", "ended the process", "SIGABRT");
}

#[test]
#[ignore = "needs the kernel: cargo lab test"]
fn a_cell_that_does_not_end_fails() {
    let cell = "loop { std::thread::sleep(std::time::Duration::from_secs(1)); }";
    let run = run_after(WITHOUT_LAB, &[cell], &["--time-limit", "30"]);
    assert_eq!(run.output.status.code(), Some(1), "{}", run.text());
    assert!(run.text().contains("cell 2 could not be run"), "{}", run.text());
    assert!(run.text().contains("still running after 30 s"), "{}", run.text());
}

/// A folder of worked copies, each with one notebook, the first of the lab's.
fn check(copies: &[(&str, &str)], arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    for (name, notebook) in copies {
        fs::create_dir(folder.path().join(name)).unwrap();
        fs::write(folder.path().join(name).join("1-load.ipynb"), notebook).unwrap();
    }
    fs::create_dir(folder.path().join("nothing")).unwrap();
    let mut lab = Command::new(env!("CARGO_BIN_EXE_lab"));
    lab.arg("check").arg(folder.path()).args(arguments).env("LAB_HOME", root());
    lab.env("FASHION_MNIST_DIR", folder.path()).env_remove("LAB_OUTPUT").output().unwrap()
}

fn notebook(source: &str) -> String {
    let passes = "let boots = guess(\"how many training images are ankle boots\", &[], \"6000\");\nboots";
    let sources = [first_cell() + "\nuse lab_support::prelude::*;", passes.into(), source.into()];
    let cells: Vec<Value> = sources.iter().enumerate().map(|(i, source)| cell(i, source)).collect();
    json!({ "cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5 }).to_string()
}

/// Seconds by which a process is known.
const LEFT: u32 = 98_765;

#[test]
#[ignore = "needs the kernel: cargo lab test"]
fn a_batch_outlives_hostile_copies() {
    let copies = [
        ("broken", "{ not a notebook".to_string()),
        (
            "cheat-by-checks",
            notebook(
                "for name in [\"loaded\", \"answer 1\"] { checks::that(name, true, \"\", \"\", \"\"); }",
            ),
        ),
        (
            "cheat-by-file",
            notebook(
                "let line = \"{\\\"name\\\":\\\"loaded\\\",\\\"passed\\\":true,\\\"message\\\":\\\"\\\",\\\"when\\\":\\\"\\\"}\";\n\
                 std::fs::write(std::env::var(\"LAB_OUTPUT\").unwrap() + \"/checks.jsonl\", line).unwrap();",
            ),
        ),
        ("dead", notebook("std::process::abort();")),
        ("good", notebook("let fine = 1;")),
        ("loud", notebook("for i in 0..300_000 { println!(\"{i} {}\", \"loud \".repeat(20)); }")),
        // Its name clears the screen and adds a line; its process leaves the session and its parent.
        (
            "evil\u{1b}[2J\nanna 36 of 36",
            notebook(&format!(
                "std::process::Command::new(\"sh\").args([\"-c\", \"setsid sleep {LEFT} &\"]).status()?;\n\
                 panic!(\"Error: \\u{{1b}}[31m\\rno\");"
            )),
        ),
        ("loop", notebook("loop { std::thread::sleep(std::time::Duration::from_secs(1)); }")),
        (
            "record",
            notebook(
                "std::fs::write(std::env::var(\"LAB_OUTPUT\").unwrap() + \"/checks.jsonl\", \"no record\").unwrap();",
            ),
        ),
    ];
    let copies: Vec<(&str, &str)> = copies.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let output = check(&copies, &["--notebooks", "1", "--time-limit", "60"]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let line = |name: &str| {
        text.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name} in {text}"))
    };
    let score = |name: &str| line(name).split_whitespace().nth(1).unwrap().to_string();
    assert!(line("broken").contains("not a notebook") && score("broken") == "0", "{text}");
    assert!(line("loop").contains("stopped after 60 s") && score("loop") == "1", "{text}");
    assert!(line("nothing").contains("missing") && score("nothing") == "0", "{text}");
    assert!(line("dead").contains("cell 3") && score("dead") == "1", "{text}");
    assert_eq!(
        (score("good"), score("loud"), score("record")),
        ("1".into(), "1".into(), "1".into()),
        "{text}"
    );
    for cheat in ["cheat-by-checks", "cheat-by-file"] {
        assert!(score(cheat) == "1" && line(cheat).contains("open: loaded, answer 1"), "{text}");
    }
    assert!(line("evil\\u{1b}[2J\\u{a}anna 36 of 36 ").contains("cell 3 fails"), "{text:?}");
    assert!(!text.contains('\u{1b}'), "{text:?}");
    assert!(!String::from_utf8_lossy(&output.stderr).contains('\u{1b}'));
    assert_eq!(text.lines().count(), 10, "a line each: {text}");
    let all = Command::new("ps").args(["-e", "-o", "args"]).output().unwrap().stdout;
    assert!(!String::from_utf8_lossy(&all).contains(&format!("sleep {LEFT}")), "it outlives the check");
}

#[test]
#[ignore = "needs the kernel: cargo lab test"]
fn a_report_in_json_has_every_check() {
    let output = check(&[("good", &notebook("let fine = 1;"))], &["--json"]);
    let reports: Value = serde_json::from_slice(&output.stdout).unwrap();
    let results = reports[0]["results"].as_array().unwrap();
    assert_eq!((&reports[0]["name"], &reports[0]["passed"]), (&json!("good"), &json!(1)));
    assert!(results.iter().any(|row| row["check"] == "answer 6" && row["message"] == "missing"), "{reports}");
    assert!(results.iter().any(|row| row["check"] == "answer 1" && row["message"] != ""), "{reports}");
}

/// What others than its owner may enter, read or write below a folder. The analyzer lets everybody read a copy of
/// `Cargo.lock`, which is no secret.
fn open_to_others(folder: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_analyzers = entry.file_name().to_string_lossy().starts_with("rust-analyzer");
        // It may be gone by now.
        let Some(data) = entry.metadata().ok().filter(|_| !is_analyzers) else { continue };
        let is_open = data.mode() & 0o077 != 0 && !data.is_symlink();
        if is_open {
            found.insert(entry.path());
        }
        if is_open && data.is_dir() {
            open_to_others(&entry.path(), found);
        }
    }
}

/// What a user who owns nothing can read of these. None where this one may not become another.
fn read_as_a_stranger(files: &[PathBuf]) -> Option<Vec<u8>> {
    const STRANGER: u32 = 65_534;
    Some(Command::new("cat").args(files).uid(STRANGER).gid(STRANGER).output().ok()?.stdout)
}

/// Files of connections below a folder: each holds the key by which a kernel runs what it is sent.
fn connections(folder: &Path) -> Vec<PathBuf> {
    let folders = fs::read_dir(folder).into_iter().flatten().flatten();
    let files = folders.map(|entry| entry.path().join("connection.json"));
    files.filter(|file| file.exists()).collect()
}

#[test]
#[ignore = "needs the kernel: cargo lab test"]
fn another_user_of_the_machine_finds_no_key_and_no_socket() {
    let folder = tempfile::tempdir().unwrap();
    let temporary = folder.path().join("tmp");
    fs::create_dir_all(&temporary).unwrap();
    for (folder, mode) in [(folder.path(), 0o755), (&temporary, 0o777)] {
        fs::set_permissions(folder, fs::Permissions::from_mode(mode)).unwrap();
    }
    let class = folder.path().join("class/one");
    fs::create_dir_all(&class).unwrap();
    fs::write(class.join("1-load.ipynb"), notebook("1 + 1")).unwrap();
    for (command, what) in [("run", class.join("1-load.ipynb")), ("check", folder.path().join("class"))] {
        let mut lab = Command::new(env!("CARGO_BIN_EXE_lab"));
        lab.arg(command).arg(what).env("LAB_HOME", root()).env("TMPDIR", &temporary);
        lab.env("LAB_OUTPUT", folder.path().join("output")).env("FASHION_MNIST_DIR", folder.path());
        let mut lab = lab.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let (mut found, mut keys) = (BTreeSet::new(), BTreeSet::new());
        while lab.try_wait().unwrap().is_none() {
            open_to_others(&temporary, &mut found);
            let files = connections(&temporary);
            if files.iter().any(|file| !keys.contains(file)) {
                let read = read_as_a_stranger(&files).unwrap_or_default();
                assert!(read.is_empty(), "{command}: {}", String::from_utf8_lossy(&read));
            }
            keys.extend(files);
            sleep(Duration::from_millis(1));
        }
        assert!(!keys.is_empty(), "{command}: there is a key while it runs");
        assert_eq!(found, BTreeSet::new(), "{command}");
    }
}
