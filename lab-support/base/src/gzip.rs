//! Unpacking the four files, which are published packed by gzip (RFC 1952).

use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use flate2::bufread::GzDecoder;

use crate::error::Error;
use crate::{files, home};

/// Bytes that a file may have, packed or unpacked: the largest of the four has 47,040,016.
pub const LIMIT: u64 = 64 << 20;

/// The last 8 bytes of a gzip file: what the unpacked file must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Trailer {
    crc32: u32,
    size: u32,
}

/// Unpacks `packed` into `unpacked`, all or nothing, unless that is up to date already.
///
/// # Errors
/// When `packed` can't be read, is not a gzip file, is cut off or damaged, has more bytes than [`LIMIT`], unpacked or
/// not, or `unpacked` can't be written.
pub fn unpack(packed: &Path, unpacked: &Path) -> Result<(), Error> {
    if is_up_to_date(packed, unpacked)? {
        return Ok(());
    }
    let bytes = decode(packed, LIMIT)?;
    files::write_atomically(unpacked, &bytes)
}

/// The bytes of a file, unpacked where its name ends in `.gz`: at most `limit` of them.
///
/// # Errors
/// When it can't be read, has more bytes than `limit`, unpacked or not, or is a damaged gzip file.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("gz")) {
        return decode(path, limit);
    }
    files::read(path, limit).map_err(|e| {
        let doing = format!("reading {}", home::display(path));
        let advice = "check that the file exists and that you may read it";
        Error::doing(doing).expected("a file that can be read").failed(e).advice(advice)
    })
}

/// Whether `unpacked` exists and has the size and the CRC-32 that stand at the end of `packed`.
///
/// # Errors
/// When `packed` can't be read.
pub fn is_up_to_date(packed: &Path, unpacked: &Path) -> Result<bool, Error> {
    let trailer = trailer(packed, LIMIT)?;
    if !fs::metadata(unpacked).is_ok_and(|data| data.len() == u64::from(trailer.size)) {
        return Ok(false);
    }
    Ok(files::read(unpacked, LIMIT).is_ok_and(|bytes| Trailer::of(&bytes) == trailer))
}

/// The CRC-32 of what `packed` is unpacked, as it stands at its end.
///
/// # Errors
/// When `packed` can't be read.
pub fn checksum(packed: &Path) -> Result<u32, Error> {
    Ok(trailer(packed, LIMIT)?.crc32)
}

/// The CRC-32 of an unpacked file.
pub fn checksum_of(unpacked: &[u8]) -> u32 {
    crc32fast::hash(unpacked)
}

impl Trailer {
    fn of(unpacked: &[u8]) -> Trailer {
        // The format keeps the size modulo 2^32.
        Trailer { crc32: crc32fast::hash(unpacked), size: unpacked.len() as u32 }
    }
}

fn trailer(packed: &Path, limit: u64) -> Result<Trailer, Error> {
    let mut last = [0; 8];
    let read = files::open(packed, limit).and_then(|mut file| {
        file.seek(SeekFrom::End(-8))?;
        file.read_exact(&mut last)
    });
    match read {
        Ok(()) => {
            let [crc32, size] =
                [[0, 1, 2, 3], [4, 5, 6, 7]].map(|at| u32::from_le_bytes(at.map(|i| last[i])));
            Ok(Trailer { crc32, size })
        }
        // Before the start of the file: it has fewer than 8 bytes.
        Err(e) if e.kind() == io::ErrorKind::InvalidInput => Err(damaged(packed, "fewer than 8 bytes")),
        Err(e) => Err(unreadable(packed, e)),
    }
}

fn decode(packed: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    let file = files::read(packed, limit).map_err(|e| unreadable(packed, e))?;
    if !file.starts_with(&[0x1f, 0x8b]) {
        return Err(damaged(packed, "something else"));
    }
    let mut bytes = Vec::new();
    // A few bytes of a gzip file may stand for a thousand times as many.
    match GzDecoder::new(file.as_slice()).take(limit + 1).read_to_end(&mut bytes) {
        Ok(_) if bytes.len() as u64 > limit => {
            Err(damaged(packed, format!("one of more than {} MB, unpacked", limit >> 20)))
        }
        Ok(_) if Trailer::of(&bytes) == trailer(packed, limit)? => Ok(bytes),
        Ok(_) => Err(damaged(packed, "more bytes after its end")),
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Err(damaged(packed, "one that is cut off")),
        Err(e) => Err(damaged(packed, format!("a damaged one ({e})"))),
    }
}

fn unreadable(packed: &Path, e: io::Error) -> Error {
    let advice = "check that the file exists and that you may read it";
    Error::doing(format!("unpacking {}", home::display(packed)))
        .expected("a file that can be read")
        .failed(e)
        .advice(advice)
}

fn damaged(packed: &Path, found: impl std::fmt::Display) -> Error {
    Error::doing(format!("unpacking {}", home::display(packed)))
        .expected("a whole gzip file")
        .found(found)
        .advice("delete it and get it again: `cargo lab data` fetches Fashion-MNIST")
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    const TEXT: &[u8] = b"sixty thousand images, sixty thousand labels, ten classes";

    fn packed() -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(TEXT).unwrap();
        encoder.finish().unwrap()
    }

    /// What `unpack` says to a gzip file with these bytes, and what it writes.
    fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("file.gz"), folder.path().join("new/file"));
        fs::write(&from, bytes).unwrap();
        let result = unpack(&from, &to);
        assert_eq!(result.is_ok(), to.exists(), "a file exactly when all is well");
        result.map(|()| fs::read(&to).unwrap())
    }

    #[test]
    fn a_whole_file_is_unpacked() {
        assert_eq!(unpacked(&packed()).unwrap(), TEXT);
    }

    #[test]
    fn every_truncation_is_an_error() {
        let packed = packed();
        for length in 0..packed.len() {
            unpacked(&packed[..length]).unwrap_err();
        }
        let error = unpacked(&packed[..packed.len() - 9]).unwrap_err().to_string();
        assert!(error.contains("found one that is cut off"), "{error}");
    }

    #[test]
    fn damage_is_an_error() {
        let mut bytes = packed();
        bytes.extend([0; 3]);
        assert!(unpacked(&bytes).unwrap_err().to_string().contains("more bytes after its end"));
        for at in 20..packed().len() {
            let mut bytes = packed();
            bytes[at] ^= 4;
            unpacked(&bytes).unwrap_err();
        }
        assert!(unpacked(b"not packed at all").unwrap_err().to_string().contains("something else"));
    }

    #[test]
    fn a_file_that_would_fill_the_memory_is_not_unpacked() {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        let zeros = vec![0; 1 << 20];
        (0..300).for_each(|_| encoder.write_all(&zeros).unwrap());
        let bomb = encoder.finish().unwrap();
        assert!(bomb.len() < 400_000);
        let error = unpacked(&bomb).unwrap_err().to_string();
        assert!(error.contains("found one of more than 64 MB, unpacked"), "{error}");
    }

    #[test]
    fn what_has_no_end_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        assert!(Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
        symlink("/dev/zero", at("zeros")).unwrap();
        for (name, what) in [("pipe", "a pipe"), ("zeros", "a device")] {
            let error = unpack(&at(name), &at("unpacked")).unwrap_err().to_string();
            assert!(error.contains(what), "{error}");
        }
        // Its last 8 bytes announce nothing, and a device has that size.
        fs::write(at("packed"), [0; 8]).unwrap();
        assert!(!is_up_to_date(&at("packed"), &at("zeros")).unwrap());
    }

    #[test]
    fn an_unpacked_file_is_kept_only_while_it_matches() {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("file.gz"), folder.path().join("file"));
        fs::write(&from, packed()).unwrap();
        assert!(!is_up_to_date(&from, &to).unwrap(), "there is none yet");
        unpack(&from, &to).unwrap();
        assert!(is_up_to_date(&from, &to).unwrap());

        let mut other = TEXT.to_vec();
        other[0] = b'S';
        fs::write(&to, other).unwrap();
        assert!(!is_up_to_date(&from, &to).unwrap(), "same size, other bytes");
        unpack(&from, &to).unwrap();
        assert_eq!(fs::read(&to).unwrap(), TEXT);
    }
}
