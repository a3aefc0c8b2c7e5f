//! A file of records, of which a crash may have torn any line.
#![no_main]

use std::sync::LazyLock;

use fuzzed::Scratch;
use lab_base::{Verdict, records};
use lab_support::lesson::Run;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

static SCRATCH: LazyLock<Scratch> = LazyLock::new(Scratch::default);

fuzz_target!(|input: &[u8]| {
    let file = SCRATCH.file("records.jsonl", input);
    let before = records::scan::<Value>(&file).unwrap().all;
    records::append(&file, &json!({ "new": true })).unwrap();
    let after = records::scan::<Value>(&file).unwrap().all;
    assert_eq!(after.len(), before.len() + 1, "a new record takes nothing away");
    assert_eq!(after.last().unwrap(), &json!({ "new": true }));
    let _ = (records::scan::<Run>(&file), records::scan::<Verdict>(&file));
});
