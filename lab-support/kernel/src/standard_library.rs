//! What evcxr's analyzer is to read of the standard library: what cells can name, as short as it can be.
//!
//! The vector instructions of every processor, tests, and the crates that `std` itself uses are more than half of the
//! library's lines, and left out. Of the rest the analyzer needs what is declared: comments, what only the library's own
//! compiler reads, and the bodies of functions that no constant calls are left out, too. With the former a notebook's first
//! cell took two and a half seconds longer when run at once, and each open notebook another 145 MB; with the latter the
//! analyzer took 5.7 seconds of a processor until two cells had run, and without them 4.0.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::compiled::remove_if_there;
use crate::folders::Folders;
use crate::toolchain::Toolchain;

const CRATES: [&str; 4] = ["alloc", "core", "proc_macro", "std"];

/// Where the shortened sources of this toolchain's library lie. They are written when they are not there.
///
/// # Errors
/// When the library's sources can't be read, or the cache can't be written.
pub fn ensure(folders: &Folders, toolchain: &Toolchain) -> Result<PathBuf> {
    let mut hasher = DefaultHasher::new();
    (&toolchain.version, &toolchain.library, include_str!("standard_library.rs")).hash(&mut hasher);
    let place = folders.cache.join("standard-library").join(format!("{:016x}", hasher.finish()));
    if !place.is_dir() {
        let unfinished = place.with_extension("unfinished");
        remove_if_there(&unfinished)?;
        for name in CRATES {
            copy(&toolchain.library.join(name), &unfinished.join(name))
                .with_context(|| format!("reading the sources of {name}"))?;
        }
        fs::rename(unfinished, &place)?;
    }
    Ok(place)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (source, target) = entry.map(|entry| (entry.path(), to.join(entry.file_name())))?;
        let name = source.file_name().unwrap_or_default();
        if source.is_dir() && name != "tests" && name != "benches" {
            copy(&source, &target)?;
        } else if source.extension().is_some_and(|end| end == "rs") {
            fs::write(target, shortened(&fs::read_to_string(&source)?))?;
        } else if name == "Cargo.toml" {
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}

/// Attributes that say nothing of what can be called, and how.
const UNSEEN: [&str; 9] = [
    "stable",
    "unstable",
    "rustc_const_stable",
    "rustc_const_unstable",
    "rustc_allow_const_fn_unstable",
    "rustc_diagnostic_item",
    "rustc_inherit_overflow_checks",
    "inline",
    "must_use",
];

/// Source text without what its declarations don't need, and in macros without their documentation: a macro that declares
/// the methods of all integers is read a dozen times. The library is formatted, so that a brace that ends something stands
/// below the beginning of what it ends.
fn shortened(source: &str) -> String {
    let lines: Vec<&str> = source.lines().collect();
    let (mut short, mut at) = (String::with_capacity(source.len()), 0);
    let mut end_of_macro = None;
    while let Some(&line) = lines.get(at) {
        at += 1;
        let (text, indent) = (line.trim_start(), &line[..line.len() - line.trim_start().len()]);
        if end_of_macro.as_deref() == Some(line) {
            end_of_macro = None;
        } else if end_of_macro.is_none() && text.starts_with("macro_rules!") && text.ends_with('{') {
            end_of_macro = Some(format!("{indent}}}"));
        }
        if is_left_out(text, end_of_macro.is_some()) {
            continue;
        }
        short = short + line + "\n";
        if is_function(text)
            && let Some((open, close)) = body(&lines, at - 1, indent)
        {
            lines[at..=open.max(at - 1)].iter().for_each(|line| short.extend([line, "\n"]));
            short = short + indent + "loop {}\n";
            at = close;
        }
    }
    short
}

fn is_left_out(text: &str, in_macro: bool) -> bool {
    let is_documentation = (text.starts_with("///") && !text.starts_with("////")) || text.starts_with("//!");
    if text.starts_with("//") {
        return in_macro || !is_documentation;
    }
    let attribute = text.strip_prefix("#[").filter(|rest| rest.ends_with(']'));
    let name = attribute.map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next());
    name.flatten().is_some_and(|name| UNSEEN.contains(&name) || in_macro && name == "doc")
}

/// Whether a function that no constant calls begins here.
fn is_function(text: &str) -> bool {
    let mut words = text.split(' ').skip_while(|word| {
        ["pub", "default", "unsafe", "async", "extern"].contains(word)
            || word.starts_with("pub(")
            || word.starts_with('"')
    });
    words.next() == Some("fn")
}

/// The lines of the braces around the body of the function that begins in this line, where they lie in lines of their own.
fn body(lines: &[&str], first: usize, indent: &str) -> Option<(usize, usize)> {
    let mut rest = lines[first..].iter().zip(first..).map(|(line, at)| (line.trim_end(), at));
    let (line, open) = rest.find(|(line, _)| line.ends_with(['{', '}', ';']))?;
    let (_, close) = rest.find(|(line, _)| line.strip_prefix(indent) == Some("}"))?;
    line.ends_with('{').then_some((open, close))
}

#[cfg(test)]
mod tests {
    use lab_base::code::all_tokens;

    use super::*;

    #[test]
    fn declarations_stay_and_bodies_go() {
        let source = "\
//! A crate.
// Copyright.
/// Adds.
#[stable(feature = \"a\", since = \"1.0.0\")]
#[lang = \"add\"]
pub unsafe fn add(
    a: u8,
) -> u8 {
    // How.
    if a { b } else {
        c
    }
}

impl<T> A<T> {
    /// Kept: a constant may call it.
    #[must_use = \"it is new\"]
    pub const fn new() -> A<T> {
        A(1)
    }

    pub(crate) fn empty() {}

    fn next(&mut self) -> Option<u8>
    where
        T: B,
    {
        None
    }
}
";
        let expected = "\
//! A crate.
/// Adds.
#[lang = \"add\"]
pub unsafe fn add(
    a: u8,
) -> u8 {
loop {}
}

impl<T> A<T> {
    /// Kept: a constant may call it.
    pub const fn new() -> A<T> {
        A(1)
    }

    pub(crate) fn empty() {}

    fn next(&mut self) -> Option<u8>
    where
        T: B,
    {
    loop {}
    }
}
";
        assert_eq!(shortened(source), expected);
    }

    #[test]
    fn macros_go_without_documentation() {
        let source = "\
/// Of the macro.
macro_rules! int_impl {
    ($T:ty) => {
        /// Of a method.
        #[doc = concat!(\"of \", stringify!($T))]
        #[inline]
        pub fn pow(self, exp: u32) -> Self {
            let mut base = self;
            base
        }
    };
}
/// Behind it.
trait A {
    fn a(&self);
    fn b(&self) {
        self.a();
    }
}
";
        let expected = "\
/// Of the macro.
macro_rules! int_impl {
    ($T:ty) => {
        pub fn pow(self, exp: u32) -> Self {
        loop {}
        }
    };
}
/// Behind it.
trait A {
    fn a(&self);
    fn b(&self) {
    loop {}
    }
}
";
        assert_eq!(shortened(source), expected);
    }

    /// Of each function the brace that ends it is found: in each file of the library what is open at its end is what was.
    #[test]
    fn the_library_of_this_machine_stays_whole() {
        let library = Toolchain::find().unwrap().library;
        let depths = |text: &str| {
            all_tokens(text).iter().fold((0, 0), |(depth, lowest): (i32, i32), token| {
                let depth = depth + i32::from(token.text == "{") - i32::from(token.text == "}");
                (depth, lowest.min(depth))
            })
        };
        let (mut folders, mut lines) = (CRATES.map(|name| library.join(name).join("src")).to_vec(), [0; 2]);
        while let Some(folder) = folders.pop() {
            // Where rustup has not added the sources there is nothing to read.
            for path in fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|end| end == "rs") {
                    let source = fs::read_to_string(&path).unwrap();
                    let short = shortened(&source);
                    assert_eq!(depths(&source), depths(&short), "{}", path.display());
                    lines = [lines[0] + source.lines().count(), lines[1] + short.lines().count()];
                }
            }
        }
        assert!(lines[0] == 0 || 4 * lines[1] < 3 * lines[0], "{lines:?}");
    }
}
