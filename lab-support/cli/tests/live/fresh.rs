//! What must hold on a machine that is not ours: in any folder, under any settings, on any day. `cargo lab test` runs these
//! tests once the kernel is built.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::front_end::{FrontEnd, Kernel, dep, root};
use lab_kernel::{Folders, For, Setup};
use serde_json::{Value, json};

fn setup() -> Setup {
    Setup::ensure(&Folders::find().unwrap(), For::AllNotebooks, &|_| ()).unwrap()
}

#[test]
fn a_reader_that_has_read_enough_is_no_error() {
    let mut lab = Command::new(env!("CARGO_BIN_EXE_lab"));
    lab.arg("doctor").env("LAB_HOME", root()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut lab = lab.spawn().unwrap();
    drop(lab.stdout.take());
    let output = lab.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn other_front_ends_find_the_kernel_once_it_is_installed_and_until_it_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("kernels/other/kernel.json");
    fs::create_dir_all(own.parent().unwrap()).unwrap();
    fs::write(&own, "{}").unwrap();
    let lab = |what: &str| {
        let mut lab = Command::new(env!("CARGO_BIN_EXE_lab"));
        lab.args(["kernel", what, "--user"]).env("LAB_HOME", root()).env("JUPYTER_DATA_DIR", folder.path());
        let output = lab.output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    };
    let file = folder.path().join("kernels/fashion-mnist-lab/kernel.json");
    for _ in 0..2 {
        let (done, said) = lab("install");
        assert!(done && said.contains("cargo lab kernel remove"), "{said}");
        let spec: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        assert_eq!(spec["argv"].as_array().unwrap()[1..], [json!("kernel"), json!("{connection_file}")]);
        assert!(Path::new(spec["argv"][0].as_str().unwrap()).is_file());
        assert_eq!(spec["env"]["LAB_HOME"], root().to_str().unwrap());
    }
    assert!(lab("remove").0 && !file.exists());
    let (done, said) = lab("remove");
    assert!(!done && said.starts_with("There is none"), "{said}");
    assert!(own.is_file(), "those of others stay");
}

#[test]
fn what_killed_programs_have_left_is_gone_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let (temporary, output) = (folder.path().join("tmp"), folder.path().join("output"));
    let of_a_check = temporary.join("fashion-mnist-lab-killed");
    fs::create_dir_all(of_a_check.join("notebooks")).unwrap();
    fs::create_dir_all(output.join("practice/models")).unwrap();
    let unfinished =
        ["checks.jsonl.4711-0.unfinished", "practice/models/baseline.safetensors.4711-1.unfinished"];
    let kept = ["checks.jsonl", "mine.unfinished", "practice/models/baseline.safetensors"];
    unfinished.iter().chain(&kept).for_each(|name| fs::write(output.join(name), "").unwrap());
    let mut lab = Command::new(env!("CARGO_BIN_EXE_lab"));
    lab.arg("doctor").env("LAB_HOME", root()).env("LAB_OUTPUT", &output).env("TMPDIR", &temporary);
    lab.output().unwrap();
    assert!(!of_a_check.exists() && !unfinished.iter().any(|name| output.join(name).exists()));
    assert!(kept.iter().all(|name| output.join(name).exists()));
}

/// Compiled libraries below a folder, each with the number of its file: compiled again, it has another.
fn libraries(folder: &Path) -> BTreeMap<PathBuf, u64> {
    fn visit(top: &Path, folder: &Path, found: &mut BTreeMap<PathBuf, u64>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let of_cells = ["libctx", "ctx-", "libcode_"].iter().any(|start| name.starts_with(start));
            if path.is_dir() && !path.is_symlink() {
                visit(top, &path, found);
            } else if !of_cells
                && ["rlib", "rmeta", "so"].iter().any(|end| name.ends_with(&format!(".{end}")))
            {
                let inode = fs::metadata(&path).unwrap().ino();
                found.insert(path.strip_prefix(top).unwrap().into(), inode);
            }
        }
    }
    let mut found = BTreeMap::new();
    visit(folder, &folder.join("target"), &mut found);
    found
}

/// The crates of a registry from which a folder was compiled, each with its version, as the compiler noted its files.
fn compiled_crates(folder: &Path) -> BTreeSet<String> {
    fn visit(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.is_symlink() {
                visit(&path, found);
            } else if path.extension().is_some_and(|end| end == "d") {
                let text = fs::read_to_string(&path).unwrap();
                let after = text
                    .split("/registry/src/")
                    .skip(1)
                    .filter_map(|rest| rest.split(['/', '\n', ' ']).nth(1));
                found.extend(after.map(String::from));
            }
        }
    }
    let mut found = BTreeSet::new();
    visit(&folder.join("target"), &mut found);
    found
}

/// `name-version` of every package in a lock file.
fn locked(lock: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(lock).unwrap();
    let value = |line: &str, key: &str| Some(line.strip_prefix(key)?.trim_matches('"').to_string());
    let mut packages = BTreeSet::new();
    let mut name = String::new();
    for line in text.lines() {
        if let Some(found) = value(line, "name = ") {
            name = found;
        } else if let Some(version) = value(line, "version = ").filter(|_| !name.is_empty()) {
            packages.insert(format!("{name}-{version}"));
        }
    }
    packages
}

#[test]
#[ignore = "needs the kernel: cargo lab test"]
fn what_is_compiled_for_notebooks_has_the_versions_of_the_projects_lock_file() {
    let compiled = setup().compiled.folder;
    let project = root().join("Cargo.lock");
    assert_eq!(fs::read(compiled.join("Cargo.lock")).unwrap(), fs::read(&project).unwrap());
    let (crates, locked) = (compiled_crates(&compiled), locked(&project));
    assert!(crates.len() > 60, "{crates:?}");
    let others: Vec<&String> = crates.difference(&locked).collect();
    assert!(others.is_empty(), "not in Cargo.lock: {others:?}");
}

/// Whether the compiler has left notes on a cell.
fn has_compiled(folder: &Path) -> bool {
    fs::read_dir(folder.join("target"))
        .unwrap()
        .any(|target| target.unwrap().path().join("debug/incremental").exists())
}

/// By what cargo knows the compiler again: it asks anew what that can do when this has changed.
fn known_compiler(folder: &Path) -> String {
    let text = fs::read_to_string(folder.join("target/.rustc_info.json")).unwrap();
    text.split(',').next().unwrap().to_string()
}

/// First cells as students send them: with nothing of the lab, with a mistake, from the last notebook, in any order; by a
/// kernel that was started as rustup starts programs, with the toolchain named in another way than when the lab was set up.
#[tokio::test]
#[ignore = "needs the kernel: cargo lab test"]
async fn the_first_cell_compiles_nothing_whatever_it_is() {
    let Setup { compiled, toolchain, .. } = setup();
    let compiled = compiled.folder;
    let sysroot = toolchain.library.ancestors().nth(5).unwrap();
    let rustup = sysroot.ancestors().nth(2).unwrap();
    let variables =
        [("RUSTUP_HOME", rustup.to_str().unwrap()), ("RUSTUP_TOOLCHAIN", sysroot.to_str().unwrap())];
    let expected = libraries(&compiled);
    assert!(expected.len() > 100);
    let support = format!("{}\nuse lab_support::prelude::*;", dep());
    let other = |name: &str| {
        let cell = support.replace("lab-support", &format!("lab-support/{name}"));
        let cell = cell.replacen(":dep lab-support/", ":dep lab-", 1);
        cell.replace("use lab_support::prelude::*", &format!("use lab_{name}::*"))
    };
    let (rivals, photo) = (other("rivals"), other("photo"));
    for cells in [
        vec!["1 + 1", &support, "CLASS_NAMES.len()"],
        vec!["let x: i32 = \"a\";", &support],
        vec!["this is no Rust", "let a = missing();", &rivals, &support],
        vec![":dep no-such-crate = \"1\"", "1 + 1", &rivals],
        vec![&photo, &support],
        vec![&rivals, &photo],
    ] {
        let kernel = Kernel::start_with(&variables).await;
        let mut page = FrontEnd::connect(&kernel.info).await;
        page.run(":vars").await.ok();
        assert!(!has_compiled(&kernel.folder()), "evcxr's own first cells are compiled beforehand, too");
        assert_eq!(known_compiler(&kernel.folder()), known_compiler(&compiled));
        for cell in &cells {
            let answer = page.run(cell).await;
            let is_lab = cell.contains("lab_");
            assert!(!is_lab || answer.reply.error.is_none(), "{cell}: {:?}", answer.reply.error);
            let found = libraries(&kernel.folder());
            let compiled: Vec<&PathBuf> = found
                .iter()
                .filter(|(path, inode)| expected.get(*path) != Some(inode))
                .map(|(path, _)| path)
                .collect();
            assert!(compiled.is_empty(), "after {cell:?} of {cells:?}: {compiled:?}");
        }
    }
}

/// After a restart, or in another copy of a notebook: the compiler is not called, and nothing else is different. What a cell
/// defines goes on into one that is compiled, and what it reads besides is read again.
#[tokio::test]
#[ignore = "needs the kernel: cargo lab test"]
async fn a_cell_that_another_kernel_has_run_is_not_compiled() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mine.txt");
    fs::write(&file, "before").unwrap();
    drop(setup());
    // In no kernel of an earlier run.
    let number = std::process::id();
    let cells = [
        format!("{}\nuse lab_support::prelude::*;", dep()),
        format!(
            "#[derive(Debug)]\nstruct Mine {{ number: u32, rest: Vec<u32> }}\nlet mine = Mine {{ number: {number}, rest: vec![2] }};"
        ),
        "let (a, b, c, d) = (1, 2.0, \"c\", mine.rest.len());".to_string(),
        "mine".to_string(),
        "(a, b, c, d, mine.number)".to_string(),
        "let mine = Mine { number: mine.number, rest: vec![a as u32] };\nmine.rest[d]".to_string(),
        "// Of the same type as before.\nmine.rest.len() + d".to_string(),
        "Vec::<u8>::from([1]).remove(mine.rest.len())".to_string(),
    ];
    let mut first = Vec::new();
    for run in ["first", "again"] {
        let kernel = Kernel::start().await;
        let mut page = FrontEnd::connect(&kernel.info).await;
        for (place, cell) in cells.iter().enumerate() {
            let answer = page.run(cell).await;
            let shown = (answer.text(), answer.reply.error.map(|error| format!("{error:?}")));
            if run == "first" {
                first.push(shown);
            } else {
                assert_eq!(shown, first[place], "{cell}");
            }
        }
        assert_eq!(has_compiled(&kernel.folder()), run == "first", "{run}");
        // The same once more, whatever its number, and one that knows the type of what was not compiled here.
        page.run(&cells[3]).await.ok();
        let next = page.run(&format!("mine.number + {}", u8::from(run == "again"))).await.ok();
        assert_eq!(next.text(), (number + u32::from(run == "again")).to_string());
        let include = format!("include_str!({:?})", file.to_str().unwrap());
        assert!(page.run(&include).await.ok().text().contains(if run == "first" {
            "before"
        } else {
            "after"
        }));
        fs::write(&file, "after").unwrap();
    }
    let panicked = first[7].1.as_deref().unwrap();
    assert!(first[3].0.contains(&number.to_string()) && first[4].0.contains("2.0, \"c\", 1"), "{first:?}");
    assert!(first[5].1.is_some() && panicked.contains("-->  1 | Vec"), "{first:?}");
}

/// A kernel that is started under settings which came after the lab was set up: programs on the PATH, and variables, which
/// say what a configuration file can say, and are stronger. While it runs, another version of the lab that shares its cache
/// writes down how that one compiles.
#[tokio::test]
#[ignore = "needs the kernel: cargo lab test"]
async fn neither_the_users_own_settings_nor_another_versions_change_anything() {
    let compiled = setup().compiled.folder;
    // Beside the lab's own, where files can be linked.
    let cache = tempfile::tempdir_in(Folders::find().unwrap().cache).unwrap();
    let lab = cache.path().join("fashion-mnist-lab");
    link(&compiled, &lab.join("compiled").join(compiled.file_name().unwrap()));
    let expected = libraries(&compiled);
    let folder = tempfile::tempdir().unwrap();
    let programs = folder.path().join("programs");
    fs::create_dir(&programs).unwrap();
    for name in ["lld", "ld.lld", "mold", "sccache"] {
        fs::write(programs.join(name), "#!/bin/sh\nexit 1\n").unwrap();
        fs::set_permissions(programs.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let kernel = Kernel::start_with(&[
        ("PATH", &path),
        ("CARGO_BUILD_RUSTFLAGS", "-Cdebuginfo=2"),
        ("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER", "no-such-linker"),
        ("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS", "-Copt-level=0"),
        ("CARGO_HTTP_PROXY", "127.0.0.1:1"),
        ("CARGO_NET_OFFLINE", "false"),
        ("CARGO_TARGET_DIR", "/nowhere"),
        ("CARGO_BUILD_TARGET_DIR", "/nowhere"),
        ("CARGO_INCREMENTAL", "0"),
        ("CARGO_PROFILE_DEV_OPT_LEVEL", "3"),
        ("CARGO_ENCODED_RUSTFLAGS", "-Cdebuginfo=2"),
        ("RUSTFLAGS", "-Cdebuginfo=2"),
        ("RUSTC_WRAPPER", "sccache"),
        ("XDG_CACHE_HOME", cache.path().to_str().unwrap()),
    ])
    .await;
    let mut page = FrontEnd::connect(&kernel.info).await;
    let cell = page.run(&format!("{}\nuse lab_support::prelude::*;\nCLASS_NAMES.len()", dep())).await.ok();
    assert_eq!(cell.text(), "10");
    assert_eq!(libraries(&kernel.folder()), expected);
    let theirs = "[profile.dev]\ndebug = 2\n[profile.dev.package.\"*\"]\nopt-level = 1\ndebug = true\n";
    fs::create_dir_all(lab.join(".cargo")).unwrap();
    fs::write(lab.join(".cargo/config.toml"), theirs).unwrap();
    assert_eq!(page.run("CLASS_NAMES.len() + 1").await.ok().text(), "11");
    assert_eq!(libraries(&kernel.folder()), expected);
}

/// Makes a folder of the same files.
fn link(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        match entry.file_type().unwrap() {
            kind if kind.is_symlink() => symlink(fs::read_link(path).unwrap(), to).unwrap(),
            kind if kind.is_dir() => link(&path, &to),
            _ => fs::hard_link(path, to).unwrap(),
        }
    }
}

/// What people have in their configuration of cargo, each time at its worst.
const SETTINGS: &str = r#"
[build]
target-dir = "/nowhere/target"
build-dir = "/nowhere/build"
rustc-wrapper = "no-such-wrapper"
rustflags = ["--no-such-flag"]
incremental = false
[target.'cfg(unix)']
linker = "no-such-linker"
rustflags = ["--no-such-flag"]
[http]
proxy = "127.0.0.1:1"
[profile.dev]
opt-level = 0
"#;

/// A copy of the project without what is compiled, in a folder and with a cache whose names have a space, a quote, letters
/// of other alphabets, one in two parts, and a percent sign; above it, a configuration of cargo's that nothing could be
/// compiled with.
#[tokio::test]
#[ignore = "needs the kernel: cargo lab test"]
async fn any_folder_will_do_and_a_change_of_its_sources_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("Lab e\u{301} \u{e4}\u{6f22} \"1\" it's 100%");
    let cache = folder.path().join("my \"cache\" e\u{301}");
    copy_sources(&root(), &project);
    fs::create_dir_all(cache.join(".cargo")).unwrap();
    fs::write(cache.join(".cargo/config.toml"), SETTINGS).unwrap();
    let original = setup();
    let stamp = fs::read_to_string(root().join("target/lab-evaluator.json")).unwrap();
    assert!(stamp.contains("lab-evaluator") && original.evaluator.is_file());
    fs::create_dir(project.join("target")).unwrap();
    fs::write(project.join("target/lab-evaluator.json"), stamp).unwrap();
    let kernel = Kernel::start_with(&[
        ("LAB_HOME", project.to_str().unwrap()),
        ("XDG_CACHE_HOME", cache.to_str().unwrap()),
    ])
    .await;
    let mut page = FrontEnd::connect(&kernel.info).await;
    let cell = page.run("1 + 1").await.ok();
    assert!(
        cell.text().contains("The lab is set up. This cell waited for "),
        "the wait is shown in its place: {}",
        cell.text()
    );
    assert!(cell.text().ends_with('2'));
    let path = serde_json::to_string(project.join("lab-support").to_str().unwrap()).unwrap();
    let first = format!(
        ":dep lab-support = {{ path = {path} }}\nuse lab_support::prelude::*;\nlet kept = CLASS_NAMES.len();"
    );
    page.run(&first).await.ok();
    assert_eq!(page.run("kept").await.ok().text(), "10");

    let source = project.join("lab-support/src/lib.rs");
    let (text, times) = (fs::read(&source).unwrap(), fs::metadata(&source).unwrap().modified().unwrap());
    fs::write(&source, [text.clone(), b"\n// changed\n".to_vec()].concat()).unwrap();
    let start = Instant::now();
    let (name, words) = page.run("kept").await.error();
    assert!(
        name == "Outdated" && words.contains("lab-support has changed") && words.contains("Restart"),
        "{words}"
    );
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    fs::write(&source, text).unwrap();
    fs::File::options().write(true).open(&source).unwrap().set_modified(times).unwrap();
    assert_eq!(page.run("kept").await.ok().text(), "10", "nothing is lost");
}

/// What git keeps of the project, as far as it is compiled.
fn copy_sources(from: &Path, to: &Path) {
    fs::create_dir_all(to.join("notebooks")).unwrap();
    let skipped = ["target", "data", "notebooks", ".git", ".venv"];
    fn copy(from: &Path, to: &Path, skipped: &[&str]) {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let (path, name) = entry.map(|e| (e.path(), e.file_name())).unwrap();
            if skipped.contains(&name.to_str().unwrap()) {
                continue;
            }
            match path.is_dir() {
                true => copy(&path, &to.join(name), &["target"]),
                false => drop(fs::copy(&path, to.join(name)).unwrap()),
            }
        }
    }
    copy(from, to, &skipped);
}

/// A registry, as cargo knows them in a folder, that has the crates of the lock file, and newer ones of some.
struct Registry {
    folder: tempfile::TempDir,
}

const NEWER: [&str; 5] = ["itoa", "smallvec", "serde", "zerocopy", "bumpalo"];

impl Registry {
    /// From what cargo has fetched: its index, and its packed crates.
    fn new(home: &Path) -> Registry {
        let folder = tempfile::tempdir().unwrap();
        let (registry, cargo) = (folder.path().join("registry"), folder.path().join("cargo"));
        fs::create_dir_all(registry.join("index")).unwrap();
        fs::create_dir(&cargo).unwrap();
        let locked = locked(&root().join("Cargo.lock"));
        for package in &locked {
            let crates =
                fs::read_dir(home.join("registry/cache")).unwrap().map(|cache| cache.unwrap().path());
            let packed =
                crates.map(|cache| cache.join(format!("{package}.crate"))).find(|path| path.is_file());
            let Some(packed) = packed else { continue };
            symlink(&packed, registry.join(packed.file_name().unwrap())).unwrap();
        }
        for (name, lines) in index(home) {
            let ours = |line: &&Value| locked.contains(&format!("{name}-{}", line["vers"].as_str().unwrap()));
            let mut kept: Vec<Value> = lines.iter().filter(ours).cloned().collect();
            let Some(newest) = kept.iter().max_by_key(|line| version(line)).cloned() else { continue };
            if NEWER.contains(&name.as_str()) {
                let (major, minor, _) = version(&newest);
                let newer = format!("{major}.{}.999", minor);
                let mut line = newest;
                line["vers"] = json!(newer);
                kept.push(line);
            }
            let text: String = kept.iter().map(|line| format!("{line}\n")).collect();
            let place = registry.join("index").join(prefix(&name));
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, text).unwrap();
        }
        let path = serde_json::to_string(registry.to_str().unwrap()).unwrap();
        let config = format!(
            "[source.crates-io]\nreplace-with = \"newer\"\n[source.newer]\nlocal-registry = {path}\n"
        );
        fs::write(cargo.join("config.toml"), config).unwrap();
        Registry { folder }
    }

    fn cargo_home(&self) -> PathBuf {
        self.folder.path().join("cargo")
    }
}

/// The index of all crates that cargo has looked at: for each its versions, as JSON between zeros.
fn index(home: &Path) -> Vec<(String, Vec<Value>)> {
    fn visit(folder: &Path, found: &mut Vec<(String, Vec<Value>)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                visit(&path, found);
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            let parts = bytes.split(|&byte| byte == 0).filter(|part| part.starts_with(b"{"));
            let lines = parts.filter_map(|part| serde_json::from_slice(part).ok()).collect();
            found.push((path.file_name().unwrap().to_string_lossy().into_owned(), lines));
        }
    }
    let mut found = Vec::new();
    for registry in fs::read_dir(home.join("registry/index")).unwrap() {
        let cache = registry.unwrap().path().join(".cache");
        if cache.is_dir() {
            visit(&cache, &mut found);
        }
    }
    found
}

/// Where an index has a crate: `1/a`, `2/ab`, `3/a/abc`, `ab/cd/abcd`.
fn prefix(name: &str) -> PathBuf {
    match name.len() {
        1 | 2 => PathBuf::from(name.len().to_string()).join(name),
        3 => PathBuf::from("3").join(&name[..1]).join(name),
        _ => PathBuf::from(&name[..2]).join(&name[2..4]).join(name),
    }
}

fn version(line: &Value) -> (u64, u64, u64) {
    let numbers: Vec<u64> =
        line["vers"].as_str().unwrap().split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect();
    (numbers[0], numbers.get(1).copied().unwrap_or(0), numbers.get(2).copied().unwrap_or(0))
}

/// A year from now, newer versions of many crates are there. Asked without the project's lock file, cargo takes them; asked
/// as a notebook asks, it does not: also behind a cell that has no dependencies, which removes all from the lock file.
#[test]
#[ignore = "needs the kernel: cargo lab test"]
fn newer_crates_change_nothing() {
    let setup = setup();
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo"));
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from).or(home).unwrap();
    let registry = Registry::new(&home);
    let folder = tempfile::tempdir().unwrap();
    let folder = fs::canonicalize(folder.path()).unwrap();
    fs::create_dir(folder.join("src")).unwrap();
    fs::write(folder.join("src/lib.rs"), "").unwrap();
    let manifest = |dependencies: &str| {
        let head = "[package]\nname = \"ctx\"\nversion = \"1.0.0\"\nedition = \"2024\"\n[dependencies]\n";
        fs::write(folder.join("Cargo.toml"), format!("{head}{dependencies}")).unwrap();
    };
    let support = serde_json::to_string(root().join("lab-support").to_str().unwrap()).unwrap();
    let rivals = serde_json::to_string(root().join("lab-support/rivals").to_str().unwrap()).unwrap();
    let dependencies = [
        String::new(),
        format!("lab-support = {{ path = {support} }}\n"),
        format!("lab-rivals = {{ path = {rivals} }}\n"),
    ];
    let run = |cargo: &mut Command| {
        let home = registry.cargo_home();
        cargo.current_dir(&folder).env("CARGO_HOME", &home).env("LAB_CARGO_HOME", &home);
        let output = cargo.output().unwrap();
        assert!(output.status.success(), "{cargo:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    };
    let mut asked = Command::new(&setup.evaluator);
    setup.toolchain.prepare(&mut asked, &setup.evaluator, &Folders::find().unwrap(), &folder).unwrap();
    let variables: Vec<_> =
        asked.get_envs().map(|(name, value)| (name.to_owned(), value.map(ToOwned::to_owned))).collect();
    let mut versions = BTreeSet::new();
    for dependencies in &dependencies {
        manifest(dependencies);
        let mut cargo = Command::new(folder.join("programs/bin/cargo"));
        for (name, value) in &variables {
            match value {
                Some(value) => cargo.env(name, value),
                None => cargo.env_remove(name),
            };
        }
        let tree =
            run(cargo.args(["--offline", "tree", "--target", "all", "--prefix", "none", "--format", "{p}"]));
        for package in String::from_utf8(tree).unwrap().lines().filter(|package| !package.contains('/')) {
            let mut words = package.split(' ');
            let (name, version) = (words.next().unwrap(), words.next().unwrap());
            versions.insert(format!("{name}-{}", version.trim_start_matches('v')));
        }
    }
    let locked = locked(&root().join("Cargo.lock"));
    let others: Vec<&String> = versions.difference(&locked).collect();
    assert!(
        versions.len() > 100 && others.is_empty(),
        "{} packages, of which others: {others:?}",
        versions.len()
    );

    fs::remove_file(folder.join("Cargo.lock")).unwrap();
    run(Command::new("cargo").args(["generate-lockfile", "--offline"]));
    let resolved = self::locked(&folder.join("Cargo.lock"));
    let newer: Vec<&String> = resolved.iter().filter(|package| package.ends_with(".999")).collect();
    assert!(newer.len() >= 3, "without the lock file newer ones are taken: {newer:?}");
}
