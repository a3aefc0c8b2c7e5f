use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

/// Where a socket is found.
#[derive(Clone, Debug, PartialEq)]
pub enum Address {
    Tcp { host: String, port: u16 },
    Unix(PathBuf),
}

pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

pub type Stream = Box<dyn Duplex>;

pub enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl Address {
    pub async fn connect(&self) -> io::Result<Stream> {
        Ok(match self {
            Address::Tcp { host, port } => {
                Box::new(prompt(TcpStream::connect((host.as_str(), *port)).await?))
            }
            Address::Unix(path) => Box::new(UnixStream::connect(path).await?),
        })
    }

    pub async fn listen(&self) -> io::Result<Listener> {
        Ok(match self {
            Address::Tcp { host, port } => Listener::Tcp(TcpListener::bind((host.as_str(), *port)).await?),
            Address::Unix(path) => {
                // A kernel that was killed has left its own.
                self.remove();
                let listener = UnixListener::bind(path)?;
                fs::set_permissions(path, Permissions::from_mode(0o600))?;
                Listener::Unix(listener)
            }
        })
    }

    /// Removes a socket's file; there is none for TCP.
    pub fn remove(&self) {
        let is_socket =
            |path: &Path| fs::symlink_metadata(path).is_ok_and(|data| data.file_type().is_socket());
        if let Address::Unix(path) = self
            && is_socket(path)
        {
            let _ = fs::remove_file(path);
        }
    }
}

impl Listener {
    pub async fn accept(&self) -> io::Result<Stream> {
        Ok(match self {
            Listener::Tcp(listener) => Box::new(prompt(listener.accept().await?.0)),
            Listener::Unix(listener) => Box::new(listener.accept().await?.0),
        })
    }
}

/// Small messages arrive sooner; it works without, too.
fn prompt(stream: TcpStream) -> TcpStream {
    let _ = stream.set_nodelay(true);
    stream
}
