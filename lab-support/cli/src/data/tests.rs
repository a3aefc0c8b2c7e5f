use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use flate2::{Compression, write::GzEncoder};

use super::*;

/// What a server does with a request.
#[derive(Clone, Copy)]
enum Behaviour {
    Serve,
    /// Other bytes of the same length.
    Damage,
    /// Half of what was asked for.
    CutShort,
    NotFound,
}

/// A server on this machine that answers each request for `content`, and tells which range was asked for.
fn server(content: Vec<u8>, behaviour: Behaviour) -> (String, Receiver<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (asked, received) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let start = read_request(stream.as_ref().unwrap());
            // The test may have ended.
            let _ = asked.send(start);
            answer(stream.unwrap(), &content, start, behaviour);
        }
    });
    (url, received)
}

/// Reads up to the empty line; returns where the asked range starts.
fn read_request(stream: &TcpStream) -> usize {
    let mut start = 0;
    for line in BufReader::new(stream).lines() {
        let line = line.unwrap().to_lowercase();
        if let Some(range) = line.strip_prefix("range: bytes=") {
            start = range.trim_end_matches('-').parse().unwrap();
        }
        if line.is_empty() {
            break;
        }
    }
    start
}

fn answer(mut stream: TcpStream, content: &[u8], start: usize, behaviour: Behaviour) {
    let body = &content[start..];
    let (status, body) = match behaviour {
        Behaviour::NotFound => ("404 Not Found", Vec::new()),
        Behaviour::Damage => ("206 Partial Content", vec![b'x'; body.len()]),
        _ => ("206 Partial Content", body.to_vec()),
    };
    let sent = if matches!(behaviour, Behaviour::CutShort) { body.len() / 2 } else { body.len() };
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())
        .unwrap();
    stream.write_all(&body[..sent]).unwrap();
}

struct Case {
    folder: tempfile::TempDir,
    packed: Vec<u8>,
    files: [Published; 1],
}

/// A file of a few thousand bytes that nobody has published.
fn case() -> Case {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
    encoder.write_all(&(0..5000).map(|i| (i * i % 251) as u8).collect::<Vec<u8>>()).unwrap();
    let packed = encoder.finish().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("original");
    fs::write(&path, &packed).unwrap();
    let sha256 = checksum(&path).unwrap().leak();
    let files = [Published { name: "train-images-idx3-ubyte.gz", size: packed.len() as u64, sha256 }];
    Case { folder, packed, files }
}

impl Case {
    fn target(&self) -> PathBuf {
        self.folder.path().join("fashion-mnist")
    }

    fn fetch(&self, places: &[&str]) -> Result<(), Error> {
        let places: Vec<String> = places.iter().map(|place| place.to_string()).collect();
        fetch_into(&self.target(), &places, &self.files, &|_| (), &|_| ())
    }

    fn is_complete(&self) -> bool {
        let unpacked = fs::read(self.target().join("train-images-idx3-ubyte")).unwrap_or_default();
        unpacked.len() == 5000 && fs::read_dir(self.target()).unwrap().count() == 2
    }
}

#[test]
fn a_file_is_fetched_checked_and_unpacked() {
    let case = case();
    let (url, asked) = server(case.packed.clone(), Behaviour::Serve);
    case.fetch(&[&url]).unwrap();
    assert!(case.is_complete());
    case.fetch(&[&url]).unwrap();
    assert_eq!(asked.try_iter().count(), 1, "what is there is not fetched again");
}

#[test]
fn an_interrupted_download_goes_on_where_it_stopped() {
    let case = case();
    let (broken, _) = server(case.packed.clone(), Behaviour::CutShort);
    let error = case.fetch(&[&broken]).unwrap_err().to_string();
    assert!(error.contains("the connection"), "{error}");
    let arrived = fs::metadata(case.target().join("train-images-idx3-ubyte.gz.part")).unwrap().len() as usize;
    assert_eq!(arrived, case.packed.len() / 2);
    let (url, asked) = server(case.packed.clone(), Behaviour::Serve);
    case.fetch(&[&url]).unwrap();
    assert_eq!(asked.recv().unwrap(), arrived);
    assert!(case.is_complete());
}

#[test]
fn the_next_place_is_tried_after_a_wrong_checksum_and_a_missing_file() {
    let case = case();
    let (damaged, _) = server(case.packed.clone(), Behaviour::Damage);
    let (missing, _) = server(Vec::new(), Behaviour::NotFound);
    let (good, asked) = server(case.packed.clone(), Behaviour::Serve);
    case.fetch(&[&damaged, &missing, &good]).unwrap();
    assert_eq!(asked.recv().unwrap(), 0, "damaged bytes are not gone on with");
    assert!(case.is_complete());
}

#[test]
fn each_failure_has_its_own_message() {
    let case = case();
    let (damaged, _) = server(case.packed.clone(), Behaviour::Damage);
    let (missing, _) = server(Vec::new(), Behaviour::NotFound);
    let nobody = format!("http://{}/", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    let error = case.fetch(&[&damaged, &missing, &nobody, "/no/such/folder"]).unwrap_err().to_string();
    for expected in [
        "wrong checksum",
        "no such file (404)",
        "no network",
        "/no/such/folder/train-images",
        "--from FOLDER",
    ] {
        assert!(error.contains(expected), "{expected} in {error}");
    }
    assert!(!case.target().join("train-images-idx3-ubyte.gz").exists());
}

#[test]
fn files_at_hand_are_copied_and_left_alone() {
    let case = case();
    let hand = case.folder.path().join("hand");
    fs::create_dir(&hand).unwrap();
    fs::write(hand.join("train-images-idx3-ubyte.gz"), &case.packed).unwrap();
    case.fetch(&[hand.to_str().unwrap()]).unwrap();
    assert!(case.is_complete());
    assert_eq!(fs::read_dir(&hand).unwrap().count(), 1);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let case = case();
    fs::write(case.target(), "a file where the folder should be").unwrap();
    let error = case.fetch(&["/nowhere"]).unwrap_err().to_string();
    assert!(error.contains("fashion-mnist: can't be written"), "{error}");
}

/// Four files of the right names, packed or not, are what is in them.
#[test]
fn other_content_under_the_same_names_is_another_set() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(source_in(folder.path()), Source::Other, "nothing is no Fashion-MNIST");
    for (i, file) in FILES.iter().enumerate() {
        if i % 2 == 0 {
            let packed = File::create(folder.path().join(file.name)).unwrap();
            let mut encoder = GzEncoder::new(packed, Compression::fast());
            encoder.write_all(b"digits").unwrap();
            encoder.finish().unwrap();
        } else {
            fs::write(folder.path().join(file.name).with_extension(""), b"digits").unwrap();
        }
    }
    assert_eq!(source_in(folder.path()), Source::Other);
    let checksum = |i: usize| folder.path().join(FILES[i].name);
    assert_eq!(gzip::checksum(&checksum(0)).unwrap(), gzip::checksum_of(b"digits"));
    assert_eq!(unpacked_checksum(&checksum(1)).unwrap(), gzip::checksum_of(b"digits"));
    // The real files, where they are.
    if let Some(real) = env::var_os("FASHION_MNIST_DIR") {
        assert_eq!(source_in(Path::new(&real)), Source::FashionMnist);
    }
}
