use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::history::{Came, History};
use crate::mistake::{Mistake, of_panic, wrapped};
use crate::source::Source;
use lab_base::event::{End, How, Kept};

/// Why a cell failed, as front ends show it.
#[derive(Clone, Debug)]
pub struct Failure {
    name: &'static str,
    value: String,
    traceback: Vec<String>,
    /// Variables that are gone because of it.
    lost: Vec<String>,
}

/// Bold letters are readable on any background; colours are not.
const BOLD: &str = "\u{1b}[1m";
const PLAIN: &str = "\u{1b}[0m";

impl Failure {
    fn new(name: &'static str, value: String, lines: Vec<String>) -> Failure {
        let head = format!("{BOLD}{name}{PLAIN}: {value}");
        Failure { name, value, traceback: [head].into_iter().chain(lines).collect(), lost: Vec::new() }
    }

    /// A cell that does not compile.
    pub fn mistake(mistake: Mistake) -> Failure {
        Failure { name: "CompileError", value: mistake.value, traceback: mistake.lines, lost: Vec::new() }
    }

    /// `printed` is what the standard library prints: `... panicked at file:line:column:`, then the message. `callers` are the
    /// lines of the compiled file that called what panicked, innermost first.
    pub fn panic(printed: &str, callers: &[usize], source: &Source) -> Failure {
        let said = printed.split_once("panicked at ").and_then(|(_, rest)| rest.split_once('\n'));
        let (place, message) = said.unwrap_or(("", printed));
        let message = message.split("\nnote: run with").next().unwrap_or(message).trim_end();
        let place = place.trim_end_matches(':');
        let help = of_panic(message);
        let own = source.line_of(place);
        let lines = own.into_iter().chain(callers.iter().copied()).find_map(|line| source.of_panic(line));
        // The lines of an earlier cell are in the same file: that of a function that this cell has called.
        let earlier = own.or(callers.first().copied()).and_then(|line| source.compiled_line(line));
        let elsewhere = match earlier {
            _ if place.is_empty() => None,
            Some(line) if lines.is_none() || own.is_some() => {
                Some(format!("in a line of an earlier cell: {line}"))
            }
            // A sentence says more than a place in a library.
            _ => help.is_none().then(|| within(place)),
        };
        let is_index = message.contains("out of bounds") || message.contains("<= axis_len");
        let lines = match lines {
            Some(lines) if own.is_some_and(|line| source.of_panic(line).is_some()) => lines,
            Some(lines) => lines.into_iter().chain(elsewhere).collect(),
            None if place.is_empty() => Vec::new(),
            None => {
                // Where the compiler has left out by whom it was called, the lines that do what has failed.
                let suspects = match earlier {
                    None if is_index => source.of_indices(),
                    None if message.contains("matrix multiplication") => source.of_products(),
                    _ => Vec::new(),
                };
                let shown =
                    if suspects.is_empty() { source.only_line().into_iter().collect() } else { suspects };
                shown.into_iter().chain(elsewhere).collect()
            }
        };
        let mut failure = Failure::new("Panic", message.into(), lines);
        help.into_iter().for_each(|help| failure.add(help));
        failure
    }

    /// An error that `?` returned.
    pub fn returned(message: &str, source: &Source) -> Failure {
        Failure::new("Error", message.into(), source.of_question_marks())
    }

    /// Says which variables are gone because the cell failed.
    pub fn without(mut self, lost: &[String]) -> Failure {
        if !lost.is_empty() {
            let names: Vec<String> = lost.iter().map(|name| format!("`{name}`")).collect();
            self.add(format!(
                "Gone with this cell, which had moved them or was defining them anew: {}.",
                names.join(", ")
            ));
            self.lost = lost.into();
        }
        self
    }

    /// Says which cells make again what is gone, as far as that is known.
    pub fn again(mut self, history: &History) -> Failure {
        let makers = self.lost.iter().map(|name| history.maker(name));
        let makers = makers.map(|made| made.filter(|told| matches!(told.came, Came::Worked | Came::Lost)));
        let (known, unknown): (Vec<_>, Vec<_>) =
            self.lost.iter().zip(makers).partition(|(_, made)| made.is_some());
        let cells: BTreeSet<u64> =
            known.into_iter().filter_map(|(_, made)| made).map(|told| told.cell).collect();
        let cells: Vec<String> = cells.iter().map(|cell| format!("[{cell}]")).collect();
        let others: Vec<String> = unknown.iter().map(|(name, _)| format!("`{name}`")).collect();
        let which = if cells.len() == 1 { "cell" } else { "cells" };
        let numbered = format!("{which} {}", cells.join(", "));
        let others = format!("the cell that makes {}", others.join(", "));
        match (cells.is_empty(), unknown.is_empty()) {
            (true, true) => (),
            (false, true) => self.add(format!("To have them again, run {numbered}.")),
            (true, false) => self.add(format!("To have them again, run {others}.")),
            (false, false) => self.add(format!("To have them again, run {numbered}, and {others}.")),
        }
        self
    }

    fn add(&mut self, said: String) {
        self.value += &format!("\n{said}");
        self.traceback.extend(wrapped(&said));
    }

    /// lab-support has ended a call early, and says where; the cell may have failed because of that.
    pub fn interrupted(said: &str, failure: Option<Failure>) -> Failure {
        match failure {
            Some(failure) => Failure { name: "Interrupted", ..failure },
            None => Failure::new("Interrupted", format!("{said} All variables are kept."), Vec::new()),
        }
    }

    /// The student has stopped the cell while it was compiled, or while a shell ran.
    pub fn skipped() -> Failure {
        let value = "The cell was stopped before its Rust code ran. All variables are kept.";
        Failure::new("Interrupted", value.into(), Vec::new())
    }

    /// The process that ran the cells has ended.
    pub fn ended(end: End) -> Failure {
        let cell = "The cell ended the process that runs the cells";
        let how = match end.how {
            How::Interrupted => "The cell did not stop when it was asked to, and was ended.".into(),
            How::Signal(9) => {
                "The process that runs the cells was ended from outside (SIGKILL), as the system \
                               does when memory runs out."
                    .into()
            }
            _ if !end.in_cell => {
                "The process that runs the cells has ended while no cell was running.".into()
            }
            How::Signal(6) => format!("{cell}: abort (SIGABRT)."),
            How::Signal(11) => {
                format!("{cell}: a wrong memory access, or a recursion without end (SIGSEGV).")
            }
            How::Signal(n) => format!("The process that runs the cells was ended by signal {n}."),
            How::Code(n) => format!("{cell} (exit status {n})."),
        };
        let name = if end.how == How::Interrupted { "Interrupted" } else { "ProcessEnded" };
        let kept = match end.kept {
            Kept::All { threads: 0 } => "All variables are kept, as they were before this cell.".into(),
            Kept::All { threads } => format!(
                "All variables are kept, as they were before this cell; {threads} threads that earlier cells had \
                 started have ended."
            ),
            Kept::Nothing => "All variables are lost: run the notebook again from the top.".into(),
            Kept::NoCopy => {
                "All variables are lost, since there was not the memory to keep a copy of them: run \
                             the notebook again from the top."
                    .to_string()
            }
        };
        Failure::new(name, format!("{how} {kept}"), Vec::new())
    }

    /// The kernel could not start.
    pub fn broken(reason: &str) -> Failure {
        Failure::new("KernelError", format!("{reason}\nMend it, then restart the kernel."), Vec::new())
    }

    /// lab-support's sources are not those that this kernel has compiled.
    pub fn outdated() -> Failure {
        let value = "lab-support has changed since this kernel started, and this cell was not run. All variables are \
                     kept.\nRestart the kernel to work with what is new, or bring back the files that it started with.";
        Failure::new("Outdated", value.into(), Vec::new())
    }

    /// The kernel has no answer to requests of this type.
    pub fn unknown(kind: &str) -> Failure {
        Failure::new("UnknownRequest", format!("This kernel does not know {kind:?}."), Vec::new())
    }

    /// The content of a reply that says so.
    pub fn reply(&self) -> Value {
        let mut content = self.content();
        content["status"] = "error".into();
        content
    }

    /// The content of the message that shows it.
    pub fn content(&self) -> Value {
        json!({ "ename": self.name, "evalue": self.value, "traceback": self.traceback })
    }
}

/// Where a panic lies: of a library its name, its version and the file in it, without the folder that keeps it.
fn within(place: &str) -> String {
    let library = place.split_once("/registry/src/").and_then(|(_, rest)| rest.split_once('/'));
    match library.and_then(|(_, rest)| rest.split_once('/')) {
        Some((library, file)) => format!("in the library {library}, {file}"),
        None => format!("at {place}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_says_what_it_printed_and_where() {
        let printed =
            "thread 'main' (7) panicked at src/lib.rs:3:5:\nassertion failed\n  left: 1\nnote: run with x";
        let source = Source::new("let a = 1;\nassert!(a == 2);", "{\nlet a = 1;\nassert!(a == 2);\n}");
        let failure = Failure::panic(printed, &[], &source);
        assert_eq!(failure.value, "assertion failed\n  left: 1");
        assert!(failure.traceback.concat().contains("2 | assert!(a == 2);"), "{failure:?}");
        let elsewhere = Failure::panic("thread 'main' panicked at library/core/x.rs:1:2:\nno", &[], &source);
        assert_eq!(elsewhere.traceback[1], "at library/core/x.rs:1:2");
        let one = Source::new("// The mean.\na.mean()", "");
        let place = "/home/a/.cargo/registry/src/index-19/ndarray-0.16.1/src/numeric.rs:70:56";
        let library = Failure::panic(&format!("thread 'main' panicked at {place}:\nno"), &[], &one);
        assert_eq!(
            library.traceback[1..],
            ["-->  2 | a.mean()", "in the library ndarray-0.16.1, src/numeric.rs:70:56"]
        );
        let part = Source::new("let n = 1;\na.slice(s![0, 10..40])", "");
        let part = Failure::panic(
            &format!("thread 'main' panicked at {place}:\nassertion failed: end <= axis_len"),
            &[],
            &part,
        );
        assert_eq!(part.traceback[1], "-->  2 | a.slice(s![0, 10..40])");
        assert!(part.value.contains("beyond the array"), "{part:?}");
        assert_eq!(Failure::panic("no", &[], &source).value, "no");
        let source = Source::new("let a = array![1, 2];\nlet b = 1;\na[5]", "");
        let index = Failure::panic(
            "thread 'main' panicked at /n/traits.rs:3:5:\nndarray: index out of bounds",
            &[],
            &source,
        );
        assert_eq!(index.traceback[1], "-->  3 | a[5]");
        assert!(index.value.contains("`.dim()`"), "{index:?}");
    }

    #[test]
    fn a_panic_elsewhere_shows_the_line_of_the_cell_that_led_to_it() {
        let compiled = "fn last(v: &[f64]) -> f64 {\nv[10]\n}\n{\nlet a = 1;\na.dot(&b);\nlast(&v)\n}";
        let source = Source::new("let a = 1;\na.dot(&b);\nlast(&v)", compiled);
        let library = "/home/a/.cargo/registry/src/index-19/ndarray-0.16.1/src/x.rs:7:5";
        for (place, message, callers, line, last) in [
            (library, "no", &[6][..], "-->  2 | a.dot(&b);", "in the library ndarray-0.16.1, src/x.rs:7:5"),
            (library, "are not compatible for matrix multiplication", &[6], "-->  2 | a.dot(&b);", "table"),
            (library, "are not compatible for matrix multiplication", &[], "-->  2 | a.dot(&b);", "table"),
            (library, "ndarray: index out of bounds", &[6], "-->  2 | a.dot(&b);", "from 0."),
            ("src/lib.rs:2:1", "no", &[2, 7], "-->  3 | last(&v)", "in a line of an earlier cell: v[10]"),
            (library, "no", &[2], "in a line of an earlier cell: v[10]", "v[10]"),
            ("src/lib.rs:2:1", "no", &[], "in a line of an earlier cell: v[10]", "v[10]"),
            (library, "no", &[99, 0], "in the library ndarray-0.16.1, src/x.rs:7:5", "x.rs:7:5"),
        ] {
            let printed = format!("thread 'main' panicked at {place}:\n{message}");
            let lines = Failure::panic(&printed, callers, &source).traceback;
            assert!(lines.iter().any(|shown| shown == line), "{printed}: {lines:?}");
            assert!(lines.iter().all(|line| !line.contains("src/lib.rs")), "{printed}: {lines:?}");
            let is_last =
                message.contains("matrix") || lines.last().is_some_and(|found| found.ends_with(last));
            assert!(is_last, "{printed}: {lines:?}");
        }
    }

    #[test]
    fn an_end_says_how_and_what_is_left() {
        let end = |how, in_cell, kept| Failure::ended(End { how, in_cell, kept }).value;
        for (how, word) in
            [(How::Signal(9), "memory"), (How::Code(3), "status 3"), (How::Interrupted, "stop")]
        {
            let (lost, kept) = (end(how, true, Kept::Nothing), end(how, true, Kept::All { threads: 2 }));
            assert!(lost.contains(word) && lost.contains("lost"), "{lost}");
            assert!(kept.contains(word) && kept.contains("are kept") && kept.contains("2 threads"), "{kept}");
        }
        let idle = end(How::Signal(6), false, Kept::Nothing);
        assert!(idle.contains("no cell was running"), "{idle}");
    }

    #[test]
    fn a_failure_says_which_variables_are_gone() {
        let failure = Failure::returned("no", &Source::new("", "")).without(&["a".into(), "b".into()]);
        assert!(failure.value.ends_with("anew: `a`, `b`."), "{failure:?}");
        let mut history = History::default();
        history.add(3, "let a = 1;\nlet b = 2;".into(), None, Came::Worked);
        let again = failure.clone().again(&history);
        assert!(again.value.ends_with("run cell [3]."), "{again:?}");
        let mut local = History::default();
        local.add(3, "let a = 1;\nfn f() { let b = 2; }".into(), None, Came::Worked);
        let again = failure.clone().again(&local);
        assert!(again.value.ends_with("run cell [3], and the cell that makes `b`."), "{again:?}");
        let interrupted = Failure::interrupted("Stopped.", Some(failure));
        assert!(interrupted.name == "Interrupted" && !interrupted.value.contains("kept"), "{interrupted:?}");
    }
}
