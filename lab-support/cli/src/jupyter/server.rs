//! A JupyterLab that runs.

use std::fs::{self, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use lab_base::Error;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{sleep, timeout};

use super::environment::{configuration, environment};
use crate::board::Board;
use crate::python;

/// How long the server may take until it says where it is.
const START: Duration = Duration::from_secs(120);

/// How long it may take to end its kernels and itself.
const END: Duration = Duration::from_secs(10);

const POLL: Duration = Duration::from_millis(100);

/// A running JupyterLab; ended when it is dropped.
pub struct Server {
    process: Child,
    /// Behind the server's address.
    page: String,
    log: PathBuf,
    runtime: PathBuf,
}

/// Starts JupyterLab in `folder`, the project or a worked copy, at a notebook.
pub fn start(root: &Path, folder: &Path, notebook: &Path) -> Result<Server, Error> {
    let environment = environment(root);
    let own = configuration(&environment);
    let failed = |found: io::Error| {
        Error::new(
            "opening JupyterLab",
            "`python -m jupyterlab` to start",
            found,
            "remove the folder .venv, then run `cargo lab` again",
        )
    };
    fs::create_dir_all(&own).map_err(failed)?;
    let log = own.join("log.txt");
    let output = File::create(&log).map_err(failed)?;
    // Started by its module, since the first line of a script can't name a Python in every folder.
    let mut jupyter = Command::new(python::interpreter(&environment));
    let page = format!("lab/tree/{}", encoded(notebook.strip_prefix(folder).unwrap_or(notebook)));
    jupyter.args(["-m", "jupyterlab", "--ServerApp.root_dir=."]).current_dir(folder);
    jupyter.arg(format!("--LabApp.default_url=/{page}"));
    for (variable, folder) in
        [("JUPYTER_CONFIG_DIR", "config"), ("JUPYTER_DATA_DIR", "data"), ("JUPYTER_RUNTIME_DIR", "runtime")]
    {
        jupyter.env(variable, own.join(folder));
    }
    if belongs_to_root(root) {
        jupyter.arg("--allow-root");
    }
    // In a group of its own, so that Ctrl-C reaches this program, and not its question whether it is meant.
    jupyter.process_group(0).stdin(Stdio::null()).kill_on_drop(true);
    jupyter.stdout(output.try_clone().map_err(failed)?).stderr(output);
    let process = jupyter.spawn().map_err(failed)?;
    Ok(Server { process, page, log, runtime: own.join("runtime") })
}

impl Server {
    /// Says where the page is as soon as the server answers, then waits for its end or for Ctrl-C, which ends it.
    pub async fn serve(mut self, board: &Board) -> Result<bool, Error> {
        let Some(url) = self.url().await? else { return Err(self.ended()) };
        board.say(&format!("\nThe lab is open in your browser, at {url}\n\
            A notebook that you close keeps its variables for an hour; then its kernel ends, and they are gone.\n\
            Ctrl-C here closes the lab.\n"));
        let interrupted = async {
            let signals =
                [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
            let [Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)] = signals else {
                return std::future::pending().await;
            };
            tokio::select! { _ = interrupt.recv() => (), _ = terminate.recv() => (), _ = hangup.recv() => () }
        };
        tokio::select! {
            status = self.process.wait() => return Ok(status.is_ok_and(|status| status.success())),
            () = interrupted => (),
        }
        board.say("Closing JupyterLab and its kernels ...");
        self.signal(Signal::TERM);
        if timeout(END, self.process.wait()).await.is_err() {
            self.signal(Signal::KILL);
        }
        Ok(true)
    }

    /// The address with its token, from the file that the server writes when it listens. Nothing when it has ended.
    async fn url(&mut self) -> Result<Option<String>, Error> {
        let file = self.runtime.join(format!("jpserver-{}.json", self.process.id().unwrap_or_default()));
        let mut waited = Duration::ZERO;
        while waited < START {
            if self.process.try_wait().ok().flatten().is_some() {
                return Ok(None);
            }
            let server: Value =
                fs::read(&file).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
            if let (Some(url), Some(token)) = (server["url"].as_str(), server["token"].as_str()) {
                return Ok(Some(format!("{url}{}?token={token}", self.page)));
            }
            sleep(POLL).await;
            waited += POLL;
        }
        Err(self.ended())
    }

    fn ended(&self) -> Error {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let last = lines[lines.len().saturating_sub(10)..].join("\n  ");
        let advice = format!(
            "all that it said is in {}; remove the folder .venv to install it anew",
            self.log.display()
        );
        Error::new(
            "opening JupyterLab",
            "a server that answers",
            format!("this at its end:\n  {last}"),
            advice,
        )
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.process.id().and_then(|id| Pid::from_raw(id as i32)) {
            // It may have ended already.
            let _ = kill_process_group(group, signal);
        }
    }
}

/// A path as it stands in an address.
fn encoded(path: &Path) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let bytes = path.as_os_str().as_bytes().iter();
    bytes
        .map(|&byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// JupyterLab asks to be told that it may run as root, as it does in a container.
fn belongs_to_root(folder: &Path) -> bool {
    fs::metadata(folder).is_ok_and(|folder| folder.uid() == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_leads_to_the_notebook_whatever_its_name() {
        assert_eq!(encoded(Path::new("notebooks/1-load.ipynb")), "notebooks/1-load.ipynb");
        assert_eq!(encoded(Path::new("notebooks/1 l\u{e4}d?#.ipynb")), "notebooks/1%20l%C3%A4d%3F%23.ipynb");
    }
}
