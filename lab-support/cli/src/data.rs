use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, io};

use lab_base::{Error, Source, files, gzip, home};
use lab_kernel::Progress;
use sha2::{Digest, Sha256};

use crate::download::{self, Failure};

/// Where Fashion-MNIST is published: by its authors, twice, and by TensorFlow.
const MIRRORS: [&str; 3] = [
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
];

/// Hears how far something is.
type Tell<'a> = &'a dyn Fn(Progress);

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
    let (given, fetched) = (home::fashion_mnist_dir()?, folder()?);
    let is_there =
        |packed: &str| fetched.join(packed).exists() || fetched.join(packed).with_extension("").exists();
    if given.is_none() && !FILES.iter().any(|file| is_there(file.name)) {
        return Ok(Source::Practice);
    }
    Ok(source_in(given.as_deref().unwrap_or(&fetched)))
}

/// What the four files of a folder are, by the checksums of what they are unpacked. A file that can't be read is none
/// of Fashion-MNIST's.
fn source_in(folder: &Path) -> Source {
    let checksum = |file: &Published| {
        let packed = folder.join(file.name);
        let found = if packed.exists() { gzip::checksum(&packed) } else { unpacked_checksum(&packed) };
        found.unwrap_or_default()
    };
    Source::of_checksums(FILES.each_ref().map(checksum))
}

fn unpacked_checksum(packed: &Path) -> Result<u32, Error> {
    let file = packed.with_extension("");
    let bytes = fs::read(&file).map_err(|e| {
        let advice = "check that the file exists and that you may read it";
        Error::new(format!("reading {}", home::display(&file)), "a file that can be read", e, advice)
    })?;
    Ok(gzip::checksum_of(&bytes))
}

/// `data/fashion-mnist/`.
pub fn folder() -> Result<PathBuf, Error> {
    Ok(home::data_dir()?.join("fashion-mnist"))
}

/// Puts the four files into `data/fashion-mnist/`, packed and unpacked: from a folder, from below a URL,
/// or from the places where they are published, in turn.
/// Of several processes, the others wait for the first. `tell` hears how far it is, `say` what it has done.
pub fn fetch(from: Option<&str>, tell: Tell, say: &dyn Fn(&str)) -> Result<(), Error> {
    let mut places: Vec<String> = from.map_or(MIRRORS.map(String::from).to_vec(), |place| vec![place.into()]);
    if from.is_none() {
        places.splice(0..0, kept_by_keras());
    }
    fetch_into(&folder()?, &places, &FILES, tell, say)
}

/// Where Keras keeps the same four files on this machine, if it has fetched them.
fn kept_by_keras() -> Option<String> {
    let folder = PathBuf::from(env::var_os("HOME")?).join(".keras/datasets/fashion-mnist");
    folder.join(FILES[0].name).is_file().then(|| folder.display().to_string())
}

fn lock(folder: &Path) -> io::Result<File> {
    let file = File::create(folder.with_extension("lock"))?;
    file.lock()?;
    Ok(file)
}

fn fetch_into(
    folder: &Path,
    places: &[String],
    files: &[Published],
    tell: Tell,
    say: &dyn Fn(&str),
) -> Result<(), Error> {
    fs::create_dir_all(folder).map_err(|e| {
        let advice = "check that you may write there";
        Error::new(DOING, "a folder that can be written", download::unwritable(folder, &e), advice)
    })?;
    let _lock = lock(folder).map_err(|e| {
        let advice = "check that you may write there";
        Error::new(DOING, "a folder that can be locked", download::unwritable(folder, &e), advice)
    })?;
    for file in files {
        let packed = folder.join(file.name);
        if checksum(&packed, file.size).is_ok_and(|found| found == file.sha256) {
            say(&format!("{} is there already", file.name));
        } else {
            let place = fetch_one(file, folder, places, tell)?;
            say(&format!("{} from {place}", file.name));
        }
        gzip::unpack(&packed, &packed.with_extension(""))?;
    }
    say(&format!("Fashion-MNIST lies in {}", home::display(folder)));
    Ok(())
}

/// Tries the places in turn, under another name until the checksum is right.
fn fetch_one<'a>(
    file: &Published,
    folder: &Path,
    places: &'a [String],
    tell: Tell,
) -> Result<&'a str, Error> {
    let part = folder.join(format!("{}.part", file.name));
    let mut failures = Vec::new();
    for place in places {
        loop {
            let goes_on = part.exists();
            match obtain(file, place, &part, tell).and_then(|()| accept(file, place, &part, folder)) {
                Ok(()) => return Ok(place),
                Err(Failure(reason)) => failures.push(reason),
            }
            // What an earlier try had left was not of this file: once more from the beginning.
            if !goes_on || part.exists() {
                break;
            }
        }
    }
    let advice = "try again later: what has arrived is kept; or, with the files at hand, `cargo lab data --from FOLDER`";
    Err(Error::new(DOING, file.name, failures.join("\n  "), advice))
}

fn obtain(file: &Published, place: &str, part: &Path, tell: Tell) -> Result<(), Failure> {
    if place.starts_with("http://") || place.starts_with("https://") {
        let url = format!("{}/{}", place.trim_end_matches('/'), file.name);
        let begin = Instant::now();
        return download::fetch(&url, part, file.size, &|bytes| {
            let detail = format!("{}, {} of {} MB", file.name, bytes >> 20, file.size >> 20);
            let part = Some(bytes as f64 / file.size as f64);
            let stage = "Fetching Fashion-MNIST".into();
            tell(Progress { stage, part, detail, seconds: begin.elapsed().as_secs_f64() });
        });
    }
    let path = Path::new(place).join(file.name);
    let source = files::open(&path, file.size).map_err(|e| Failure(format!("{}: {e}", path.display())))?;
    let mut target = File::create(part).map_err(|e| Failure(download::unwritable(part, &e)))?;
    io::copy(&mut source.take(file.size), &mut target)
        .map(drop)
        .map_err(|e| Failure(download::unwritable(part, &e)))
}

fn accept(file: &Published, place: &str, part: &Path, folder: &Path) -> Result<(), Failure> {
    let found = checksum(part, file.size).map_err(|e| Failure(format!("{}: {e}", part.display())))?;
    if found != file.sha256 {
        // A damaged file can't be gone on with.
        fs::remove_file(part).map_err(|e| Failure(download::unwritable(part, &e)))?;
        return Err(Failure(format!("{place}: wrong checksum of {} (SHA-256 {found})", file.name)));
    }
    fs::rename(part, folder.join(file.name)).map_err(|e| Failure(download::unwritable(folder, &e)))?;
    Ok(())
}

/// SHA-256 of a file of at most `size` bytes.
fn checksum(path: &Path, size: u64) -> io::Result<String> {
    Ok(Sha256::digest(files::read(path, size)?).iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests;
