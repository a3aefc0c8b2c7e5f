use std::time::Duration;

use jupyter_protocol::MediaType;
use lab_support::Error;
use nbformat::v4::Output;

use crate::output;
use crate::session::{Answer, Session};

/// A variable that each cell defines first. evcxr answers "ok" to a panic and to an early return by `?`,
/// but in both cases it forgets the variables that the cell defined: this one is then missing.
const MARKER: &str = "lab_cell_ran";

/// How long to wait for more of stderr, after a cell that worked and after one that did not.
const QUIET: Duration = Duration::from_millis(10);
const QUIET_AFTER_FAILURE: Duration = Duration::from_millis(500);

/// What became of a cell.
pub enum Outcome {
    Passed(Vec<Output>),
    /// In what way, and what was shown.
    Failed(&'static str, Vec<Output>),
}

/// Runs one cell, and finds out whether all of it ran.
pub async fn run(session: &mut Session, source: &str, limit: Duration) -> Result<Outcome, Error> {
    let Answer { ok, mut outputs } = session.execute(&marked(source), limit).await?;
    if !ok {
        return explain(session, source, limit, outputs).await;
    }
    let variables = session.execute(":vars", limit).await?;
    if defines_marker(&variables.outputs) {
        session.drain(QUIET, &mut outputs).await;
        return Ok(Outcome::Passed(outputs));
    }
    let late = variables.outputs.into_iter().filter(|output| matches!(output, Output::Stream { .. }));
    outputs.extend(late);
    session.drain(QUIET_AFTER_FAILURE, &mut outputs).await;
    let panicked = output::text(&outputs).contains("panicked at");
    Ok(Outcome::Failed(if panicked { "panicked" } else { "returned an error" }, outputs))
}

/// A cell that does not compile does not run either: a second try, as the student wrote it, shows the
/// right line numbers.
async fn explain(
    session: &mut Session,
    source: &str,
    limit: Duration,
    mut outputs: Vec<Output>,
) -> Result<Outcome, Error> {
    let ended = |o: &Output| matches!(o, Output::Error(e) if e.evalue.contains("Subprocess terminated"));
    if outputs.iter().any(ended) {
        session.drain(QUIET_AFTER_FAILURE, &mut outputs).await;
        return Ok(Outcome::Failed("ended the process that runs the cells", outputs));
    }
    let answer = session.execute(source, limit).await?;
    Ok(Outcome::Failed("does not compile", if answer.ok { outputs } else { answer.outputs }))
}

/// The source with the marker before its first line of Rust: evcxr's commands must come first.
fn marked(source: &str) -> String {
    let is_rust = |line: &&str| {
        let start = line.trim_start();
        !(start.is_empty() || start.starts_with("//") || start.starts_with(':') || line.starts_with('!'))
    };
    let first = source.split_inclusive('\n').take_while(|line| !is_rust(line)).map(str::len).sum();
    let (commands, rust) = source.split_at(first);
    let newline = if commands.is_empty() || commands.ends_with('\n') { "" } else { "\n" };
    format!("{commands}{newline}let {MARKER}: () = ();\n{rust}")
}

/// Whether `:vars` lists the marker: a line `name: type` per variable.
fn defines_marker(outputs: &[Output]) -> bool {
    let line = format!("{MARKER}: ()");
    outputs.iter().any(|output| match output {
        Output::ExecuteResult(result) => result
            .data
            .content
            .iter()
            .any(|media| matches!(media, MediaType::Plain(text) if text.lines().any(|l| l == line))),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marker_comes_after_commands_and_before_rust() {
        assert_eq!(marked("x"), "let lab_cell_ran: () = ();\nx");
        assert_eq!(marked(":dep a\n\n// b\nc\n:d"), ":dep a\n\n// b\nlet lab_cell_ran: () = ();\nc\n:d");
        assert_eq!(marked(":dep a"), ":dep a\nlet lab_cell_ran: () = ();\n");
    }
}
