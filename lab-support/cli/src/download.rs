use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Duration;

use ureq::Agent;
use ureq::http::StatusCode;

/// Why a file could not be fetched from one place; the next may have it.
pub struct Failure(pub String);

/// Fetches `url` into `part`, going on where an earlier try was interrupted. `size` is how many bytes
/// there are in all.
pub fn fetch(url: &str, part: &Path, size: u64, progress: &dyn Fn(u64)) -> Result<(), Failure> {
    let mut have = fs::metadata(part).map_or(0, |file| file.len());
    if have > size {
        fs::remove_file(part).map_err(|e| Failure(unwritable(part, &e)))?;
        have = 0;
    }
    if have == size {
        return Ok(());
    }
    let response = agent().get(url).header("Range", format!("bytes={have}-")).call();
    let response = response.map_err(|e| Failure(explain(url, &e)))?;
    let resumed = response.status() == StatusCode::PARTIAL_CONTENT;
    let file = File::options().create(true).write(true).append(resumed).truncate(!resumed).open(part);
    let file = file.map_err(|e| Failure(unwritable(part, &e)))?;
    let start = if resumed { have } else { 0 };
    copy(&mut response.into_body().into_reader(), file, url, part, &|bytes| progress(start + bytes))?;
    let found = fs::metadata(part).map_or(0, |file| file.len());
    match found == size {
        true => Ok(()),
        false => Err(Failure(format!("{url}: the connection ended after {found} of {size} bytes"))),
    }
}

fn agent() -> Agent {
    let wait = Some(Duration::from_secs(20));
    Agent::config_builder().timeout_connect(wait).timeout_recv_response(wait).build().into()
}

fn copy(
    from: &mut impl Read,
    mut to: File,
    url: &str,
    part: &Path,
    progress: &dyn Fn(u64),
) -> Result<(), Failure> {
    let (mut buffer, mut total) = (vec![0; 1 << 16], 0);
    loop {
        let count =
            from.read(&mut buffer).map_err(|e| Failure(format!("{url}: the connection broke: {e}")))?;
        if count == 0 {
            return Ok(());
        }
        to.write_all(&buffer[..count]).map_err(|e| Failure(unwritable(part, &e)))?;
        total += count as u64;
        progress(total);
    }
}

fn explain(url: &str, error: &ureq::Error) -> String {
    match error {
        ureq::Error::StatusCode(404) => format!("{url}: there is no such file (404)"),
        ureq::Error::StatusCode(code) => format!("{url}: the server answered with status {code}"),
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed | ureq::Error::Io(_) => {
            format!("{url}: no network, or no such server")
        }
        ureq::Error::Timeout(_) => format!("{url}: the server did not answer in time"),
        other => format!("{url}: {other}"),
    }
}

pub fn unwritable(path: &Path, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => format!("{}: the disk is full", path.display()),
        _ => format!("{}: can't be written ({error})", path.display()),
    }
}
