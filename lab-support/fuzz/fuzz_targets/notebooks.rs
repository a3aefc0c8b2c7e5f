//! A notebook that somebody handed in.
#![no_main]

use std::sync::LazyLock;

use fuzzed::Scratch;
use lab::notebook::Notebook;
use libfuzzer_sys::fuzz_target;

static SCRATCH: LazyLock<Scratch> = LazyLock::new(Scratch::default);

fuzz_target!(|input: &[u8]| {
    if let Ok(notebook) = Notebook::load(&SCRATCH.file("1-load.ipynb", input)) {
        let _ = notebook.checks();
        let again = SCRATCH.path().join("again.ipynb");
        notebook.student_edition().save(&again).unwrap();
        assert_eq!(Notebook::load(&again).unwrap().code().len(), notebook.code().len());
    }
});
