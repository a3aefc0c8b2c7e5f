//! All notebooks, as the lab has them and as students get them.

use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use lab_base::{Error, home, verdicts};
use lab_kernel::{Temporary, in_words};

use super::tally::failed;
use crate::notebook::Notebook;
use crate::setup::Kernel;
use crate::turns::{Done, Queue, in_turns};
use crate::{editions, run};

/// Both editions of the notebooks, as many at once as there are cores: most of a notebook's time is compiling, on
/// one core. Each training then has one thread, which gives the same bits.
pub struct InTwoEditions {
    pub kernel: Kernel,
    pub notebooks: Vec<PathBuf>,
    pub limit: Duration,
    pub lines: Rc<Lines>,
}

/// What is said of each notebook when it has run: held back while tests write to the same terminal.
#[derive(Default)]
pub struct Lines {
    held: RefCell<Vec<String>>,
    are_released: Cell<bool>,
}

impl Lines {
    fn say(&self, line: String) {
        self.held.borrow_mut().push(line);
        if self.are_released.get() {
            self.release();
        }
    }

    /// Says what was held back, and from now on everything at once.
    pub fn release(&self) {
        self.are_released.set(true);
        self.held.borrow_mut().drain(..).for_each(|line| println!("{line}"));
    }
}

/// Notebooks whose answers and tables build on one another are run in order, in one folder of outputs.
const FIRST: usize = 6;

impl InTwoEditions {
    /// Runs them in folders below `output`: each by its name, with what is wrong with it.
    pub async fn run(&self, output: &Path) -> Result<Vec<(String, Option<String>)>, Error> {
        let solved: Vec<Notebook> =
            self.notebooks.iter().map(|path| Notebook::load(path)).collect::<Result<_, _>>()?;
        let blank = blank_edition(&solved)?;
        // What one edition has trained, the other need not train again where it does the same.
        let trainings = tempfile::tempdir().map_err(|e| failed("a temporary folder", e))?;
        let first = solved.len().min(FIRST);
        let rest = (first..solved.len()).map(|i| i..i + 1);
        let groups: Vec<Range<usize>> = std::iter::once(0..first).chain(rest).collect();
        let task = |range: &Range<usize>, output: PathBuf, notebooks: Vec<PathBuf>, blank: bool| {
            let trainings = Some(trainings.path().to_path_buf());
            let kernel = Kernel { output: Some(output), threads: Some(1), trainings, ..self.kernel.clone() };
            let cells = solved[range.clone()].iter().map(|book| cells(book, blank));
            let notebooks = notebooks.into_iter().zip(cells).collect();
            let (limit, lines) = (self.limit, self.lines.clone());
            Task { kernel, range: range.clone(), notebooks, limit, blank, lines }
        };
        let mut tasks = Vec::new();
        for group in &groups {
            let output = output.join((group.start + 1).to_string());
            tasks.push(task(group, output, self.notebooks[group.clone()].to_vec(), false));
        }
        for group in &groups {
            let output = blank.path().join(format!("data-{}", group.start + 1));
            let books = solved[group.clone()].iter();
            let notebooks = books.map(|book| blank.path().join("notebooks").join(book.name())).collect();
            tasks.push(task(group, output, notebooks, true));
        }
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let run = async |task: Task| {
            let results = task.run().await;
            (task, results)
        };
        let results = in_turns(tasks, cores.min(4), next, run).await;
        let mut found = Vec::new();
        for (task, result) in results {
            let edition = if task.blank { "blank" } else { "solved" };
            let verdicts = verdicts(task.kernel.output.as_deref().unwrap_or(&self.kernel.root))?.all;
            for ((book, (_, cells)), ran) in
                solved[task.range.clone()].iter().zip(&task.notebooks).zip(result)
            {
                let part = if *cells == 1 { ", its first cell: all are those of the solved one" } else { "" };
                let name = format!("{} ({edition}{part})", book.name());
                let defect = match ran {
                    Err(defect) => Some(defect),
                    Ok(_) => editions::defect(book, &verdicts, task.blank),
                };
                found.push((name, defect));
            }
        }
        Ok(found)
    }
}

/// How many of a notebook's first cells are run. Where students have nothing to fill in, their edition has the cells of
/// the solved one: there it is only the first, which finds the lab from where the notebook lies.
fn cells(solved: &Notebook, blank: bool) -> usize {
    let is_the_same = solved.checks().is_empty() && solved.student_edition().code() == solved.code();
    if blank && is_the_same { 1 } else { usize::MAX }
}

/// Notebooks that one worker runs in turn.
struct Task {
    kernel: Kernel,
    range: Range<usize>,
    /// Each with how many of its first cells are run.
    notebooks: Vec<(PathBuf, usize)>,
    limit: Duration,
    blank: bool,
    lines: Rc<Lines>,
}

impl Task {
    /// How long each notebook took, or what kept it from running to its end.
    async fn run(&self) -> Vec<Result<Duration, String>> {
        let mut results = Vec::new();
        for (path, cells) in &self.notebooks {
            let ran = run::run_begin(&self.kernel, path, *cells, self.blank, self.limit).await;
            let name = path.file_name().unwrap_or_default().display();
            let how = ran.as_ref().map_or(": failed".into(), |time| format!(" in {}", in_words(*time)));
            self.lines.say(format!("        {name}{how}"));
            results.push(ran);
        }
        results
    }

    /// About how long it takes, by how long the solved edition took; None before that is done.
    fn expected(&self, done: &Done<Ran>) -> Option<Duration> {
        let (_, results) = done.values().find(|(task, _)| !task.blank && task.range == self.range)?;
        let whole = results.iter().zip(&self.notebooks).filter(|(_, (_, cells))| *cells > 1);
        Some(whole.filter_map(|(ran, _)| ran.as_ref().ok()).sum())
    }
}

type Ran = (Task, Vec<Result<Duration, String>>);

/// The place in the queue of what to do next. A task whose trainings may be there already waits for them, unless there is
/// nothing else to do; of those that have them the longest is first, so that no core is idle while it ends.
fn next(queue: &Queue<Task>, done: &Done<Ran>) -> usize {
    let is_ready = |task: &Task| !task.blank || task.expected(done).is_some();
    let Some(first) = queue.iter().position(|(_, task)| is_ready(task)) else { return 0 };
    if !queue[first].1.blank {
        return first;
    }
    let ready = queue.iter().zip(0..).filter_map(|((_, task), place)| Some((task.expected(done)?, place)));
    ready.max_by_key(|(time, place)| (*time, Reverse(*place))).map_or(first, |(_, place)| place)
}

/// A folder like a worked copy, with the edition for students.
fn blank_edition(solved: &[Notebook]) -> Result<Temporary, Error> {
    let folder = Temporary::new().map_err(|e| failed("a temporary folder", e))?;
    for notebook in solved {
        notebook.student_edition().save(&folder.path().join("notebooks").join(notebook.name()))?;
    }
    let support = home::root()?.join("lab-support");
    let link = std::os::unix::fs::symlink(support, folder.path().join("lab-support"));
    link.map_err(|e| failed("a link in a temporary folder", e))?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task(range: Range<usize>, blank: bool) -> Task {
        let notebooks = vec![(PathBuf::new(), usize::MAX); range.len()];
        Task {
            kernel: Kernel::default(),
            range,
            notebooks,
            limit: Duration::ZERO,
            blank,
            lines: Rc::default(),
        }
    }

    /// The solved edition of notebooks that took so many seconds each.
    fn solved(range: Range<usize>, seconds: u64) -> Ran {
        let results = vec![Ok(Duration::from_secs(seconds)); range.len()];
        (task(range, false), results)
    }

    #[test]
    fn what_is_trained_already_comes_before_what_is_being_trained() {
        let mut queue = Queue::from([(2, task(0..6, true)), (3, task(6..7, true))]);
        let mut done = Done::from([(1, solved(6..7, 20))]);
        assert_eq!(next(&queue, &done), 1, "the first group is still in training");
        queue.remove(1);
        assert_eq!(next(&queue, &done), 0, "nothing else is left to do");
        queue.push_back((1, task(6..7, false)));
        assert_eq!(next(&queue, &Done::new()), 1, "to train is always useful");
        done.insert(0, solved(0..6, 10));
        assert_eq!(next(&queue, &done), 0);
    }

    #[test]
    fn of_what_is_trained_the_longest_comes_first() {
        let mut first_cell = task(9..10, true);
        first_cell.notebooks[0].1 = 1;
        let mut queue = Queue::from([(4, task(6..7, true)), (5, first_cell), (6, task(7..8, true))]);
        let done = Done::from([(0, solved(6..7, 20)), (1, solved(9..10, 90)), (2, solved(7..8, 30))]);
        let mut order = Vec::new();
        while !queue.is_empty() {
            order.extend(queue.remove(next(&queue, &done)).map(|(number, _)| number));
        }
        assert_eq!(order, [6, 4, 5], "of the last only a cell is run");
    }

    #[test]
    fn a_notebook_is_run_twice_where_its_editions_differ() {
        let notebooks = run::notebooks(&home::root().unwrap()).unwrap();
        for path in notebooks {
            let book = Notebook::load(&path).unwrap();
            let differs = book.student_edition().code() != book.code();
            assert_eq!(
                (cells(&book, false), cells(&book, true) > 1),
                (usize::MAX, differs),
                "{}",
                book.name()
            );
            // The first cell is the one that finds the lab.
            assert!(book.code()[0].contains("path = \"../lab-support\""), "{}", book.name());
        }
    }
}
