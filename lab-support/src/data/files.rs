use std::path::{Path, PathBuf};

use lab_base::Error;
use lab_base::{gzip, home};

use crate::data::idx;

/// The four unpacked files, each wherever it lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Files {
    pub train_images: PathBuf,
    pub train_labels: PathBuf,
    pub test_images: PathBuf,
    pub test_labels: PathBuf,
}

impl Files {
    /// Whether at least one of the four is in `folder`, packed or not.
    pub fn any_in(folder: &Path) -> bool {
        idx::FILES.iter().any(|name| is_in(folder, name))
    }

    /// The four files of `folder`, none of them packed; whether they exist is [`check`](Self::check)'s concern.
    pub fn unpacked_in(folder: &Path) -> Files {
        Files {
            train_images: folder.join(idx::TRAIN.images),
            train_labels: folder.join(idx::TRAIN.labels),
            test_images: folder.join(idx::TEST.images),
            test_labels: folder.join(idx::TEST.labels),
        }
    }

    /// Whether all four are what `mnist` expects; see [`idx::check`].
    pub fn check(&self) -> Result<(), Error> {
        idx::check(&self.train_images, &self.train_labels, idx::TRAIN.count)?;
        idx::check(&self.test_images, &self.test_labels, idx::TEST.count)
    }

    /// The four files of `folder`, each unpacked or as `.gz`. A packed one is unpacked to `cache`,
    /// unless an unpacked one that matches lies in either folder.
    pub fn find(folder: &Path, cache: &Path) -> Result<Files, Error> {
        let missing: Vec<&str> = idx::FILES.into_iter().filter(|name| !is_in(folder, name)).collect();
        if !missing.is_empty() {
            return Err(Error::doing(format!("looking for Fashion-MNIST in {}", home::display(folder)))
                .expected("its four files, each as it is or with .gz at its end")
                .found(format!("no {}", missing.join(", no ")))
                .advice(
                    "fetch them with `cargo lab data`, or set FASHION_MNIST_DIR to a folder that has them",
                ));
        }
        let file = |name| unpacked(folder, cache, name);
        Ok(Files {
            train_images: file(idx::TRAIN.images)?,
            train_labels: file(idx::TRAIN.labels)?,
            test_images: file(idx::TEST.images)?,
            test_labels: file(idx::TEST.labels)?,
        })
    }
}

fn is_in(folder: &Path, name: &str) -> bool {
    folder.join(name).exists() || packed(folder, name).exists()
}

fn packed(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.gz"))
}

fn unpacked(folder: &Path, cache: &Path, name: &str) -> Result<PathBuf, Error> {
    let (here, packed, cached) = (folder.join(name), packed(folder, name), cache.join(name));
    if !packed.exists() || gzip::is_up_to_date(&packed, &here)? {
        return Ok(here);
    }
    gzip::unpack(&packed, &cached)?;
    Ok(cached)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn pack(folder: &Path, name: &str, bytes: &[u8]) {
        let file = fs::File::create(packed(folder, name)).unwrap();
        let mut encoder = GzEncoder::new(file, Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap();
    }

    #[test]
    fn packed_files_are_unpacked_elsewhere_and_their_folder_left_alone() {
        let (folder, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for name in idx::FILES {
            pack(folder.path(), name, name.as_bytes());
        }
        let files = Files::find(folder.path(), cache.path()).unwrap();
        assert_eq!(files.test_labels, cache.path().join(idx::TEST.labels));
        assert_eq!(fs::read(files.train_images).unwrap(), idx::TRAIN.images.as_bytes());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4);
    }

    #[test]
    fn an_unpacked_file_is_read_where_it_lies_while_it_matches_its_packed_one() {
        let (folder, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for name in idx::FILES {
            fs::write(folder.path().join(name), name).unwrap();
        }
        pack(folder.path(), idx::TRAIN.images, idx::TRAIN.images.as_bytes());
        pack(folder.path(), idx::TRAIN.labels, b"others");
        let files = Files::find(folder.path(), cache.path()).unwrap();
        assert_eq!(files.train_images, folder.path().join(idx::TRAIN.images));
        assert_eq!(files.train_labels, cache.path().join(idx::TRAIN.labels));
        assert_eq!(files.test_images, folder.path().join(idx::TEST.images));
    }

    #[test]
    fn what_is_missing_is_named() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!Files::any_in(folder.path()));
        fs::write(folder.path().join(idx::TRAIN.images), "").unwrap();
        pack(folder.path(), idx::TEST.images, b"");
        assert!(Files::any_in(folder.path()));
        let error = Files::find(folder.path(), folder.path()).unwrap_err().to_string();
        assert!(error.contains("found no train-labels-idx1-ubyte, no t10k-labels-idx1-ubyte."), "{error}");
        assert!(error.contains("cargo lab data"), "{error}");
    }
}
