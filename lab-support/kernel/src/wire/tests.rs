use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use serde_json::json;
use tempfile::tempdir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::time::{sleep, timeout};

use super::frames::{self, Frames, Received, read, write};
use super::*;
use crate::connection::Connection;
use crate::message::{Key, Message};

/// Sockets as a kernel has them, in a folder of their own; `heard` counts what has arrived over the first.
struct Kernel {
    connection: Connection,
    shell: Router,
    iopub: Publisher,
    presence: Presence,
    heard: Arc<AtomicUsize>,
    _others: (Router, Router, Serving, tempfile::TempDir),
}

impl Kernel {
    async fn start() -> Kernel {
        let folder = tempdir().unwrap();
        let connection = Connection::within(folder.path());
        let (key, presence, heard) =
            (Key::new(&connection.key), Presence::default(), Arc::<AtomicUsize>::default());
        let router = async |port, heard: Arc<AtomicUsize>| {
            let count = move |_: Message| {
                heard.fetch_add(1, Ordering::Relaxed);
            };
            Router::bind(&connection.address(port), &key, &presence, count).await.unwrap()
        };
        let shell = router(connection.shell_port, heard.clone()).await;
        let control = router(connection.control_port, Default::default()).await;
        let stdin = router(connection.stdin_port, Default::default()).await;
        let heartbeat = echo(&connection.address(connection.hb_port), &presence).await.unwrap();
        let iopub =
            Publisher::bind(&connection.address(connection.iopub_port), &key, &presence).await.unwrap();
        Kernel { connection, shell, iopub, presence, heard, _others: (control, stdin, heartbeat, folder) }
    }

    async fn has_heard(&self, count: usize) {
        let heard = async {
            while self.heard.load(Ordering::Relaxed) < count {
                sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(Duration::from_secs(5), heard).await.expect("it arrives");
    }

    /// A connection to the shell socket, after the greeting.
    async fn peer(&self) -> UnixStream {
        let Address::Unix(path) = self.connection.address(self.connection.shell_port) else { panic!() };
        let mut stream = UnixStream::connect(path).await.unwrap();
        let (mut reader, mut writer) = stream.split();
        frames::greet(&mut reader, &mut writer, "DEALER", b"").await.unwrap();
        stream
    }
}

/// Whether the other side closes the connection.
async fn is_closed(stream: &mut UnixStream) -> bool {
    let closed = async {
        let mut byte = [0];
        loop {
            match stream.read(&mut byte).await {
                Ok(0) | Err(_) => return,
                Ok(_) => (),
            }
        }
    };
    timeout(Duration::from_millis(500), closed).await.is_ok()
}

#[tokio::test]
async fn frames_of_any_size_survive() {
    let (mut one, mut other) = tokio::io::duplex(1000);
    let sent = Vec::from([0, 1, 255, 256, 70_000].map(|size| Bytes::from(vec![7; size])));
    let expected = sent.clone();
    tokio::spawn(async move { write(&mut one, &sent).await.unwrap() });
    assert_eq!(read(&mut other, 100_000).await.unwrap(), Received::Message(expected));
}

#[tokio::test]
async fn a_size_is_checked_before_there_is_room_for_it() {
    for bytes in [
        &[2, 0x37, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff][..],
        &[2, 0, 0, 0, 0, 0, 0, 4, 1],
        &[6, 0, 0, 0, 0, 0, 1, 0, 0],
        &[8, 0],
        &[1, 1, 0, 4, 0],
        &[0x7f, 1],
    ] {
        read(&mut &*bytes, 1024).await.unwrap_err();
    }
    let many = [1, 0].repeat(100_000);
    assert!(read(&mut many.as_slice(), 1024).await.unwrap_err().to_string().contains("frames"));
    // What is announced and does not come takes no memory.
    let announced = [2, 0, 0, 0, 0, 0x3f, 0, 0, 0];
    read(&mut &announced[..], 1 << 30).await.unwrap_err();
}

#[tokio::test]
async fn what_is_no_message_closes_its_connection_and_nothing_else() {
    let kernel = Kernel::start().await;
    let mut client = Client::connect(&kernel.connection).await.unwrap();
    let huge = [2, 0x37, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    let Connection { shell_port, iopub_port, stdin_port, control_port, hb_port, .. } = kernel.connection;
    for port in [shell_port, iopub_port, stdin_port, control_port, hb_port] {
        let Address::Unix(path) = kernel.connection.address(port) else { panic!() };
        for junk in [&huge[..], b"GET / HTTP/1.1\r\n\r\n----------------------------------------------"] {
            let mut stream = UnixStream::connect(&path).await.unwrap();
            if junk == huge {
                let (mut reader, mut writer) = stream.split();
                frames::greet(&mut reader, &mut writer, "DEALER", b"").await.unwrap();
            }
            stream.write_all(junk).await.unwrap();
            assert!(is_closed(&mut stream).await, "port {port}");
        }
    }
    client.shell.send(&client.request("kernel_info_request", &json!({})));
    kernel.has_heard(1).await;
    let beat: Frames = vec!["".into(), "beat".into()];
    let answer = timeout(Duration::from_secs(5), heartbeat(&kernel.connection, beat.clone())).await;
    assert_eq!(answer.unwrap().unwrap(), beat);
    kernel.iopub.send(Message::request("status"));
    let welcome = client.iopub.next().await.unwrap();
    assert_eq!((welcome.kind(), &welcome.content()["subscription"]), ("iopub_welcome", &json!("")));
    assert_eq!(client.iopub.next().await.unwrap().kind(), "status");
}

#[tokio::test]
async fn a_stranger_may_send_little_and_who_has_the_key_much() {
    let kernel = Kernel::start().await;
    let mut stranger = kernel.peer().await;
    write(&mut stranger, &[Bytes::from(vec![0; 100_000])]).await.ok();
    assert!(is_closed(&mut stranger).await);
    let client = Client::connect(&kernel.connection).await.unwrap();
    client.shell.send(&client.request("kernel_info_request", &json!({})));
    client.shell.send(&client.request("execute_request", &json!({ "code": " ".repeat(1 << 20) })));
    kernel.has_heard(2).await;
}

#[tokio::test]
async fn a_reply_goes_to_the_one_that_asked() {
    let kernel = Kernel::start().await;
    let (mut first, mut second) = (
        Client::connect(&kernel.connection).await.unwrap(),
        Client::connect(&kernel.connection).await.unwrap(),
    );
    let mut request = first.request("kernel_info_request", &json!({}));
    request.addresses = vec![first.identity()];
    let sent = async {
        while kernel.presence.alone().is_some() {
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(Duration::from_secs(5), sent).await.unwrap();
    kernel.shell.send(&request.reply(&json!({ "status": "ok" })));
    assert!(first.shell.next().await.unwrap().is_about(&request));
    assert!(timeout(Duration::from_millis(100), second.shell.next()).await.is_err());
}

#[tokio::test]
async fn who_does_not_read_loses_messages_and_nobody_else_does() {
    let kernel = Kernel::start().await;
    let Address::Unix(path) = kernel.connection.address(kernel.connection.iopub_port) else { panic!() };
    let mut deaf = UnixStream::connect(path).await.unwrap();
    let (mut reader, mut writer) = deaf.split();
    frames::greet(&mut reader, &mut writer, "SUB", b"").await.unwrap();
    write(&mut writer, &[Bytes::from_static(&[1])]).await.unwrap();
    let mut client = Client::connect(&kernel.connection).await.unwrap();
    kernel.iopub.send(Message::request("ready"));
    while client.iopub.next().await.unwrap().kind() != "ready" {}
    let long = Message::request("stream").with_content(&json!({ "text": "x".repeat(1 << 20) }));
    for _ in 0..80 {
        kernel.iopub.send(long.clone());
        assert_eq!(
            timeout(Duration::from_secs(5), client.iopub.next()).await.unwrap().unwrap().kind(),
            "stream"
        );
    }
    kernel.iopub.send(Message::request("status"));
    let mut kinds = Vec::new();
    let (mut reader, _writer) = deaf.split();
    while kinds.last().is_none_or(|kind| kind != "status") {
        let Received::Message(frames) = read(&mut reader, 1 << 30).await.unwrap() else { continue };
        kinds.push(Message::read(frames, &Key::new(&kernel.connection.key)).unwrap().kind().to_string());
    }
    let heard = kinds.iter().filter(|kind| *kind == "stream").count();
    assert!((60..=70).contains(&heard), "{heard} of 80, and the small one behind them");
}

#[tokio::test]
async fn presence_is_counted() {
    let kernel = Kernel::start().await;
    assert!(kernel.presence.alone().is_some());
    let client = Client::connect(&kernel.connection).await.unwrap();
    let is_alone = async |wanted: bool| {
        let changed = async {
            while kernel.presence.alone().is_some() != wanted {
                sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(Duration::from_secs(5), changed).await.unwrap();
    };
    is_alone(false).await;
    drop(client);
    is_alone(true).await;
}

#[tokio::test]
async fn sockets_are_for_this_user_alone_and_gone_at_the_end() {
    use std::os::unix::fs::PermissionsExt;
    let kernel = Kernel::start().await;
    let Address::Unix(path) = kernel.connection.address(kernel.connection.shell_port) else { panic!() };
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    drop(kernel);
    assert!(!path.exists());
}
