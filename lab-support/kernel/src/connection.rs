use std::fs::{self, File};
use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::ops::Range;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::wire::address::Address;

/// Where the parties of Jupyter's protocol meet: the file that a kernel is started with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Connection {
    pub transport: String,
    pub ip: String,
    pub shell_port: u16,
    pub iopub_port: u16,
    pub stdin_port: u16,
    pub control_port: u16,
    pub hb_port: u16,
    pub key: String,
    pub signature_scheme: String,
    /// Between the path and the number of a Unix socket.
    #[serde(skip, default = "between")]
    separator: char,
}

impl Connection {
    /// # Errors
    /// When it can't be read, or is no such file.
    pub fn read(file: &Path) -> Result<Connection> {
        let read = || Ok::<_, anyhow::Error>(serde_json::from_str(&fs::read_to_string(file)?)?);
        read().with_context(|| format!("reading {}", file.display()))
    }

    /// Writes a new file that only this user can read.
    ///
    /// # Errors
    /// When there is one, or it can't be written.
    pub fn write(&self, file: &Path) -> Result<()> {
        let write = || {
            let mut options = File::options();
            options.write(true).create_new(true).mode(0o600).open(file)?.write_all(&serde_json::to_vec(self)?)
        };
        write().with_context(|| format!("writing {}", file.display()))
    }

    /// Free ports of this machine, and a new key.
    ///
    /// # Errors
    /// When there are no ports.
    pub fn on_ports() -> io::Result<Connection> {
        let mut ports = [0; 5];
        for port in &mut ports {
            *port = free_port()?;
        }
        Ok(Connection::new("tcp", Ipv4Addr::LOCALHOST.to_string(), ports))
    }

    /// Unix sockets in a folder, which is to be one that only this user can enter, and a new key.
    pub fn within(folder: &Path) -> Connection {
        Connection::new(IPC, folder.join("jupyter").to_string_lossy().into_owned(), [1, 2, 3, 4, 5])
    }

    fn new(transport: &str, ip: String, ports: [u16; 5]) -> Connection {
        let [shell_port, iopub_port, stdin_port, control_port, hb_port] = ports;
        Connection {
            transport: transport.into(),
            ip,
            shell_port,
            iopub_port,
            stdin_port,
            control_port,
            hb_port,
            key: Uuid::new_v4().to_string(),
            signature_scheme: "hmac-sha256".into(),
            separator: between(),
        }
    }

    /// The same, as evcxr names Unix sockets: it writes them as it writes ports.
    pub fn of_evcxr(self) -> Connection {
        Connection { separator: ':', ..self }
    }

    /// Where the socket of this number is.
    pub fn address(&self, port: u16) -> Address {
        match self.transport.as_str() {
            IPC => Address::Unix(format!("{}{}{port}", self.ip, self.separator).into()),
            _ => Address::Tcp { host: self.ip.clone(), port },
        }
    }
}

/// How Jupyter's files name Unix sockets.
const IPC: &str = "ipc";

/// What Jupyter writes between the path and the number of a Unix socket.
fn between() -> char {
    '-'
}

/// Ports that this process has tried.
static TRIED: AtomicU32 = AtomicU32::new(0);

/// From below those that the system gives to whoever asks, and another for each question and process: nobody is to have it
/// before the kernel listens there.
fn free_port() -> io::Result<u16> {
    const PORTS: Range<u32> = 10_000..32_000;
    for _ in PORTS {
        let number = process::id().wrapping_mul(97).wrapping_add(TRIED.fetch_add(1, Ordering::Relaxed));
        let port = (PORTS.start + number % (PORTS.end - PORTS.start)) as u16;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}
