//! What a terminal shows of a report.

use crate::report::Report;
use crate::terminal;

pub(super) fn print_table(report: &Report) {
    let width = report.rows.iter().map(|row| row.check.chars().count()).max().unwrap_or(0);
    for row in &report.rows {
        let given = if row.is_given { "given, not counted" } else { "" };
        let message = [given, row.outcome.message()].into_iter().filter(|words| !words.is_empty());
        let (mark, message) = (row.outcome.mark(), terminal::line(&message.collect::<Vec<_>>().join(": ")));
        println!("{:<26} {mark} {:<width$}  {message}", row.notebook, row.check);
    }
    report.notes.iter().for_each(|note| println!("{}", terminal::line(note)));
    println!("\n{}", score(report));
    println!("\u{2713} right, \u{2717} open, ? for a teacher to read");
}

/// "33 of 36 checks passed, 2 to read, 1 open".
fn score(report: &Report) -> String {
    let counted = [(report.to_read().len(), "to read"), (report.open().len(), "open")];
    let others = counted.iter().filter(|(count, _)| *count > 0);
    let others: String = others.map(|(count, what)| format!(", {count} {what}")).collect();
    format!("{} of {} checks passed{others}", report.passed(), report.counted().count())
}

/// A copy among many.
pub(super) fn of_one(report: &Report) -> String {
    let list =
        |what: &str, names: Vec<&str>| (!names.is_empty()).then(|| format!("{what}: {}", names.join(", ")));
    let lists = [list("to read", report.to_read()), list("open", report.open())];
    let notes = match report.notes.as_slice() {
        [] => None,
        [note] => Some(note.clone()),
        [note, others @ ..] => Some(format!("{note}, and {} more", others.len())),
    };
    let why: Vec<String> = lists.into_iter().flatten().chain(notes).collect();
    let why = if why.is_empty() { "complete".into() } else { why.join("; ") };
    terminal::line(&format!(
        "{:<24} {:>3} of {}  {why}",
        report.name,
        report.passed(),
        report.counted().count()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Outcome, Row};

    fn report(outcomes: [Outcome; 3]) -> Report {
        let rows = outcomes.into_iter().zip(1..).map(|(outcome, number)| Row {
            notebook: "5-predict.ipynb".into(),
            check: format!("answer {number}"),
            is_given: false,
            outcome,
            answer: None,
        });
        Report { name: "anna".into(), rows: rows.collect(), notes: Vec::new() }
    }

    #[test]
    fn what_a_teacher_has_to_read_stands_apart_from_right_and_open() {
        let read = Outcome::PleaseRead("an answer in English: it is in another language".into());
        let mut mixed = report([Outcome::Passed, read.clone(), Outcome::Open("60,000 images".into())]);
        assert_eq!(score(&mixed), "1 of 3 checks passed, 1 to read, 1 open");
        assert!(of_one(&mixed).ends_with("1 of 3  to read: answer 2; open: answer 3"));
        mixed.notes = vec!["4-train.ipynb: missing".into(), "6.ipynb: missing".into()];
        assert!(
            of_one(&mixed).ends_with("open: answer 3; 4-train.ipynb: missing, and 1 more"),
            "a note hides nothing: {}",
            of_one(&mixed)
        );
        let json = mixed.json();
        assert_eq!((&json["passed"], &json["please_read"], &json["open"]), (&1.into(), &1.into(), &1.into()));
        assert_eq!(json["results"][1]["please_read"], true);
        assert_eq!(json["results"][2]["please_read"], false);
        let marks: String = mixed.rows.iter().map(|row| row.outcome.mark()).collect();
        assert_eq!(marks, "\u{2713}?\u{2717}");
        assert!(
            of_one(&report([Outcome::Passed, Outcome::Passed, Outcome::Passed]))
                .ends_with("3 of 3  complete")
        );
        assert!(!report([Outcome::Passed, Outcome::Passed, read]).is_complete());
    }
}
