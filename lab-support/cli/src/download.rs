use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use ureq::http::header::{CONTENT_LENGTH, CONTENT_RANGE, HeaderName};
use ureq::http::{Response, StatusCode};
use ureq::{Agent, Body};

/// How long a server may say nothing, at any time. Shorter in tests, which have servers that do.
const SILENCE: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 20 });

/// A server that sends fewer bytes than [`LEAST`] in this time is too slow. It may take breath now and then.
const STRETCH: Duration = SILENCE;
const LEAST: u64 = 5_000 * STRETCH.as_secs();

/// What is expected of a file packed by gzip.
const MAGIC: &[u8] = &[0x1f, 0x8b];

/// Why a file could not be fetched from one place; the next may have it.
pub struct Failure(pub String);

/// Fetches `url`, a file packed by gzip, into `part`, going on where an earlier try was interrupted. `size` is how
/// many bytes there are in all. What can't be a part of the file is not kept: the page of a login, say.
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
    let start = start(&response, have, size).map_err(|found| Failure(format!("{url}: {found}")))?;
    let is_announced = header(&response, CONTENT_LENGTH).is_some();
    let mut answer = Answer { url, part, start, size, is_announced };
    answer.keep(response.into_body().into_reader(), progress)
}

/// An answer that may be the file, from byte `start` on.
struct Answer<'a> {
    url: &'a str,
    part: &'a Path,
    start: u64,
    size: u64,
    /// Whether the server has said how long it is: then an early end is an interruption.
    is_announced: bool,
}

/// Where the file goes on in this answer, or what the answer is instead.
fn start(response: &Response<Body>, have: u64, size: u64) -> Result<u64, String> {
    let start = match response.status() {
        StatusCode::OK => 0,
        StatusCode::PARTIAL_CONTENT => {
            let range = header(response, CONTENT_RANGE).unwrap_or("nothing said of which");
            let expected =
                [size.to_string(), "*".into()].map(|all| format!("bytes {have}-{}/{all}", size - 1));
            if !expected.iter().any(|expected| expected == range) {
                return Err(format!("asked for {}, the server sent a part, {range}", expected[0]));
            }
            have
        }
        status => return Err(format!("the server answered with status {}", status.as_u16())),
    };
    match header(response, CONTENT_LENGTH) {
        Some(length) if length != (size - start).to_string() => {
            Err(format!("the server has something else: {length} bytes, where {} are missing", size - start))
        }
        _ => Ok(start),
    }
}

fn header(response: &Response<Body>, name: HeaderName) -> Option<&str> {
    response.headers().get(name)?.to_str().ok()
}

fn agent() -> Agent {
    let wait = Some(SILENCE);
    let config = Agent::config_builder().timeout_resolve(wait).timeout_connect(wait);
    config.timeout_send_request(wait).timeout_recv_response(wait).timeout_per_read(wait).build().into()
}

impl Answer<'_> {
    /// Writes what arrives behind what is there.
    fn keep(&mut self, mut from: impl Read, progress: &dyn Fn(u64)) -> Result<(), Failure> {
        let (mut buffer, mut arrived) = (vec![0; 1 << 16], 0);
        // The first bytes tell a file from a page, before anything is written.
        let mut count = 0;
        while count < MAGIC.len() {
            match self.read(&mut from, &mut buffer[count..])? {
                0 => break,
                more => count += more,
            }
        }
        if self.start == 0 && !buffer[..count].starts_with(MAGIC) {
            return Err(self.failure("the server sent something else than the file"));
        }
        let mut options = File::options();
        let options = options.create(true).write(true).append(self.start > 0).truncate(self.start == 0);
        let mut to = options.open(self.part).map_err(|e| self.unwritten(&e))?;
        let (mut began, mut before) = (Instant::now(), 0);
        while count > 0 {
            arrived += count as u64;
            if self.start + arrived > self.size {
                return Err(self.throw_away(format!("the server sent more than the {} bytes", self.size)));
            }
            to.write_all(&buffer[..count]).map_err(|e| self.unwritten(&e))?;
            progress(self.start + arrived);
            if began.elapsed() >= STRETCH {
                if arrived - before < LEAST {
                    let seconds = STRETCH.as_secs();
                    let bytes = arrived - before;
                    return Err(self.failure(&format!("too slow: {bytes} bytes in {seconds} seconds")));
                }
                (began, before) = (Instant::now(), arrived);
            }
            count = self.read(&mut from, &mut buffer)?;
        }
        let found = self.start + arrived;
        match found == self.size {
            true => Ok(()),
            false if self.is_announced => {
                let size = self.size;
                Err(self.failure(&format!("the connection ended after {found} of {size} bytes")))
            }
            // All that the server has.
            false => Err(self.throw_away(format!("the server sent {found} bytes in place of {}", self.size))),
        }
    }

    fn read(&self, from: &mut impl Read, buffer: &mut [u8]) -> Result<usize, Failure> {
        from.read(buffer).map_err(|e| {
            let cause = e.get_ref().and_then(|cause| cause.downcast_ref());
            match cause {
                Some(ureq::Error::Timeout(_)) => {
                    self.failure(&format!("nothing came for {} seconds", SILENCE.as_secs()))
                }
                _ => self.failure(&format!("the connection broke: {e}")),
            }
        })
    }

    fn throw_away(&self, why: String) -> Failure {
        match fs::remove_file(self.part) {
            Ok(()) => self.failure(&why),
            Err(e) => self.unwritten(&e),
        }
    }

    fn failure(&self, why: &str) -> Failure {
        Failure(format!("{}: {why}", self.url))
    }

    fn unwritten(&self, e: &io::Error) -> Failure {
        Failure(unwritable(self.part, e))
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
