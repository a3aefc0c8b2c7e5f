use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{ReadHalf, split};
use tokio::time::timeout;

use super::address::{Address, Stream};
use super::frames;
use super::outbox::Outbox;
use super::presence::Presence;

/// How long a peer may take to say what it is.
const GREETING: Duration = Duration::from_secs(10);

/// One peer, after the greeting.
pub struct Peer {
    /// The name that the peer gave itself; most have none.
    pub identity: Option<Bytes>,
    pub reader: ReadHalf<Stream>,
    pub outbox: Arc<Outbox>,
}

/// Says that this side is a socket of `kind`, and hears what the other one is.
pub async fn greet(stream: Stream, kind: &str, identity: &[u8]) -> io::Result<Peer> {
    let (mut reader, mut writer) = split(stream);
    let greeting = frames::greet(&mut reader, &mut writer, kind, identity);
    let identity = timeout(GREETING, greeting).await.map_err(|_| io::ErrorKind::TimedOut)??;
    Ok(Peer { identity, reader, outbox: Arc::new(Outbox::start(writer)) })
}

/// Serves whoever connects to `address`, each in a task of its own, until the returned guard is dropped.
pub async fn serve<F>(
    address: &Address,
    kind: &'static str,
    presence: &Presence,
    served: impl Fn(Peer) -> F + Send + Sync + 'static,
) -> io::Result<Serving>
where
    F: Future<Output = io::Result<()>> + Send,
{
    let listener = address.listen().await?;
    let (served, presence) = (Arc::new(served), presence.clone());
    let task = tokio::spawn(async move {
        let count = Presence::default();
        loop {
            let Ok(stream) = listener.accept().await else {
                // There may be no more file descriptors at the moment.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let Some(here) = count.enter(MOST_PEERS) else { continue };
            let (served, presence) = (served.clone(), presence.clone());
            tokio::spawn(async move {
                let _here = here;
                // Whatever goes wrong with a peer ends its connection, and nothing else.
                if let Ok(peer) = greet(stream, kind, b"").await {
                    let _among_all = presence.enter(usize::MAX);
                    let _ = served(peer).await;
                }
            });
        }
    });
    Ok(Serving { task, address: address.clone() })
}

/// Peers of one socket. All five of a kernel have fewer together than a process has files.
const MOST_PEERS: usize = 128;

/// Nobody new is served once it is dropped.
pub struct Serving {
    task: tokio::task::JoinHandle<()>,
    address: Address,
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.task.abort();
        self.address.remove();
    }
}
