use std::fs;
use std::path::Path;
use std::process::Command;

use lab_base::{Error, Source, home};

use crate::setup::Kernel;
use crate::{data, jupyter, kernelspec, setup, terminal};

/// A program of which the project pins no version, and the versions that the lab was tried with.
struct Tried {
    name: &'static str,
    program: &'static str,
    first: (u32, u32),
    last: (u32, u32),
}

const TRIED: [Tried; 2] = [
    Tried { name: "Rust", program: "rustc", first: (1, 95), last: (1, 95) },
    Tried { name: "Python", program: "python3", first: (3, 11), last: (3, 11) },
];

/// Prints what is installed, what is missing and the command that mends it. False when notebooks can't
/// be run as things are.
pub fn examine() -> Result<bool, Error> {
    let root = home::root()?;
    let kernel = Kernel::of(&root)?;
    let environment = jupyter::environment(&root);
    let missing = setup::missing(&root);
    let needed = [
        check("Rust", version("rustc"), "install it: https://rustup.rs"),
        check("linker", version("cc"), "install a C compiler (build-essential, gcc or Xcode's tools)"),
        match missing {
            Ok(None) => check("kernel", Some("ready".into()), ""),
            Ok(Some(what)) => check("kernel", None, &format!("cargo lab run ({what})")),
            Err(error) => check("kernel", None, &error.to_string()),
        },
    ];
    let python = version("python3").or_else(|| version("uv"));
    check("Python", python, "install Python 3 with its venv module, or uv: JupyterLab needs it");
    check("JupyterLab", jupyter::is_installed(&environment).then(|| ".venv".into()), "cargo lab");
    let kernelspec = kernelspec::is_installed(&kernelspec::of_environment(&environment), &kernel.binary)
        .then(|| kernelspec::DISPLAY_NAME.into());
    check("kernel in JupyterLab", kernelspec, "cargo lab");
    let mend = match data::source()? {
        Source::Other => {
            "the files hold other images: cargo lab data, or set FASHION_MNIST_DIR to another folder"
        }
        _ => "cargo lab data (until then: the practice set)",
    };
    check("Fashion-MNIST", fashion_mnist()?, mend);
    for Tried { name, program, first, last } in TRIED {
        if let Some(found) = version(program).and_then(|text| number(&text))
            && !(first..=last).contains(&found)
        {
            let range = if first == last {
                written(first)
            } else {
                format!("{} to {}", written(first), written(last))
            };
            println!("note     {name} {} was not tried with this lab; {range} was", written(found));
        }
    }
    println!("\ndisk used:");
    for folder in ["target", ".venv", "data"] {
        println!("  {folder:<10} {:>6} MB", megabytes(&root.join(folder)));
    }
    Ok(needed.iter().all(|found| *found))
}

fn written((major, minor): (u32, u32)) -> String {
    format!("{major}.{minor}")
}

/// The first two numbers in what a program says of its version.
fn number(text: &str) -> Option<(u32, u32)> {
    let word = text.split(' ').find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    let mut parts = word.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??))
}

fn check(what: &str, found: Option<String>, remedy: &str) -> bool {
    match &found {
        Some(found) => println!("ok       {what:<24}{}", terminal::line(found)),
        None => println!("missing  {what:<24}-> {remedy}"),
    }
    found.is_some()
}

/// The first line that `program --version` prints.
fn version(program: &str) -> Option<String> {
    let output = Command::new(program).arg("--version").output().ok().filter(|o| o.status.success())?;
    Some(String::from_utf8_lossy(&output.stdout).lines().next()?.to_string())
}

fn fashion_mnist() -> Result<Option<String>, Error> {
    Ok(match (data::source()?, home::fashion_mnist_dir()?) {
        (Source::Practice | Source::Other | Source::Photos | Source::Own(_), _) => None,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(number("rustc 1.95.0 (59807616e 2026-04-14)"), Some((1, 95)));
        assert_eq!(number("Python 3.11.7"), Some((3, 11)));
        assert_eq!(number("nothing"), None);
    }
}
