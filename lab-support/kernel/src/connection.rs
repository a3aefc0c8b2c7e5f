use std::fs::{self, File};
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

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
}

impl Connection {
    pub fn read(file: &Path) -> Result<Connection> {
        let read = || Ok::<_, anyhow::Error>(serde_json::from_str(&fs::read_to_string(file)?)?);
        read().with_context(|| format!("reading {}", file.display()))
    }

    /// Writes a new file that only this user can read.
    pub fn write(&self, file: &Path) -> Result<()> {
        let write = || {
            let mut options = File::options();
            options.write(true).create_new(true).mode(0o600).open(file)?.write_all(&serde_json::to_vec(self)?)
        };
        write().with_context(|| format!("writing {}", file.display()))
    }

    /// Free ports of this machine, and a key of its own.
    pub fn inside(&self) -> Result<Connection> {
        let listeners = [(); 5].map(|()| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
        let mut ports = [0; 5];
        for (port, listener) in ports.iter_mut().zip(listeners) {
            *port = listener?.local_addr()?.port();
        }
        let [shell_port, iopub_port, stdin_port, control_port, hb_port] = ports;
        let (transport, ip) = ("tcp".to_string(), Ipv4Addr::LOCALHOST.to_string());
        Ok(Connection {
            transport,
            ip,
            shell_port,
            iopub_port,
            stdin_port,
            control_port,
            hb_port,
            key: Uuid::new_v4().to_string(),
            signature_scheme: self.signature_scheme.clone(),
        })
    }

    pub fn endpoint(&self, port: u16) -> String {
        format!("{}://{}:{port}", self.transport, self.ip)
    }
}
