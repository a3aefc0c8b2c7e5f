//! ZMTP 3.0 (<https://rfc.zeromq.org/spec/23/>), the protocol below Jupyter's, as far as Jupyter needs it: without
//! encryption, over TCP and Unix sockets.
//!
//! Whoever connects may be anybody on this machine, so nothing is believed and nothing is without end: what a peer says of
//! a size is checked before room is made for it (`frames.rs`), what is sent to a peer that does not read is left out
//! (`outbox.rs`), and a peer that has not signed a message with the key may send little (`router.rs`).

pub(crate) mod address;
mod client;
pub mod frames;
mod outbox;
mod peer;
mod presence;
mod publisher;
mod router;

pub use address::Address;
pub use client::{Client, Link, Sender, heartbeat};
pub use peer::Serving;
pub use presence::Presence;
pub use publisher::Publisher;
pub use router::{Router, echo};

#[cfg(test)]
mod tests;
