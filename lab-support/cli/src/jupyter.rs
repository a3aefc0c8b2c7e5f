use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use lab_base::{Error, files};
use lab_kernel::Progress;
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{sleep, timeout};

use crate::board::Board;
use crate::kernelspec;
use crate::python;
use crate::setup::Kernel;

/// JupyterLab and all it needs, each at one version and with its checksums.
const REQUIREMENTS: &str = include_str!("../requirements.txt");

/// No question about news, and no look for updates, at a student's first start. Code has the line numbers that messages name,
/// and is wrapped where it is wider than the page.
const SETTINGS: &str = r#"{
  "@jupyterlab/apputils-extension:notification": {
    "checkForUpdates": false,
    "fetchNews": "false"
  },
  "@jupyterlab/notebook-extension:tracker": {
    "codeCellConfig": { "lineNumbers": true, "lineWrap": true }
  }
}
"#;

/// Lines that are wider than the page go on between two words, and not within a number. Of two rules for the same element
/// the later one counts, which is JupyterLab's; this one is of more words.
const STYLE: &str =
    ".jp-OutputArea .jp-OutputArea-output pre { word-break: normal; overflow-wrap: anywhere; }\n";

/// Read by the server when it starts. It ends with the program that started it, however that ends. The kernel of a closed
/// notebook, which takes hundreds of megabytes, ends after an hour without work. Nobody is told which language servers are
/// not installed. And the page that JupyterLab exports keeps its paragraphs, headings, tables and pictures when it is sanitized:
/// nbconvert's own list of tags leaves them out, and shows them as text.
const SERVER_CONFIG: &str = r#"import os
import signal
import threading
import time


def end_with(parent):
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()

c = get_config()
c.MappingKernelManager.cull_idle_timeout = 3600
c.MappingKernelManager.cull_interval = 60
c.MappingKernelManager.cull_connected = False
c.LanguageServerManager.autodetect = False
c.LabApp.custom_css = True


def clean_html(element):
    import bleach
    from bleach.css_sanitizer import CSSSanitizer

    tags = "p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd a b strong i em u s sub sup br hr img blockquote pre code div span"
    tags += " details summary table caption thead tbody tr th td"
    properties = "color background background-color font font-size font-weight line-height text-align white-space"
    properties += " overflow-x max-width width height margin margin-left padding border border-radius list-style display"

    def allowed(tag, name, value):
        if name == "href":
            return not value.lower().startswith("data:")
        return name in ("class", "id", "style", "title", "alt", "src", "align", "colspan", "rowspan", "width", "height")

    return bleach.clean(
        element.decode() if isinstance(element, bytes) else str(element),
        tags=set(tags.split()),
        attributes=allowed,
        protocols=["http", "https", "mailto", "data"],
        css_sanitizer=CSSSanitizer(allowed_css_properties=properties.split()),
    )


c.TemplateExporter.filters = {"clean_html": clean_html}
"#;

/// How long the server may take until it says where it is.
const START: Duration = Duration::from_secs(120);

/// How long it may take to end its kernels and itself.
const END: Duration = Duration::from_secs(10);

const POLL: Duration = Duration::from_millis(100);

/// The project's own Python environment.
pub fn environment(root: &Path) -> PathBuf {
    root.join(".venv")
}

/// Whether the environment holds JupyterLab at the pinned versions.
pub fn is_installed(environment: &Path) -> bool {
    python::is_installed(environment, REQUIREMENTS)
}

/// Makes the environment unless it is complete, and tells its JupyterLab about the kernel. Of several processes, the
/// others wait for the first.
pub fn ensure(kernel: &Kernel, tell: &dyn Fn(Progress)) -> Result<(), Error> {
    let environment = environment(&kernel.root);
    let _lock = lock(&environment)?;
    if !is_installed(&environment) {
        python::install(&environment, REQUIREMENTS, "Installing JupyterLab into .venv", tell)?;
    }
    let settings = environment.join("share/jupyter/lab/settings/overrides.json");
    files::write_atomically(&settings, SETTINGS.as_bytes())?;
    let config = configuration(&environment).join("config/jupyter_server_config.py");
    files::write_atomically(&config, SERVER_CONFIG.as_bytes())?;
    let style = configuration(&environment).join("config/custom/custom.css");
    files::write_atomically(&style, STYLE.as_bytes())?;
    kernelspec::install(&environment, kernel)
}

fn lock(environment: &Path) -> Result<File, Error> {
    let path = environment.with_extension("lock");
    let lock = File::create(&path).and_then(|file| file.lock().map(|()| file));
    lock.map_err(|e| {
        Error::new(
            "installing JupyterLab",
            format!("{} to be writable", path.display()),
            e,
            "check the folder's permissions",
        )
    })
}

/// Where JupyterLab keeps what it remembers.
fn configuration(environment: &Path) -> PathBuf {
    environment.join("jupyter")
}

/// A running JupyterLab; ended when it is dropped.
pub struct Server {
    process: Child,
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
    let page = format!("/lab/tree/{}", notebook.strip_prefix(folder).unwrap_or(notebook).display());
    jupyter.args(["-m", "jupyterlab", "--ServerApp.root_dir=."]).current_dir(folder);
    jupyter.arg(format!("--LabApp.default_url={page}"));
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
    Ok(Server { process, log, runtime: own.join("runtime") })
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
                return Ok(Some(format!("{url}lab?token={token}")));
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

/// JupyterLab asks to be told that it may run as root, as it does in a container.
fn belongs_to_root(folder: &Path) -> bool {
    fs::metadata(folder).is_ok_and(|folder| folder.uid() == 0)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};

    use super::*;

    /// Reads the configuration as the server does, with names in place of what it finds there.
    const READER: &str = r#"
import sys, types

class Settings(dict):
    def __getattr__(self, name):
        return self.setdefault(name, Settings())
    def __setattr__(self, name, value):
        self[name] = value

c = Settings()
exec(sys.stdin.read(), {"get_config": lambda: c})
kernels = c.MappingKernelManager
print(kernels.cull_idle_timeout, kernels.cull_connected, c.LanguageServerManager.autodetect)
print(*c.TemplateExporter.filters)
print(c.LabApp.custom_css)
"#;

    #[test]
    fn the_server_ends_kernels_that_nobody_uses() {
        let mut python = Command::new("python3");
        let python = python.args(["-c", READER]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut python = python.spawn().unwrap();
        python.stdin.take().unwrap().write_all(SERVER_CONFIG.as_bytes()).unwrap();
        let output = python.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), "3600 False False\nclean_html\nTrue\n");
        assert!(serde_json::from_str::<Value>(SETTINGS).is_ok());
        let outweighs = STYLE.split('{').next().is_some_and(|names| names.matches(".jp-").count() > 1);
        assert!(outweighs, "JupyterLab's own rule, `.jp-OutputArea-output pre`, comes later");
    }
}
