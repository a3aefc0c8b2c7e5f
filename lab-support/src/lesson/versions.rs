use std::fmt;

/// The lab's own version and those of the crates that a student meets.
#[derive(Clone, PartialEq, Eq)]
pub struct Versions {
    crates: Vec<(String, String)>,
}

/// The workspace's lock file: which version of each crate the lab was built with.
const LOCK: &str = include_str!("../../../Cargo.lock");

const SHOWN: [&str; 6] = ["lab-support", "ndarray", "linfa", "plotters", "plotters-bitmap", "mnist"];

/// What this lab runs on.
pub fn versions() -> Versions {
    let version_of = |name: &str| {
        let entry =
            LOCK.split("[[package]]").find(|entry| entry.contains(&format!("name = \"{name}\"\n")))?;
        let line = entry.lines().find(|line| line.starts_with("version = "))?;
        Some((name.to_string(), line.split('"').nth(1)?.to_string()))
    };
    Versions { crates: SHOWN.iter().filter_map(|name| version_of(name)).collect() }
}

crate::notebook::shows_as_text!(Versions);

impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        for (name, version) in &self.crates {
            writeln!(f, "{name:<16} {version}")?;
        }
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        write!(f, "{:<16} {} {}, {cores} cores", "machine", std::env::consts::OS, std::env::consts::ARCH)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_crate_is_found() {
        let versions = versions();
        assert_eq!(versions.crates.len(), SHOWN.len(), "{versions}");
        assert!(versions.to_string().contains("ndarray          0.16"), "{versions}");
    }
}
