//! What must hold of the two editions: the solved one passes every check, the blank one those that are given.

use lab_base::Verdict;

use crate::notebook::Notebook;

/// The checks of a notebook that are not as they should be: in the solved edition those that have not passed; in the
/// blank one those that pass although the work is not done, that are open but don't say what to do, or that fail
/// although nothing was asked.
pub fn defect(notebook: &Notebook, verdicts: &[Verdict], blank: bool) -> Option<String> {
    let mut defects = Vec::new();
    for check in notebook.checks() {
        let made = verdicts.iter().find(|verdict| verdict.name == check.name);
        let passes = check.is_given || !blank;
        match made {
            None => defects.push(format!("{}: not made", check.name)),
            Some(verdict) if verdict.passed && passes => (),
            Some(verdict) if verdict.passed => defects.push(format!("{}: passed", check.name)),
            Some(verdict) if !passes && verdict.message.starts_with("expected ") => (),
            Some(verdict) => defects.push(format!("{}: {}", check.name, verdict.message)),
        }
    }
    (!defects.is_empty()).then(|| defects.join("\n    "))
}
