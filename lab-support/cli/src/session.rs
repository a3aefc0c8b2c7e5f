use std::fs::File;
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{self, Stdio};
use std::time::Duration;

use jupyter_protocol::{
    ConnectionInfo, ExecuteReply, ExecuteRequest, ExecutionState, JupyterMessage, JupyterMessageContent,
    KernelInfoRequest, ReplyStatus, ShutdownRequest, Status, Transport,
};
use jupyter_zmq_client as zmq;
use lab_base::{Error, home};
use nbformat::v4::Output;
use tokio::process::{Child, Command};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;
use uuid::Uuid;
use zeromq::SocketRecv;

use crate::output::Outputs;
use crate::setup::Kernel;
use crate::temporary::Temporary;

/// How long a kernel may take until it answers; it compiles nothing by then.
const START: Duration = Duration::from_secs(180);

const CONNECTION_FILE: &str = "connection.json";

/// A running kernel, spoken to over Jupyter's protocol as JupyterLab does.
pub struct Session {
    kernel: Child,
    shell: zmq::DealerSendConnection,
    control: zmq::ClientControlConnection,
    messages: UnboundedReceiver<JupyterMessage>,
    _connection_file: Temporary,
}

/// How the kernel answered a piece of code.
pub struct Answer {
    /// In what way the cell failed, if it did.
    pub failure: Option<&'static str>,
    pub outputs: Vec<Output>,
}

impl Session {
    /// Starts a kernel in `folder` and waits until it answers.
    pub async fn start(kernel: &Kernel, folder: &Path) -> Result<Session, Error> {
        let info = connection_info().await.map_err(|e| broken("five free ports on 127.0.0.1", e))?;
        let connection_file = write_connection_file(&info)?;
        let mut kernel = spawn(kernel, folder, &connection_file.path().join(CONNECTION_FILE))?;
        let (shell, iopub, control) = tokio::select! {
            sockets = timeout(START, connect(&info)) => match sockets {
                Ok(sockets) => sockets.map_err(|e| broken("a connection to the kernel", e))?,
                Err(_) => return Err(broken("a kernel that answers", "none after 3 minutes")),
            },
            status = kernel.wait() => return Err(ended(status)),
        };
        let (shell, replies) = shell.split();
        let (sender, messages) = unbounded_channel();
        tokio::spawn(forward(replies, sender.clone()));
        tokio::spawn(forward(iopub, sender));
        let mut session = Session { kernel, shell, control, messages, _connection_file: connection_file };
        session.wait_until_ready().await?;
        Ok(session)
    }

    /// Runs `code` and gathers what it shows, for at most `limit`.
    pub async fn execute(&mut self, code: &str, limit: Duration) -> Result<Answer, Error> {
        let request = JupyterMessage::from(ExecuteRequest::new(code.into()));
        let id = request.header.msg_id.clone();
        self.send(request).await?;
        match timeout(limit, self.answer(&id)).await {
            Ok(answer) => answer,
            Err(_) => {
                let found = format!("it still running after {} s", limit.as_secs());
                Err(Error::new("running a cell", "it to end", found, "give it more time with --time-limit"))
            }
        }
    }

    /// Asks the kernel to end, so that it removes its folder; kills it if it does not.
    pub async fn shut_down(mut self) {
        let asked = self.control.send(ShutdownRequest { restart: false }.into()).await;
        if asked.is_err() || timeout(Duration::from_secs(10), self.kernel.wait()).await.is_err() {
            // It has ended, or it is killed when it is dropped.
            let _ = self.kernel.kill().await;
        }
    }

    /// The kernel's process id, while it runs.
    pub fn process(&self) -> Option<u32> {
        self.kernel.id()
    }

    async fn answer(&mut self, id: &str) -> Result<Answer, Error> {
        let (mut reply, mut idle, mut outputs) = (None, false, Outputs::default());
        while reply.is_none() || !idle {
            let message = self.next().await?;
            let ours = message.parent_header.as_ref().is_some_and(|parent| parent.msg_id == id);
            match message.content {
                JupyterMessageContent::ExecuteReply(answer) if ours => reply = Some(answer),
                JupyterMessageContent::Status(Status { execution_state: ExecutionState::Idle }) if ours => {
                    idle = true;
                }
                content => outputs.gather(content),
            }
        }
        Ok(Answer { failure: reply.and_then(failure), outputs: outputs.into_list() })
    }

    async fn next(&mut self) -> Result<JupyterMessage, Error> {
        tokio::select! {
            biased;
            Some(message) = self.messages.recv() => Ok(message),
            status = self.kernel.wait() => Err(ended(status)),
        }
    }

    async fn send(&mut self, message: JupyterMessage) -> Result<(), Error> {
        self.shell.send(message).await.map_err(|e| broken("a kernel that listens", e))
    }

    /// Asks until an answer has come over both sockets: the first broadcasts are lost until the kernel
    /// knows of its listener.
    async fn wait_until_ready(&mut self) -> Result<(), Error> {
        let (mut replied, mut broadcast, mut waited) = (false, false, Duration::ZERO);
        let pause = Duration::from_millis(250);
        while !(replied && broadcast) {
            if waited > START {
                return Err(broken("a kernel that answers", "none after 3 minutes"));
            }
            self.send(KernelInfoRequest {}.into()).await?;
            while !(replied && broadcast)
                && let Ok(message) = timeout(pause, self.next()).await
            {
                match message?.content {
                    JupyterMessageContent::KernelInfoReply(_) => replied = true,
                    _ => broadcast = true,
                }
            }
            waited += pause;
        }
        Ok(())
    }
}

/// In what way a cell failed, by the name that the kernel gives its error.
fn failure(reply: ExecuteReply) -> Option<&'static str> {
    if reply.status == ReplyStatus::Ok {
        return None;
    }
    let name = reply.error.map(|error| error.ename);
    Some(match name.as_deref() {
        Some("Panic") => "panicked",
        Some("Error") => "returned an error",
        Some("CompileError") => "does not compile",
        Some("ProcessEnded") => "ended the process that runs the cells",
        _ => "failed",
    })
}

/// Hands on what arrives until the socket fails. A message that is not understood is left out.
async fn forward<S: SocketRecv>(mut socket: zmq::Connection<S>, messages: UnboundedSender<JupyterMessage>) {
    loop {
        match socket.read().await {
            Ok(message) => {
                if messages.send(message).is_err() {
                    return;
                }
            }
            Err(zmq::RuntimeError::ZmqError(_)) => return,
            Err(_) => (),
        }
    }
}

async fn connection_info() -> Result<ConnectionInfo, zmq::RuntimeError> {
    let ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let ports = zmq::peek_ports(ip, 5).await?;
    Ok(ConnectionInfo {
        ip: ip.to_string(),
        transport: Transport::TCP,
        shell_port: ports[0],
        iopub_port: ports[1],
        stdin_port: ports[2],
        control_port: ports[3],
        hb_port: ports[4],
        key: Uuid::new_v4().to_string(),
        signature_scheme: "hmac-sha256".into(),
        kernel_name: None,
    })
}

type Sockets = (zmq::ClientShellConnection, zmq::ClientIoPubConnection, zmq::ClientControlConnection);

/// Connects as soon as the kernel listens.
async fn connect(info: &ConnectionInfo) -> Result<Sockets, zmq::RuntimeError> {
    let session = Uuid::new_v4().to_string();
    let identity = zmq::peer_identity_for_session(&session)?;
    let iopub = zmq::create_client_iopub_connection(info, "", &session).await?;
    let shell = zmq::create_client_shell_connection_with_identity(info, &session, identity).await?;
    let control = zmq::create_client_control_connection(info, &session).await?;
    Ok((shell, iopub, control))
}

/// A folder that only this user can read, with the file that tells the kernel its ports and its key.
fn write_connection_file(info: &ConnectionInfo) -> Result<Temporary, Error> {
    let write = || {
        let folder = Temporary::new()?;
        let mut options = File::options();
        let mut file =
            options.write(true).create_new(true).mode(0o600).open(folder.path().join(CONNECTION_FILE))?;
        file.write_all(&serde_json::to_vec(info)?)?;
        Ok::<Temporary, std::io::Error>(folder)
    };
    write().map_err(|e| broken("a temporary file", e))
}

fn spawn(kernel: &Kernel, folder: &Path, connection_file: &Path) -> Result<Child, Error> {
    let mut command = Command::new(&kernel.binary);
    command
        .arg("kernel")
        .arg(connection_file)
        .current_dir(folder)
        .env("LAB_HOME", &kernel.root)
        .env_remove("LAB_TRAININGS")
        // The kernel ends by itself when this process does.
        .env("JPY_PARENT_PID", process::id().to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true);
    if let Some(output) = &kernel.output {
        command.env("LAB_OUTPUT", output);
    }
    if let Some(threads) = kernel.threads {
        command.env("LAB_THREADS", threads.to_string());
    }
    if let Some(trainings) = &kernel.trainings {
        command.env("LAB_TRAININGS", trainings);
    }
    if kernel.retrain {
        command.env("LAB_RETRAIN", "1");
    }
    command.spawn().map_err(|e| broken(home::display(&kernel.binary), e))
}

fn broken(expected: impl std::fmt::Display, found: impl std::fmt::Display) -> Error {
    Error::new(
        "talking to the kernel",
        expected,
        found,
        "run it again; `cargo lab doctor` says what is missing",
    )
}

fn ended(status: std::io::Result<process::ExitStatus>) -> Error {
    match status {
        Ok(status) => broken("a kernel that runs", format!("its end ({status})")),
        Err(e) => broken("a kernel that runs", e),
    }
}
