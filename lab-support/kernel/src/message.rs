use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use uuid::Uuid;

use crate::info::PROTOCOL;
use crate::wire::frames::Frames;

/// Stands between the addresses of a message and its signature.
const DELIMITER: &[u8] = b"<IDS|MSG>";

/// The session of the kernel's own requests.
const OURS: &str = "lab-kernel";

/// Signs messages and checks signatures; with an empty key nothing is signed, as Jupyter has it.
#[derive(Clone)]
pub struct Key(Option<Hmac<Sha256>>);

impl Key {
    pub fn new(key: &str) -> Key {
        let mac = || Hmac::new_from_slice(key.as_bytes()).expect("a key of any length will do");
        Key((!key.is_empty()).then(mac))
    }

    /// Whether nothing is signed.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    fn mac(&self, frames: &[Bytes]) -> Option<Hmac<Sha256>> {
        let mut mac = self.0.clone()?;
        frames.iter().for_each(|frame| mac.update(frame));
        Some(mac)
    }

    fn sign(&self, frames: &[Bytes]) -> String {
        self.mac(frames).map_or(String::new(), |mac| hex::encode(mac.finalize().into_bytes()))
    }

    fn accepts(&self, signature: &[u8], frames: &[Bytes]) -> bool {
        let Some(mac) = self.mac(frames) else { return true };
        hex::decode(signature).is_ok_and(|signature| mac.verify_slice(&signature).is_ok())
    }
}

/// A message of Jupyter's protocol (<https://jupyter-client.readthedocs.io/en/stable/messaging.html>). Its
/// frames stay the bytes that arrived.
#[derive(Clone, Debug)]
pub struct Message {
    /// Whom a reply goes to; nothing in a broadcast.
    pub addresses: Vec<Bytes>,
    /// Header, parent's header, metadata, content, and whatever follows.
    frames: Vec<Bytes>,
    header: Value,
}

impl Message {
    /// None when the signature is wrong, or this is no message.
    pub fn read(mut addresses: Frames, key: &Key) -> Option<Message> {
        let at = addresses.iter().position(|frame| frame == DELIMITER)?;
        let mut rest = addresses.split_off(at).into_iter().skip(1);
        addresses.truncate(at);
        let signature = rest.next()?;
        let frames: Vec<Bytes> = rest.collect();
        let is_ours = frames.len() >= 4 && key.accepts(&signature, &frames);
        let header = serde_json::from_slice(frames.first().filter(|_| is_ours)?).ok()?;
        Some(Message { addresses, frames, header })
    }

    /// As it goes over a socket.
    pub fn write(&self, key: &Key) -> Frames {
        let mut all = self.addresses.clone();
        all.extend([Bytes::from_static(DELIMITER), key.sign(&self.frames).into()]);
        all.extend(self.frames.iter().cloned());
        all
    }

    pub fn kind(&self) -> &str {
        self.header["msg_type"].as_str().unwrap_or_default()
    }

    pub fn id(&self) -> &str {
        self.header["msg_id"].as_str().unwrap_or_default()
    }

    /// The front end that has sent it, or that it is for.
    pub fn session(&self) -> &str {
        self.header["session"].as_str().unwrap_or_default()
    }

    /// Whether this is an answer to `request`, or a broadcast about it.
    pub fn is_about(&self, request: &Message) -> bool {
        let parent: Value = serde_json::from_slice(&self.frames[1]).unwrap_or_default();
        parent["msg_id"] == request.id()
    }

    /// Whether this is about a [`request`](Self::request).
    pub fn is_about_ours(&self) -> bool {
        let parent: Value = serde_json::from_slice(&self.frames[1]).unwrap_or_default();
        parent["session"] == OURS
    }

    /// What a front end tells of a request: a notebook's, in which cell it stands (`cellId`), and which are gone
    /// (`deletedCells`).
    pub fn metadata(&self) -> Value {
        serde_json::from_slice(&self.frames[2]).unwrap_or_default()
    }

    pub fn content(&self) -> Value {
        serde_json::from_slice(&self.frames[3]).unwrap_or_default()
    }

    pub fn with_content(mut self, content: &Value) -> Message {
        self.frames[3] = bytes(content);
        self
    }

    /// The same, where it has a cell's number: evcxr's differs from the one that front ends know.
    pub fn numbered(self, number: u64) -> Message {
        let mut content = self.content();
        if content["execution_count"].is_null() {
            return self;
        }
        content["execution_count"] = number.into();
        self.with_content(&content)
    }

    /// Another request of whoever sent this one.
    pub fn follow_up(&self, kind: &str, content: &Value) -> Message {
        Message::new(kind, self.session(), &json!({}), content)
    }

    /// A request of our own.
    pub fn request(kind: &str) -> Message {
        Message::new(kind, OURS, &json!({}), &json!({}))
    }

    /// A broadcast about this request.
    pub fn broadcast(&self, kind: &str, content: &Value) -> Message {
        Message::new(kind, self.session(), &self.header, content)
    }

    /// A broadcast that says the same as this one.
    pub fn again(&self) -> Message {
        let mut header = self.header.clone();
        header["msg_id"] = Uuid::new_v4().to_string().into();
        let mut frames = self.frames.clone();
        frames[0] = bytes(&header);
        Message { addresses: Vec::new(), frames, header }
    }

    pub fn status(&self, state: &str) -> Message {
        self.broadcast("status", &json!({ "execution_state": state }))
    }

    /// The answer to this request.
    pub fn reply(&self, content: &Value) -> Message {
        let kind = self.kind().replace("_request", "_reply");
        Message { addresses: self.addresses.clone(), ..self.broadcast(&kind, content) }
    }

    /// A message about the one with the header `parent`.
    pub fn new(kind: &str, session: &str, parent: &Value, content: &Value) -> Message {
        let header = json!({
            "msg_id": Uuid::new_v4().to_string(),
            "session": session,
            "username": "kernel",
            "date": chrono::Utc::now().to_rfc3339(),
            "msg_type": kind,
            "version": PROTOCOL,
        });
        let frames = vec![bytes(&header), bytes(parent), bytes(&json!({})), bytes(content)];
        Message { addresses: Vec::new(), frames, header }
    }
}

fn bytes(value: &Value) -> Bytes {
    value.to_string().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Message {
        let mut request = Message::request("execute_request").with_content(&json!({ "code": "1" }));
        request.addresses = vec!["front end".into()];
        request
    }

    #[test]
    fn a_message_survives_the_socket() {
        for key in [Key::new("secret"), Key::new("")] {
            let message = Message::read(request().write(&key), &key).unwrap();
            assert_eq!((message.kind(), &message.content()["code"]), ("execute_request", &json!("1")));
            assert_eq!(message.addresses, ["front end"]);
        }
    }

    #[test]
    fn what_is_signed_otherwise_is_no_message() {
        let key = Key::new("secret");
        assert!(Message::read(request().write(&Key::new("another")), &key).is_none());
        assert!(Message::read(request().write(&Key::new("")), &key).is_none());
        let mut frames = request().write(&key);
        frames[6] = "{\"code\":\"2\"}".into();
        assert!(Message::read(frames.clone(), &key).is_none());
        frames.truncate(4);
        assert!(Message::read(frames, &key).is_none());
    }

    #[test]
    fn a_reply_goes_to_the_sender_and_a_broadcast_to_nobody_in_particular() {
        let request = request();
        let reply = request.reply(&json!({ "status": "ok" }));
        assert_eq!((reply.kind(), &reply.addresses), ("execute_reply", &request.addresses));
        assert!(reply.is_about(&request) && !reply.is_about(&reply));
        let status = request.status("busy");
        assert!(status.addresses.is_empty() && status.again().is_about(&request));
        assert_ne!(status.again().id(), status.id());
    }
}
