//! The page for those who come from Keras, PyTorch, scikit-learn, linfa or burn is made of programs that run: a row is what
//! stands below the same name in two of them.
//!
//! `LAB_WRITE=1 cargo test --package lab-rivals --test coming_from` writes the page anew.

mod from_linfa;
mod here;

use std::path::Path;
use std::process::Command;
use std::{env, fs};

const HERE: &str = include_str!("here.rs");

/// A column, and what is said above its table.
struct Peer {
    name: &'static str,
    text: &'static str,
    program: &'static str,
}

const PEERS: [Peer; 5] = [
    Peer {
        name: "Keras",
        text: "The words are Keras's wherever there is one. What is a list of callbacks there is a line of `Fit` here.",
        program: include_str!("from_keras.py"),
    },
    Peer {
        name: "PyTorch",
        text: "The loop over epochs and batches is `fit`; files of weights go both ways, tensor by tensor, with the names of \
               `state_dict()`.",
        program: include_str!("from_pytorch.py"),
    },
    Peer {
        name: "scikit-learn",
        text: "Data sets keep images and labels together. What scikit-learn has beside networks is linfa's here: see the crate \
               `lab-rivals`.",
        program: include_str!("from_scikit_learn.py"),
    },
    Peer {
        name: "linfa",
        text: "A network stands wherever linfa expects a model, and a data set of the lab's is one of linfa's by one call; \
               `lab-rivals` shows a support vector machine and principal components.",
        program: include_str!("from_linfa.rs"),
    },
    Peer {
        name: "burn",
        text: "A network is a value here, and no type of your own; it is trained on the processor, whose cores it shares.",
        program: include_str!("from_burn.rs"),
    },
];

/// What stands between a name in brackets and the next empty line, by that name, in the order of the program.
fn snippets(program: &str) -> Vec<(&str, Vec<String>)> {
    let lines: Vec<&str> = program.lines().collect();
    let mut found = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let mark = ["// [", "# ["].iter().find_map(|mark| line.trim_start().strip_prefix(mark));
        if let Some(name) = mark.and_then(|rest| rest.strip_suffix(']')) {
            let code: Vec<&str> =
                lines[i + 1..].iter().take_while(|line| !line.is_empty()).copied().collect();
            let indent = code.iter().map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0);
            found.push((name, code.iter().map(|line| line[indent..].to_string()).collect()));
        }
    }
    found
}

/// A cell of a table: a line of code on each of its lines.
fn cell(code: &[String]) -> String {
    let line = |line: &String| {
        let (code, indent) = (line.trim_start(), line.len() - line.trim_start().len());
        format!("{}`{}`", "&emsp;".repeat(indent / 4), code.replace('|', "\\|"))
    };
    code.iter().map(line).collect::<Vec<_>>().join("<br>")
}

fn table(peer: &Peer, here: &[(&str, Vec<String>)]) -> String {
    let ours = |name: &str| here.iter().find(|(other, _)| *other == name).map(|(_, code)| cell(code));
    let rows = snippets(peer.program).into_iter().map(|(name, code)| {
        let special = ours(&format!("{} {name}", peer.name));
        let ours =
            special.or_else(|| ours(name)).unwrap_or_else(|| panic!("{}: [{name}] is not here", peer.name));
        format!("| {} | {ours} |\n", cell(&code))
    });
    let rows: String = rows.collect();
    format!("\n# {0}\n\n{1}\n\n| {0} | here |\n|---|---|\n{rows}", peer.name, peer.text)
}

fn page() -> String {
    let here = snippets(HERE);
    let begin = "\
The left column is what you know, the right one what it is called here. Rust itself, for those who know Python, is the \
notebook `rust-for-python-users.ipynb`.

Both columns are cut out of programs: all of the right one, and of the left one linfa's, are compiled and run with every \
test; Keras's, PyTorch's and scikit-learn's by `tests/coming_from` of `lab-rivals`, with the versions that are named there; \
burn's was run by hand, with burn 0.22.1.

| | |
|---|---|
| `data` | `FashionMnist`: its `train` and `test` are `Images`, bytes with labels |
| `train`, `test` | `Dataset`s: the same images as a network sees them, numbers from 0 to 1 |
| `model`, `network`, `other` | `Sequential` |
";
    PEERS.iter().fold(begin.to_string(), |page, peer| page + &table(peer, &here))
}

#[test]
fn the_page_is_what_the_programs_say() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../src/coming_from.md");
    if env::var_os("LAB_WRITE").is_some() {
        lab_base::files::write_atomically(&file, page().as_bytes()).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(written == page(), "LAB_WRITE=1 cargo test --package lab-rivals --test coming_from");
}

#[test]
fn a_snippet_ends_at_an_empty_line_and_loses_its_indent() {
    let program =
        "use x;\n    // [one]\n    a();\n    if b {\n        c();\n    }\n\n    d();\n# [two]\ne()\n";
    let found = snippets(program);
    assert_eq!(found[0], ("one", ["a();", "if b {", "    c();", "}"].map(String::from).to_vec()));
    assert_eq!(found[1], ("two", vec!["e()".to_string()]));
    assert_eq!(cell(&found[0].1), "`a();`<br>`if b {`<br>&emsp;`c();`<br>`}`");
    assert_eq!(cell(&["|x| x".to_string()]), "`\\|x\\| x`");
}

/// In a process of its own: the programs, in a folder and with images that the test has made for them.
#[test]
fn both_columns_run() {
    if env::var_os("LAB_TEST_COLUMNS").is_some() {
        here::run().unwrap_or_else(|error| panic!("here: {error}"));
        from_linfa::run().unwrap_or_else(|error| panic!("linfa: {error}"));
    }
}

#[test]
fn both_columns_run_from_top_to_bottom() {
    let folder = tempfile::tempdir().unwrap();
    for (name, count) in [("train", 60_000_u32), ("t10k", 10_000)] {
        let write = |kind: &str, header: Vec<u8>, bytes: Vec<u8>| {
            fs::write(folder.path().join(format!("{name}-{kind}")), [header, bytes].concat()).unwrap();
        };
        let pixels = (0..count * 784).map(|i| {
            let (image, pixel) = (i / 784, i % 784);
            ((pixel / 78 == image % 10) as u8 * 120) + (i.wrapping_mul(2_654_435_761) >> 25) as u8
        });
        let header = [[0, 0, 8, 3], count.to_be_bytes(), [0, 0, 0, 28], [0, 0, 0, 28]].concat();
        write("images-idx3-ubyte", header, pixels.collect());
        let header = [[0, 0, 8, 1], count.to_be_bytes()].concat();
        write("labels-idx1-ubyte", header, (0..count).map(|i| (i % 10) as u8).collect());
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let mut program = Command::new(env::current_exe().unwrap());
    program.args(["--exact", "both_columns_run", "--nocapture"]).current_dir(folder.path());
    program.env("LAB_TEST_COLUMNS", "1").env("FASHION_MNIST_DIR", folder.path()).env("LAB_HOME", root);
    let output = program.env("LAB_OUTPUT", folder.path().join("output")).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
}
