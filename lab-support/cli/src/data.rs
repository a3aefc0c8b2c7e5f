use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressStyle};
use lab_base::{Error, Source, files, gzip, home};
use sha2::{Digest, Sha256};

use crate::download::{self, Failure};

/// Where Fashion-MNIST is published: by its authors, twice, and by TensorFlow.
const MIRRORS: [&str; 3] = [
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
];

const DOING: &str = "fetching Fashion-MNIST";

/// One of the four files as it is published, packed by gzip.
struct Published {
    name: &'static str,
    size: u64,
    sha256: &'static str,
}

const FILES: [Published; 4] = [
    Published {
        name: "train-images-idx3-ubyte.gz",
        size: 26_421_880,
        sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    },
    Published {
        name: "train-labels-idx1-ubyte.gz",
        size: 29_515,
        sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    },
    Published {
        name: "t10k-images-idx3-ubyte.gz",
        size: 4_422_102,
        sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    },
    Published {
        name: "t10k-labels-idx1-ubyte.gz",
        size: 5_148,
        sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    },
];

/// Which data the notebooks will load.
pub fn source() -> Result<Source, Error> {
    let fetched = folder()?;
    let is_there = |name: &str| fetched.join(name).exists() || fetched.join(format!("{name}.gz")).exists();
    match home::fashion_mnist_dir()?.is_some() || idx::FILES.iter().any(|name| is_there(name)) {
        true => Ok(Source::FashionMnist),
        false => Ok(Source::Practice),
    }
}

/// `data/fashion-mnist/`.
pub fn folder() -> Result<PathBuf, Error> {
    Ok(home::data_dir()?.join("fashion-mnist"))
}

/// Puts the four files into `data/fashion-mnist/`, packed and unpacked: from a folder, from below a URL,
/// or from the places where they are published, in turn.
pub fn fetch(from: Option<&str>) -> Result<(), Error> {
    let places: Vec<&str> = from.map_or(MIRRORS.to_vec(), |place| vec![place]);
    fetch_into(&folder()?, &places, &FILES)
}

fn fetch_into(folder: &Path, places: &[&str], files: &[Published]) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|e| {
        let advice = "check that you may write there";
        Error::new(DOING, "a folder that can be written", download::unwritable(folder, &e), advice)
    })?;
    for file in files {
        let packed = folder.join(file.name);
        if checksum(&packed).is_ok_and(|found| found == file.sha256) {
            println!("{} is there already", file.name);
        } else {
            fetch_one(file, folder, places)?;
        }
        gzip::unpack(&packed, &packed.with_extension(""))?;
    }
    println!("Fashion-MNIST lies in {}", home::display(folder));
    Ok(())
}

/// Tries the places in turn, under another name until the checksum is right.
fn fetch_one(file: &Published, folder: &Path, places: &[&str]) -> Result<(), Error> {
    let part = folder.join(format!("{}.part", file.name));
    let mut failures = Vec::new();
    for place in places {
        match obtain(file, place, &part).and_then(|()| accept(file, place, &part, folder)) {
            Ok(()) => return Ok(()),
            Err(Failure(reason)) => failures.push(reason),
        }
    }
    let advice = "try again later: what has arrived is kept; or, with the files at hand, `cargo lab data --from FOLDER`";
    Err(Error::new(DOING, file.name, failures.join("\n  "), advice))
}

fn obtain(file: &Published, place: &str, part: &Path) -> Result<(), Failure> {
    if place.starts_with("http://") || place.starts_with("https://") {
        let url = format!("{}/{}", place.trim_end_matches('/'), file.name);
        let progress = progress(file);
        let result = download::fetch(&url, part, file.size, &progress);
        progress.finish_and_clear();
        return result;
    }
    let path = Path::new(place).join(file.name);
    let mut source = File::open(&path).map_err(|e| Failure(format!("{}: {e}", path.display())))?;
    let mut target = File::create(part).map_err(|e| Failure(download::unwritable(part, &e)))?;
    io::copy(&mut source, &mut target).map(drop).map_err(|e| Failure(download::unwritable(part, &e)))
}

fn accept(file: &Published, place: &str, part: &Path, folder: &Path) -> Result<(), Failure> {
    let found = checksum(part).map_err(|e| Failure(format!("{}: {e}", part.display())))?;
    if found != file.sha256 {
        // A damaged file can't be gone on with.
        fs::remove_file(part).map_err(|e| Failure(download::unwritable(part, &e)))?;
        return Err(Failure(format!("{place}: wrong checksum of {} (SHA-256 {found})", file.name)));
    }
    fs::rename(part, folder.join(file.name)).map_err(|e| Failure(download::unwritable(folder, &e)))?;
    println!("{} from {place}", file.name);
    Ok(())
}

fn checksum(path: &Path) -> io::Result<String> {
    Ok(Sha256::digest(fs::read(path)?).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Shown on a terminal only.
fn progress(file: &Published) -> ProgressBar {
    let template = "{msg} {bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
    let style = ProgressStyle::with_template(template).expect("the template is valid");
    ProgressBar::new(file.size).with_style(style).with_message(file.name)
}

#[cfg(test)]
mod tests;
