use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use super::address::Address;
use super::frames::{Received, read};
use super::outbox::Outbox;
use super::peer::{Peer, Serving, serve};
use super::presence::Presence;
use crate::message::{Key, Message};

/// Bytes that a message may have: a cell with pictures in its comments, say.
const MOST: usize = 64 << 20;

/// The same, of a peer that has not yet signed a message with the key. A front end first asks who is there.
const MOST_OF_A_STRANGER: usize = 1 << 16;

/// Bytes of a heartbeat.
const MOST_BEAT: usize = 1 << 10;

/// A socket to which requests come, and from which each is answered to whoever sent it.
pub struct Router {
    peers: Peers,
    key: Key,
    _serving: Serving,
}

/// Who is there, by the name that they have given themselves or got here. The newest of a name is meant: a front end that
/// was cut off comes back under its own.
type Peers = Arc<Mutex<HashMap<Bytes, Arc<Outbox>>>>;

impl Router {
    /// What arrives and is signed as it should be is `heard`; all else is left out.
    pub async fn bind(
        address: &Address,
        key: &Key,
        presence: &Presence,
        heard: impl Fn(Message) + Send + Sync + 'static,
    ) -> io::Result<Router> {
        let peers = Peers::default();
        let (table, own, heard) = (peers.clone(), key.clone(), Arc::new(heard));
        let served = move |peer: Peer| hear(peer, table.clone(), own.clone(), heard.clone());
        let serving = serve(address, "ROUTER", presence, served).await?;
        Ok(Router { peers, key: key.clone(), _serving: serving })
    }

    /// Sends to the peer that the message is addressed to; nothing happens when it has gone.
    pub fn send(&self, message: &Message) {
        let peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(outbox) = message.addresses.first().and_then(|address| peers.get(address)) {
            let mut frames = message.write(&self.key);
            frames.remove(0);
            outbox.push(frames);
        }
    }

    /// Whether all has been sent.
    pub fn is_empty(&self) -> bool {
        let peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
        peers.values().all(|outbox| outbox.is_empty())
    }
}

async fn hear(
    mut peer: Peer,
    peers: Peers,
    key: Key,
    heard: Arc<impl Fn(Message) + Send + Sync + 'static>,
) -> io::Result<()> {
    let name = peer.identity.take().unwrap_or_else(new_name);
    let of_all = || peers.lock().unwrap_or_else(PoisonError::into_inner);
    of_all().insert(name.clone(), peer.outbox.clone());
    let mut most = if key.is_empty() { MOST } else { MOST_OF_A_STRANGER };
    let ended = loop {
        match read(&mut peer.reader, most).await {
            Ok(Received::Message(mut frames)) => {
                frames.insert(0, name.clone());
                if let Some(message) = Message::read(frames, &key) {
                    most = MOST;
                    heard(message);
                }
            }
            Ok(Received::Command(_)) => (),
            Err(error) => break error,
        }
    };
    let mut peers = of_all();
    if peers.get(&name).is_some_and(|outbox| Arc::ptr_eq(outbox, &peer.outbox)) {
        peers.remove(&name);
    }
    Err(ended)
}

/// As ZeroMQ has it: five bytes, a zero first, with which no name begins that a peer gives itself.
fn new_name() -> Bytes {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut name = COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    name[0] = 0;
    Bytes::copy_from_slice(&name)
}

/// A socket that sends back whatever comes: it says that the kernel lives, whatever the cells do.
pub async fn echo(address: &Address, presence: &Presence) -> io::Result<Serving> {
    let served = async |mut peer: Peer| loop {
        if let Received::Message(frames) = read(&mut peer.reader, MOST_BEAT).await? {
            peer.outbox.push(frames);
        }
    };
    serve(address, "REP", presence, served).await
}
