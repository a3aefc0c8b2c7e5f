//! Which lines of the cells have called what panicked: a library does not say by whom it was called.

/// `told` is a line with the number of a line and the file that evcxr makes of the cells, from which line on nothing is of
/// cells; below it the backtrace. Returns the numbers of the lines that belong to cells, innermost first.
pub fn lines_of_cells(told: &str) -> Vec<usize> {
    let Some((own, backtrace)) = told.split_once('\n') else { return Vec::new() };
    let Some((end, file)) = own.split_once(' ') else { return Vec::new() };
    let Ok(end) = end.parse::<usize>() else { return Vec::new() };
    let places = backtrace.lines().filter_map(|line| {
        let mut parts = line.trim_start().strip_prefix("at ")?.rsplitn(3, ':');
        let (_column, line, place) = (parts.next()?, parts.next()?, parts.next()?);
        // A path below the current folder begins with a point.
        let is_own = file.ends_with(place.strip_prefix('.').unwrap_or(place));
        line.parse().ok().filter(|line| is_own && *line < end)
    });
    places.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_of_cells_are_found() {
        let told = "\
90 /c/k/src/lib.rs
   0: std::backtrace::Backtrace::force_capture
             at /rustc/1/library/std/src/backtrace.rs:12:9
   1: ctx::evcxr_lab::lab_begin::{{closure}}
             at ./src/lib.rs:95:20
   2: ndarray::sum_axis
             at /home/a/ndarray-0.16.1/src/lib.rs:7:5
   3: ctx::run_user_code_3
             at /c/k/src/lib.rs:41:9
   4: ctx::tenth
             at ./src/lib.rs:12:5
   5: <unknown>";
        assert_eq!(lines_of_cells(told), [41, 12]);
        for nothing in
            ["", "90", "x /c/k/src/lib.rs\n at ./src/lib.rs:1:1", "90 /c/k/src/lib.rs\nat ./src/lib.rs"]
        {
            assert!(lines_of_cells(nothing).is_empty(), "{nothing}");
        }
    }
}
