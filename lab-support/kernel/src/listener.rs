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

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::unix::net::UnixStream;
    use std::process::{Command, Stdio};

    use rustix::process::{Resource, Rlimit, setrlimit};
    use tokio::sync::mpsc::unbounded_channel;
    use tokio::time::timeout;

    use super::*;

    /// In a child process: has no file descriptor left when a keeper comes.
    #[tokio::test]
    async fn listens_without_a_descriptor() {
        if std::env::var_os("LAB_TEST_LISTENER").is_none() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("events");
        let (sender, mut heard) = unbounded_channel();
        listen(&socket, sender).unwrap();
        setrlimit(Resource::Nofile, Rlimit { current: Some(64), maximum: Some(64) }).unwrap();
        let mut opened = Vec::new();
        while let Ok(file) = File::open(folder.path()) {
            opened.push(file);
        }
        // For this end of the connection, and none for the other.
        opened.pop();
        let _keeper = UnixStream::connect(&socket).unwrap();
        assert!(timeout(Duration::from_millis(500), heard.recv()).await.is_err());
        opened.clear();
        let first = timeout(Duration::from_secs(10), heard.recv()).await.expect("it still listens");
        assert!(matches!(first, Some(Incoming::Keeper(_))));
    }

    #[test]
    fn where_no_descriptor_is_left_it_listens_again_when_there_is_one() {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child
            .args(["--exact", "listener::tests::listens_without_a_descriptor"])
            .env("LAB_TEST_LISTENER", "1");
        assert!(child.stdout(Stdio::null()).status().unwrap().success());
    }
}
