use std::path::Path;
use std::process::{self, Stdio};
use std::time::Duration;

use jupyter_protocol::{
    ExecuteReply, ExecuteRequest, ExecutionState, JupyterMessageContent, ReplyStatus, Status,
};
use lab_base::{Error, home};
use lab_kernel::Temporary;
use lab_kernel::connection::Connection;
use lab_kernel::message::Message;
use lab_kernel::wire::Client;
use nbformat::v4::Output;
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::timeout;

use crate::output::Outputs;
use crate::setup::Kernel;
use crate::terminal;

/// How long a kernel may take until it answers; it compiles nothing by then.
const START: Duration = Duration::from_secs(180);

const CONNECTION_FILE: &str = "connection.json";

/// A running kernel, spoken to over Jupyter's protocol as JupyterLab does.
pub struct Session {
    kernel: Child,
    client: Client,
    /// With the sockets and the file that tells the kernel where they are and what its key is.
    _connection: Temporary,
}

/// How the kernel answered a piece of code.
pub struct Answer {
    /// In what way the cell failed, if it did.
    pub failure: Option<&'static str>,
    pub outputs: Vec<Output>,
}

impl Session {
    /// Starts a kernel for a notebook, in its folder, and waits until it answers.
    pub async fn start(kernel: &Kernel, notebook: &Path) -> Result<Session, Error> {
        let folder_of_sockets = Temporary::new().map_err(|e| broken("a temporary folder", e))?;
        let connection = Connection::within(folder_of_sockets.path());
        let file = folder_of_sockets.path().join(CONNECTION_FILE);
        connection.write(&file).map_err(|e| broken("a temporary file", e))?;
        let mut kernel = spawn(kernel, notebook, &file)?;
        let client = tokio::select! {
            client = timeout(START, Client::connect(&connection)) => match client {
                Ok(client) => client.map_err(|e| broken("a connection to the kernel", e))?,
                Err(_) => return Err(broken("a kernel that answers", "none after 3 minutes")),
            },
            status = kernel.wait() => return Err(ended(status)),
        };
        let mut session = Session { kernel, client, _connection: folder_of_sockets };
        session.wait_until_ready().await?;
        Ok(session)
    }

    /// Runs `code` and gathers what it shows, for at most `limit`.
    pub async fn execute(&mut self, code: &str, limit: Duration) -> Result<Answer, Error> {
        let request = ExecuteRequest { allow_stdin: false, ..ExecuteRequest::new(code.into()) };
        let request = self.client.request("execute_request", &json!(request));
        self.client.shell.send(&request);
        match timeout(limit, self.answer(&request)).await {
            Ok(answer) => answer,
            Err(_) => {
                let found = format!("it still running after {} s", limit.as_secs());
                Err(Error::new("running a cell", "it to end", found, "give it more time with --time-limit"))
            }
        }
    }

    /// Asks the kernel to end, so that it removes its folder; kills it if it does not.
    pub async fn shut_down(mut self) {
        let request = self.client.request("shutdown_request", &json!({ "restart": false }));
        self.client.control.send(&request);
        if timeout(Duration::from_secs(10), self.kernel.wait()).await.is_err() {
            // It has ended, or it is killed when it is dropped.
            let _ = self.kernel.kill().await;
        }
    }

    /// The kernel's process id, while it runs.
    pub fn process(&self) -> Option<u32> {
        self.kernel.id()
    }

    async fn answer(&mut self, request: &Message) -> Result<Answer, Error> {
        let (mut reply, mut idle, mut outputs) = (None, false, Outputs::default());
        while reply.is_none() || !idle {
            let message = self.next().await?;
            let ours = message.is_about(request);
            // A message that is not understood shows nothing.
            match JupyterMessageContent::from_type_and_content(message.kind(), message.content()) {
                Ok(JupyterMessageContent::ExecuteReply(answer)) if ours => reply = Some(answer),
                Ok(JupyterMessageContent::Status(Status { execution_state: ExecutionState::Idle }))
                    if ours =>
                {
                    idle = true;
                }
                Ok(content) => outputs.gather(content),
                Err(_) => (),
            }
        }
        Ok(Answer { failure: reply.and_then(failure), outputs: outputs.into_list() })
    }

    /// The next reply or broadcast.
    async fn next(&mut self) -> Result<Message, Error> {
        tokio::select! {
            biased;
            Some(message) = self.client.iopub.next() => Ok(message),
            Some(message) = self.client.shell.next() => Ok(message),
            status = self.kernel.wait() => Err(ended(status)),
        }
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
            self.client.shell.send(&self.client.request("kernel_info_request", &json!({})));
            while !(replied && broadcast)
                && let Ok(message) = timeout(pause, self.next()).await
            {
                match message?.kind() {
                    "kernel_info_reply" => replied = true,
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

fn spawn(kernel: &Kernel, notebook: &Path, connection_file: &Path) -> Result<Child, Error> {
    let folder = notebook.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let sockets = connection_file.parent().unwrap_or(folder);
    let mut command = match &kernel.room {
        Some(room) => Command::from(room.command(&kernel.binary, sockets)),
        None if kernel.gives_way => {
            let mut command = Command::new("nice");
            command.args(["-n", "10"]).arg(&kernel.binary);
            command
        }
        None => Command::new(&kernel.binary),
    };
    command
        .arg("kernel")
        .arg(connection_file)
        .current_dir(folder)
        .env("LAB_HOME", &kernel.root)
        // As Jupyter names it.
        .env("JPY_SESSION_NAME", notebook)
        .env_remove("LAB_TRAININGS")
        // The kernel ends by itself when this process does.
        .env("JPY_PARENT_PID", process::id().to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
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
    let mut child = command.spawn().map_err(|e| broken(home::display(&kernel.binary), e))?;
    child.stderr.take().into_iter().for_each(|said| drop(tokio::spawn(pass_on(said))));
    Ok(child)
}

/// What the kernel says beside its messages, as crates that are compiled.
async fn pass_on(mut said: ChildStderr) {
    let mut buffer = [0; 1 << 12];
    while let Ok(count @ 1..) = said.read(&mut buffer).await {
        eprint!("{}", terminal::text(&String::from_utf8_lossy(&buffer[..count])));
    }
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
