use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{sleep, timeout};

use crate::connection::Connection;
use crate::failure::Failure;
use crate::incoming::{Channel, Incoming};
use crate::message::{Key, Message};
use crate::wire::{Presence, Publisher, Router, Serving, echo};

/// How long front ends may take to read the last messages.
const FAREWELL: Duration = Duration::from_secs(1);

/// The sockets that front ends connect to.
pub struct Front {
    shell: Router,
    control: Router,
    stdin: Router,
    iopub: Publisher,
    /// Who is connected to any of them.
    pub presence: Presence,
    _heartbeat: Serving,
}

impl Front {
    /// Listens; what arrives and is signed as it should be goes to `incoming`.
    pub async fn bind(connection: &Connection, incoming: &UnboundedSender<Incoming>) -> Result<Front> {
        let (key, presence) = (Key::new(&connection.key), Presence::default());
        let at = |port| (connection.address(port), format!("listening at {:?}", connection.address(port)));
        let router = async |channel: Channel, port: u16| {
            let incoming = incoming.clone();
            let heard = move |message| {
                // Nobody listens when the kernel is ending.
                let _ = incoming.send(Incoming::Front(channel, message));
            };
            let (address, what) = at(port);
            Router::bind(&address, &key, &presence, heard).await.context(what)
        };
        let shell = router(Channel::Shell, connection.shell_port).await?;
        let control = router(Channel::Control, connection.control_port).await?;
        let stdin = router(Channel::Stdin, connection.stdin_port).await?;
        let (address, what) = at(connection.hb_port);
        let _heartbeat = echo(&address, &presence).await.context(what)?;
        let (address, what) = at(connection.iopub_port);
        let iopub = Publisher::bind(&address, &key, &presence).await.context(what)?;
        Ok(Front { shell, control, stdin, iopub, presence, _heartbeat })
    }

    /// Sends to the front end that the message is addressed to; nothing happens when it has gone.
    pub async fn send(&mut self, channel: Channel, message: &Message) {
        match channel {
            Channel::Shell => self.shell.send(message),
            Channel::Control => self.control.send(message),
            Channel::Stdin => self.stdin.send(message),
        }
    }

    /// Answers a request without evcxr.
    pub async fn answer(&mut self, channel: Channel, request: &Message, content: &Value) {
        self.broadcast(request.status("busy"));
        self.send(channel, &request.reply(content)).await;
        self.broadcast(request.status("idle"));
    }

    /// Answers a request on the shell socket that evcxr will never see. `number` is that of the last cell.
    pub async fn refuse(&mut self, request: &Message, failure: &Failure, number: u64) {
        let mut reply = failure.reply();
        if request.kind() == "execute_request" {
            self.broadcast(request.broadcast("error", &failure.content()));
            reply["execution_count"] = number.into();
        }
        self.answer(Channel::Shell, request, &reply).await;
    }

    /// Sends to all front ends.
    pub fn broadcast(&self, message: Message) {
        self.iopub.send(message);
    }

    /// Waits until the last messages have left; who does not read does not hear them.
    pub async fn farewell(&self) {
        let sent = async {
            while ![&self.shell, &self.control, &self.stdin].iter().all(|router| router.is_empty())
                || !self.iopub.is_empty()
            {
                sleep(Duration::from_millis(5)).await;
            }
        };
        // Not more than that can be done.
        let _ = timeout(FAREWELL, sent).await;
    }
}
