//! The folder that a data set is loaded from, and the texts that are written into `answers.md`.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::{Compression, write::GzEncoder};
use lab_support::data::Source;
use lab_support::lesson;
use lab_support::prelude::*;

use crate::{answer, files, in_a_folder, refused, works};

const NAMES: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

/// A data set of black images, as it is published.
fn black(name: &str) -> Vec<u8> {
    let count: u32 = if name.starts_with("train") { 60_000 } else { 10_000 };
    if name.contains("labels") {
        let labels = (0..count).map(|i| (i % 10) as u8);
        return [0, 0, 8, 1].into_iter().chain(count.to_be_bytes()).chain(labels).collect();
    }
    let mut bytes = [[0, 0, 8, 3], count.to_be_bytes(), [0, 0, 0, 28], [0, 0, 0, 28]].concat();
    bytes.resize(bytes.len() + count as usize * 784, 0);
    bytes
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Changes a folder with a good data set.
type Change = fn(&Path);

fn replace(folder: &Path, name: &str, bytes: &[u8]) {
    let file = folder.join(name);
    let _ = fs::remove_file(&file);
    fs::write(file, bytes).unwrap();
}

fn changed(folder: &Path, name: &str, change: fn(&mut Vec<u8>)) {
    let mut bytes = black(name);
    change(&mut bytes);
    replace(folder, name, &bytes);
}

/// What becomes of a folder, and whether it can be loaded then.
const CHANGES: &[(&str, bool, Change)] = &[
    ("nothing", true, |_| ()),
    ("packed files beside them", true, |folder| {
        NAMES.iter().for_each(|name| replace(folder, &format!("{name}.gz"), &packed(&black(name))));
    }),
    ("only packed files", true, |folder| {
        for name in NAMES {
            replace(folder, &format!("{name}.gz"), &packed(&black(name)));
            fs::remove_file(folder.join(name)).unwrap();
        }
    }),
    ("links to the files", true, |folder| {
        let hidden = folder.join("hidden");
        fs::create_dir(&hidden).unwrap();
        for name in NAMES {
            fs::rename(folder.join(name), hidden.join(name)).unwrap();
            symlink(hidden.join(name), folder.join(name)).unwrap();
        }
    }),
    ("no folder", false, |folder| fs::remove_dir_all(folder).unwrap()),
    ("an empty folder", false, |folder| {
        NAMES.iter().for_each(|name| fs::remove_file(folder.join(name)).unwrap());
    }),
    ("a file in the folder's place", false, |folder| {
        fs::remove_dir_all(folder).unwrap();
        fs::write(folder, "a file").unwrap();
    }),
    ("one file less", false, |folder| fs::remove_file(folder.join(NAMES[3])).unwrap()),
    ("an empty file", false, |folder| replace(folder, NAMES[1], &[])),
    ("a folder in a file's place", false, |folder| {
        fs::remove_file(folder.join(NAMES[0])).unwrap();
        fs::create_dir(folder.join(NAMES[0])).unwrap();
    }),
    ("a link to itself", false, |folder| {
        fs::remove_file(folder.join(NAMES[0])).unwrap();
        symlink(folder.join(NAMES[0]), folder.join(NAMES[0])).unwrap();
    }),
    ("a pipe", false, |folder| {
        fs::remove_file(folder.join(NAMES[1])).unwrap();
        assert!(Command::new("mkfifo").arg(folder.join(NAMES[1])).status().unwrap().success());
    }),
    ("a file of a terabyte", false, |folder| {
        fs::remove_file(folder.join(NAMES[0])).unwrap();
        File::create(folder.join(NAMES[0])).unwrap().set_len(1 << 40).unwrap();
    }),
    ("a byte less", false, |folder| changed(folder, NAMES[0], |bytes| bytes.truncate(bytes.len() - 1))),
    ("a byte more", false, |folder| changed(folder, NAMES[1], |bytes| bytes.push(0))),
    ("labels for images", false, |folder| replace(folder, NAMES[0], &black(NAMES[1]))),
    ("test images to learn from", false, |folder| {
        replace(folder, NAMES[0], &black(NAMES[2]));
        replace(folder, NAMES[1], &black(NAMES[3]));
    }),
    ("a label of 10", false, |folder| changed(folder, NAMES[3], |bytes| bytes[1000] = 10)),
    ("images of no width", false, |folder| changed(folder, NAMES[2], |bytes| bytes[15] = 0)),
    ("as many images as a number holds", false, |folder| {
        changed(folder, NAMES[0], |bytes| bytes[4..8].fill(0xff));
    }),
    ("a page of the web", false, |folder| replace(folder, NAMES[0], b"<!DOCTYPE html><title>Log in</title>")),
    ("a packed file under the name of an unpacked one", false, |folder| {
        replace(folder, NAMES[0], &packed(&black(NAMES[0])));
    }),
    ("the half of a packed file", false, |folder| {
        let bytes = packed(&black(NAMES[2]));
        fs::remove_file(folder.join(NAMES[2])).unwrap();
        replace(folder, &format!("{}.gz", NAMES[2]), &bytes[..bytes.len() / 2]);
    }),
    ("a packed file of anything", false, |folder| {
        fs::remove_file(folder.join(NAMES[1])).unwrap();
        replace(folder, &format!("{}.gz", NAMES[1]), b"anything");
    }),
    ("a packed file that unpacks without end", false, |folder| {
        fs::remove_file(folder.join(NAMES[1])).unwrap();
        replace(folder, &format!("{}.gz", NAMES[1]), &packed(&vec![0; 300 << 20]));
    }),
];

/// A project without a data set, and a good one beside it.
fn project() -> (tempfile::TempDir, PathBuf) {
    let project = tempfile::tempdir().unwrap();
    for name in ["notebooks", "lab-support"] {
        fs::create_dir(project.path().join(name)).unwrap();
    }
    let folder = project.path().join("a set");
    fs::create_dir(&folder).unwrap();
    NAMES.iter().for_each(|name| fs::write(folder.join(name), black(name)).unwrap());
    (project, folder)
}

#[test]
fn every_folder_of_data_has_an_answer() {
    const WORKS: &str = "LAB_TEST_WORKS";
    const THIS: &str = "files::every_folder_of_data_has_an_answer";
    if let Some(should) = std::env::var_os(WORKS) {
        let loaded = answer("load", FashionMnist::load);
        assert_eq!(loaded.is_ok(), should == "true", "{:?}", loaded.as_ref().err());
        assert!(loaded.is_err() || loaded.is_ok_and(|set| set.test.source == Source::Other));
        return;
    }
    let (good, _) = project();
    for (what, should, change) in CHANGES {
        let (project, folder) = project();
        change(&folder);
        println!("{what}");
        let before = files(&folder);
        let should = Path::new(if *should { "true" } else { "false" });
        let home = ("LAB_HOME", project.path());
        in_a_folder(THIS, &[home, ("FASHION_MNIST_DIR", &folder), (WORKS, should)]).unwrap();
        assert_eq!(files(&folder), before, "{what}: the folder is not the lab's");
        // What could not be loaded stands in nobody's way.
        let set = good.path().join("a set");
        in_a_folder(THIS, &[home, ("FASHION_MNIST_DIR", &set), (WORKS, Path::new("true"))]).unwrap();
    }
    let (project, _) = project();
    for (name, works) in
        [(&b"a set"[..], "true"), (b"nul", "false"), (b"f\xff", "false"), (b"../..", "false")]
    {
        let home = ("LAB_HOME", project.path());
        let name = ("FASHION_MNIST_DIR", Path::new(OsStr::from_bytes(name)));
        in_a_folder(THIS, &[home, name, (WORKS, Path::new(works))]).unwrap();
    }
}

/// What stands in an answer, and whether it is written.
const TEXTS: &[(&str, bool)] = &[
    ("The training set has 60,000 images.", true),
    ("", false),
    (" \n\t\u{a0}", false),
    ("<!-- a comment -->", false),
    ("<!-- answer 1 -->", false),
    ("text <!-- end of answer 2 -->", false),
    ("-->", true),
    ("## 3. Another heading", true),
    ("# Answers\n\n## 1. \n---\n", true),
    ("| a | b |\n|---|---|\n| 60,000 | 10,000 |", true),
    ("```rust\nlet a = \"b\";", true),
    ("$\\frac{60\\,000}{32}$ \\ {} {a} %s", true),
    ("line\r\nbreaks\rof all \u{2028} kinds\u{2029}", true),
    ("a\0b\u{7}\u{1b}[31mred\u{1b}[0m", true),
    ("\u{202e}turned\u{202c} \u{feff} e\u{301}", true),
    ("\u{1f455}\u{1f45f}", true),
    ("60000 60.000 .000.0 1e999 -0 NaN inf 0x1F \u{0663}\u{0664}", true),
];

#[test]
fn every_answer_has_an_answer() {
    if let Some(folder) = in_a_folder("files::every_answer_has_an_answer", &[]) {
        assert!(folder.path().join("output/practice/answers.md").exists());
        return;
    }
    let data = FashionMnist::practice().unwrap();
    let file = PathBuf::from(std::env::var_os("LAB_OUTPUT").unwrap()).join("practice/answers.md");
    for number in [0, 7, 1 << 40, usize::MAX] {
        refused("a question that is not there", || lesson::answer(number, &data, "text").map(drop));
    }
    lesson::answer(1, &data, "The first.").unwrap();
    lesson::answer(6, &data, "The last.").unwrap();
    let long =
        ["60,000 images, ", "It is not so. ", ".000.0 "].map(|words| words.repeat(4_900 / words.len()));
    let longer = ["not ", "60,000 images, "].map(|words| words.repeat(20_000));
    let long = long.iter().chain(&longer).map(|text| (text.as_str(), true));
    for (text, is_written) in TEXTS.iter().copied().chain(long) {
        for number in 2..=5 {
            let what = format!("answer {number}, {:?}", text.chars().take(60).collect::<String>());
            let before = fs::read_to_string(&file).unwrap();
            let works = works(&what, || {
                let answer = lesson::answer(number, &data, text)?;
                assert!(!answer.check().passed() || text.contains("60,000"), "{what}: {answer:?}");
                answer.evcxr_display();
                Ok(())
            });
            assert_eq!(works, !text.contains("<!--"), "{what}");
            let after = fs::read_to_string(&file).unwrap();
            assert_eq!(after.contains(text.trim()) && after != before, is_written, "{what}");
            assert!(after.contains("The first.") && after.contains("The last."), "{what}: {after}");
        }
    }
    // Once more, and each of them is in its place.
    for (number, text) in [(2, "Two."), (3, "Three."), (4, "Four."), (5, "Five.")] {
        lesson::answer(number, &data, text).unwrap();
    }
    let text = fs::read_to_string(&file).unwrap();
    let places: Vec<usize> = ["The first.", "Two.", "Three.", "Four.", "Five.", "The last."]
        .map(|part| text.find(part).unwrap_or_else(|| panic!("{part}: {text}")))
        .into();
    assert!(places.is_sorted() && text.len() < 2_000, "{text}");
}
