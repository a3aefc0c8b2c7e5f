//! The report of a class, or of one copy, as a page: what has to be read first, then answers side by side.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use crate::points::Points;
use crate::report::{Outcome, Report, Row};

const STYLE: &str = "
:root { color-scheme: light dark; --line: #8886; --right: #1a7f37; --open: #b42318; --read: #9a6700; }
@media (prefers-color-scheme: dark) { :root { --right: #57c26f; --open: #ff8a7a; --read: #e3b341; } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .85rem; }
th, td { border: 1px solid var(--line); padding: .2rem .5rem; text-align: left; vertical-align: top; }
td.mark { text-align: center; font-weight: bold; }
.right { color: var(--right); } .open { color: var(--open); } .read { color: var(--read); }
.answers { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 1rem; }
article { border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .9rem; overflow-wrap: anywhere; }
article h3 { font-size: 1rem; margin: 0 0 .3rem; } article p { white-space: pre-wrap; margin: .3rem 0; }
article img { max-width: 100%; background: white; } .alike { border-left: .3rem solid var(--read); }
small { opacity: .8; }
";

/// A whole page that needs no other file. `left_out` is said of what lay beside the hand-ins.
pub fn html(title: &str, reports: &[Report], points: &Points, left_out: &[String]) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<title>{0}</title><style>{STYLE}</style></head><body>\n<h1>{0}</h1>\n\
         <p><span class=\"right\">\u{2713} right</span>, <span class=\"open\">\u{2717} open</span>, <span class=\"read\">? for a \
         teacher to read</span>. An answer is open where something in it is missing or at odds with the run; the hint below it \
         says what. \u{201c}given\u{201d}: it passes before anything is done, and counts for nothing.</p>\n",
        escaped(title)
    );
    page += &overview(reports, points);
    let notes = left_out.iter().map(String::as_str).map(|note| ("", note));
    let of_reports = reports.iter().flat_map(|r| r.notes.iter().map(|note| (r.name.as_str(), note.as_str())));
    let notes: Vec<(&str, &str)> = notes.chain(of_reports).collect();
    if !notes.is_empty() {
        page += "<h2>What else was found</h2>\n<ul>\n";
        for (name, note) in notes {
            let name = if name.is_empty() { String::new() } else { format!("<b>{}</b>: ", escaped(name)) };
            let _ = writeln!(page, "<li>{name}{}</li>", escaped(note));
        }
        page += "</ul>\n";
    }
    for question in questions(reports) {
        page += &answers(reports, question);
    }
    page += &other_checks(reports);
    page + "</body></html>\n"
}

/// A line for each hand-in, a column for each check.
fn overview(reports: &[Report], points: &Points) -> String {
    let mut table =
        "<h2>All checks</h2>\n<div class=\"wide\"><table>\n<tr><th>name</th><th>points</th>".to_string();
    let Some(first) = reports.first() else { return String::new() };
    for row in &first.rows {
        let given = if row.is_given { " <small>given</small>" } else { "" };
        let _ = write!(
            table,
            "<th><small>{}</small><br>{}{given}</th>",
            escaped(number(row)),
            escaped(&row.check)
        );
    }
    table += "</tr>\n";
    for report in reports {
        let (most, to_read) = points.most(report);
        let read =
            if to_read > 0.0 { format!(" <small>and {to_read} to read</small>") } else { String::new() };
        let sum = points.sum(report);
        let _ = write!(table, "<tr><th>{}</th><td>{sum} of {most}{read}</td>", escaped(&report.name));
        for row in &report.rows {
            let (class, mark) = (class(&row.outcome), row.outcome.mark());
            let _ = write!(
                table,
                "<td class=\"mark {class}\" title=\"{}\">{mark}</td>",
                escaped(row.outcome.message())
            );
        }
        table += "</tr>\n";
    }
    table + "</table></div>\n"
}

fn number(row: &Row) -> &str {
    row.notebook.trim_end_matches(".ipynb")
}

fn class(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Passed => "right",
        Outcome::PleaseRead(_) => "read",
        Outcome::Open(_) => "open",
    }
}

/// The checks that are answers, in the order in which they are asked.
fn questions(reports: &[Report]) -> Vec<&str> {
    let mut seen = HashSet::new();
    let rows = reports.iter().flat_map(|report| &report.rows);
    let answers = rows.filter(|row| row.check.starts_with("answer ")).map(|row| row.check.as_str());
    answers.filter(|check| seen.insert(*check)).collect()
}

/// All answers to a question, those to read first.
fn answers(reports: &[Report], question: &str) -> String {
    let of = |report| find(report, question).map(|row| (report, row));
    let mut rows: Vec<(&Report, &Row)> = reports.iter().filter_map(of).collect();
    let order = |row: &Row| ["read", "open", "right"].iter().position(|name| *name == class(&row.outcome));
    rows.sort_by_key(|(_, row)| order(row));
    let alike = alike(&rows);
    let mut section = format!("<h2>{}</h2>\n<div class=\"answers\">\n", escaped(question));
    for (report, row) in rows {
        let others = alike.get(report.name.as_str());
        let mark = if others.is_some() { " class=\"alike\"" } else { "" };
        let _ = write!(section, "<article{mark}><h3>{}</h3>", escaped(&report.name));
        let message = row.outcome.message();
        let words = match &row.outcome {
            Outcome::Passed => "\u{2713} right".to_string(),
            Outcome::PleaseRead(_) => format!("? please read: {message}"),
            Outcome::Open(_) => format!("\u{2717} open: {message}"),
        };
        let answer = row.answer.as_ref();
        match answer.filter(|answer| !answer.text.is_empty()) {
            Some(answer) => drop(write!(section, "<p>{}</p>", escaped(&answer.text))),
            None => section += "<p><small>no answer was shown</small></p>",
        }
        for png in answer.iter().flat_map(|answer| &answer.figures).filter(|png| is_base64(png)) {
            let png: String = png.split_whitespace().collect();
            let _ =
                write!(section, "<img alt=\"a figure of this answer\" src=\"data:image/png;base64,{png}\">");
        }
        let _ = write!(section, "<p class=\"{}\">{}</p>", class(&row.outcome), escaped(&words));
        if let Some(others) = others {
            let _ = write!(
                section,
                "<p class=\"read\">nearly the same words as {}</p>",
                escaped(&others.join(", "))
            );
        }
        section += "</article>\n";
    }
    section + "</div>\n"
}

fn find<'a>(report: &'a Report, check: &str) -> Option<&'a Row> {
    report.rows.iter().find(|row| row.check == check)
}

/// Words that an answer must have before another one that is like it means anything.
const WORDS: usize = 12;

/// Which answers share nearly all runs of three words: the names of those that are like each.
fn alike<'a>(rows: &[(&'a Report, &Row)]) -> HashMap<&'a str, Vec<String>> {
    let runs = |row: &Row| {
        let text = row.answer.as_ref().map_or("", |answer| &answer.text).to_lowercase();
        let words: Vec<String> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(String::from)
            .collect();
        let runs: HashSet<Vec<String>> = words.windows(3).map(<[String]>::to_vec).collect();
        if words.len() >= WORDS { runs } else { HashSet::new() }
    };
    let runs: Vec<HashSet<Vec<String>>> = rows.iter().map(|(_, row)| runs(row)).collect();
    let mut alike: HashMap<&str, Vec<String>> = HashMap::new();
    for (i, a) in runs.iter().enumerate() {
        for (j, b) in runs.iter().enumerate() {
            let all = a.union(b).count();
            if i != j && all > 0 && a.intersection(b).count() * 10 >= all * 6 {
                alike.entry(&rows[i].0.name).or_default().push(rows[j].0.name.clone());
            }
        }
    }
    alike
}

/// Open checks that are no answers, by hand-in.
fn other_checks(reports: &[Report]) -> String {
    let mut section = "<h2>Other open checks</h2>\n".to_string();
    for report in reports {
        let open = report
            .rows
            .iter()
            .filter(|row| !row.check.starts_with("answer ") && row.outcome != Outcome::Passed);
        let items: String = open
            .map(|row| {
                let (number, check) = (escaped(number(row)), escaped(&row.check));
                format!("<li><small>{number}</small> {check}: {}</li>\n", escaped(row.outcome.message()))
            })
            .collect();
        if !items.is_empty() {
            let _ = write!(section, "<h3>{}</h3>\n<ul>\n{items}</ul>\n", escaped(&report.name));
        }
    }
    section
}

fn is_base64(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace() || b"+/=".contains(&byte))
}

/// Text that means itself in HTML: no mark-up, no script, and no character that turns the direction of what follows.
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            '\'' => safe += "&#39;",
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => safe.push('\u{fffd}'),
            c if c.is_control() && c != '\n' && c != '\t' => safe.push('\u{fffd}'),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Answer;

    fn report(name: &str, text: &str, outcome: Outcome) -> Report {
        let answer = Some(Answer { text: text.into(), figures: vec!["aGk=".into(), "\"><script>".into()] });
        let row = Row {
            notebook: "1-load.ipynb".into(),
            check: "answer 1".into(),
            is_given: false,
            outcome,
            answer,
        };
        Report { name: name.into(), rows: vec![row], notes: vec![format!("{name}: <a note>")] }
    }

    const TEXT: &str =
        "The data set holds sixty thousand pictures of clothes to train with and ten thousand to test.";

    #[test]
    fn what_is_to_be_read_comes_first_and_what_is_alike_is_marked() {
        let read = Outcome::PleaseRead("it is in another language".into());
        let reports = [
            report("anna", TEXT, Outcome::Passed),
            report("ben", &TEXT.replace("clothes", "garments"), Outcome::Open("the size".into())),
            report(
                "carla",
                "Ganz andere Worte, in einer anderen Sprache, von jemandem, der allein gearbeitet hat.",
                read,
            ),
        ];
        let page = html("Class", &reports, &Points::default(), &["stray.ipynb: left out".into()]);
        let places =
            ["<h2>answer 1</h2>", "<h3>carla", "<h3>ben", "<h3>anna"].map(|part| page.find(part).unwrap());
        assert!(places.is_sorted());
        assert!(
            page.contains("nearly the same words as anna") && page.contains("nearly the same words as ben")
        );
        assert_eq!(page.matches("nearly the same").count(), 2);
        assert!(page.contains("0 of 1 <small>and 1 to read") && page.contains("stray.ipynb: left out"));
        assert_eq!(page.matches("base64,aGk=").count(), 3);
    }

    #[test]
    fn nothing_that_was_handed_in_is_mark_up() {
        let hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>\u{202e}\u{1b}[2J";
        let reports = [report(hostile, hostile, Outcome::Open(hostile.into()))];
        let page = html(hostile, &reports, &Points::default(), &[hostile.into()]);
        assert!(!page.contains("<script") && !page.contains("<img src=x") && !page.contains("\u{1b}"));
        assert!(!page.contains('\u{202e}') && page.contains("&lt;script&gt;"));
    }

    #[test]
    fn short_answers_are_not_called_alike() {
        let reports =
            [report("a", "9, ankle boot", Outcome::Passed), report("b", "9, ankle boot", Outcome::Passed)];
        assert!(!html("Class", &reports, &Points::default(), &[]).contains("nearly the same"));
    }
}
