//! The kernel where other front ends look for it: nbclient, which executes notebooks for nbconvert, papermill and others,
//! finds it as any program of the user would.

use std::process::Command;

use lab::{jupyter, python, setup};

use crate::front_end::{dep, root};

/// `jupyter run` gives the kernel the names of the files that it runs, too: it starts, and finds that there is no such connection
/// file as this, where it would have refused the arguments.
#[test]
fn what_a_front_end_adds_to_the_kernels_arguments_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut lab = Command::new(env!("CARGO_BIN_EXE_lab"));
    lab.arg("kernel").arg(folder.path().join("connection.json")).args(["cells.rs", "--existing"]);
    let output = lab.env("LAB_HOME", root()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("connection.json"), "{said}");
}

/// Figures, an error, a cell that is stopped, and variables that outlive both. Started from a desktop, a front end has
/// nothing of the folders that a shell adds to `PATH`, Rust's among them.
#[test]
#[ignore = "needs the kernel: cargo lab test"]
fn another_front_end_runs_notebooks_with_the_kernel_of_the_user() {
    let lab = env!("CARGO_BIN_EXE_lab");
    let kernel = setup::Kernel { binary: lab.into(), root: root(), ..setup::Kernel::default() };
    jupyter::ensure(&kernel, &|_| ()).unwrap();
    let share = tempfile::tempdir().unwrap();
    let installed = Command::new(lab)
        .args(["kernel", "install", "--user"])
        .env("LAB_HOME", root())
        .env("JUPYTER_DATA_DIR", share.path())
        .output()
        .unwrap();
    assert!(installed.status.success(), "{installed:?}");

    let mut python = Command::new(python::interpreter(&jupyter::environment(&root())));
    python.args(["-c", include_str!("front_ends.py"), &dep()]).current_dir(share.path());
    python
        .env("JUPYTER_DATA_DIR", share.path())
        .env("JUPYTER_PREFER_ENV_PATH", "0")
        .env("JUPYTER_NO_CONFIG", "1");
    python.env("PATH", "/usr/local/bin:/usr/bin:/bin").env_remove("LAB_HOME").env_remove("RUSTUP_TOOLCHAIN");
    let output = python.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{said}", String::from_utf8_lossy(&output.stdout));
}
