use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::time::Duration;
use std::{env, fs, process};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::process::Command;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tokio::time::timeout;
use uuid::Uuid;

use crate::clone::Clone;
use crate::connection::Connection;
use crate::folders::Folders;
use crate::incoming::{Channel, Incoming};
use crate::message::Message;
use crate::mistake::Compiled;
use crate::progress::Progress;
use crate::setup::{For, Setup};
use crate::temporary::Temporary;
use crate::wire::{Client, Sender};
use crate::{compiled, listener, rehearsal};
use lab_base::event::{CELLS, FOLDER, FORMATTED, LISTENER, MARK, MISTAKES, STOP};
use lab_base::{processes, watch};

/// How long evcxr may take until it answers; it compiles nothing by then.
const START: Duration = Duration::from_secs(120);

/// Between one try to reach evcxr and the next.
const PAUSE: Duration = Duration::from_millis(250);

/// evcxr's kernel, in a process of its own.
pub struct Evaluator {
    shell: Sender,
    control: Sender,
    stdin: Sender,
    /// Broadcasts come while it is there.
    _iopub: Sender,
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
    /// With the sockets over which they are spoken to, and which nobody else on this machine can reach.
    _sockets: Temporary,
}

impl Drop for Processes {
    fn drop(&mut self) {
        // They may have ended already.
        let _ = kill_process_group(self.group, Signal::KILL);
        // A cell may have started what has left the group.
        processes::end_descendants();
        self.clone.remove();
    }
}

impl Evaluator {
    /// Starts evcxr in a clone of the prebuilt folder, and waits until it answers.
    pub async fn start(incoming: &UnboundedSender<Incoming>) -> Result<Evaluator> {
        let folders = Folders::find()?;
        let setup = prepare(incoming.clone()).await?;
        let clone = Clone::make(&folders, &setup.compiled)?;
        Temporary::remove_left_over();
        let sockets = Temporary::new().context("making a temporary folder")?;
        let Setup { toolchain, evaluator, standard_library, .. } = &setup;
        let connection = Connection::within(sockets.path()).of_evcxr();
        let (file, events) = (sockets.path().join("connection.json"), sockets.path().join("events"));
        connection.write(&file)?;
        listener::listen(&events, incoming.clone())?;
        let (told, start) = std::os::unix::net::UnixStream::pair()?;
        let mut command = process::Command::new(evaluator);
        command.arg("--control_file").arg(&file).env(LISTENER, events).stdin(OwnedFd::from(start));
        // It names its configuration there, in whichever terminal Jupyter runs.
        command.stdout(process::Stdio::null());
        command.env(watch::JUPYTER, process::id().to_string());
        command.env(FOLDER, env::current_dir()?).current_dir(&clone.folder);
        toolchain.prepare(&mut command, evaluator, &folders, &clone.folder)?;
        command.env(MARK, format!("EVCXR_{}_", Uuid::new_v4().simple()));
        command.env("RUST_SRC_PATH", standard_library).env(CELLS, &setup.compiled.cells);
        let sources =
            Sources { state: compiled::sources(&folders.project)?, project: folders.project.clone() };
        // Others may set up or start now.
        drop(setup);
        let mut child = Command::from(command).process_group(0).spawn().context("starting evcxr")?;
        let group = child.id().and_then(|id| Pid::from_raw(id as i32)).context("evcxr ended at once")?;
        let processes = Processes { group, clone, _sockets: sockets };
        let ended = incoming.clone();
        tokio::spawn(async move {
            if let Ok(status) = child.wait().await {
                // Nobody listens when the kernel is ending.
                let _ = ended.send(Incoming::EvaluatorEnded(status));
            }
        });
        let heard = Evaluator::connect(&connection, processes, sources, incoming);
        let mut evaluator = timeout(START, heard).await.context("waiting for evcxr")??;
        // By now it has read its configuration: not before that it enters the notebook's folder, which may have another.
        told.set_nonblocking(true)?;
        let mut told = UnixStream::from_std(told)?;
        told.write_all(b"\n").await?;
        timeout(START, told.read_u8()).await.context("waiting for evcxr")??;
        evaluator.send(Channel::Shell, &rehearsal::question(&folders.project)?).await;
        Ok(evaluator)
    }

    async fn connect(
        connection: &Connection,
        processes: Processes,
        sources: Sources,
        incoming: &UnboundedSender<Incoming>,
    ) -> Result<Evaluator> {
        let Client { shell, control, stdin, mut iopub, .. } = Client::connect(connection).await?;
        // Broadcasts are lost until evcxr knows of its listener.
        loop {
            shell.send(&Message::request("kernel_info_request"));
            if let Ok(heard) = timeout(PAUSE, iopub.next()).await {
                heard.context("evcxr has closed its connection")?;
                break;
            }
        }
        let [shell, control, stdin] =
            [(Channel::Shell, shell), (Channel::Control, control), (Channel::Stdin, stdin)].map(
                |(channel, link)| {
                    let (sender, messages) = link.split();
                    let replied = move |message| Incoming::Reply(channel, message);
                    tokio::spawn(forward(messages, replied, incoming.clone()));
                    sender
                },
            );
        let (iopub, messages) = iopub.split();
        tokio::spawn(forward(messages, Incoming::Broadcast, incoming.clone()));
        Ok(Evaluator { shell, control, stdin, _iopub: iopub, processes, sources })
    }

    /// The file that is there while the student waits for a cell to stop.
    pub fn stop_button(&self) -> PathBuf {
        self.processes.clone.folder.join(STOP)
    }

    /// Leaves it to evcxr how values are shown, once a cell asks for another form.
    pub fn note_format(&self, code: &str) {
        let asks = |line: &str| [":fmt", ":types"].iter().any(|word| line.trim_start().starts_with(word));
        if code.lines().any(asks) {
            // Else they are shown as before.
            let _ = fs::write(self.processes.clone.folder.join(FORMATTED), "");
        }
    }

    /// What the compiler said of the cell that does not compile; nothing where the compiler was not asked.
    pub fn mistakes(&self) -> Compiled {
        let said = fs::read(self.processes.clone.folder.join(MISTAKES)).unwrap_or_default();
        serde_json::from_slice(&said).unwrap_or_default()
    }

    /// Whether lab-support has changed since this kernel started: the next cell would compile it anew, under a process
    /// that runs the old one.
    pub fn is_outdated(&self) -> bool {
        // Sources that can't be read are being changed.
        compiled::sources(&self.sources.project).ok() != Some(self.sources.state)
    }

    pub async fn send(&mut self, channel: Channel, message: &Message) {
        // When evcxr has ended, the kernel hears of that by itself.
        match channel {
            Channel::Shell => self.shell.send(message),
            Channel::Control => self.control.send(message),
            Channel::Stdin => self.stdin.send(message),
        }
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
    mut messages: UnboundedReceiver<Message>,
    incoming: impl Fn(Message) -> Incoming,
    kernel: UnboundedSender<Incoming>,
) {
    while let Some(message) = messages.recv().await {
        if !message.is_about_ours() && kernel.send(incoming(message)).is_err() {
            return;
        }
    }
}
