//! The rooms of `src` stand one above the other: a file uses its own room and those below it. Here and in the packages
//! beside, no files use each other in a circle, and none is long. Tests inside the sources may use everything.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// From the ground up. A file belongs to the longest of these with which its path begins.
const ROOMS: [&str; 15] = [
    "notebook",
    "data",
    "nn/kernels",
    "nn/layers",
    "nn/loss",
    "nn/score",
    "nn/optim",
    "nn/model",
    "nn/train",
    "nn/inspect",
    "nn",
    "eval",
    "plot",
    "lesson",
    "lib",
];

/// One name that a file takes from another.
#[derive(Clone, Debug)]
struct Use {
    from: String,
    line: usize,
    path: String,
    to: String,
}

impl Use {
    fn told(&self) -> String {
        format!("{}:{} uses {}, which is in {}", self.from, self.line, self.path, self.to)
    }
}

/// The sources of all packages, as folders of this one.
const PACKAGES: [&str; 10] = [
    "src",
    "base/src",
    "bench/src",
    "cli/src",
    "evaluator/src",
    "exchange/src",
    "fuzz",
    "kernel/src",
    "photo/src",
    "rivals/src",
];

/// The sources by their path below a folder, those that only tests are made of left out.
fn sources(folder: &str) -> BTreeMap<String, String> {
    let mut sources = files(folder);
    let tests: Vec<String> = sources.iter().flat_map(|(file, text)| test_modules(file, text)).collect();
    let is_of = |file: &str, test: &String| module(file) == *test || file.starts_with(&format!("{test}/"));
    sources.retain(|file, _| !tests.iter().any(|test| is_of(file, test)));
    sources
}

/// All Rust files below a folder of this package, by their path in it.
fn files(folder: &str) -> BTreeMap<String, String> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let (mut folders, mut files) = (vec![top.clone()], BTreeMap::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&top).unwrap().to_str().unwrap().to_string();
            if path.is_dir() && !path.ends_with("target") {
                folders.push(path);
            } else if name.ends_with(".rs") {
                files.insert(name, fs::read_to_string(path).unwrap());
            }
        }
    }
    files
}

/// `nn/train/mod.rs` and `nn/train.rs` are the module `nn/train`.
fn module(file: &str) -> String {
    let name = file.strip_suffix(".rs").unwrap();
    name.strip_suffix("/mod").unwrap_or(name).to_string()
}

/// Modules behind `#[cfg(test)]` that are files of their own.
fn test_modules(file: &str, text: &str) -> Vec<String> {
    let marked = text.lines().zip(text.lines().skip(1)).filter(|(line, _)| *line == "#[cfg(test)]");
    let names = marked.filter_map(|(_, line)| line.strip_suffix(';')?.split("mod ").nth(1));
    names.map(|name| format!("{}/{name}", module(file))).collect()
}

fn uses(sources: &BTreeMap<String, String>) -> Vec<Use> {
    let files: BTreeMap<String, &String> = sources.keys().map(|file| (module(file), file)).collect();
    let mut uses = Vec::new();
    for (file, text) in sources {
        for (line, path) in paths(text) {
            if let Some(to) = resolve(&module(file), &path, &files).filter(|to| to != file) {
                uses.push(Use { from: file.clone(), line, path, to });
            }
        }
    }
    uses
}

/// All paths in `use` statements and elsewhere, each with its line.
fn paths(text: &str) -> Vec<(usize, String)> {
    let lines: Vec<&str> = text.lines().collect();
    let is_test = |pair: &[&str]| pair[0] == "#[cfg(test)]" && pair[1].ends_with('{');
    let end = lines.windows(2).position(is_test).unwrap_or(lines.len());
    let (mut paths, mut statement) = (Vec::new(), None::<(usize, String)>);
    for (number, line) in (1..).zip(&lines[..end]).filter(|(_, line)| !line.trim().starts_with("//")) {
        let line = line.trim();
        let bare =
            line.split_once("use ").filter(|(before, _)| before.is_empty() || before.starts_with("pub"));
        match (&mut statement, bare) {
            (Some((_, tree)), _) => tree.push_str(line),
            (None, Some((_, tree))) => statement = Some((number, tree.to_string())),
            (None, None) => paths.extend(inline(line).into_iter().map(|path| (number, path))),
        }
        if let Some((number, tree)) = statement.take_if(|(_, tree)| tree.ends_with(';')) {
            paths.extend(expand(tree.trim_end_matches(';')).into_iter().map(|path| (number, path)));
        }
    }
    paths
}

/// The paths within a line of code, but for those in its texts and those that say how far something is visible.
fn inline(line: &str) -> Vec<String> {
    let visible = line.strip_prefix("pub(in ").and_then(|rest| rest.split_once(')'));
    let line = visible.map_or(line, |(_, rest)| rest);
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let code = line.split('"').step_by(2).flat_map(|code| code.split(|c| !is_path(c)));
    code.filter(|path| path.contains("::")).map(str::to_string).collect()
}

/// `a::{b, c::{d, e}}` as `a::b`, `a::c::d`, `a::c::e`.
fn expand(tree: &str) -> Vec<String> {
    let Some((head, rest)) = tree.split_once('{') else {
        let name = tree.split(" as ").next().unwrap_or_default().trim();
        return if name.is_empty() { vec![] } else { vec![name.to_string()] };
    };
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for letter in rest.strip_suffix('}').unwrap_or(rest).chars() {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        match letter {
            ',' if depth == 0 => parts.push(String::new()),
            _ => parts.last_mut().unwrap().push(letter),
        }
    }
    parts.iter().flat_map(|part| expand(part)).map(|part| format!("{head}{part}")).collect()
}

/// The file in which a crate begins is one of these.
const ROOTS: [&str; 2] = ["lib", "main"];

/// The file in which a path of `module` ends; None where it leads out of the crate.
fn resolve(module: &str, path: &str, files: &BTreeMap<String, &String>) -> Option<String> {
    let mut place: Vec<&str> = module.split('/').filter(|part| !ROOTS.contains(part)).collect();
    let names: Vec<&str> = path.split("::").map(str::trim).filter(|name| !name.is_empty()).collect();
    match *names.first()? {
        "crate" => place.clear(),
        "self" | "super" => {}
        child if files.contains_key(&[&place[..], &[child]].concat().join("/")) => {}
        _ => return None,
    }
    for name in names {
        match name {
            "crate" | "self" => {}
            "super" => drop(place.pop()),
            name => place.push(name),
        }
    }
    let known = (1..=place.len()).rev().find_map(|n| files.get(&place[..n].join("/")).copied());
    known.or_else(|| ROOTS.iter().find_map(|root| files.get(*root).copied())).cloned()
}

/// The place of a file's room, counted from the ground.
fn height(file: &str) -> usize {
    let module = module(file);
    let inside = |room: &str| module == room || module.starts_with(&format!("{room}/"));
    let rooms = ROOMS.iter().enumerate().filter(|(_, room)| inside(room));
    let room = rooms.max_by_key(|(_, room)| room.len());
    room.unwrap_or_else(|| panic!("src/{file} is in none of the rooms {ROOMS:?}")).0
}

fn upwards(uses: &[Use]) -> Vec<String> {
    uses.iter().filter(|one| height(&one.to) > height(&one.from)).map(Use::told).collect()
}

/// The uses that close a circle, if there is one.
fn circle(uses: &[Use]) -> Vec<String> {
    fn search<'a>(file: &str, uses: &'a [Use], way: &mut Vec<&'a Use>, done: &mut BTreeSet<String>) -> bool {
        for one in uses.iter().filter(|one| one.from == file) {
            way.push(one);
            if let Some(start) = way.iter().position(|earlier| earlier.from == one.to) {
                way.drain(..start);
                return true;
            }
            if !done.contains(&one.to) && search(&one.to, uses, way, done) {
                return true;
            }
            way.pop();
        }
        done.insert(file.to_string());
        false
    }
    let (mut way, mut done) = (Vec::new(), BTreeSet::new());
    uses.iter().any(|one| search(&one.from, uses, &mut way, &mut done));
    way.into_iter().map(Use::told).collect()
}

#[test]
fn no_file_uses_a_room_above_its_own() {
    let found = upwards(&uses(&sources("src")));
    let order = ROOMS.join(", ");
    assert!(found.is_empty(), "rooms, from the ground up: {order}\n{}", found.join("\n"));
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let found: Vec<String> = PACKAGES
        .iter()
        .flat_map(|package| {
            circle(&uses(&sources(package))).into_iter().map(move |told| format!("{package}: {told}"))
        })
        .collect();
    assert!(found.is_empty(), "move what both need into a file of its own:\n{}", found.join("\n"));
}

/// Lines before a file's own tests.
const LONGEST: usize = 250;

/// Says of a file that it has more than that; files of tests alone may.
fn too_long(file: &str, text: &str) -> Option<String> {
    let is_test = file.ends_with("/tests.rs") || file.split('/').any(|folder| folder == "tests");
    let lines: Vec<&str> = text.lines().collect();
    let tests = |pair: &[&str]| pair[0].starts_with("#[cfg(") && pair[1].ends_with("mod tests {");
    let lines = lines.windows(2).position(tests).unwrap_or(lines.len());
    (lines > LONGEST && !is_test).then(|| format!("{file}: {lines} lines"))
}

#[test]
fn no_file_is_longer_than_a_reader_can_keep_in_mind() {
    let found: Vec<String> = files(".").iter().filter_map(|(file, text)| too_long(file, text)).collect();
    assert!(found.is_empty(), "split by topic, {LONGEST} lines at most without tests:\n{}", found.join("\n"));
}

#[test]
fn only_lines_before_the_tests_are_counted() {
    let code = "a();\n".repeat(LONGEST);
    assert_eq!(too_long("nn/loss.rs", &format!("{code}#[cfg(test)]\nmod tests {{\n{code}}}\n")), None);
    let longer = format!("{code}a();\n");
    assert_eq!(too_long("nn/loss.rs", &longer).unwrap(), "nn/loss.rs: 251 lines");
    assert_eq!((too_long("tests/loss.rs", &longer), too_long("nn/tests.rs", &longer)), (None, None));
}

fn made_up(files: &[(&str, &str)]) -> Vec<Use> {
    uses(&files.iter().map(|(file, text)| (file.to_string(), text.to_string())).collect())
}

#[test]
fn a_use_upwards_is_found_with_its_line() {
    let uses = made_up(&[
        ("data/mod.rs", "mod images;\n\nuse crate::{\n    nn::Sequential,\n    notebook,\n};\n"),
        ("data/images.rs", "fn f() {\n    crate::plot::draw();\n}\n"),
        (
            "nn/mod.rs",
            "use crate::data::Images;\n#[cfg(test)]\nmod tests {\n    use crate::plot::Figure;\n}\n",
        ),
        ("notebook/mod.rs", ""),
        ("plot/mod.rs", "use crate::nn::{Score, Sequential as Network};\n"),
    ]);
    let found = upwards(&uses);
    let expected = [
        "data/images.rs:2 uses crate::plot::draw, which is in plot/mod.rs",
        "data/mod.rs:3 uses crate::nn::Sequential, which is in nn/mod.rs",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_circle_is_found_however_its_paths_are_written() {
    let uses = made_up(&[
        ("eval/mod.rs", "mod a;\nmod b;\nmod c;\npub use a::A;\n"),
        ("eval/a.rs", "use super::b::B;\n"),
        ("eval/b.rs", "pub(crate) use crate::eval::c::C;\n"),
        ("eval/c.rs", "use crate::eval::{a::{A, D}, d};\n"),
    ]);
    let found = circle(&uses);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(
        found.iter().any(|told| told == "eval/a.rs:1 uses super::b::B, which is in eval/b.rs"),
        "{found:?}"
    );
}

#[test]
fn a_file_and_its_part_that_use_each_other_are_a_circle() {
    let uses_part = ["use page::show;", "use self::page::show;", "fn f() {\n    page::show();\n}"];
    let uses_whole = ["use super::Work;", "use crate::Work;", "fn show() -> super::Work {\n}"];
    for (whole, part) in uses_part.iter().flat_map(|whole| uses_whole.map(|part| (whole, part))) {
        for root in ["main.rs", "lib.rs"] {
            let found = circle(&made_up(&[(root, whole), ("page.rs", part)]));
            assert_eq!(found.len(), 2, "{whole} in {root}, and {part} in page.rs");
        }
        assert_eq!(circle(&made_up(&[("main.rs", whole), ("page.rs", "use std::fs;")])), [""; 0]);
    }
    for none in ["pub(in super::super) struct Page;", "fn f() {\n    put(\"crate::Work\");\n}"] {
        assert_eq!(circle(&made_up(&[("main.rs", "use page::Page;"), ("page.rs", none)])), [""; 0]);
    }
}
