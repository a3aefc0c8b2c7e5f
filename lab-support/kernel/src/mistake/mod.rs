//! What a student sees of a cell that does not compile: one box, the own line with the place underlined, a sentence that
//! helps. All else that the compiler says is folded behind it.

mod arguments;
mod cascade;
mod diagnostic;
mod excerpt;
mod full;
mod guesses;
mod lost;
mod members;
mod names;
mod operands;
mod pattern;
mod place;
mod sides;
mod slips;
#[cfg(test)]
mod tests;
mod texts;
mod unread;
mod variables;

pub use diagnostic::Compiled;
use diagnostic::{Diagnostic, suggestion};
use excerpt::excerpt;
pub use excerpt::wrapped;
use place::{Located, locate};
pub use slips::of_panic;
use unread::Unread;

use crate::history::History;
use crate::source::Source;

const BOLD: &str = "\u{1b}[1m";
const PLAIN: &str = "\u{1b}[0m";

/// What is shown of a cell that does not compile.
#[derive(Debug)]
pub struct Mistake {
    /// In words, without the excerpts.
    pub value: String,
    pub lines: Vec<String>,
    /// HTML that unfolds to what the compiler says.
    pub full: Option<String>,
}

/// Explains why `cell` does not compile. `said` is what evcxr says, a message for each error, and `compiled` what it has
/// of the compiler.
pub fn explain(cell: &str, said: &[String], compiled: &Compiled, history: &History) -> Mistake {
    let source = Source::new(cell, compiled.source.as_str());
    let errors: Vec<&Diagnostic> = compiled.messages.iter().filter(|message| message.is_error()).collect();
    if errors.iter().all(|error| error.code().is_empty())
        && let Some(found) = unread::division(cell)
    {
        return found.told(cell);
    }
    let is_unread = |error: &&Diagnostic| ["", "E0748", "E0765"].contains(&error.code());
    if (errors.is_empty() || errors.iter().any(is_unread))
        && let Some(found) = unread::raw_text(cell)
    {
        return found.told(cell);
    }
    let is_compilers = errors.iter().any(|error| said.iter().any(|said| is_about(said, error)));
    let located = errors.iter().filter_map(|error| locate(error, &source)).collect();
    let mut roots = if is_compilers { cascade::roots(located) } else { Vec::new() };
    roots.sort_by_key(|root| (root.line, root.range));
    if roots.is_empty() {
        return in_words(said, &source, errors.first().copied().filter(|_| is_compilers));
    }
    let is_ours = is_about_our_bracket(&roots[0].diagnostic.message, &source);
    if let Some(bracket) = unread::bracket(&source).filter(|_| is_ours) {
        return bracket.told(cell);
    }
    let (mut value, mut lines) = (Vec::new(), Vec::new());
    let mut is_told_of_first_cell = false;
    let mut told = Vec::new();
    for root in &roots {
        let help = help(root, &source, history);
        // Which names are missing does not matter then.
        let is_of_first_cell = help.as_deref().is_some_and(names::is_of_first_cell);
        if is_of_first_cell && std::mem::replace(&mut is_told_of_first_cell, true) {
            continue;
        }
        // As of a guess of several words without its quotes, each of which is not found.
        if help.is_some() && told.contains(&(root.line, help.clone())) {
            continue;
        }
        told.push((root.line, help.clone()));
        let head = format!("Line {}: {}", root.line + 1, headline(root, &source));
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(wrapped(&head).iter().map(|line| format!("{BOLD}{line}{PLAIN}")));
        lines.extend(excerpts(root, &source));
        lines.extend(help.iter().flat_map(|help| wrapped(help)));
        value.extend([head].into_iter().chain(help));
    }
    let messages: Vec<&Diagnostic> = roots.iter().map(|root| root.diagnostic).collect();
    Mistake { value: value.join("\n"), lines, full: full::folded(&messages, &source) }
}

/// Whether evcxr's message is this one of the compiler's, or a note of it.
fn is_about(said: &str, error: &Diagnostic) -> bool {
    let same = |message: &str| said == message.replace("`evcxr_variable_store`", "<end of input>");
    same(&error.message) || error.children.iter().any(|child| same(&child.message))
}

/// An error that evcxr itself has found, or one whose place is not in this cell.
fn in_words(said: &[String], source: &Source, error: Option<&Diagnostic>) -> Mistake {
    let first = said.first().map_or("", String::as_str);
    let is_syntax = error.is_some_and(|error| error.code().is_empty());
    if let Some(text) = unread::text(source).filter(|_| is_syntax) {
        return text.told(source.cell());
    }
    if let Some(line) = Source::new(texts::without(source.cell()), "")
        .that_ends_in_a_colon()
        .filter(|_| first.contains("closing delimiter"))
    {
        let help = "What is repeated, or done under a condition, stands in braces: `{` in place of the colon, and `}` at its end.";
        let head = "A colon where a brace is needed.".to_string();
        let mut lines = vec![format!("{BOLD}{head}{PLAIN}"), line];
        lines.extend(wrapped(help));
        return Mistake { value: format!("{head}\n{help}"), lines, full: None };
    }
    let is_unclosed = ["closing", "unclosed"].iter().any(|word| first.contains(&format!("{word} delimiter")));
    if let Some(bracket) = unread::bracket(source).filter(|_| is_unclosed) {
        return bracket.told(source.cell());
    }
    let code = texts::without(source.cell());
    let all: Vec<&str> = code.lines().collect();
    let help = slips::help_with(first, &all);
    let help =
        help.or_else(|| error.and_then(|error| slips::help(error, &all).or_else(|| suggestion(error))));
    let help = help.filter(|help| !help.contains("closes nothing") || !is_about_our_bracket(first, source));
    let name = first.split('`').nth(1).unwrap_or_default();
    let is_value = first.contains("evcxr_display");
    let at = if name.is_empty() { None } else { source.of_variable(name) };
    let at = at.or_else(|| is_value.then(|| source.last_line()).flatten());
    let at = at.or_else(|| source.that_begins_with(first.split("found `").nth(1)?.split('`').next()?));
    let is_cut = first.starts_with("unexpected token");
    let at = at.or_else(|| is_cut.then(|| source.that_ends_open()).flatten());
    let head = match &help {
        _ if is_value => "This value can't be shown.".into(),
        Some(_) if is_cut => "The cell ends too early.".into(),
        Some(_) => first.lines().next().unwrap_or(first).to_string(),
        None => first.replace("<end of input>", "the end of the cell"),
    };
    let mut lines: Vec<String> = wrapped(&head).iter().map(|line| format!("{BOLD}{line}{PLAIN}")).collect();
    lines.extend(at);
    lines.extend(help.iter().flat_map(|help| wrapped(help)));
    Mistake { value: [head].into_iter().chain(help).collect::<Vec<_>>().join("\n"), lines, full: None }
}

impl Unread {
    fn told(self, cell: &str) -> Mistake {
        let line = cell.lines().nth(self.line).unwrap_or_default();
        let head = format!("Line {}: {}", self.line + 1, self.what);
        let mut lines = vec![format!("{BOLD}{head}{PLAIN}")];
        lines.extend(excerpt(self.line + 1, line, self.range, ""));
        lines.extend(wrapped(&self.help));
        Mistake { value: format!("{head}\n{}", self.help), lines, full: None }
    }
}

/// Whether a message is about a bracket that is not closed, or about a closing one that is not the cell's but one that
/// evcxr has put behind it.
fn is_about_our_bracket(said: &str, source: &Source) -> bool {
    let found = pattern::said("closing delimiter: `{}`", said);
    said.contains("unclosed delimiter")
        || found.is_some_and(|found| !texts::without(source.cell()).contains(found[0]))
}

/// The compiler's message, as far as it is about the student's code.
fn headline(root: &Located, source: &Source) -> String {
    let message = &diagnostic::without_paths(root.diagnostic.message.lines().next().unwrap_or_default());
    let (wanted, found) = message.split_once(", found ").unwrap_or((message, ""));
    let word = found.trim_start_matches(|c| c != '`').trim_matches('`');
    let is_end = !source.cell().contains(word) || found.contains("evcxr");
    match (wanted.starts_with("expected one of"), found) {
        _ if message.contains("evcxr_display") => "this value can't be shown".into(),
        _ if root.label.contains("Evcxr") => message.into(),
        _ if root.diagnostic.code() == "E0308" && !root.label.is_empty() => {
            format!("{message}: {}", root.label)
        }
        (_, "") => message.into(),
        (true, _) if is_end => "this can't be read as Rust".into(),
        (false, _) if is_end && root.diagnostic.code().is_empty() => format!("{wanted}, found the end"),
        (true, found) => format!("{found} is not expected here"),
        _ => message.into(),
    }
}

/// The line of the place, and another one that belongs to it, in their order.
fn excerpts(root: &Located, source: &Source) -> Vec<String> {
    let line = |at: usize| source.cell().lines().nth(at).unwrap_or_default();
    let message = &root.diagnostic.message;
    let label =
        if root.diagnostic.code() == "E0308" || message.contains(root.label) { "" } else { root.label };
    let is_ours = ["evcxr", ": Plain"].iter().any(|word| label.contains(word));
    let label = if label.starts_with("expected") || is_ours { "" } else { label };
    let mut shown = vec![(root.line, excerpt(root.line + 1, line(root.line), root.range, label))];
    if let Some((at, range, label)) = root.second(source) {
        shown.push((at, excerpt(at + 1, line(at), range, label)));
    }
    shown.sort_by_key(|(at, _)| *at);
    shown.into_iter().flat_map(|(_, lines)| lines).collect()
}

/// The sentence that helps.
fn help(root: &Located, source: &Source, history: &History) -> Option<String> {
    let code = texts::without(source.cell());
    let lines = root.lines(&code);
    let is_syntax = root.diagnostic.code().is_empty();
    // What can't be read is often noticed behind the line that is wrong.
    let all: Vec<&str> = code.lines().collect();
    let known = |lines: &[&str]| slips::help(root.diagnostic, lines);
    guesses::help(root, source)
        .or_else(|| variables::quoted_number(root, source, history))
        .or_else(|| variables::made_anew(root, source, history))
        .or_else(|| variables::moved(root, source))
        .or_else(|| slips::habit(root.diagnostic, &lines))
        .or_else(|| is_syntax.then(|| slips::habit(root.diagnostic, &all)).flatten())
        .or_else(|| names::help(root, source, history))
        .or_else(|| names::question_mark(root, source, history))
        .or_else(|| members::help(root.diagnostic))
        .or_else(|| operands::help(root, source))
        .or_else(|| known(&lines))
        .or_else(|| is_syntax.then(|| known(&all)).flatten())
        .or_else(|| arguments::help(root.diagnostic))
        .or_else(|| variables::other_number(root, source))
        .or_else(|| suggestion(root.diagnostic))
        .map(|help| help.replace("{it}", &underlined(root, source)))
}

/// What is underlined, if it is short, as a sentence names it.
fn underlined(root: &Located, source: &Source) -> String {
    let line = source.cell().lines().nth(root.line).unwrap_or_default();
    let text: String =
        line.chars().skip(root.range.0).take(root.range.1.saturating_sub(root.range.0)).collect();
    let text = text.trim();
    if text.is_empty() || text.len() > 40 || root.end > root.line { "it".into() } else { format!("`{text}`") }
}
