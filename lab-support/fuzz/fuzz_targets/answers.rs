//! The file of answers, whatever its owner wrote into it, and one answer more.
#![no_main]

use std::fs;
use std::sync::LazyLock;

use fuzzed::{Scratch, halves};
use lab_base::home;
use lab_support::prelude::*;
use libfuzzer_sys::fuzz_target;

static SCRATCH: LazyLock<Scratch> = LazyLock::new(Scratch::default);
static DATA: LazyLock<FashionMnist> = LazyLock::new(|| FashionMnist::load().unwrap());

fuzz_target!(
    init: {
        let source = DATA.train.source;
        // SAFETY: the target has one thread.
        unsafe { std::env::set_var("LAB_OUTPUT", SCRATCH.path()) };
        let file = home::answers_file(source).unwrap();
        assert!(file.starts_with(SCRATCH.path()), "nobody's own answers are written to");
        fs::create_dir_all(file.parent().unwrap()).unwrap();
    },
    |input: &[u8]| {
        let (before, text) = halves(input);
        let (before, text) = (String::from_utf8_lossy(before), String::from_utf8_lossy(text));
        let file = home::answers_file(DATA.train.source).unwrap();
        fs::write(&file, before.as_bytes()).unwrap();
        let number = 1 + text.len() % 6;
        if answer(number, &DATA, &text).is_ok() && !text.trim().is_empty() {
            let after = fs::read_to_string(&file).unwrap();
            // But for the indent that an editor has put before its lines.
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            assert!(letters(&after).contains(&letters(&text)), "an answer is kept");
            answer(number, &DATA, &text).unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap(), after, "and kept once");
        }
    }
);
