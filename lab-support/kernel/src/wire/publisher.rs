use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde_json::json;

use super::address::Address;
use super::frames::{Received, read};
use super::outbox::Outbox;
use super::peer::{Peer, Serving, serve};
use super::presence::Presence;
use crate::message::{Key, Message};

/// Bytes of a subscription.
const MOST: usize = 1 << 10;

/// Things that a peer may subscribe to; those of Jupyter subscribe to everything.
const MOST_TOPICS: usize = 100;

/// A socket from which messages go to all who have subscribed.
pub struct Publisher {
    audience: Arc<Mutex<Audience>>,
    key: Key,
    _serving: Serving,
}

#[derive(Default)]
struct Audience {
    subscribers: Vec<Subscriber>,
    /// A front end may ask before it listens, and then waits to hear that the kernel is idle: whoever subscribes is told
    /// the last status.
    status: Option<Message>,
}

struct Subscriber {
    outbox: Arc<Outbox>,
    /// With what the first frame of a message begins that is wanted.
    topics: Vec<Bytes>,
}

impl Publisher {
    pub async fn bind(address: &Address, key: &Key, presence: &Presence) -> io::Result<Publisher> {
        let audience = Arc::new(Mutex::new(Audience::default()));
        let (all, own) = (audience.clone(), key.clone());
        let served = move |peer: Peer| attend(peer, all.clone(), own.clone());
        let serving = serve(address, "XPUB", presence, served).await?;
        Ok(Publisher { audience, key: key.clone(), _serving: serving })
    }

    pub fn send(&self, message: Message) {
        let mut audience = lock(&self.audience);
        let frames = message.write(&self.key);
        let is_wanted = |topic: &Bytes| frames[0].starts_with(topic);
        for subscriber in audience.subscribers.iter().filter(|one| one.topics.iter().any(is_wanted)) {
            subscriber.outbox.push(frames.clone());
        }
        if message.kind() == "status" {
            audience.status = Some(message);
        }
    }

    /// Whether all has been sent.
    pub fn is_empty(&self) -> bool {
        lock(&self.audience).subscribers.iter().all(|subscriber| subscriber.outbox.is_empty())
    }
}

fn lock(audience: &Mutex<Audience>) -> MutexGuard<'_, Audience> {
    audience.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn attend(mut peer: Peer, audience: Arc<Mutex<Audience>>, key: Key) -> io::Result<()> {
    let is_it = |outbox: &Arc<Outbox>| Arc::ptr_eq(outbox, &peer.outbox);
    lock(&audience).subscribers.push(Subscriber { outbox: peer.outbox.clone(), topics: Vec::new() });
    let ended = loop {
        let received = match read(&mut peer.reader, MOST).await {
            Ok(received) => received,
            Err(error) => break error,
        };
        let Some((subscribes, topic)) = subscription(received) else { continue };
        let mut audience = lock(&audience);
        let status = audience.status.as_ref().map(Message::again);
        let Some(subscriber) = audience.subscribers.iter_mut().find(|one| is_it(&one.outbox)) else {
            continue;
        };
        if !subscribes {
            let at = subscriber.topics.iter().position(|known| *known == topic);
            at.map(|at| subscriber.topics.swap_remove(at));
        } else if subscriber.topics.len() < MOST_TOPICS {
            let content = json!({ "subscription": String::from_utf8_lossy(&topic) });
            subscriber.topics.push(topic);
            // Since version 5.4 of Jupyter's protocol: from now on nothing is missed.
            let welcome = Message::new("iopub_welcome", "", &json!({}), &content);
            subscriber.outbox.push(welcome.write(&key));
            // Jupyter takes nothing that was signed before: it is the same status in a new message.
            status.map(|status| subscriber.outbox.push(status.write(&key)));
        }
    };
    lock(&audience).subscribers.retain(|subscriber| !is_it(&subscriber.outbox));
    Err(ended)
}

/// Whether somebody subscribes or takes that back, and to what: a message, or since ZMTP 3.1 a command.
fn subscription(received: Received) -> Option<(bool, Bytes)> {
    match received {
        Received::Message(mut frames) => match frames.pop()? {
            frame if frame.first() == Some(&1) => Some((true, frame.slice(1..))),
            frame if frame.first() == Some(&0) => Some((false, frame.slice(1..))),
            _ => None,
        },
        Received::Command(command) if command.starts_with(b"\x09SUBSCRIBE") => {
            Some((true, command.slice(10..)))
        }
        Received::Command(command) if command.starts_with(b"\x06CANCEL") => Some((false, command.slice(7..))),
        Received::Command(_) => None,
    }
}
