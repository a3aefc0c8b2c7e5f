//! What a check is worth.

use lab_base::Error;

use crate::report::{Outcome, Report, Row};

/// Points for single checks and for whole notebooks; every other check is worth one.
#[derive(Default)]
pub struct Points(Vec<(String, f64)>);

impl Points {
    /// From "answer 6=3, notebook 8=0.5": the name of a check, or a notebook by its number.
    ///
    /// # Errors
    /// When it says something else, or a negative number.
    pub fn parse(text: &str) -> Result<Points, Error> {
        let entry = |entry: &str| {
            let (name, points) = entry.split_once('=')?;
            let points: f64 = points.trim().parse().ok()?;
            (points >= 0.0 && points.is_finite()).then(|| (name.trim().to_lowercase(), points))
        };
        let entries = text.split(',').filter(|part| !part.trim().is_empty());
        let entries = entries.map(|part| {
            entry(part).ok_or_else(|| {
                let expected = "entries like `answer 6=3` or `notebook 8=0.5`, with commas between them";
                Error::new("reading --points", expected, format!("`{}`", part.trim()), "mend that entry")
            })
        });
        Ok(Points(entries.collect::<Result<_, _>>()?))
    }

    /// What a check is worth; nothing where it is given.
    pub fn of(&self, row: &Row) -> f64 {
        let number = row.notebook.split('-').next().unwrap_or_default();
        let value = |name: &str| self.0.iter().rev().find(|(of, _)| of == name).map(|(_, points)| *points);
        let value = value(&row.check.to_lowercase()).or_else(|| value(&format!("notebook {number}")));
        if row.is_given { 0.0 } else { value.unwrap_or(1.0) }
    }

    /// The points of a hand-in.
    pub fn sum(&self, report: &Report) -> f64 {
        let passed = report.rows.iter().filter(|row| row.outcome == Outcome::Passed);
        // The sum of nothing is -0.
        0.0 + passed.map(|row| self.of(row)).sum::<f64>()
    }

    /// The points that there are, and those that a teacher may add after reading.
    pub fn most(&self, report: &Report) -> (f64, f64) {
        let read = report.rows.iter().filter(|row| matches!(row.outcome, Outcome::PleaseRead(_)));
        let all = report.rows.iter().map(|row| self.of(row)).sum::<f64>();
        (0.0 + all, 0.0 + read.map(|row| self.of(row)).sum::<f64>())
    }
}

/// A table for a gradebook: a line for each hand-in, a column for each check, its points (empty where it has to be read), and
/// the sums.
pub fn csv(reports: &[Report], points: &Points) -> String {
    let mut text = String::new();
    let mut line = |cells: Vec<String>| {
        text += &cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",");
        text += "\r\n";
    };
    let Some(first) = reports.first() else { return text };
    let names =
        first.counted().map(|row| format!("{}: {}", row.notebook.trim_end_matches(".ipynb"), row.check));
    let head = ["name", "points", "of", "to read", "notes"].map(String::from);
    line(head.into_iter().chain(names).collect());
    for report in reports {
        let (most, to_read) = points.most(report);
        let sums = [points.sum(report), most, to_read].map(|sum| sum.to_string());
        let mut cells = vec![report.name.clone()];
        cells.extend(sums);
        cells.push(report.notes.join("; "));
        cells.extend(report.counted().map(|row| match row.outcome {
            Outcome::Passed => points.of(row).to_string(),
            Outcome::PleaseRead(_) => String::new(),
            Outcome::Open(_) => "0".into(),
        }));
        line(cells);
    }
    text
}

/// A cell that a spreadsheet takes for text: what begins like a formula is marked as none.
fn quoted(cell: &str) -> String {
    let is_number = cell.parse::<f64>().is_ok();
    let formula = !is_number && cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if formula { format!("'{cell}") } else { cell.to_string() };
    match cell.contains([',', '"', '\n', '\r', ';']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let row = |notebook: &str, check: &str, is_given, outcome| Row {
            notebook: notebook.into(),
            check: check.into(),
            is_given,
            outcome,
            answer: None,
        };
        let rows = vec![
            row("1-load.ipynb", "loaded", true, Outcome::Passed),
            row("1-load.ipynb", "answer 1", false, Outcome::Passed),
            row("6-improve.ipynb", "answer 6", false, Outcome::PleaseRead("in French".into())),
            row("8-convolution.ipynb", "faster", false, Outcome::Passed),
            row("8-convolution.ipynb", "smaller", false, Outcome::Open("missing".into())),
        ];
        Report { name: "=cmd(\"x\")".into(), rows, notes: vec!["6, 7: missing".into()] }
    }

    #[test]
    fn checks_are_worth_what_the_teacher_says() {
        let points = Points::parse("answer 1=2, Answer 6 = 3,notebook 8=0.5, smaller=4").unwrap();
        assert_eq!(points.sum(&report()), 2.5);
        assert_eq!(points.most(&report()), (9.5, 3.0));
        assert_eq!(Points::default().sum(&report()), 2.0, "what is given is worth nothing");
        for wrong in ["answer 6", "answer 6=x", "a=1,=", "a=-1", "a=inf", "a=NaN"] {
            let error = Points::parse(wrong).err().unwrap_or_else(|| panic!("{wrong}")).to_string();
            assert!(error.contains("reading --points") && error.contains("answer 6=3"), "{error}");
        }
    }

    #[test]
    fn a_gradebook_can_read_the_table() {
        let text = csv(&[report()], &Points::parse("answer 6=3").unwrap());
        let lines: Vec<&str> = text.split_terminator("\r\n").collect();
        assert_eq!(
            lines[0],
            "name,points,of,to read,notes,1-load: answer 1,6-improve: answer 6,8-convolution: faster,8-convolution: smaller"
        );
        assert_eq!(lines[1], "\"'=cmd(\"\"x\"\")\",2,6,3,\"6, 7: missing\",1,,1,0", "no formula");
        assert_eq!(lines.len(), 2);
        let nothing = Report { name: "b".into(), rows: Vec::new(), notes: Vec::new() };
        assert_eq!(csv(&[nothing], &Points::default()), "name,points,of,to read,notes\r\nb,0,0,0,\r\n");
    }
}
