//! A kernel, and front ends that speak with it as JupyterLab does.

#![allow(dead_code, reason = "each test target uses a part of it")]

use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs};

use jupyter_protocol::{
    ExecuteReply, ExecuteRequest, ExecutionState, JupyterMessageContent, MediaType, Status,
};
use lab_base::processes;
use lab_kernel::connection::Connection;
use lab_kernel::message::Message;
use lab_kernel::wire::{Client, Link};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::time::timeout;

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
    pub info: Connection,
    connection: TempDir,
    variables: Vec<(String, String)>,
}

impl Kernel {
    pub async fn start() -> Kernel {
        Kernel::start_with(&[]).await
    }

    /// In an environment in which these variables have these values.
    pub async fn start_with(variables: &[(&str, &str)]) -> Kernel {
        Kernel::start_in(|_| (), variables).await
    }

    /// The same, in a folder that is prepared for it.
    pub async fn start_in(prepare: impl FnOnce(&Path), variables: &[(&str, &str)]) -> Kernel {
        let info = Connection::on_ports().unwrap();
        let connection = tempfile::tempdir().unwrap();
        prepare(connection.path());
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
        let own = self.variables.iter().find(|(name, _)| name == "XDG_CACHE_HOME");
        let cache = own.map(|(_, value)| value.into()).or_else(|| env::var_os("XDG_CACHE_HOME"));
        let cache = cache.map(PathBuf::from);
        let cache = cache.unwrap_or_else(|| PathBuf::from(env::var_os("HOME").unwrap()).join(".cache"));
        let kernels = cache.join("fashion-mnist-lab/kernels");
        let start = format!("{}-", self.process.id());
        let mut entries = fs::read_dir(&kernels).unwrap().map(|entry| entry.unwrap().path());
        let is_ours = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(&start);
        entries.find(is_ours).unwrap_or(kernels.join(start))
    }

    /// The folder that its cells work in.
    pub fn notebook_folder(&self) -> &Path {
        self.connection.path()
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

    /// Whether there is a file of this name in its folder.
    pub fn has(&self, name: &str) -> bool {
        self.connection.path().join(name).exists()
    }
}

impl Drop for Kernel {
    fn drop(&mut self) {
        // It has ended already where a test did its work.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn spawn(info: &Connection, folder: &Path, variables: &[(String, String)]) -> Child {
    let file = folder.join("connection.json");
    fs::write(&file, serde_json::to_vec(info).unwrap()).unwrap();
    let mut kernel = Command::new(env!("CARGO_BIN_EXE_lab"));
    kernel.arg("kernel").arg(file).current_dir(folder).env("LAB_HOME", root());
    kernel.env("FASHION_MNIST_DIR", folder).env("LAB_OUTPUT", folder.join("output"));
    kernel.env("JPY_PARENT_PID", process::id().to_string()).stdin(Stdio::null()).stdout(Stdio::null());
    kernel.envs(variables.iter().map(|(name, value)| (name, value)));
    kernel.spawn().expect("`cargo lab test` builds the kernel first")
}

/// The process that runs the cells: the keeper has started it, and not a cell.
pub fn process_of_cells(kernel: &Kernel) -> u32 {
    let runs_cells = |process: &u32| {
        let environment = fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == b"LAB_RUNS_CELLS=1")
    };
    processes::descendants(kernel.process.id()).into_iter().find(runs_cells).expect("a kernel has one")
}

/// How much memory the kernel and all its processes hold, in MB.
pub fn memory(kernel: &Kernel) -> u64 {
    let held = |process: u32| {
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("RssAnon:")).unwrap_or_default().to_string();
        line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1000
    };
    held(kernel.process.id()) + processes::descendants(kernel.process.id()).into_iter().map(held).sum::<u64>()
}

pub fn is_alive(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    !status.is_empty() && !status.contains("State:\tZ")
}

/// A front end over the project's own client. Contents are read as the community's crate reads them.
pub struct FrontEnd {
    pub client: Client,
}

/// What came of a cell.
pub struct Cell {
    pub broadcasts: Vec<JupyterMessageContent>,
    pub reply: ExecuteReply,
}

impl FrontEnd {
    pub async fn connect(info: &Connection) -> FrontEnd {
        let mut front_end = FrontEnd { client: Client::connect(info).await.unwrap() };
        front_end.ask("kernel_info_request", json!({})).await;
        front_end
    }

    /// One that comes while a cell runs, and so hears no answer yet.
    pub async fn connect_to_busy(info: &Connection) -> FrontEnd {
        let client = Client::connect(info).await.unwrap();
        client.shell.send(&client.request("kernel_info_request", &json!({})));
        FrontEnd { client }
    }

    /// A kernel with one front end, in which lab-support can be used.
    pub async fn with_lab() -> (Kernel, FrontEnd) {
        let kernel = Kernel::start().await;
        let front_end = FrontEnd::with_lab_in(&kernel).await;
        (kernel, front_end)
    }

    /// The first front end of a kernel, after the cell from which on lab-support can be used.
    pub async fn with_lab_in(kernel: &Kernel) -> FrontEnd {
        let mut front_end = FrontEnd::connect(&kernel.info).await;
        let first = format!("{}\nuse lab_support::{{Error, prelude::*}};\nlet kept = 41;", dep());
        front_end.run(&first).await.ok();
        front_end
    }

    /// Sends a request, and waits for its reply and for the word that the kernel is idle.
    pub async fn ask(&mut self, kind: &str, content: Value) -> (Vec<JupyterMessageContent>, Message) {
        let request = self.client.request(kind, &content);
        self.client.shell.send(&request);
        self.answer(&request).await
    }

    pub async fn answer(&mut self, request: &Message) -> (Vec<JupyterMessageContent>, Message) {
        let mut broadcasts = Vec::new();
        loop {
            broadcasts.push(read(&next_about(&mut self.client.iopub, request).await));
            if is_status(&broadcasts[broadcasts.len() - 1], ExecutionState::Idle) {
                break;
            }
        }
        (broadcasts, next_about(&mut self.client.shell, request).await)
    }

    /// The types of the broadcasts about a message, up to the word that the kernel is idle.
    pub async fn broadcasts(&mut self, request: &Message) -> Vec<String> {
        let mut kinds = Vec::new();
        loop {
            let message = next_about(&mut self.client.iopub, request).await;
            kinds.push(message.kind().to_string());
            if message.content()["execution_state"] == "idle" {
                return kinds;
            }
        }
    }

    /// Sends a cell without waiting for it.
    pub async fn send(&mut self, code: &str) -> Message {
        let request = ExecuteRequest { allow_stdin: false, ..ExecuteRequest::new(code.into()) };
        let request = self.client.request("execute_request", &json!(request));
        self.client.shell.send(&request);
        request
    }

    pub async fn cell(&mut self, request: &Message) -> Cell {
        let (broadcasts, message) = self.answer(request).await;
        match read(&message) {
            JupyterMessageContent::ExecuteReply(reply) => Cell { broadcasts, reply },
            other => panic!("no reply to a cell: {other:?}"),
        }
    }

    pub async fn run(&mut self, code: &str) -> Cell {
        let request = self.send(code).await;
        self.cell(&request).await
    }

    /// Waits until a cell has printed `text`.
    pub async fn wait_for(&mut self, request: &Message, text: &str) {
        loop {
            let message = next_about(&mut self.client.iopub, request).await;
            if shown(&read(&message)).is_some_and(|shown| shown.contains(text)) {
                return;
            }
        }
    }

    /// Sends a request over the control socket and waits for its reply.
    pub async fn control(&mut self, kind: &str, content: Value) -> Message {
        let request = self.client.request(kind, &content);
        self.client.control.send(&request);
        next_about(&mut self.client.control, &request).await
    }

    pub async fn interrupt(&mut self) {
        self.control("interrupt_request", json!({})).await;
    }

    pub async fn shut_down(&mut self, restart: bool) {
        self.control("shutdown_request", json!({ "restart": restart })).await;
    }
}

/// The next message about a request.
pub async fn next_about(link: &mut Link, request: &Message) -> Message {
    loop {
        let message = timeout(LIMIT, link.next()).await.expect("an answer").expect("a kernel");
        if message.is_about(request) {
            return message;
        }
    }
}

pub fn read(message: &Message) -> JupyterMessageContent {
    JupyterMessageContent::from_type_and_content(message.kind(), message.content())
        .unwrap_or_else(|error| panic!("{error}: {message:?}"))
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

/// The same numbers each time.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}
