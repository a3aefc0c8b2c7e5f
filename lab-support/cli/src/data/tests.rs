use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use flate2::{Compression, write::GzEncoder};

use super::*;

/// What a server does with a request.
#[derive(Clone, Copy)]
enum Behaviour {
    Serve,
    /// The last byte is another.
    Damage,
    /// Half of what was asked for.
    CutShort,
    NotFound,
    /// The page of a login, whatever was asked for; with its length, or without.
    Portal,
    PortalWithoutLength,
    /// The file from its beginning, as if that were the range that was asked for.
    WrongRange,
    /// Other parts than those that are asked for, by their own word.
    WrongContentRange,
    /// The file, then anything, without end.
    Endless,
    /// Half of what was asked for, then nothing, while the connection stays.
    Stall,
    /// A byte now and then.
    Drip,
}

/// A server on this machine that answers each request for `content`, and tells which range was asked for.
fn server(content: Vec<u8>, behaviour: Behaviour) -> (String, Receiver<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (asked, received) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let start = read_request(stream.as_ref().unwrap());
            // The test may have ended, and whoever asked may have heard enough.
            let _ = asked.send(start);
            let _ = answer(stream.unwrap(), &content, start, behaviour);
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

fn answer(mut stream: TcpStream, content: &[u8], start: usize, behaviour: Behaviour) -> io::Result<()> {
    let mut body = content[start..].to_vec();
    let (all, last) = (content.len(), content.len().saturating_sub(1));
    let mut status = "206 Partial Content";
    let mut head = format!("Content-Range: bytes {start}-{last}/{all}\r\n");
    match behaviour {
        Behaviour::NotFound => (status, body) = ("404 Not Found", Vec::new()),
        Behaviour::Damage => *body.last_mut().unwrap() ^= 1,
        Behaviour::Portal | Behaviour::PortalWithoutLength => {
            (status, body) = ("200 OK", b"<html>log in</html>".to_vec());
        }
        Behaviour::WrongRange => body = content[..body.len()].to_vec(),
        Behaviour::WrongContentRange => head = format!("Content-Range: bytes 7-{last}/{all}\r\n"),
        _ => (),
    }
    let has_length = !matches!(behaviour, Behaviour::PortalWithoutLength | Behaviour::Endless);
    if has_length {
        head += &format!("Content-Length: {}\r\n", body.len());
    }
    write!(stream, "HTTP/1.1 {status}\r\n{head}Connection: close\r\n\r\n")?;
    let half = body.len() / 2;
    match behaviour {
        Behaviour::CutShort => stream.write_all(&body[..half]),
        Behaviour::Stall => {
            stream.write_all(&body[..half])?;
            // Until the other side hangs up.
            stream.read(&mut [0]).map(drop)
        }
        Behaviour::Drip => body.iter().try_for_each(|byte| {
            stream.write_all(&[*byte])?;
            thread::sleep(Duration::from_millis(50));
            Ok(())
        }),
        Behaviour::Endless => loop {
            stream.write_all(&body)?;
        },
        _ => stream.write_all(&body),
    }
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
    let sha256 = checksum(&path, packed.len() as u64).unwrap().leak();
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

impl Case {
    fn part(&self) -> PathBuf {
        self.target().join("train-images-idx3-ubyte.gz.part")
    }

    /// What an interrupted try has left.
    fn with_part(bytes: impl Fn(&[u8]) -> Vec<u8>) -> Case {
        let case = case();
        fs::create_dir(case.target()).unwrap();
        fs::write(case.part(), bytes(&case.packed)).unwrap();
        case
    }
}

#[test]
fn what_is_not_the_file_is_thrown_away_and_what_has_arrived_before_is_kept() {
    for (behaviour, words) in [
        (Behaviour::Portal, "something else: 19 bytes"),
        (Behaviour::PortalWithoutLength, "something else than the file"),
        (Behaviour::WrongContentRange, "the server sent a part, bytes 7-"),
    ] {
        for half in [false, true] {
            let case = match half {
                true => Case::with_part(|packed| packed[..packed.len() / 2].to_vec()),
                false => case(),
            };
            let (other, _) = server(case.packed.clone(), behaviour);
            let (good, asked) = server(case.packed.clone(), Behaviour::Serve);
            let error = case.fetch(&[&other]).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
            case.fetch(&[&good]).unwrap();
            let expected = if half { case.packed.len() / 2 } else { 0 };
            assert_eq!(asked.try_iter().collect::<Vec<_>>(), [expected]);
            assert!(case.is_complete());
        }
    }
}

#[test]
fn a_server_without_end_is_heard_up_to_the_size_of_the_file() {
    let case = case();
    let (endless, _) = server(case.packed.clone(), Behaviour::Endless);
    let error = case.fetch(&[&endless]).unwrap_err().to_string();
    assert!(error.contains("sent more than"), "{error}");
    assert!(!case.part().exists());
}

#[test]
fn after_a_server_that_stalls_or_drips_the_next_goes_on() {
    for (behaviour, words) in [(Behaviour::Stall, "nothing came for 1 s"), (Behaviour::Drip, "too slow: ")] {
        let case = case();
        let (slow, _) = server(case.packed.clone(), behaviour);
        let (good, asked) = server(case.packed.clone(), Behaviour::Serve);
        let error = case.fetch(&[&slow]).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
        let arrived = fs::metadata(case.part()).unwrap().len() as usize;
        assert!(arrived > 0);
        case.fetch(&[&slow, &good]).unwrap();
        assert!(asked.recv().unwrap() >= arrived && case.is_complete());
    }
}

#[test]
fn a_part_that_is_of_something_else_costs_no_second_start() {
    for part in [&b"<html>log in</html>"[..], &[0; 3000]] {
        let case = Case::with_part(|_| part.to_vec());
        let (good, asked) = server(case.packed.clone(), Behaviour::Serve);
        case.fetch(&[&good]).unwrap();
        assert_eq!(asked.try_iter().collect::<Vec<_>>(), [part.len(), 0]);
        assert!(case.is_complete());
    }
    let case = Case::with_part(|packed| packed[..9].to_vec());
    let (wrong, asked) = server(case.packed.clone(), Behaviour::WrongRange);
    case.fetch(&[&wrong]).unwrap();
    assert_eq!(asked.try_iter().collect::<Vec<_>>(), [9, 0]);
    assert!(case.is_complete());
}

#[test]
fn of_two_at_once_one_waits() {
    let case = case();
    let (drip, asked) = server(case.packed.clone(), Behaviour::Stall);
    let (good, asked_later) = server(case.packed.clone(), Behaviour::Serve);
    thread::scope(|scope| {
        let first = scope.spawn(|| case.fetch(&[&drip, &good]));
        asked.recv().unwrap();
        let second = scope.spawn(|| case.fetch(&["/nowhere"]));
        first.join().unwrap().unwrap();
        second.join().unwrap().unwrap();
    });
    assert_eq!(asked_later.try_iter().count(), 1);
    assert!(case.is_complete(), "the second has found what the first fetched");
}

#[test]
fn what_has_no_end_is_not_copied() {
    let case = case();
    let hand = case.folder.path().join("hand");
    fs::create_dir(&hand).unwrap();
    let file = hand.join("train-images-idx3-ubyte.gz");
    assert!(std::process::Command::new("mkfifo").arg(&file).status().unwrap().success());
    let error = case.fetch(&[hand.to_str().unwrap()]).unwrap_err().to_string();
    assert!(error.contains("a pipe in place of a file"), "{error}");
    fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &file).unwrap();
    let error = case.fetch(&[hand.to_str().unwrap()]).unwrap_err().to_string();
    assert!(error.contains("a device in place of a file"), "{error}");
    fs::remove_file(&file).unwrap();
    File::create(&file).unwrap().set_len(10 << 30).unwrap();
    let error = case.fetch(&[hand.to_str().unwrap()]).unwrap_err().to_string();
    assert!(error.contains("a file of more than"), "{error}");
}
