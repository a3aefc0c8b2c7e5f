//! What the notebooks ask students for.

/// A notebook in which there is work to do.
#[derive(Debug)]
pub(super) struct Book {
    pub file: &'static str,
    pub title: &'static str,
    /// In the order of the notebook: what is asked for, as its check calls it, and the id of the cell that makes it.
    /// Checks that pass from the start are left out.
    pub checks: &'static [(&'static str, &'static str)],
}

pub(super) const BOOKS: [Book; 13] = [
    Book {
        file: "1-load.ipynb",
        title: "1 · Load",
        checks: &[("guess: how many training images are ankle boots", "91202af8"), ("answer 1", "5a78bbba")],
    },
    Book {
        file: "2-normalize.ipynb",
        title: "2 · Normalize",
        checks: &[("guess: test accuracy without normalizing", "2bb9ad50"), ("answer 2", "044b6767")],
    },
    Book {
        file: "3-build.ipynb",
        title: "3 · Build",
        checks: &[("guess: how many parameters the network has", "31346ec4"), ("answer 3", "faae76a5")],
    },
    Book {
        file: "4-train.ipynb",
        title: "4 · Train",
        checks: &[("guess: accuracy on the test images", "d9b074de"), ("answer 4", "48c486e4")],
    },
    Book {
        file: "5-predict.ipynb",
        title: "5 · Predict",
        checks: &[("answer 5", "96e55b81"), ("guess: the hardest class", "1ad182c0")],
    },
    Book {
        file: "6-enhancements.ipynb",
        title: "6 · Enhancements",
        checks: &[
            ("guess: which width wins", "1bf4e047"),
            ("guess: the validation loss over 50 epochs", "201dff5c"),
            ("enhanced", "b0b5e7f4"),
            ("answer 6", "679b8ed0"),
        ],
    },
    Book {
        file: "7-one-step-by-hand.ipynb",
        title: "7 · One step by hand",
        checks: &[
            ("gradient check", "9ce22176"),
            ("guess: the loss after one step", "d7473f35"),
            ("hidden layer by hand", "19f391f4"),
            ("output layer by hand", "4d83efe4"),
        ],
    },
    Book {
        file: "8-convolution.ipynb",
        title: "8 · Convolution",
        checks: &[
            ("level edges", "95997f0f"),
            ("guess: most weights", "4f0f695b"),
            ("parameters by hand", "d19fa1b6"),
            ("guess: convolution on the test images", "dac79c11"),
        ],
    },
    Book {
        file: "9-regularize.ipynb",
        title: "9 · Regularize",
        checks: &[("guess: best way", "b49336ae"), ("dropout", "59739be0"), ("early stopping", "36a68b96")],
    },
    Book {
        file: "10-tune.ipynb",
        title: "10 · Tune",
        checks: &[
            ("guess: best learning rate", "39143e43"),
            ("batch sizes", "73e0cdd3"),
            ("guess: best width", "f6ab15a7"),
        ],
    },
    Book {
        file: "11-transfer-and-combine.ipynb",
        title: "11 · Transfer and combine",
        checks: &[("guess: 50 images of each", "2f985443")],
    },
    Book {
        file: "14-your-own-photo.ipynb",
        title: "14 · Your own photo",
        checks: &[("guess: accuracy on a white ground", "92462811")],
    },
    Book {
        file: "15-your-own-data.ipynb",
        title: "15 · Your own data",
        checks: &[("names of digits", "a51c000a"), ("guess: digits against garments", "a51c000e")],
    },
];

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use serde_json::Value;

    use super::BOOKS;

    /// The checks that a notebook declares in the metadata of its cells.
    fn declared(file: &str) -> (String, Vec<(String, String)>) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../notebooks");
        let book: Value = serde_json::from_slice(&fs::read(folder.join(file)).unwrap()).unwrap();
        let cells = book["cells"].as_array().unwrap();
        let asked = cells.iter().filter(|cell| cell["metadata"]["lab"]["given"] != true);
        let check = |cell: &Value| {
            let name = cell["metadata"]["lab"]["check"].as_str()?;
            Some((name.to_string(), cell["id"].as_str().unwrap().to_string()))
        };
        let title = cells[0]["source"][0].as_str().unwrap().trim_start_matches("# ").trim().to_string();
        (title, asked.filter_map(check).collect())
    }

    #[test]
    fn they_are_those_that_the_notebooks_declare() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../notebooks");
        let names =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut found = 0;
        for file in names.filter(|name| name.ends_with(".ipynb")) {
            let (title, checks) = declared(&file);
            let Some(book) = BOOKS.iter().find(|book| book.file == file) else {
                assert!(checks.is_empty(), "{file} asks for {checks:?}");
                continue;
            };
            let known = book.checks.iter().map(|(name, cell)| (name.to_string(), cell.to_string()));
            assert_eq!((book.title.to_string(), known.collect()), (title, checks), "{file}");
            found += 1;
        }
        assert_eq!(found, BOOKS.len());
    }
}
