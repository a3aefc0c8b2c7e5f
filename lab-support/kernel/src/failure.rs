use serde_json::{Value, json};

use crate::source::Source;
use lab_base::event::End;

/// Why a cell failed, as front ends show it.
#[derive(Clone, Debug)]
pub struct Failure {
    name: &'static str,
    value: String,
    traceback: Vec<String>,
}

const RED: &str = "\u{1b}[1;31m";
const PLAIN: &str = "\u{1b}[0m";

impl Failure {
    fn new(name: &'static str, value: String, lines: Vec<String>) -> Failure {
        let head = format!("{RED}{name}{PLAIN}: {value}");
        Failure { name, value, traceback: [head].into_iter().chain(lines).collect() }
    }

    /// `printed` is what the standard library prints: `... panicked at file:line:column:`, then the message.
    pub fn panic(printed: &str, source: &Source) -> Failure {
        let said = printed.split_once("panicked at ").and_then(|(_, rest)| rest.split_once('\n'));
        let (place, message) = said.unwrap_or(("", printed));
        let message = message.split("\nnote: run with").next().unwrap_or(message).trim_end();
        let place = place.trim_end_matches(':');
        let lines = match source.of_panic(place) {
            Some(lines) => lines,
            None if place.is_empty() => Vec::new(),
            None => vec![format!("at {place}")],
        };
        Failure::new("Panic", message.into(), lines)
    }

    /// An error that `?` returned.
    pub fn returned(message: &str, source: &Source) -> Failure {
        Failure::new("Error", message.into(), source.of_question_marks())
    }

    pub fn interrupted(said: Option<String>) -> Failure {
        let said = said.unwrap_or_else(|| "The cell was asked to stop.".into());
        Failure::new("Interrupted", format!("{said} All variables are kept."), Vec::new())
    }

    /// The process that ran the cells has ended.
    pub fn ended(end: End) -> Failure {
        let how = match end {
            End::Interrupted => "The cell did not stop when it was asked to, and was ended.".into(),
            End::Signal(6) => "The cell ended the process that runs the cells: abort (SIGABRT).".into(),
            End::Signal(9) => "The system ended the process that runs the cells (SIGKILL), as it does when \
                               memory runs out."
                .into(),
            End::Signal(11) => "The cell ended the process that runs the cells: a wrong memory access, or a \
                                recursion without end (SIGSEGV)."
                .into(),
            End::Signal(n) => format!("The process that runs the cells was ended by signal {n}."),
            End::Code(n) => format!("The cell ended the process that runs the cells (exit status {n})."),
        };
        let name = if end == End::Interrupted { "Interrupted" } else { "ProcessEnded" };
        let lost = "All variables are lost: run the notebook again from the top.";
        Failure::new(name, format!("{how} {lost}"), Vec::new())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_says_what_it_printed_and_where() {
        let printed =
            "thread 'main' (7) panicked at src/lib.rs:3:5:\nassertion failed\n  left: 1\nnote: run with x";
        let source = Source::new("let a = 1;\nassert!(a == 2);", "{\nlet a = 1;\nassert!(a == 2);\n}");
        let failure = Failure::panic(printed, &source);
        assert_eq!(failure.value, "assertion failed\n  left: 1");
        assert!(failure.traceback.concat().contains("2 | assert!(a == 2);"), "{failure:?}");
        let elsewhere = Failure::panic("thread 'main' panicked at library/core/x.rs:1:2:\nno", &source);
        assert_eq!(elsewhere.traceback[1], "at library/core/x.rs:1:2");
        assert_eq!(Failure::panic("no", &source).value, "no");
    }

    #[test]
    fn an_end_says_how_and_what_is_lost() {
        for (end, how) in [(End::Signal(9), "memory"), (End::Code(3), "status 3"), (End::Interrupted, "stop")]
        {
            let failure = Failure::ended(end);
            assert!(failure.value.contains(how) && failure.value.contains("lost"), "{failure:?}");
        }
    }
}
