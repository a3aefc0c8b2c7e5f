//! Cores that other programs want, too.
//!
//! A step has many parts that all threads must end before the next begins. Where there are more threads that want to
//! run than cores, a part whose thread has lost its core keeps all others waiting, and three trainings at once take
//! much longer than one after the other. So a training looks at how much of the cores it gets, and where that is less
//! than it asks for, it works with as many threads as it gets cores; after a while it asks again.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How many of a pool's threads work. That changes the time that a step takes, and not one bit of what it computes.
pub(crate) struct Crowd {
    /// Of the pool.
    all: usize,
    active: AtomicUsize,
    look: Mutex<Look>,
}

/// What was seen of the cores lately.
struct Look {
    /// When this look began, and the processor time that the program had taken by then.
    since: Instant,
    cpu: Duration,
    /// How long fewer threads work, the next time that they are too many.
    pause: Duration,
}

/// How long a look takes: several turns of the system's scheduler.
const WINDOW: Duration = Duration::from_millis(50);
/// With fewer threads, at first and at most.
const PAUSE: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(2)];
/// The share of the cores that is as good as all of them.
const ENOUGH: f64 = 0.85;

impl Crowd {
    pub fn new(all: usize) -> Crowd {
        let look = Look { since: Instant::now(), cpu: processor_time().unwrap_or_default(), pause: PAUSE[0] };
        Crowd { all, active: AtomicUsize::new(all), look: Mutex::new(look) }
    }

    pub fn all(&self) -> usize {
        self.all
    }

    /// How many threads work at present.
    pub fn active(&self) -> usize {
        self.active.load(Ordering::Relaxed)
    }

    /// Begins a look anew: what lies between two looks, such as the writing of a file, says nothing of the others.
    pub fn begin(&self) {
        if self.active() == self.all {
            let mut look = self.look();
            (look.since, look.cpu) = (Instant::now(), processor_time().unwrap_or_default());
        }
    }

    /// Called between two steps, by the thread that leads them.
    pub fn step(&self) {
        if self.all == 1 {
            return;
        }
        let mut look = self.look();
        let wall = look.since.elapsed();
        let is_reduced = self.active() < self.all;
        if wall < if is_reduced { look.pause } else { WINDOW } {
            return;
        }
        let Some(cpu) = processor_time() else { return };
        if is_reduced {
            look.pause = (look.pause * 2).min(PAUSE[1]);
            self.active.store(self.all, Ordering::Relaxed);
        } else {
            let cores = (cpu.saturating_sub(look.cpu)).as_secs_f64() / wall.as_secs_f64();
            let active = sensible(self.all, cores);
            if active == self.all {
                look.pause = PAUSE[0];
            }
            self.active.store(active, Ordering::Relaxed);
        }
        (look.since, look.cpu) = (Instant::now(), cpu);
    }

    /// As if other programs had left so many cores.
    #[cfg(test)]
    pub fn set_active(&self, threads: usize) {
        self.active.store(threads, Ordering::Relaxed);
    }

    fn look(&self) -> std::sync::MutexGuard<'_, Look> {
        self.look.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// How many of `all` threads should work where together they got so many `cores`.
fn sensible(all: usize, cores: f64) -> usize {
    if cores >= ENOUGH * all as f64 { all } else { (cores.round() as usize).clamp(1, all - 1) }
}

/// What all threads of the program have taken, waiting for work included; None where the system does not tell: there all
/// threads work.
#[cfg(unix)]
fn processor_time() -> Option<Duration> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the call writes into `time` alone, which outlives it.
    match unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut time) } {
        0 => Some(Duration::new(time.tv_sec.max(0) as u64, time.tv_nsec as u32)),
        _ => None,
    }
}

#[cfg(not(unix))]
fn processor_time() -> Option<Duration> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_threads_as_there_are_cores_to_be_had() {
        for (all, cores, expected) in [
            (2, 2.0, 2),
            (2, 1.8, 2),
            (2, 1.33, 1),
            (2, 0.6, 1),
            (2, 0.0, 1),
            (8, 7.5, 8),
            (8, 5.3, 5),
            (8, 6.79, 7),
        ] {
            assert_eq!(sensible(all, cores), expected, "{cores} of {all}");
        }
    }

    /// One thread that sleeps gets none of two cores: the other is not asked any more, and asked again later.
    #[test]
    fn fewer_threads_work_for_a_while_and_then_all_again() {
        let crowd = Crowd::new(2);
        assert_eq!(crowd.active(), 2);
        crowd.step();
        assert_eq!(crowd.active(), 2, "nothing has been seen yet");
        let shift = |by: Duration| crowd.look().since -= by;
        shift(WINDOW + Duration::from_secs(3600));
        crowd.step();
        assert_eq!(crowd.active(), 1);
        crowd.step();
        assert_eq!(crowd.active(), 1, "for a while");
        shift(PAUSE[0]);
        crowd.step();
        assert_eq!((crowd.active(), crowd.look().pause), (2, 2 * PAUSE[0]), "and longer the next time");
    }

    #[test]
    fn time_between_looks_does_not_count() {
        let crowd = Crowd::new(2);
        crowd.look().since -= Duration::from_secs(3600);
        crowd.begin();
        crowd.step();
        assert_eq!(crowd.active(), 2);
    }
}
