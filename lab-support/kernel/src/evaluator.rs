use std::path::PathBuf;
use std::process;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Command;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::timeout;
use uuid::Uuid;
use zeromq::util::PeerIdentity;
use zeromq::{DealerSendHalf, DealerSocket, Socket, SocketOptions, SocketRecv, SocketSend, SubSocket};

use crate::clone::Clone;
use crate::connection::Connection;
use crate::folders::Folders;
use crate::incoming::{Channel, Incoming};
use crate::message::{Key, Message};
use crate::progress::Progress;
use lab_base::event::{LISTENER, MARK, STOP};
use lab_base::watch;

use crate::setup::{For, Setup};
use crate::{compiled, rehearsal, standard_library};

/// How long evcxr may take until it answers; it compiles nothing by then.
const START: Duration = Duration::from_secs(120);

/// Between one try to reach evcxr and the next.
const PAUSE: Duration = Duration::from_millis(250);

/// evcxr's kernel, in a process of its own.
pub struct Evaluator {
    shell: DealerSendHalf,
    control: DealerSendHalf,
    stdin: DealerSendHalf,
    key: Key,
    pub processes: Processes,
    sources: Sources,
}

/// lab-support, as it was when this kernel started.
struct Sources {
    project: PathBuf,
    state: u64,
}

/// evcxr and all processes that it started, in a folder of their own. Dropped, they end, and the folder is
/// removed.
pub struct Processes {
    group: Pid,
    pub clone: Clone,
}

impl Drop for Processes {
    fn drop(&mut self) {
        // They may have ended already.
        let _ = kill_process_group(self.group, Signal::KILL);
        self.clone.remove();
    }
}

impl Evaluator {
    /// Starts evcxr in a clone of the prebuilt folder, and waits until it answers. `listener` is where the
    /// keepers of its cells report.
    pub async fn start(
        front: &Connection,
        listener: &str,
        incoming: &UnboundedSender<Incoming>,
    ) -> Result<Evaluator> {
        let folders = Folders::find()?;
        let setup = prepare(incoming.clone()).await?;
        let clone = Clone::make(&folders, &setup.compiled)?;
        let Setup { toolchain, evaluator, .. } = &setup;
        let connection = front.inside()?;
        let file = clone.folder.join("connection.json");
        connection.write(&file)?;
        let mut command = process::Command::new(evaluator);
        command.arg("--control_file").arg(&file).env(LISTENER, listener);
        command.env(watch::JUPYTER, process::id().to_string()).stdin(Stdio::null());
        toolchain.prepare(&mut command, evaluator, &folders, &clone.folder)?;
        command.env(MARK, format!("EVCXR_{}_", Uuid::new_v4().simple()));
        command.env("RUST_SRC_PATH", standard_library::link(&toolchain.library, &clone.folder)?);
        let sources =
            Sources { state: compiled::sources(&folders.project)?, project: folders.project.clone() };
        // Others may set up or start now.
        drop(setup);
        let mut child = Command::from(command).process_group(0).spawn().context("starting evcxr")?;
        let group = child.id().and_then(|id| Pid::from_raw(id as i32)).context("evcxr ended at once")?;
        let (processes, ended) = (Processes { group, clone }, incoming.clone());
        tokio::spawn(async move {
            if let Ok(status) = child.wait().await {
                // Nobody listens when the kernel is ending.
                let _ = ended.send(Incoming::EvaluatorEnded(status));
            }
        });
        let mut evaluator = Evaluator::connect(&connection, processes, sources, incoming).await?;
        evaluator.send(Channel::Shell, &rehearsal::question(&folders.project)?).await;
        Ok(evaluator)
    }

    async fn connect(
        connection: &Connection,
        processes: Processes,
        sources: Sources,
        incoming: &UnboundedSender<Incoming>,
    ) -> Result<Evaluator> {
        let key = Key::new(&connection.key);
        // A question to the student comes over the stdin socket of whoever sent the cell.
        let identity: PeerIdentity = Uuid::new_v4().to_string().parse()?;
        let dealer = async |channel: Channel, port: u16| {
            let mut options = SocketOptions::default();
            options.peer_identity(identity.clone());
            let mut socket = DealerSocket::with_options(options);
            socket.connect(&connection.endpoint(port)).await?;
            let (send, receive) = socket.split();
            let replied = move |message| Incoming::Reply(channel, message);
            tokio::spawn(forward(receive, key.clone(), replied, incoming.clone()));
            Ok::<_, anyhow::Error>(send)
        };
        let shell = dealer(Channel::Shell, connection.shell_port).await?;
        let control = dealer(Channel::Control, connection.control_port).await?;
        let stdin = dealer(Channel::Stdin, connection.stdin_port).await?;
        let mut iopub = SubSocket::new();
        iopub.subscribe("").await?;
        iopub.connect(&connection.endpoint(connection.iopub_port)).await?;
        let mut evaluator = Evaluator { shell, control, stdin, key: key.clone(), processes, sources };
        timeout(START, evaluator.wait_until_heard(&mut iopub)).await.context("waiting for evcxr")??;
        tokio::spawn(forward(iopub, key, Incoming::Broadcast, incoming.clone()));
        Ok(evaluator)
    }

    /// Asks until a broadcast arrives: they are lost until evcxr knows of its listener.
    async fn wait_until_heard(&mut self, iopub: &mut SubSocket) -> Result<()> {
        loop {
            self.send(Channel::Shell, &Message::request("kernel_info_request")).await;
            if let Ok(heard) = timeout(PAUSE, iopub.recv()).await {
                return Ok(heard.map(drop)?);
            }
        }
    }

    /// The file that is there while the student waits for a cell to stop.
    pub fn stop_button(&self) -> PathBuf {
        self.processes.clone.folder.join(STOP)
    }

    /// Whether lab-support has changed since this kernel started: the next cell would compile it anew, under a process
    /// that runs the old one.
    pub fn is_outdated(&self) -> bool {
        // Sources that can't be read are being changed.
        compiled::sources(&self.sources.project).ok() != Some(self.sources.state)
    }

    pub async fn send(&mut self, channel: Channel, message: &Message) {
        let socket = match channel {
            Channel::Shell => &mut self.shell,
            Channel::Control => &mut self.control,
            Channel::Stdin => &mut self.stdin,
        };
        // When evcxr has ended, the kernel hears of that by itself.
        let _ = socket.send(message.write(&self.key)).await;
    }
}

/// All that evcxr needs, made first where it is missing.
async fn prepare(incoming: UnboundedSender<Incoming>) -> Result<Setup> {
    let tell = move |progress: Progress| {
        // Nobody listens when the kernel is ending.
        let _ = incoming.send(Incoming::Preparing(progress));
    };
    tokio::task::spawn_blocking(move || Setup::ensure(&Folders::find()?, For::FirstNotebooks, &tell)).await?
}

/// Hands on what evcxr says, but for what answers our own requests.
async fn forward(
    mut socket: impl SocketRecv,
    key: Key,
    incoming: impl Fn(Message) -> Incoming,
    kernel: UnboundedSender<Incoming>,
) {
    while let Ok(message) = socket.recv().await {
        let message = Message::read(message, &key).filter(|message| !message.is_about_ours());
        if message.is_some_and(|message| kernel.send(incoming(message)).is_err()) {
            return;
        }
    }
}
