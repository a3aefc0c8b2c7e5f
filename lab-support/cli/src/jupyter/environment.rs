//! The project's own Python environment, with JupyterLab in it.

use std::fs::File;
use std::path::{Path, PathBuf};

use lab_base::{Error, files};
use lab_kernel::Progress;

use crate::kernelspec;
use crate::python;
use crate::setup::Kernel;

/// JupyterLab and all it needs, each at one version and with its checksums.
const REQUIREMENTS: &str = include_str!("../../requirements.txt");

/// No question about news, and no look for updates, at a student's first start. Code has the line numbers that messages name,
/// and is wrapped where it is wider than the page. What is typed is saved every ten seconds, so that a page that is reloaded has
/// what was written.
const SETTINGS: &str = r#"{
  "@jupyterlab/apputils-extension:notification": {
    "checkForUpdates": false,
    "fetchNews": "false"
  },
  "@jupyterlab/docmanager-extension:plugin": {
    "autosaveInterval": 10
  },
  "@jupyterlab/notebook-extension:tracker": {
    "codeCellConfig": { "lineNumbers": true, "lineWrap": true }
  }
}
"#;

/// Lines that are wider than the page go on between two words, and not within a number. Of two rules for the same element
/// the later one counts, which is JupyterLab's; these are of more words. Figures are white: on a dark page they are cards with a
/// frame, as the view of a training is. The frame takes no room, which would shrink a figure and blur it.
const STYLE: &str = "\
.jp-OutputArea .jp-OutputArea-output pre { word-break: normal; overflow-wrap: anywhere; }
.jp-OutputArea .jp-RenderedImage img { outline: 1px solid #e4e4e4; outline-offset: -1px; border-radius: 6px; }
";

/// Read by the server when it starts. It ends with the program that started it, however that ends. The kernel of a closed
/// notebook, which takes hundreds of megabytes, ends after an hour without work. Nobody is told which language servers are
/// not installed. And the page that JupyterLab exports keeps its paragraphs, headings, tables and pictures when it is sanitized:
/// nbconvert's own list of tags leaves them out, and shows them as text.
const SERVER_CONFIG: &str = include_str!("../../jupyter_server_config.py");

/// The page that nbconvert makes of a notebook, as its own but for this: a figure has the words that it has in the notebook, which
/// nbconvert leaves out.
pub const TEMPLATE: &str = "fashion-mnist-lab";
const PAGE: &str = r#"{%- extends 'lab/index.html.j2' -%}
{%- block data_png scoped -%}
{%- set words = (output | get_metadata('alt', 'image/png')) or output.data.get('text/plain', '') -%}
{{ super() | replace('<img ', '<img alt="' ~ (words | escape_html) ~ '" ', 1) }}
{%- endblock data_png -%}
"#;
const KINDS: &str =
    r#"{ "base_template": "lab", "mimetypes": { "text/html": true, "application/pdf": true } }"#;

/// Read by nbconvert where it is called by itself; the server has the same in its own.
const NBCONVERT_CONFIG: &str = r#"{
  "HTMLExporter": { "template_name": "fashion-mnist-lab" },
  "SlidesExporter": { "template_name": "reveal" }
}
"#;

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
    let template = environment.join("share/jupyter/nbconvert/templates").join(TEMPLATE);
    files::write_atomically(&template.join("index.html.j2"), PAGE.as_bytes())?;
    files::write_atomically(&template.join("conf.json"), KINDS.as_bytes())?;
    let nbconvert = environment.join("etc/jupyter/jupyter_nbconvert_config.json");
    files::write_atomically(&nbconvert, NBCONVERT_CONFIG.as_bytes())?;
    let style = configuration(&environment).join("config/custom/custom.css");
    files::write_atomically(&style, STYLE.as_bytes())?;
    kernelspec::install(&kernelspec::of_environment(&environment), kernel)
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
pub(super) fn configuration(environment: &Path) -> PathBuf {
    environment.join("jupyter")
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};

    use serde_json::Value;

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
print(c.HTMLExporter.template_name, c.SlidesExporter.template_name)
print(c.LabApp.custom_css)
"#;

    #[test]
    fn the_server_ends_kernels_that_nobody_uses() {
        let mut python = Command::new("python3");
        let python = python.args(["-c", READER]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut python = python.spawn().unwrap();
        python.stdin.take().unwrap().write_all(SERVER_CONFIG.as_bytes()).unwrap();
        let output = python.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(said, format!("3600 False False\nclean_html\n{TEMPLATE} reveal\nTrue\n"));
        assert!(serde_json::from_str::<Value>(SETTINGS).is_ok());
        let alone: Value = serde_json::from_str(NBCONVERT_CONFIG).unwrap();
        assert_eq!(alone["HTMLExporter"]["template_name"], TEMPLATE);
        assert_eq!(alone["SlidesExporter"]["template_name"], "reveal");
        assert_eq!(serde_json::from_str::<Value>(KINDS).unwrap()["base_template"], "lab");
        let outweighs = STYLE.lines().all(|rule| rule.split('{').next().unwrap().matches(".jp-").count() > 1);
        assert!(outweighs, "JupyterLab's own rules, as `.jp-OutputArea-output pre`, come later");
        assert!(STYLE.contains(".jp-RenderedImage img"), "figures have a frame");
    }
}
