use std::io::{self, BufRead, Write};
use std::process::{Command, Stdio};
use std::{env, thread};

use lab_base::processes;

/// How evcxr's order to run a cell begins; the path of its library and the name of its function follow.
pub const LOAD_AND_RUN: &str = "LOAD_AND_RUN ";

/// The order with the library's name in place of its path: evcxr's runtime takes the order apart at its spaces, of
/// which the path may have some. The loader finds the library by its name, too (see `Toolchain::prepare`).
pub fn by_name(order: &str) -> String {
    let Some(rest) = order.strip_prefix(LOAD_AND_RUN) else { return order.into() };
    let Some((path, function)) = rest.rsplit_once(' ') else { return order.into() };
    let name = path.rsplit('/').next().unwrap_or(path);
    // Its number is left out of the cell's crate, too.
    let function = function.replace(|c: char| c.is_ascii_digit(), "");
    format!("{LOAD_AND_RUN}{name} {function}")
}

/// Where nobody keeps the process that runs the cells, passes evcxr's orders on to it, and ends when it does.
pub fn relay() -> io::Result<i32> {
    let mut command = Command::new(processes::itself()?);
    let mut cells = command.args(env::args_os().skip(1)).env(RELAYED, "1").stdin(Stdio::piped()).spawn()?;
    let mut orders = cells.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
    thread::spawn(move || {
        let passed = |order: String| orders.write_all(by_name(&(order + "\n")).as_bytes());
        // When either end has gone, there is nothing more to pass on: the cells' process ends by itself.
        let _ = io::stdin().lock().lines().map_while(Result::ok).try_for_each(passed);
    });
    Ok(cells.wait()?.code().unwrap_or(1))
}

/// Set in a process whose orders are passed on.
const RELAYED: &str = "LAB_RELAYED";

/// Whether this process takes orders as evcxr gives them, and nobody has passed them on.
pub fn takes_them_first_hand() -> bool {
    env::var_os("EVCXR_IS_RUNTIME").is_some()
        && env::var_os("LAB_LIVE").is_none()
        && env::var_os(RELAYED).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_is_loaded_by_its_name() {
        let order = "LOAD_AND_RUN /home/a b/\u{e4} c/deps/libcode_7.so run_user_code_7\n";
        assert_eq!(by_name(order), "LOAD_AND_RUN libcode_7.so run_user_code_\n");
        assert_eq!(by_name("something else\n"), "something else\n");
    }
}
