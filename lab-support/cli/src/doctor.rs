use std::fs;
use std::path::Path;
use std::process::Command;

use lab_base::{Error, Source, home};

use crate::{data, jupyter, kernel_build, kernelspec, setup};

/// Prints what is installed, what is missing and the command that mends it. False when notebooks can't
/// be run as things are.
pub fn examine() -> Result<bool, Error> {
    let root = home::root()?;
    let binary = kernel_build::binary(&root);
    let environment = jupyter::environment(&root);
    let needed = [
        check("Rust", version("rustc"), "install it: https://rustup.rs"),
        check("linker", version("cc"), "install a C compiler (build-essential, gcc or Xcode's tools)"),
        check(
            "rust-src",
            setup::sources().filter(|p| p.is_dir()).map(|_| "installed".into()),
            "rustup component add rust-src",
        ),
        check("kernel", binary.is_file().then(|| home::display(&binary)), "cargo lab run"),
        check("compiled for notebooks", compiled(&root, &binary), "cargo lab run"),
    ];
    check(
        "Python",
        version("uv").or_else(|| version("python3")),
        "install Python 3 or uv: JupyterLab needs it",
    );
    check("JupyterLab", jupyter::is_installed(&environment).then(|| ".venv".into()), "cargo lab");
    let kernelspec = kernelspec::is_installed(&environment, &binary).then(|| kernelspec::DISPLAY_NAME.into());
    check("kernel in JupyterLab", kernelspec, "cargo lab");
    check("Fashion-MNIST", fashion_mnist()?, "cargo lab data (until then: the practice set)");
    println!("\ndisk used:");
    for folder in ["target", ".venv", "data"] {
        println!("  {folder:<10} {:>6} MB", megabytes(&root.join(folder)));
    }
    Ok(needed.iter().all(|found| *found))
}

fn check(what: &str, found: Option<String>, remedy: &str) -> bool {
    match &found {
        Some(found) => println!("ok       {what:<24}{found}"),
        None => println!("missing  {what:<24}-> {remedy}"),
    }
    found.is_some()
}

/// The first line that `program --version` prints.
fn version(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok().filter(|o| o.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).lines().next()?.to_string())
}

/// Whether the kernel has what notebooks use, compiled from the sources as they are.
fn compiled(root: &Path, binary: &Path) -> Option<String> {
    let status = Command::new(binary).arg("status").env("LAB_HOME", root).output().ok()?;
    status.status.success().then(|| String::from_utf8_lossy(&status.stdout).trim().to_string())
}

fn fashion_mnist() -> Result<Option<String>, Error> {
    Ok(match (data::source()?, home::fashion_mnist_dir()?) {
        (Source::Practice, _) => None,
        (Source::FashionMnist, Some(folder)) => Some(format!("FASHION_MNIST_DIR, {}", folder.display())),
        (Source::FashionMnist, None) => Some(home::display(&data::folder()?)),
    })
}

/// Everything below a folder; what can't be read counts as nothing.
fn megabytes(folder: &Path) -> u64 {
    fn bytes(folder: &Path) -> u64 {
        let Ok(entries) = fs::read_dir(folder) else { return 0 };
        let sizes = entries.filter_map(|entry| {
            let entry = entry.ok()?;
            let metadata = entry.metadata().ok()?;
            Some(if metadata.is_dir() { bytes(&entry.path()) } else { metadata.len() })
        });
        sizes.sum()
    }
    bytes(folder) >> 20
}
