use anyhow::{Context, Result};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zeromq::{
    RepSocket, RouterRecvHalf, RouterSendHalf, RouterSocket, Socket, SocketRecv, SocketSend, XPubSocket,
    ZmqMessage,
};

use crate::connection::Connection;
use crate::failure::Failure;
use crate::incoming::{Channel, Incoming};
use crate::message::{Key, Message};

/// The sockets that front ends connect to.
pub struct Front {
    shell: RouterSendHalf,
    control: RouterSendHalf,
    stdin: RouterSendHalf,
    broadcasts: UnboundedSender<Message>,
    key: Key,
}

impl Front {
    /// Listens; what arrives and is signed as it should be goes to `incoming`.
    pub async fn bind(connection: &Connection, incoming: &UnboundedSender<Incoming>) -> Result<Front> {
        let key = Key::new(&connection.key);
        let router = async |channel: Channel, port: u16| {
            let mut socket = RouterSocket::new();
            bind(&mut socket, connection, port).await?;
            let (send, receive) = socket.split();
            tokio::spawn(forward(receive, channel, key.clone(), incoming.clone()));
            Ok::<_, anyhow::Error>(send)
        };
        let shell = router(Channel::Shell, connection.shell_port).await?;
        let control = router(Channel::Control, connection.control_port).await?;
        let stdin = router(Channel::Stdin, connection.stdin_port).await?;
        let mut heartbeat = RepSocket::new();
        bind(&mut heartbeat, connection, connection.hb_port).await?;
        tokio::spawn(echo(heartbeat));
        let mut iopub = XPubSocket::new();
        bind(&mut iopub, connection, connection.iopub_port).await?;
        let (broadcasts, receiver) = unbounded_channel();
        tokio::spawn(broadcast(iopub, receiver, key.clone()));
        Ok(Front { shell, control, stdin, broadcasts, key })
    }

    /// Sends to the front end that the message is addressed to; nothing happens when it has gone.
    pub async fn send(&mut self, channel: Channel, message: &Message) {
        let socket = match channel {
            Channel::Shell => &mut self.shell,
            Channel::Control => &mut self.control,
            Channel::Stdin => &mut self.stdin,
        };
        let _ = socket.send(message.write(&self.key)).await;
    }

    /// Answers a request without evcxr.
    pub async fn answer(&mut self, channel: Channel, request: &Message, content: &Value) {
        self.broadcast(request.status("busy"));
        self.send(channel, &request.reply(content)).await;
        self.broadcast(request.status("idle"));
    }

    /// Answers a request on the shell socket that evcxr will never see.
    pub async fn refuse(&mut self, request: &Message, failure: &Failure) {
        let mut content = failure.content();
        if request.kind() == "execute_request" {
            self.broadcast(request.broadcast("error", &content));
        }
        content["status"] = "error".into();
        self.answer(Channel::Shell, request, &content).await;
    }

    /// Sends to all front ends.
    pub fn broadcast(&self, message: Message) {
        // The task that receives it lives as long as this.
        let _ = self.broadcasts.send(message);
    }
}

async fn bind(socket: &mut impl Socket, connection: &Connection, port: u16) -> Result<()> {
    let endpoint = connection.endpoint(port);
    socket.bind(&endpoint).await.with_context(|| format!("listening at {endpoint}"))?;
    Ok(())
}

/// Hands on what arrives. What is not signed with the key is left out.
async fn forward(
    mut socket: RouterRecvHalf,
    channel: Channel,
    key: Key,
    incoming: UnboundedSender<Incoming>,
) {
    while let Ok(message) = socket.recv().await {
        let message = Message::read(message, &key).map(|message| Incoming::Front(channel, message));
        if message.is_some_and(|message| incoming.send(message).is_err()) {
            return;
        }
    }
}

/// Says that the kernel lives, whatever the cells do.
async fn echo(mut socket: RepSocket) {
    loop {
        if let Ok(message) = socket.recv().await {
            // A front end that has gone needs no answer.
            let _ = socket.send(message).await;
        }
    }
}

/// Sends broadcasts to whoever has subscribed. A front end may ask before it listens, and then waits to hear
/// that the kernel is idle: whoever subscribes is told the last status.
async fn broadcast(mut socket: XPubSocket, mut messages: UnboundedReceiver<Message>, key: Key) {
    let mut status: Option<Message> = None;
    loop {
        let next = tokio::select! {
            message = messages.recv() => match message {
                None => return,
                Some(message) => {
                    if message.kind() == "status" {
                        status = Some(message.clone());
                    }
                    Some(message)
                }
            },
            // Jupyter takes nothing that was signed before: it is the same status in a new message.
            subscription = socket.recv() => {
                status.as_ref().filter(|_| subscription.is_ok_and(subscribes)).map(Message::again)
            }
        };
        if let Some(message) = next {
            // A front end that has gone hears nothing.
            let _ = socket.send(message.write(&key)).await;
        }
    }
}

fn subscribes(message: ZmqMessage) -> bool {
    message.get(0).is_some_and(|frame| frame.first() == Some(&1))
}
