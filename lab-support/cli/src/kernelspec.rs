use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use lab_base::{Error, files, home, processes};
use lab_kernel::Toolchain;
use serde_json::json;

use crate::setup::Kernel;

/// The name that notebooks carry.
pub const NAME: &str = "fashion-mnist-lab";
/// The name that JupyterLab shows.
pub const DISPLAY_NAME: &str = "Rust (Fashion-MNIST lab)";

/// The file in which Jupyter finds the kernel, below one of the folders in which it looks.
fn file(share: &Path) -> PathBuf {
    share.join("kernels").join(NAME).join("kernel.json")
}

/// Where the JupyterLab of a Python environment looks.
pub fn of_environment(environment: &Path) -> PathBuf {
    environment.join("share/jupyter")
}

/// Where all of a user's front ends look: `JUPYTER_DATA_DIR`, or what stands for it on this system.
///
/// # Errors
/// When there is no home folder.
pub fn of_user() -> Result<PathBuf, Error> {
    if let Some(folder) = env::var_os("JUPYTER_DATA_DIR").filter(|folder| !folder.is_empty()) {
        return Ok(folder.into());
    }
    let folder = match cfg!(target_os = "macos") {
        true => env::home_dir().map(|home| home.join("Library/Jupyter")),
        false => {
            let set = env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
            let data = set.or_else(|| Some(env::home_dir()?.join(".local/share")));
            data.map(|data| data.join("jupyter"))
        }
    };
    folder.ok_or_else(|| {
        let advice = "set HOME, or JUPYTER_DATA_DIR";
        Error::new("looking for the folder of Jupyter's kernels", "a home folder", "none", advice)
    })
}

/// By which a front end gives the kernel the folder of the Rust that the lab was set up with.
const RUST: &str = "LAB_RUST";

/// Tells the front ends that look in `share` how to start the kernel.
pub fn install(share: &Path, kernel: &Kernel) -> Result<(), Error> {
    let mut environment = json!({ "LAB_HOME": kernel.root });
    // Without one, there is nothing to tell: the first cell says what is missing.
    if let Ok(toolchain) = Toolchain::find() {
        environment[RUST] = json!(toolchain.bin());
    }
    let spec = json!({
        "argv": [kernel.binary, "kernel", "{connection_file}"],
        "display_name": DISPLAY_NAME,
        "language": "rust",
        "interrupt_mode": "message",
        "env": environment,
    });
    files::write_atomically(&file(share), format!("{spec:#}\n").as_bytes())
}

/// An editor that is started from a desktop knows nothing of the folders that a shell adds to `PATH`, where rustup puts
/// Rust. Where the front end has told of it, this program is started once more, in its own place, and finds it first.
pub fn find_rust() {
    let Some(bin) = env::var_os(RUST).filter(|bin| Path::new(bin).is_dir()) else { return };
    let Ok(program) = processes::program() else { return };
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(PathBuf::from(&bin)).chain(env::split_paths(&path));
    let path: OsString = env::join_paths(folders).unwrap_or(path);
    // It comes back only where it can't be started: then what is on `PATH` has to do.
    let _ = Command::new(program).args(env::args_os().skip(1)).env("PATH", path).env_remove(RUST).exec();
}

/// Whether the installed kernelspec starts this kernel.
pub fn is_installed(share: &Path, binary: &Path) -> bool {
    let spec = fs::read(file(share)).unwrap_or_default();
    let spec: serde_json::Value = serde_json::from_slice(&spec).unwrap_or_default();
    spec["argv"][0].as_str().is_some_and(|argument| Path::new(argument) == binary)
}

/// Puts the kernel where a user's other front ends find it, and says so.
pub fn install_for_user(kernel: &Kernel) -> Result<bool, Error> {
    let share = of_user()?;
    install(&share, kernel)?;
    println!(
        "\"{DISPLAY_NAME}\" is in {}: VS Code, `jupyter console --kernel {NAME}` and other front ends find it there.\n\
         `cargo lab kernel remove` takes it away again.",
        home::display(&file(&share))
    );
    Ok(true)
}

/// Takes it away again. False where it was not there.
pub fn remove_for_user() -> Result<bool, Error> {
    let file = file(&of_user()?);
    let folder = file.parent().unwrap_or(&file);
    match fs::remove_dir_all(folder) {
        Ok(()) => println!("Removed {}.", home::display(folder)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            println!("There is none in {}.", home::display(folder));
            return Ok(false);
        }
        Err(error) => {
            let removing = Error::doing(format!("removing {}", home::display(folder)));
            return Err(removing.expected("a folder of yours").failed(error).advice("see to its rights"));
        }
    }
    Ok(true)
}
