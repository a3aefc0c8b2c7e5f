//! Work shared among the cores.
//!
//! Every part of a result is computed by exactly one thread and in an order that the shapes fix, so that
//! the number of threads changes the time a step takes and not one bit of what it computes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lab_base::Error;
use rayon_core::{ThreadPool, ThreadPoolBuilder, Yield};

use crate::nn::kernels::crowd::Crowd;

/// A pool of threads that lives as long as one `fit`, `evaluate` or `predict`.
pub(crate) struct Threads {
    /// None where one thread does everything.
    pool: Option<ThreadPool>,
    crowd: Arc<Crowd>,
}

impl Threads {
    /// All cores, or as many threads as `LAB_THREADS` says.
    ///
    /// # Errors
    /// When `LAB_THREADS` is not a number from 1 to 256, or the system grants no threads.
    pub fn new() -> Result<Threads, Error> {
        Threads::with(Threads::wanted()?)
    }

    /// How many [`new`](Self::new) makes.
    pub fn wanted() -> Result<usize, Error> {
        wanted_by(std::env::var_os("LAB_THREADS").map(|text| text.to_string_lossy().into_owned()))
    }

    pub fn with(count: usize) -> Result<Threads, Error> {
        if count == 1 {
            return Ok(Threads::one());
        }
        let pool = ThreadPoolBuilder::new().num_threads(count).build().map_err(|e| {
            Error::doing("starting threads")
                .expected(format!("{count} threads"))
                .failed(e)
                .advice("set LAB_THREADS=1 to do without")
        })?;
        Ok(Threads { pool: Some(pool), crowd: Arc::new(Crowd::new(count)) })
    }

    pub fn one() -> Threads {
        Threads { pool: None, crowd: Arc::new(Crowd::new(1)) }
    }

    /// Runs `work` in the pool, where [`for_each`](Self::for_each) finds the other threads awake.
    ///
    /// A training step has parts that take a few millionths of a second, less than it takes to wake a thread:
    /// the others look for work without sleeping until `work` is done, and let any other program go first. Those that
    /// are too many beside other programs sleep.
    pub fn run<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        let Some(pool) = &self.pool else { return work() };
        pool.scope(|scope| {
            let leader = rayon_core::current_thread_index();
            let done = Arc::new(AtomicBool::new(false));
            let (seen, crowd) = (done.clone(), self.crowd.clone());
            crowd.begin();
            scope.spawn_broadcast(move |_, thread| {
                // The leader is the first of those that work.
                let place = leader.map_or(0, |leader| (thread.index() + crowd.all() - leader) % crowd.all());
                while place > 0 && !seen.load(Ordering::Relaxed) {
                    if place >= crowd.active() {
                        std::thread::sleep(NAP);
                    } else if rayon_core::yield_now() == Some(Yield::Idle) {
                        std::thread::yield_now();
                    }
                }
            });
            let _done = SetOnDrop(done);
            work()
        })
    }

    /// What other programs leave of the cores, to be told of each step.
    pub fn crowd(&self) -> &Arc<Crowd> {
        &self.crowd
    }

    /// How many of `n` rows make one part: an equal share for each thread, but at least `least`.
    pub fn share(&self, n: usize, least: usize) -> usize {
        n.div_ceil(self.crowd.active()).max(least).max(1)
    }

    /// Calls `work` once for each of the parts. Each thread takes as many, one after the other, and from call to call the
    /// same ones as far as that can be: what it has written of them is still in its own cache.
    pub fn for_each<I>(&self, parts: I, work: impl Fn(I::Item) + Sync)
    where
        I: Iterator<Item: Send> + Send,
    {
        let active = self.crowd.active();
        if self.pool.is_none() || active == 1 {
            return parts.for_each(work);
        }
        let mut rest: Vec<I::Item> = parts.collect();
        let mut shares = Vec::with_capacity(active);
        for threads in (1..=active.min(rest.len())).rev() {
            let next = rest.split_off(rest.len().div_ceil(threads));
            shares.push(std::mem::replace(&mut rest, next));
        }
        share_out(shares.into_iter(), &|share: Vec<I::Item>| share.into_iter().for_each(&work));
    }

    /// Calls `work` with each of the `rows` rows of `from` and the same row of `to`; a thread takes `least` rows or more.
    pub fn for_each_row(
        &self,
        rows: usize,
        least: usize,
        (from, to): (&[f32], &mut [f32]),
        work: impl Fn(&[f32], &mut [f32]) + Sync,
    ) {
        let (inputs, outputs, share) = (from.len() / rows, to.len() / rows, self.share(rows, least));
        self.for_each(from.chunks(share * inputs).zip(to.chunks_mut(share * outputs)), |(from, to)| {
            from.chunks_exact(inputs).zip(to.chunks_exact_mut(outputs)).for_each(|(from, to)| work(from, to));
        });
    }
}

/// As `LAB_THREADS` says; set to nothing it counts as not set.
fn wanted_by(variable: Option<String>) -> Result<usize, Error> {
    let Some(text) = variable.filter(|text| !text.trim().is_empty()) else {
        return Ok(std::thread::available_parallelism().map_or(1, usize::from).min(MOST));
    };
    text.trim().parse().ok().filter(|n| (1..=MOST).contains(n)).ok_or_else(|| {
        Error::doing("reading LAB_THREADS")
            .expected(format!("a number from 1 to {MOST}"))
            .found(format!("\"{text}\""))
            .advice("set it to the number of threads to use, or unset it to use all cores")
    })
}

/// A buffer for each part: `length` numbers of `all` each, and nothing for any number of parts where `all` is empty.
pub(crate) fn parts(all: &mut [f32], length: usize) -> impl Iterator<Item = &mut [f32]> {
    all.chunks_mut(length.max(1)).chain(std::iter::repeat_with(|| &mut [] as &mut [f32]))
}

/// Ends the wait of the other threads, even when the work panics.
struct SetOnDrop(Arc<AtomicBool>);

impl Drop for SetOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// How often a thread that is too many looks whether it still is.
const NAP: Duration = Duration::from_millis(1);

/// More threads than this help no network of this size.
const MOST: usize = 256;

fn share_out<I>(mut parts: I, work: &(impl Fn(I::Item) + Sync))
where
    I: ExactSizeIterator<Item: Send> + Send,
{
    let Some(part) = parts.next() else { return };
    if parts.len() == 0 {
        return work(part);
    }
    rayon_core::join(|| work(part), || share_out(parts, work));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variable_says_how_many_and_set_to_nothing_it_says_nothing() {
        let wanted = |text: &str| wanted_by(Some(text.to_string()));
        let all = wanted_by(None).unwrap();
        assert!((1..=MOST).contains(&all));
        assert_eq!((wanted("").unwrap(), wanted("  ").unwrap()), (all, all));
        assert_eq!((wanted("1").unwrap(), wanted(" 3 ").unwrap()), (1, 3));
        for bad in ["0", "257", "-1", "two", "1.5", "\u{fffd}"] {
            assert!(wanted(bad).unwrap_err().to_string().contains("a number from 1 to 256"), "{bad}");
        }
    }
}
