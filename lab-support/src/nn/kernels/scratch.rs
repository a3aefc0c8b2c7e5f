use std::sync::Mutex;

use crate::nn::kernels::aligned::Aligned;

/// A pool of buffers: one is given back after use, and so allocated only once for each thread. A thread gets those that it
/// had before, whose numbers are in its core's own cache.
#[derive(Default)]
pub(crate) struct ScratchBuffers {
    /// Each with the place in its pool of the thread that had it last; None for a thread of no pool.
    free: Mutex<Vec<(Option<usize>, Aligned)>>,
}

impl ScratchBuffers {
    /// Calls `work` with `length` numbers: 0 at first, later those that an earlier call has left.
    pub fn with(&self, length: usize, work: impl FnOnce(&mut [f32])) {
        let thread = rayon_core::current_thread_index();
        let mut numbers = self.take(thread, length).unwrap_or_default();
        numbers.grow(length);
        work(&mut numbers[..length]);
        self.free.lock().expect("no panic while the lock is held").push((thread, numbers));
    }

    /// Of the buffers that this thread had, the last one that is long enough, or else the last one.
    fn take(&self, thread: Option<usize>, length: usize) -> Option<Aligned> {
        let mut free = self.free.lock().expect("no panic while the lock is held");
        let fits = free.iter().rposition(|(owner, buffer)| *owner == thread && buffer.len() >= length);
        let place = fits.or_else(|| free.iter().rposition(|(owner, _)| *owner == thread))?;
        Some(free.remove(place).1)
    }
}

/// A clone begins with an empty pool.
impl Clone for ScratchBuffers {
    fn clone(&self) -> ScratchBuffers {
        ScratchBuffers::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_back_is_given_out_again() {
        let scratch = ScratchBuffers::default();
        scratch.with(2, |outer| {
            outer[0] = 1.0;
            scratch.with(2, |inner| assert_eq!(inner, [0.0, 0.0]));
        });
        scratch.with(2, |again| assert_eq!(again, [1.0, 0.0]));
        scratch.with(1, |shorter| assert_eq!(shorter, [1.0]));
        scratch.with(3, |longer| assert_eq!(longer.len(), 3));
    }

    #[test]
    fn a_thread_gets_no_buffer_of_another() {
        let scratch = ScratchBuffers::default();
        let pool = rayon_core::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        for round in 0..20 {
            pool.broadcast(|thread| {
                scratch.with(2, |numbers| {
                    assert_eq!(numbers, [0.0, if round == 0 { 0.0 } else { thread.index() as f32 }]);
                    numbers[1] = thread.index() as f32;
                });
            });
        }
    }
}
