use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::address::Address;
use super::frames::{Frames, Received, read};
use super::outbox::Outbox;
use super::peer::{Peer, greet};
use crate::connection::Connection;
use crate::message::{Key, Message};

/// Bytes of a message that a kernel may send.
const MOST: usize = 1 << 30;

/// Between one try to connect and the next.
const PAUSE: Duration = Duration::from_millis(20);

/// A front end's side of the conversation with a kernel.
pub struct Client {
    pub shell: Link,
    pub control: Link,
    pub stdin: Link,
    pub iopub: Link,
    session: String,
}

/// One of its sockets.
pub struct Link {
    sender: Sender,
    messages: UnboundedReceiver<Message>,
}

/// Where a link's messages are sent from; the connection is closed when it is dropped.
pub struct Sender {
    outbox: Arc<Outbox>,
    key: Key,
    hearing: JoinHandle<io::Result<()>>,
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.hearing.abort();
    }
}

impl Client {
    /// Connects as soon as the kernel listens.
    ///
    /// # Errors
    /// When what listens there is no kernel.
    pub async fn connect(connection: &Connection) -> io::Result<Client> {
        let session = Uuid::new_v4().to_string();
        let key = Key::new(&connection.key);
        // Broadcasts first: what is asked over another socket is answered over this one, too.
        let iopub = Link::open(&connection.address(connection.iopub_port), "SUB", b"", &key).await?;
        iopub.sender.outbox.push(vec![Bytes::from_static(&[1])]);
        // A kernel's question comes over the stdin socket of whoever sent the cell, known by its name.
        let dealer =
            async |port| Link::open(&connection.address(port), "DEALER", session.as_bytes(), &key).await;
        Ok(Client {
            shell: dealer(connection.shell_port).await?,
            control: dealer(connection.control_port).await?,
            stdin: dealer(connection.stdin_port).await?,
            iopub,
            session,
        })
    }

    /// The name under which the kernel knows it.
    pub fn identity(&self) -> Bytes {
        Bytes::copy_from_slice(self.session.as_bytes())
    }

    /// A request of this front end.
    pub fn request(&self, kind: &str, content: &Value) -> Message {
        Message::new(kind, &self.session, &Value::Object(Default::default()), content)
    }
}

impl Link {
    async fn open(address: &Address, kind: &str, identity: &[u8], key: &Key) -> io::Result<Link> {
        let Peer { reader, outbox, .. } = greet(connect(address).await, kind, identity).await?;
        let (sender, messages) = unbounded_channel();
        let hearing = tokio::spawn(hear(reader, key.clone(), sender));
        Ok(Link { sender: Sender { outbox, key: key.clone(), hearing }, messages })
    }

    /// Sends a message, which is lost when the kernel has ended.
    pub fn send(&self, message: &Message) {
        self.sender.send(message);
    }

    /// The next message; None when the kernel has ended.
    pub async fn next(&mut self) -> Option<Message> {
        self.messages.recv().await
    }

    pub fn split(self) -> (Sender, UnboundedReceiver<Message>) {
        (self.sender, self.messages)
    }
}

impl Sender {
    pub fn send(&self, message: &Message) {
        self.outbox.push(message.write(&self.key));
    }
}

async fn connect(address: &Address) -> super::address::Stream {
    loop {
        match address.connect().await {
            Ok(stream) => return stream,
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

async fn hear(
    mut reader: impl tokio::io::AsyncRead + Unpin,
    key: Key,
    messages: UnboundedSender<Message>,
) -> io::Result<()> {
    loop {
        if let Received::Message(frames) = read(&mut reader, MOST).await?
            && let Some(message) = Message::read(frames, &key)
            && messages.send(message).is_err()
        {
            return Ok(());
        }
    }
}

/// One heartbeat of a kernel: what comes back to these frames.
///
/// # Errors
/// When there is none.
pub async fn heartbeat(connection: &Connection, frames: Frames) -> io::Result<Frames> {
    let address = connection.address(connection.hb_port);
    let mut peer = greet(connect(&address).await, "DEALER", b"").await?;
    peer.outbox.push(frames);
    loop {
        if let Received::Message(frames) = read(&mut peer.reader, MOST).await? {
            return Ok(frames);
        }
    }
}
