//! The crates behind the lab: where they come from, and by which licences they may be used. `.cargo/deny.toml` says
//! which are accepted, for `cargo deny` and for this test.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Licences that are accepted: everywhere, and of one crate each.
#[derive(Default)]
struct Accepted {
    everywhere: BTreeSet<String>,
    exceptions: Vec<(String, BTreeSet<String>)>,
}

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// What stands between quotes.
fn quoted(line: &str) -> impl Iterator<Item = String> {
    line.split('"').skip(1).step_by(2).map(String::from)
}

fn accepted() -> Accepted {
    let text = fs::read_to_string(project().join(".cargo/deny.toml")).unwrap();
    let mut accepted = Accepted::default();
    let mut list = "";
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        match line {
            "allow = [" | "exceptions = [" => list = line,
            "]" => list = "",
            _ if list.starts_with("allow") => accepted.everywhere.extend(quoted(line)),
            _ if list.starts_with("exceptions") => {
                let mut words = quoted(line);
                accepted.exceptions.push((words.next().unwrap(), words.collect()));
            }
            _ => (),
        }
    }
    accepted
}

/// Every crate that is built on this system.
fn crates() -> Vec<Value> {
    let host = Command::new("rustc").arg("-vV").output().unwrap();
    let host = String::from_utf8(host.stdout).unwrap();
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_string();
    let cargo = std::env::var_os("CARGO").unwrap_or("cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--locked", "--format-version", "1", "--filter-platform", &host])
        .current_dir(project())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let all: Value = serde_json::from_slice(&output.stdout).unwrap();
    let nodes = all["resolve"]["nodes"].as_array().unwrap();
    let built: BTreeSet<&str> = nodes.iter().map(|node| node["id"].as_str().unwrap()).collect();
    let packages = all["packages"].as_array().unwrap().iter();
    packages.filter(|package| built.contains(package["id"].as_str().unwrap())).cloned().collect()
}

/// Whether an SPDX expression is fulfilled by accepted licences. Old ones write `/` where they mean `OR`.
fn is_fulfilled(expression: &str, accepts: &impl Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    any_of(&mut words.as_slice(), accepts)
}

/// `A OR B`: AND binds stronger.
fn any_of(words: &mut &[&str], accepts: &impl Fn(&str) -> bool) -> bool {
    let mut fulfilled = all_of(words, accepts);
    while words.first() == Some(&"OR") {
        *words = &words[1..];
        fulfilled |= all_of(words, accepts);
    }
    fulfilled
}

fn all_of(words: &mut &[&str], accepts: &impl Fn(&str) -> bool) -> bool {
    let mut fulfilled = one(words, accepts);
    while words.first() == Some(&"AND") {
        *words = &words[1..];
        fulfilled &= one(words, accepts);
    }
    fulfilled
}

fn one(words: &mut &[&str], accepts: &impl Fn(&str) -> bool) -> bool {
    let (first, rest) = words.split_first().expect("a licence");
    *words = rest;
    if *first == "(" {
        let fulfilled = any_of(words, accepts);
        assert_eq!(words.first(), Some(&")"));
        *words = &words[1..];
        return fulfilled;
    }
    match words {
        ["WITH", exception, rest @ ..] => {
            let name = format!("{first} WITH {exception}");
            *words = rest;
            accepts(&name)
        }
        _ => accepts(first),
    }
}

#[test]
fn expressions_are_read_as_they_are_meant() {
    let accepts = |name: &str| ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].contains(&name);
    for fulfilled in [
        "MIT",
        "GPL-3.0/MIT",
        "GPL-3.0 OR MIT AND ISC",
        "(MIT OR X) AND ISC",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(is_fulfilled(fulfilled, &accepts), "{fulfilled}");
    }
    for not in ["GPL-3.0", "Apache-2.0", "MIT AND X", "(MIT OR ISC) AND X", "X OR Y AND MIT", "X WITH MIT"] {
        assert!(!is_fulfilled(not, &accepts), "{not}");
    }
}

#[test]
fn every_crate_has_an_accepted_licence_and_comes_from_one_registry() {
    let (accepted, crates) = (accepted(), crates());
    assert!(accepted.everywhere.len() > 3 && crates.len() > 100);
    let mut registries = BTreeSet::new();
    let mut needed = BTreeSet::new();
    for package in &crates {
        let name = package["name"].as_str().unwrap();
        let exception = accepted.exceptions.iter().find(|(crate_name, _)| crate_name == name);
        let accepts = |licence: &str| {
            accepted.everywhere.contains(licence)
                || exception.is_some_and(|(_, licences)| licences.contains(licence))
        };
        let licence = package["license"].as_str().unwrap_or_else(|| panic!("{name} has no licence"));
        assert!(is_fulfilled(licence, &accepts), "{name}: {licence}");
        if !is_fulfilled(licence, &|licence: &str| accepted.everywhere.contains(licence)) {
            needed.insert(name.to_string());
        }
        registries.extend(package["source"].as_str());
    }
    let excepted: BTreeSet<String> = accepted.exceptions.iter().map(|(name, _)| name.clone()).collect();
    assert_eq!(needed, excepted, "no exception that nothing needs");
    assert!(registries.len() == 1 && registries.iter().all(|source| source.starts_with("registry+")));
}
