use std::net::Ipv4Addr;

use anyhow::Result;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::UnboundedSender;
use uuid::Uuid;

use crate::incoming::Incoming;

/// Where the keepers of the cells report to, as `port key`.
pub async fn listen(kernel: UnboundedSender<Incoming>) -> Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let (port, key) = (listener.local_addr()?.port(), Uuid::new_v4().to_string());
    let address = format!("{port} {key}");
    tokio::spawn(async move {
        while let Ok((keeper, _)) = listener.accept().await {
            tokio::spawn(hear(keeper, key.clone(), kernel.clone()));
        }
    });
    Ok(address)
}

/// Hands on a keeper's events, if it knows the key.
async fn hear(keeper: TcpStream, key: String, kernel: UnboundedSender<Incoming>) {
    // It only makes small orders arrive sooner.
    let _ = keeper.set_nodelay(true);
    let (read, write) = keeper.into_split();
    let mut lines = BufReader::new(read).lines();
    if lines.next_line().await.ok().flatten() != Some(key) || kernel.send(Incoming::Keeper(write)).is_err() {
        return;
    }
    while let Ok(Some(line)) = lines.next_line().await {
        let event = serde_json::from_str(&line).map(Incoming::Event);
        if event.is_ok_and(|event| kernel.send(event).is_err()) {
            return;
        }
    }
}
