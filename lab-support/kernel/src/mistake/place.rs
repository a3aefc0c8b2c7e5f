use super::diagnostic::{Diagnostic, Span};
use crate::source::Source;

/// Lines of a place that are looked at.
const MOST: usize = 200;

/// What the compiler said, and where in the cell.
#[derive(Debug)]
pub struct Located<'a> {
    pub diagnostic: &'a Diagnostic,
    /// The line of the cell, from 0, and the characters in it, from 0.
    pub line: usize,
    pub range: (usize, usize),
    /// The last line that the place is about.
    pub end: usize,
    pub label: &'a str,
    /// It stands in a function or another item.
    pub is_in_item: bool,
    /// The main place lies in the cell, and not only one that the compiler shows beside it.
    pub is_main: bool,
}

/// Where a message is about the cell, if it is.
pub fn locate<'a>(diagnostic: &'a Diagnostic, source: &Source) -> Option<Located<'a>> {
    diagnostic.places().find_map(|span| {
        let local = span.local()?;
        // A place may begin with a bracket that evcxr has put around the student's lines.
        let lines = local.line_start..=local.line_end.min(local.line_start + MOST);
        let first = source.place(local.line_start, local.column_start);
        let (line, from) = first.or_else(|| {
            let (line, _) = lines.skip(1).find_map(|line| source.place(line, 1))?;
            let text = source.cell().lines().nth(line)?;
            Some((line, text.chars().take_while(|c| c.is_whitespace()).count()))
        })?;
        let text = source.cell().lines().nth(line)?;
        let length = text.trim_end().chars().count();
        let is_in_line = local.line_end == local.line_start;
        let to = if is_in_line { from + local.column_end.saturating_sub(local.column_start) } else { length };
        Some(Located {
            diagnostic,
            line,
            range: (from.min(length), to.min(length)),
            end: last(local, source).unwrap_or(line).max(line),
            label: span.label(),
            is_in_item: source.is_in_item(local.line_start),
            is_main: span.is_primary && diagnostic.spans.iter().any(|own| std::ptr::eq(own, span)),
        })
    })
}

/// The last line of the cell, from 0, that a place is about.
fn last(span: &Span, source: &Source) -> Option<usize> {
    (span.line_start..=span.line_end)
        .rev()
        .take(200)
        .find_map(|line| source.place(line, 1))
        .map(|place| place.0)
}

impl Located<'_> {
    /// The lines that the place is about, of a cell.
    pub fn lines<'s>(&self, cell: &'s str) -> Vec<&'s str> {
        cell.lines().skip(self.line).take(self.end - self.line + 1).collect()
    }

    /// Another place of the same message that helps to understand it: where something was given away, lent or set before.
    pub fn second(&self, source: &Source) -> Option<(usize, (usize, usize), &str)> {
        let codes = ["E0382", "E0384", "E0499", "E0502", "E0505"];
        if !codes.contains(&self.diagnostic.code()) {
            return None;
        }
        self.diagnostic.spans.iter().filter(|span| !span.is_primary).find_map(|span| {
            let is_cause =
                ["moved here", "borrow", "first assignment"].iter().any(|word| span.label().contains(word));
            let (line, from) = source.place(span.local()?.line_start, span.local()?.column_start)?;
            let to = from + span.column_end.saturating_sub(span.column_start);
            (is_cause && line != self.line).then_some((line, (from, to), span.label()))
        })
    }
}
