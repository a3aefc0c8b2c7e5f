use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::sleep;

use crate::incoming::Incoming;

/// Listens at a socket to which the keepers of the cells report. It lies where only this user gets.
pub fn listen(socket: &Path, kernel: UnboundedSender<Incoming>) -> Result<()> {
    let listener = UnixListener::bind(socket)?;
    tokio::spawn(async move {
        while !kernel.is_closed() {
            match listener.accept().await {
                Ok((keeper, _)) => drop(tokio::spawn(hear(keeper, kernel.clone()))),
                // There may be no more file descriptors at the moment.
                Err(_) => sleep(Duration::from_millis(100)).await,
            }
        }
    });
    Ok(())
}

/// Hands on a keeper's events.
async fn hear(keeper: UnixStream, kernel: UnboundedSender<Incoming>) {
    let (read, write) = keeper.into_split();
    let mut lines = BufReader::new(read).lines();
    if kernel.send(Incoming::Keeper(write)).is_err() {
        return;
    }
    while let Ok(Some(line)) = lines.next_line().await {
        let event = serde_json::from_str(&line).map(Incoming::Event);
        if event.is_ok_and(|event| kernel.send(event).is_err()) {
            return;
        }
    }
}
