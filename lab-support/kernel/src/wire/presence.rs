use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many peers are there, and since when there are none. Clones share it.
#[derive(Clone)]
pub struct Presence(Arc<Mutex<(usize, Instant)>>);

/// A peer that is there until this is dropped.
pub struct Here(Presence);

impl Default for Presence {
    fn default() -> Presence {
        Presence(Arc::new(Mutex::new((0, Instant::now()))))
    }
}

impl Presence {
    /// Counts one more, unless there are `most` already.
    pub fn enter(&self, most: usize) -> Option<Here> {
        let mut state = self.state();
        if state.0 >= most {
            return None;
        }
        state.0 += 1;
        Some(Here(self.clone()))
    }

    /// For how long nobody has been there. While a machine sleeps, no time passes.
    pub fn alone(&self) -> Option<Duration> {
        let (count, since) = *self.state();
        (count == 0).then(|| since.elapsed())
    }

    fn state(&self) -> MutexGuard<'_, (usize, Instant)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.0 -= 1;
        state.1 = Instant::now();
    }
}
