use std::collections::BTreeSet;
use std::io::BufRead;
use std::os::unix::fs::symlink;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Instant;

use serde::Deserialize;

use super::*;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    name: String,
    /// Makes a line so long that it can be killed in the middle.
    padding: String,
}

fn record(name: &str) -> Record {
    Record { name: name.into(), padding: String::new() }
}

fn names(file: &Path) -> Vec<String> {
    scan::<Record>(file).unwrap().all.into_iter().map(|record| record.name).collect()
}

#[test]
fn damaged_lines_are_left_out_with_a_word_and_the_others_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("records");
    assert_eq!(scan::<Record>(&file).unwrap(), Records { all: vec![], left_out: None });
    append(&file, &record("a")).unwrap();
    append(&file, &record("b")).unwrap();
    assert_eq!(scan::<Record>(&file).unwrap().left_out, None);
    let whole = fs::read(&file).unwrap();
    let (first, second) = whole.split_at(whole.len() / 2);
    for damage in [&b"{\"name\":\"lo"[..], b"\xff\xfe", b"[1]", &[0; 40], &vec![b'x'; 3 << 20], &first[..9]] {
        for end in [&b"\n"[..], b"\r\n"] {
            fs::write(&file, [first, damage, end, b"\n", second].concat()).unwrap();
            let Records { all, left_out } = scan::<Record>(&file).unwrap();
            assert_eq!(all, [record("a"), record("b")]);
            let left_out = left_out.unwrap();
            assert!(
                left_out.contains("line 2 is no record (") && left_out.contains("left out"),
                "{left_out}"
            );
        }
    }
}

#[test]
fn a_record_behind_a_torn_one_has_a_line_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("records");
    append(&file, &record("a")).unwrap();
    let whole = fs::read(&file).unwrap();
    for length in 0..=whole.len() {
        fs::write(&file, &whole[..length]).unwrap();
        append(&file, &record("b")).unwrap();
        append(&file, &record("c")).unwrap();
        let expected: &[&str] = if length + 1 >= whole.len() { &["a", "b", "c"] } else { &["b", "c"] };
        assert_eq!(names(&file), expected, "{length} bytes were there");
    }
}

#[test]
fn records_are_replaced_and_nothing_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new/records");
    replace(&file, |_: &Record| true, &[record("a"), record("b")]).unwrap();
    let torn = "{\"name\":\"a";
    fs::write(&file, fs::read_to_string(&file).unwrap() + torn).unwrap();
    replace(&file, |old: &Record| old.name == "a", &[record("a"), record("c")]).unwrap();
    assert_eq!(names(&file), ["b", "a", "c"]);
    assert!(fs::read_to_string(&file).unwrap().contains(torn), "not ours to delete");
}

#[test]
fn what_is_not_a_file_of_a_sensible_size_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    assert!(Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    symlink("/dev/zero", at("zeros")).unwrap();
    symlink("/dev/full", at("full")).unwrap();
    for name in ["pipe", "zeros", "full"] {
        assert!(scan::<Record>(&at(name)).is_err() && append(&at(name), &record("a")).is_err(), "{name}");
    }
    File::create(at("large")).unwrap().set_len(10 << 30).unwrap();
    let error = scan::<Record>(&at("large")).unwrap_err().to_string();
    assert!(error.contains("more than 1024 MB"), "{error}");
}

#[test]
fn a_file_that_somebody_keeps_locked_is_read_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("records");
    append(&file, &record("a")).unwrap();
    let held = File::open(&file).unwrap();
    held.lock().unwrap();
    assert_eq!(names(&file), ["a"]);
}

/// This program again, where only one function does something: the one named.
fn child(function: &str, file: &Path, name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "--nocapture", &format!("records::tests::{function}")]);
    command.env("LAB_TEST_RECORDS", file).env("LAB_TEST_NAME", name).stdout(Stdio::piped());
    command
}

/// In a child process: adds long records for ever, and says which have been added.
#[test]
fn adds_until_it_is_killed() {
    let Some(file) = std::env::var_os("LAB_TEST_RECORDS") else { return };
    let name = std::env::var("LAB_TEST_NAME").unwrap();
    for i in 0.. {
        let record = Record { name: format!("{name}.{i}"), padding: "x".repeat(900_000) };
        if append(Path::new(&file), &record).is_ok() {
            println!("\nadded {}", record.name);
        } else {
            println!("\nrefused");
        }
    }
}

/// The names that a child says it has added.
fn added(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    let output = BufReader::new(child.stdout.take().unwrap());
    let lines = output.lines().map_while(Result::ok);
    lines.filter_map(|line| line.strip_prefix("added ").map(String::from))
}

#[test]
fn no_added_record_is_lost_when_processes_are_killed() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..3 {
        let file = folder.path().join(round.to_string());
        let mut known = BTreeSet::new();
        for again in 0..2 {
            let mut children = ["a", "b"].map(|name| {
                child("adds_until_it_is_killed", &file, &format!("{name}{again}")).spawn().unwrap()
            });
            let mut added = children.each_mut().map(added);
            // Each has begun, however busy the machine is.
            known.extend(added.each_mut().map(|added| added.next().unwrap()));
            sleep(Duration::from_millis(5 + 7 * round));
            children.iter_mut().for_each(|child| child.kill().unwrap());
            known.extend(added.into_iter().flatten());
            children.iter_mut().for_each(|child| assert!(!child.wait().unwrap().success()));
        }
        append(&file, &record("last")).unwrap();
        known.insert("last".into());
        let found: BTreeSet<String> = names(&file).into_iter().collect();
        let lost: Vec<&String> = known.difference(&found).collect();
        assert!(lost.is_empty() && known.len() >= 5, "{lost:?} of {}", known.len());
    }
}

#[test]
fn a_process_that_is_killed_in_the_middle_of_a_line_costs_that_line_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("records");
    // A process that writes beyond its limit, in blocks of 512 or 1024 bytes, is killed by the system.
    let own = child("adds_until_it_is_killed", &file, "a");
    let mut limited = Command::new("sh");
    limited
        .args(["-c", "ulimit -c 0; ulimit -f 6000; exec \"$0\" \"$@\""])
        .arg(own.get_program())
        .args(own.get_args());
    limited.envs(own.get_envs().filter_map(|(name, value)| Some((name, value?)))).stdout(Stdio::piped());
    let mut killed = limited.spawn().unwrap();
    let known: Vec<String> = added(&mut killed).collect();
    assert!(!killed.wait().unwrap().success() && known.len() > 2);
    append(&file, &record("last")).unwrap();
    let found = scan::<Record>(&file).unwrap();
    assert!(found.left_out.unwrap().contains("is no record"), "the line was torn");
    assert_eq!(names(&file), [known, vec!["last".into()]].concat());
}

/// In a child process with a file system of its own: fills it.
#[test]
fn fills_a_small_disk() {
    let Some(file) = std::env::var_os("LAB_TEST_SMALL_DISK").map(std::path::PathBuf::from) else { return };
    let long = |name: &str| Record { name: name.into(), padding: "x".repeat(300_000) };
    let mut known = Vec::new();
    let mut refused = None;
    for i in 0..10 {
        match append(&file, &long(&i.to_string())) {
            Ok(()) => known.push(i.to_string()),
            Err(error) => refused = Some(error.to_string()),
        }
    }
    assert!(known.len() >= 2 && known.len() < 10, "{known:?}");
    assert!(refused.unwrap().contains("free space"));
    let found = scan::<Record>(&file).unwrap();
    assert_eq!(found.left_out, None, "what was refused has left nothing");
    assert_eq!(names(&file), known);
    // Others need the space, too: a few bytes are left, less than a record takes.
    let length = fs::metadata(&file).unwrap().len();
    let rest = file.with_file_name("rest");
    let mut bytes = 1 << 20;
    while bytes > 0 {
        let mut filler = File::options().create(true).append(true).open(&rest).unwrap();
        if filler.write_all(&vec![0; bytes]).is_err() {
            bytes /= 2;
        }
    }
    let mut refusals = 0;
    for _ in 0..200 {
        refusals +=
            usize::from(append(&file, &Record { name: "small".into(), padding: "y".repeat(500) }).is_err());
    }
    assert!(refusals > 0 && fs::metadata(&file).unwrap().len() >= length);
    fs::remove_file(rest).unwrap();
    append(&file, &record("last")).unwrap();
    assert_eq!(scan::<Record>(&file).unwrap().left_out, None);
    assert_eq!(names(&file).last().unwrap(), "last");
}

#[test]
fn a_full_disk_tears_no_line() {
    let folder = tempfile::tempdir().unwrap();
    let script = "mount -t tmpfs -o size=1m lab \"$0\" || exit 77; exec \"$@\"";
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", script]).arg(folder.path());
    command.arg(std::env::current_exe().unwrap()).args(["--exact", "records::tests::fills_a_small_disk"]);
    command.env("LAB_TEST_SMALL_DISK", folder.path().join("records"));
    let begin = Instant::now();
    match command.output() {
        Ok(output) if output.status.code() == Some(77) || output.stdout.is_empty() => {
            eprintln!("not tried: this system lets nobody mount a small disk");
        }
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && text.contains("1 passed"), "{text}");
            assert!(begin.elapsed() < Duration::from_secs(60));
        }
        Err(e) => eprintln!("not tried: {e}"),
    }
}

/// As Python's `csv` and `json` read it.
#[test]
fn a_table_keeps_every_text_and_number() {
    let texts = ["plain", "a, b", "say \"so\"", "two\nlines", ""];
    let rows = texts.iter().map(|text| vec![cell(text), cell(0.1f32), cell(None::<f32>)]).collect();
    let table = Table { names: vec!["name", "loss", "test"], rows };
    let csv =
        "name,loss,test\nplain,0.1,\n\"a, b\",0.1,\n\"say \"\"so\"\"\",0.1,\n\"two\nlines\",0.1,\n,0.1,\n";
    assert_eq!(table.csv(), csv);
    let json: serde_json::Value = serde_json::from_str(&table.json()).unwrap();
    let names: Vec<&str> = json.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(
        (&names[..], &json[4]["loss"], json[0].get("test")),
        (&texts[..], &0.1.into(), Some(&().into()))
    );
}

/// Tables of texts drawn at random, read by Python's `csv`.
#[test]
fn pythons_csv_reads_every_table() {
    let letters = ['a', ' ', ',', '"', '\n', '\r', '\'', ';', '\t', 'é', '=', '\\', '0'];
    let mut state = 1u64;
    let mut draw = move |n: usize| {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as usize % n
    };
    let mut text = || (0..draw(6)).map(|_| letters[draw(letters.len())]).collect::<String>();
    let texts: Vec<[String; 3]> = (0..300).map(|_| [text(), text(), text()]).collect();
    let rows = texts.iter().map(|row| row.iter().map(cell).collect()).collect();
    let csv = Table { names: vec!["one", "two", "three"], rows }.csv();
    let script = "import csv, io, json, sys\n\
        text = io.TextIOWrapper(sys.stdin.buffer, encoding='utf-8', newline='')\n\
        print(json.dumps(list(csv.reader(text, strict=True))[1:]))";
    let python =
        Command::new("python3").args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut python) = python else {
        eprintln!("not tried: there is no python3");
        return;
    };
    python.stdin.take().unwrap().write_all(csv.as_bytes()).unwrap();
    let read: Vec<[String; 3]> = serde_json::from_slice(&python.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!(read, texts);
}
