//! Work that several workers do side by side.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use tokio::task::LocalSet;

/// Tasks that wait, each with its number.
pub type Queue<T> = VecDeque<(usize, T)>;

/// What is done, by the tasks' numbers.
pub type Done<R> = BTreeMap<usize, R>;

/// All tasks, `workers` at a time: what came of them, in their order. `next` names the place in the queue of what is to be done
/// next.
pub async fn in_turns<T: 'static, R: 'static>(
    tasks: Vec<T>,
    workers: usize,
    next: impl Fn(&Queue<T>, &Done<R>) -> usize + 'static,
    work: impl AsyncFn(T) -> R + 'static,
) -> Vec<R> {
    let state = Rc::new(RefCell::new((tasks.into_iter().enumerate().collect::<Queue<T>>(), Done::new())));
    let shared = Rc::new((next, work));
    let local = LocalSet::new();
    for _ in 0..workers {
        let (state, shared) = (state.clone(), shared.clone());
        local.spawn_local(async move {
            loop {
                let task = {
                    let (queue, done) = &mut *state.borrow_mut();
                    let place = if queue.is_empty() { 0 } else { (shared.0)(queue, done) };
                    queue.remove(place)
                };
                let Some((number, task)) = task else { return };
                let result = (shared.1)(task).await;
                state.borrow_mut().1.insert(number, result);
            }
        });
    }
    local.await;
    let done = std::mem::take(&mut state.borrow_mut().1);
    done.into_values().collect()
}

/// The first of those that wait.
pub fn first<T, R>(_: &Queue<T>, _: &Done<R>) -> usize {
    0
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn results_come_in_the_order_of_the_tasks_whenever_they_are_done() {
        let started = Rc::new(RefCell::new(Vec::new()));
        let seen = started.clone();
        let work = async move |task: u64| {
            seen.borrow_mut().push(task);
            tokio::time::sleep(Duration::from_millis(task)).await;
            task * 2
        };
        assert_eq!(in_turns(vec![30, 10, 20], 2, first, work).await, [60, 20, 40]);
        assert_eq!(*started.borrow(), [30, 10, 20]);
        let last = |queue: &Queue<u64>, _: &Done<u64>| queue.len() - 1;
        let order = Rc::new(RefCell::new(Vec::new()));
        let seen = order.clone();
        let work = async move |task| {
            seen.borrow_mut().push(task);
            task
        };
        in_turns(vec![1, 2, 3], 1, last, work).await;
        assert_eq!(*order.borrow(), [3, 2, 1]);
        assert!(in_turns(Vec::<u64>::new(), 2, first, async |task| task).await.is_empty());
    }
}
