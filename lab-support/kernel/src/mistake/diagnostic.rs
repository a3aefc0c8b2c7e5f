use serde::Deserialize;

/// What the compiler said of a cell, and the file that it had been given.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Compiled {
    pub source: String,
    pub messages: Vec<Diagnostic>,
}

/// A message of the compiler's, as `--error-format=json` writes it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Diagnostic {
    pub message: String,
    pub level: String,
    pub code: Option<Code>,
    pub spans: Vec<Span>,
    pub children: Vec<Diagnostic>,
    pub rendered: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub struct Code {
    pub code: String,
}

/// A place in a file; lines and columns from 1.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Span {
    pub file_name: String,
    pub line_start: usize,
    pub line_end: usize,
    pub column_start: usize,
    pub column_end: usize,
    pub is_primary: bool,
    pub label: Option<String>,
    pub suggested_replacement: Option<String>,
    pub expansion: Option<Box<Expansion>>,
    /// The lines that it lies in.
    pub text: Vec<Text>,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub struct Text {
    pub text: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Expansion {
    pub span: Span,
}

impl Span {
    /// The place in the crate of the cell: where a macro was called, if the place lies in one of another crate.
    pub fn local(&self) -> Option<&Span> {
        if self.file_name.ends_with("src/lib.rs") && !self.file_name.starts_with('/') {
            return Some(self);
        }
        self.expansion.as_ref()?.span.local()
    }

    pub fn label(&self) -> &str {
        self.label.as_deref().unwrap_or_default()
    }

    /// The first line that it lies in.
    pub fn line(&self) -> &str {
        self.text.first().map_or("", |line| &line.text)
    }

    /// What it is about, as far as that stands in its first line.
    pub fn code(&self) -> String {
        let length = match self.line_end == self.line_start {
            true => self.column_end.saturating_sub(self.column_start),
            false => usize::MAX,
        };
        self.line().chars().skip(self.column_start.saturating_sub(1)).take(length).collect()
    }
}

impl Diagnostic {
    pub fn is_error(&self) -> bool {
        self.level.starts_with("error")
            && !["aborting due to", "For more information", "Some errors"]
                .iter()
                .any(|start| self.message.starts_with(start))
    }

    /// As in `E0425`; of syntax errors, nothing.
    pub fn code(&self) -> &str {
        self.code.as_ref().map_or("", |code| &code.code)
    }

    /// The places that the message is about, the main one first, and then those of its notes.
    pub fn places(&self) -> impl Iterator<Item = &Span> {
        let own = |primary: bool| self.spans.iter().filter(move |span| span.is_primary == primary);
        own(true).chain(own(false)).chain(self.children.iter().flat_map(|child| &child.spans))
    }

    /// Everything that it says, a line each: the message, its labels, its notes, what it suggests.
    pub fn words(&self) -> String {
        let mut words = vec![self.message.as_str()];
        words.extend(self.spans.iter().map(Span::label));
        for child in &self.children {
            words.push(&child.message);
            words.extend(child.spans.iter().map(|span| match &span.suggested_replacement {
                Some(suggested) => suggested,
                None => span.label(),
            }));
        }
        without_paths(&(words.join("\n") + "\n"))
    }

    /// The name that the message is about: the first in backticks.
    pub fn name(&self) -> Option<&str> {
        self.message.split('`').nth(1)
    }
}

/// The types of the lab by their own names, as a student knows them: `Dataset`, not `lab_support::data::Dataset`.
pub fn without_paths(text: &str) -> String {
    let mut pieces = text.split("lab_support::");
    let first = pieces.next().unwrap_or_default().to_string();
    pieces.fold(first, |text, mut piece| {
        while let Some((module, rest)) = piece.split_once("::")
            && module.chars().all(|c| c.is_ascii_lowercase() || c == '_')
        {
            piece = rest;
        }
        text + piece
    })
}

/// What the compiler advises.
pub fn suggestion(diagnostic: &Diagnostic) -> Option<String> {
    let lists = |child: &&Diagnostic| child.message.contains("other types implement trait");
    let mut helps =
        diagnostic.children.iter().filter(|child| child.level == "help" && !child.spans.is_empty());
    let child = helps.find(|child| !lists(child))?;
    // One of several pieces alone is none.
    let whole = child.spans.first().filter(|_| child.spans.len() == 1);
    let text = whole.and_then(|span| span.suggested_replacement.as_deref()).map(str::trim);
    let text = text.filter(|text| {
        !text.is_empty() && text.len() < 60 && !text.contains('\n') && !text.contains("evcxr")
    });
    let advice = child.message.lines().next()?.trim_end_matches(':');
    Some(match text {
        Some(text) => format!("The compiler's advice: {advice}: `{text}`"),
        None => format!("The compiler's advice: {advice}"),
    })
}
