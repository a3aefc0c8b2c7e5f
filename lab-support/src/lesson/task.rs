//! The tasks of the notebooks: said to be open as long as they are, with hints that come one by one.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use lab_base::Error;
use ndarray::Array2;

use crate::notebook::display;

/// How many hints there are for a task.
const STEPS: usize = 3;

/// A nudge, more, and in the end the line itself.
type Hints = [&'static str; STEPS];

/// Each task by its name, with what is to be done.
const TASKS: [(&str, &str, Hints); 12] = [
    (
        "fewer neurons",
        "half as many neurons as the baseline has",
        [
            "the number behind `narrow =` is yours to change",
            "the baseline has 128; put half of that in its place",
            "`let narrow = 64;`",
        ],
    ),
    (
        "more neurons",
        "twice as many neurons as the baseline has",
        [
            "the number behind `wide =` is yours to change",
            "the baseline has 128; put twice that in its place",
            "`let wide = 256;`",
        ],
    ),
    (
        "more epochs",
        "five times as many epochs",
        [
            "the number behind `epochs =` is yours to change",
            "ten are there; the section is about five times as many",
            "`let epochs = 50;`",
        ],
    ),
    (
        "another hidden layer",
        "a second hidden layer, of 64 neurons",
        [
            "a layer is one more call in the chain that begins with `Sequential::new`",
            "put `.dense(64, Relu)` behind the hidden layer of 128, inside the brackets of `compiled(...)`",
            "`let mut deeper = compiled(Sequential::new([28, 28]).flatten().dense(128, Relu).dense(64, Relu));`",
        ],
    ),
    (
        "gradient of w2",
        "the gradient of `w2`, in the shape of `w2`: 10 x 128",
        [
            "the formula stands above the cell; the superscript T is `.t()`, and a product of matrices `.dot(&...)`",
            "`dz2` is 32 x 10 and `h` is 32 x 128: turned, the first is 10 x 32, and the product 10 x 128",
            "`let dw2 = dz2.t().dot(&h);`",
        ],
    ),
    (
        "gradient of w1",
        "the gradient of `w1`, in the shape of `w1`: 128 x 784",
        [
            "as in the second layer: what comes back, turned, times what came in",
            "what comes back is `dz1`, 32 x 128; what came in are the pixels `x`, 32 x 784",
            "`let dw1 = dz1.t().dot(&x);`",
        ],
    ),
    (
        "level edges",
        "the filter with its rows as columns",
        [
            "a method of `upright` turns it",
            "`.t()` turns it, and `.to_owned()` behind that makes a table of its own",
            "`let level: Array2<f32> = upright.t().to_owned();`",
        ],
    ),
    (
        "parameters of the second layer",
        "the number of parameters in the second layer",
        [
            "the line above has the same sum for the first layer: weights of a filter, one bias, times the filters",
            "a filter has 3 * 3 * 32 weights, since it looks at all 32 images of the layer before; there are 64 filters",
            "`let second = (3 * 3 * 32 + 1) * 64;`",
        ],
    ),
    (
        "dropout",
        "dropout behind the hidden layer",
        [
            "`hidden()` gives layers, and a layer more is one more call behind it",
            "the call is `.dropout(0.5)`, and it stands behind `hidden()`, inside the brackets of `compiled(...)`",
            "`let mut dropout = compiled(hidden().dropout(0.5), Adam::default());`",
        ],
    ),
    (
        "early stopping",
        "a plan that stops early",
        [
            "the plan can do more than say how many epochs there are: one more call behind `plan.clone()`",
            "the call is `.early_stopping(3)`: stop after three epochs without a smaller validation loss",
            "`let stopped = trial(\"early stopping\", &mut early, &few, plan.clone().early_stopping(3))?;`",
        ],
    ),
    (
        "batch sizes",
        "six batch sizes",
        [
            "the list behind `for size in` may have more than one number",
            "numbers in a list have commas between them; the comment says which",
            "`for size in [8, 16, 32, 64, 128, 256] {`",
        ],
    ),
    (
        "the network you chose",
        "the width that did best in your sweep, with its batch size and schedule",
        [
            "the figure over width and depth says which network did best",
            "the best of them has 256 neurons in one layer; the plan takes `.batch_size(...)` and `.schedule(...)`",
            "`let layers = hidden(256, Relu);`",
        ],
    ),
];

/// How often each open task was shown.
static SHOWN: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());

/// A task that has been looked at, and shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task(Shown);

/// What a notebook shows of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Shown {
    Done(String),
    Open { what: String, found: String, hint: Option<(usize, &'static str)> },
}

/// Shows whether a task is done. As long as it is open, says so with what is `found` in its place and a hint: another
/// each time, from a nudge to the line itself.
///
/// ```
/// # use lab_support::prelude::*;
/// let narrow = 64;
/// task("fewer neurons", 2 * narrow == 128, narrow).required()?; // Otherwise nothing is trained.
/// # Ok::<(), lab_support::Error>(())
/// ```
pub fn task(name: &str, done: bool, found: impl fmt::Display) -> Task {
    state(name, done, &found.to_string()).show()
}

/// The same for a gradient, which must have the shape of what it belongs to, and must not be all zeros.
pub fn task_gradient(name: &str, gradient: &Array2<f32>, of: &Array2<f32>) -> Task {
    let (rows, columns) = gradient.dim();
    let is_zero = gradient.iter().all(|number| *number == 0.0);
    let zeros = if is_zero { ", all of its numbers 0" } else { "" };
    let done = gradient.dim() == of.dim() && !is_zero;
    // What the numbers are is for a gradient check to find out.
    match state(name, done, &format!("a table of {rows} x {columns}{zeros}")) {
        Shown::Done(name) => Shown::Done(format!("{name}: {rows} x {columns}, the right shape")).show(),
        open => open.show(),
    }
}

impl Task {
    /// For a task without which what the cell does next makes no sense, as a long training of another network: an error
    /// that ends the cell while it is open.
    ///
    /// # Errors
    /// When the task is open.
    pub fn required(&self) -> Result<(), Error> {
        match &self.0 {
            Shown::Done(_) => Ok(()),
            Shown::Open { what, found, .. } => {
                let advice =
                    "change what the hint above names, and run the cell again: it goes no further before";
                Err(Error::new("running this cell", what, found, advice))
            }
        }
    }

    /// It has been shown already.
    pub fn evcxr_display(&self) {}
}

fn state(name: &str, done: bool, found: &str) -> Shown {
    let mut all = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if done {
        all.remove(name);
        return Shown::Done(name.into());
    }
    let Some((_, what, hints)) = TASKS.iter().find(|(known, ..)| *known == name) else {
        return Shown::Open { what: name.into(), found: found.into(), hint: None };
    };
    let count = all.entry(name.into()).or_default();
    *count = (*count + 1).min(hints.len());
    Shown::Open { what: what.to_string(), found: found.into(), hint: Some((*count, hints[*count - 1])) }
}

impl Shown {
    fn show(self) -> Task {
        display::show(&[("text/markdown", &self.markdown()), ("text/plain", &self.to_string())]);
        Task(self)
    }

    fn markdown(&self) -> String {
        match self {
            Shown::Done(name) => format!("\u{2713} **{name}**"),
            Shown::Open { what, found, hint } => {
                let hint = hint.map_or(String::new(), |(number, hint)| {
                    format!("\n\n*{}:* {hint}{}", hint_head(number), more(number))
                });
                format!("\u{2717} **Still to do: {what}.** Now it is {found}.{hint}")
            }
        }
    }
}

fn hint_head(number: usize) -> String {
    format!("Hint {number} of {STEPS}")
}

/// What is said behind a hint that is not the last.
fn more(number: usize) -> &'static str {
    if number < STEPS { " (run the cell again for the next hint)" } else { "" }
}

/// As Markdown says it, for a terminal.
impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Shown::Done(name) => write!(f, "\u{2713} {name}"),
            Shown::Open { what, found, hint } => {
                write!(f, "\u{2717} Still to do: {what}. Now it is {found}.")?;
                hint.iter().try_for_each(|(number, hint)| {
                    write!(f, "\n  {}: {hint}{}", hint_head(*number), more(*number))
                })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_come_one_by_one_until_the_task_is_done() {
        let told = |done| state("more epochs", done, "10").to_string();
        let first = told(false);
        assert!(
            first.starts_with(
                "\u{2717} Still to do: five times as many epochs. Now it is 10.\n  Hint 1 of 3: "
            ),
            "{first}"
        );
        assert!(first.ends_with("(run the cell again for the next hint)"), "{first}");
        assert!(told(false).contains("Hint 2 of 3"));
        for _ in 0..2 {
            assert!(
                told(false).ends_with("Hint 3 of 3: `let epochs = 50;`"),
                "the line comes last, and stays"
            );
        }
        assert_eq!(told(true), "\u{2713} more epochs");
        assert!(told(false).contains("Hint 1 of 3"), "it begins anew");
    }

    #[test]
    fn nothing_is_trained_while_a_task_is_open() {
        assert!(task("mine, done", true, 64).required().is_ok());
        let told = task("fewer neurons", false, 128).required().unwrap_err().to_string();
        assert!(told.contains("expected half as many neurons as the baseline has, found 128."), "{told}");
        assert!(told.contains("it goes no further before"), "{told}");
    }

    #[test]
    fn no_task_gives_its_line_away_at_once() {
        for (name, _, [nudge, more, line]) in TASKS {
            assert!(line.starts_with('`') && line.ends_with('`'), "{name}: {line}");
            assert!(!nudge.contains(line) && !more.contains(line), "{name}");
        }
        assert_eq!(
            state("mine", false, "nothing").markdown(),
            "\u{2717} **Still to do: mine.** Now it is nothing."
        );
    }
}
