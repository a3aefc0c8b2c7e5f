//! A kernel, and front ends that speak with it as JupyterLab does.

#![allow(dead_code, reason = "each test target uses a part of it")]

use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs};

use jupyter_protocol::{
    ConnectionInfo, ExecuteReply, ExecuteRequest, ExecutionState, InterruptRequest, JupyterMessage,
    JupyterMessageContent, KernelInfoRequest, MediaType, ShutdownRequest, Status, Transport,
};
use jupyter_zmq_client as zmq;
use tempfile::TempDir;
use tokio::time::timeout;
use uuid::Uuid;

/// Longer than anything takes, but for a machine that hangs.
const LIMIT: Duration = Duration::from_secs(900);

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().into()
}

/// The line by which a cell names lab-support, from any folder.
pub fn dep() -> String {
    let path = serde_json::to_string(&root().join("lab-support").to_string_lossy()).unwrap();
    format!(":dep lab-support = {{ path = {path} }}")
}

pub struct Kernel {
    pub process: Child,
    pub info: ConnectionInfo,
    connection: TempDir,
    variables: Vec<(String, String)>,
}

impl Kernel {
    pub async fn start() -> Kernel {
        Kernel::start_with(&[]).await
    }

    /// In an environment in which these variables have these values.
    pub async fn start_with(variables: &[(&str, &str)]) -> Kernel {
        let ip = "127.0.0.1".to_string();
        let ports = zmq::peek_ports(ip.parse().unwrap(), 5).await.unwrap();
        let info = ConnectionInfo {
            ip,
            transport: Transport::TCP,
            shell_port: ports[0],
            iopub_port: ports[1],
            stdin_port: ports[2],
            control_port: ports[3],
            hb_port: ports[4],
            key: Uuid::new_v4().to_string(),
            signature_scheme: "hmac-sha256".into(),
            kernel_name: None,
        };
        let connection = tempfile::tempdir().unwrap();
        let variables = variables.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        let variables: Vec<(String, String)> = variables.collect();
        let process = spawn(&info, connection.path(), &variables);
        Kernel { process, info, connection, variables }
    }

    /// Starts another process on the same ports, as a front end does when it restarts a kernel.
    pub fn start_again(&mut self) {
        self.process = spawn(&self.info, self.connection.path(), &self.variables);
    }

    /// The folder that the kernel compiles in, and removes.
    pub fn folder(&self) -> PathBuf {
        let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let cache = cache.unwrap_or_else(|| PathBuf::from(env::var_os("HOME").unwrap()).join(".cache"));
        let kernels = cache.join("fashion-mnist-lab/kernels");
        let start = format!("{}-", self.process.id());
        let mut entries = fs::read_dir(&kernels).unwrap().map(|entry| entry.unwrap().path());
        let is_ours = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(&start);
        entries.find(is_ours).unwrap_or(kernels.join(start))
    }

    /// Puts images into its folder that look like Fashion-MNIST to whoever loads them.
    pub fn write_images(&self) {
        for (name, count) in [("train", 60_000_u32), ("t10k", 10_000)] {
            let header = [[0, 0, 8, 3], count.to_be_bytes(), [0, 0, 0, 28], [0, 0, 0, 28]].concat();
            let pixels = (0..count * 784).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8);
            self.write(&format!("{name}-images-idx3-ubyte"), header.into_iter().chain(pixels).collect());
            let header = [[0, 0, 8, 1], count.to_be_bytes()].concat();
            let labels = (0..count).map(|i| (i % 10) as u8);
            self.write(&format!("{name}-labels-idx1-ubyte"), header.into_iter().chain(labels).collect());
        }
    }

    fn write(&self, name: &str, bytes: Vec<u8>) {
        fs::write(self.connection.path().join(name), bytes).unwrap();
    }

    /// All processes that it has started, and theirs.
    pub fn descendants(&self) -> Vec<u32> {
        descendants(self.process.id())
    }
}

impl Drop for Kernel {
    fn drop(&mut self) {
        // It has ended already where a test did its work.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn spawn(info: &ConnectionInfo, folder: &Path, variables: &[(String, String)]) -> Child {
    let file = folder.join("connection.json");
    fs::write(&file, serde_json::to_vec(info).unwrap()).unwrap();
    let mut kernel = Command::new(env!("CARGO_BIN_EXE_lab"));
    kernel.arg("kernel").arg(file).current_dir(folder).env("LAB_HOME", root());
    kernel.env("FASHION_MNIST_DIR", folder).env("LAB_OUTPUT", folder.join("output"));
    kernel.env("JPY_PARENT_PID", process::id().to_string()).stdin(Stdio::null()).stdout(Stdio::null());
    kernel.envs(variables.iter().map(|(name, value)| (name, value)));
    kernel.spawn().expect("`cargo lab test` builds the kernel first")
}

pub fn descendants(process: u32) -> Vec<u32> {
    let children = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let lists = children.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let ids: Vec<u32> = lists.flat_map(|list| ids(&list)).collect();
    ids.iter().copied().chain(ids.iter().flat_map(|&id| descendants(id))).collect()
}

fn ids(text: &str) -> Vec<u32> {
    text.split_whitespace().map(|id| id.parse().unwrap()).collect()
}

pub fn is_alive(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    !status.is_empty() && !status.contains("State:\tZ")
}

pub struct FrontEnd {
    pub shell: zmq::ClientShellConnection,
    pub iopub: zmq::ClientIoPubConnection,
    pub control: zmq::ClientControlConnection,
}

/// What came of a cell.
pub struct Cell {
    pub broadcasts: Vec<JupyterMessageContent>,
    pub reply: ExecuteReply,
}

impl FrontEnd {
    pub async fn connect(info: &ConnectionInfo) -> FrontEnd {
        let session = Uuid::new_v4().to_string();
        let iopub = zmq::create_client_iopub_connection(info, "", &session).await.unwrap();
        let shell = shell(info).await;
        let control = zmq::create_client_control_connection(info, &session).await.unwrap();
        let mut front_end = FrontEnd { shell, iopub, control };
        front_end.ask(KernelInfoRequest {}.into()).await;
        front_end
    }

    /// A kernel with one front end, in which lab-support can be used.
    pub async fn with_lab() -> (Kernel, FrontEnd) {
        let kernel = Kernel::start().await;
        let mut front_end = FrontEnd::connect(&kernel.info).await;
        front_end
            .run(&format!("{}\nuse lab_support::{{Error, prelude::*}};\nlet kept = 41;", dep()))
            .await
            .ok();
        (kernel, front_end)
    }

    /// Sends a request, and waits for its reply and for the word that the kernel is idle.
    pub async fn ask(
        &mut self,
        request: JupyterMessage,
    ) -> (Vec<JupyterMessageContent>, JupyterMessageContent) {
        let id = request.header.msg_id.clone();
        self.shell.send(request).await.unwrap();
        self.answer(&id).await
    }

    pub async fn answer(&mut self, id: &str) -> (Vec<JupyterMessageContent>, JupyterMessageContent) {
        let answer = async {
            let mut broadcasts = Vec::new();
            loop {
                let message = self.iopub.read().await.unwrap();
                if !is_about(&message, id) {
                    continue;
                }
                broadcasts.push(message.content);
                if matches!(broadcasts.last(), Some(content) if is_status(content, ExecutionState::Idle)) {
                    break;
                }
            }
            loop {
                let message = self.shell.read().await.unwrap();
                if is_about(&message, id) {
                    return (broadcasts, message.content);
                }
            }
        };
        timeout(LIMIT, answer).await.expect("an answer")
    }

    /// Sends a cell without waiting for it.
    pub async fn send(&mut self, code: &str) -> String {
        let request = JupyterMessage::from(ExecuteRequest::new(code.into()));
        let id = request.header.msg_id.clone();
        self.shell.send(request).await.unwrap();
        id
    }

    pub async fn cell(&mut self, id: &str) -> Cell {
        match self.answer(id).await {
            (broadcasts, JupyterMessageContent::ExecuteReply(reply)) => Cell { broadcasts, reply },
            (_, other) => panic!("no reply to a cell: {other:?}"),
        }
    }

    pub async fn run(&mut self, code: &str) -> Cell {
        let id = self.send(code).await;
        self.cell(&id).await
    }

    /// Waits until the cell `id` has printed `text`.
    pub async fn wait_for(&mut self, id: &str, text: &str) {
        let printed = async {
            loop {
                let message = self.iopub.read().await.unwrap();
                if is_about(&message, id) && shown(&message.content).is_some_and(|shown| shown.contains(text))
                {
                    return;
                }
            }
        };
        timeout(LIMIT, printed).await.expect("text");
    }

    pub async fn interrupt(&mut self) {
        self.control.send(InterruptRequest {}.into()).await.unwrap();
        timeout(LIMIT, self.control.read()).await.expect("an answer").unwrap();
    }

    pub async fn shut_down(&mut self, restart: bool) {
        self.control.send(ShutdownRequest { restart }.into()).await.unwrap();
        timeout(LIMIT, self.control.read()).await.expect("an answer").unwrap();
    }
}

pub async fn shell(info: &ConnectionInfo) -> zmq::ClientShellConnection {
    let session = Uuid::new_v4().to_string();
    let identity = zmq::peer_identity_for_session(&session).unwrap();
    zmq::create_client_shell_connection_with_identity(info, &session, identity).await.unwrap()
}

fn is_about(message: &JupyterMessage, id: &str) -> bool {
    message.parent_header.as_ref().is_some_and(|parent| parent.msg_id == id)
}

pub fn is_status(content: &JupyterMessageContent, state: ExecutionState) -> bool {
    matches!(content, JupyterMessageContent::Status(Status { execution_state }) if *execution_state == state)
}

/// The text of a stream, a result or a display.
pub fn shown(content: &JupyterMessageContent) -> Option<String> {
    let media = match content {
        JupyterMessageContent::StreamContent(stream) => return Some(stream.text.clone()),
        JupyterMessageContent::ExecuteResult(result) => &result.data,
        JupyterMessageContent::DisplayData(display) => &display.data,
        JupyterMessageContent::UpdateDisplayData(update) => &update.data,
        _ => return None,
    };
    media.content.iter().find_map(|media| match media {
        MediaType::Plain(text) => Some(text.clone()),
        _ => None,
    })
}

impl Cell {
    /// Checks that it worked.
    pub fn ok(self) -> Cell {
        assert!(self.reply.error.is_none(), "{:?}", self.reply);
        self
    }

    /// Everything it printed and showed as text.
    pub fn text(&self) -> String {
        self.broadcasts.iter().filter_map(shown).collect()
    }

    /// The name and the words of its error, the same in the broadcast and in the reply.
    pub fn error(&self) -> (String, String) {
        let error = self.reply.error.as_ref().expect("an error");
        let broadcast = self.broadcasts.iter().find_map(|content| match content {
            JupyterMessageContent::ErrorOutput(error) => Some(error),
            _ => None,
        });
        let broadcast = broadcast.expect("an error on the page");
        assert_eq!((&broadcast.evalue, &broadcast.traceback), (&error.evalue, &error.traceback));
        (error.ename.clone(), error.evalue.clone())
    }

    /// What the student sees of its error.
    pub fn traceback(&self) -> String {
        self.reply.error.as_ref().expect("an error").traceback.join("\n")
    }

    /// The kinds of its broadcasts, in order.
    pub fn kinds(&self) -> Vec<&str> {
        self.broadcasts.iter().map(JupyterMessageContent::message_type).collect()
    }
}
