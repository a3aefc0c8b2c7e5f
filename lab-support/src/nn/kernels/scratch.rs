use std::sync::Mutex;

use crate::nn::kernels::aligned::Aligned;

/// A pool of buffers: one is given back after use, and so allocated only once for each thread.
#[derive(Default)]
pub(crate) struct ScratchBuffers {
    free: Mutex<Vec<Aligned>>,
}

impl ScratchBuffers {
    /// Calls `work` with `length` numbers: 0 at first, later those that an earlier call has left.
    pub fn with(&self, length: usize, work: impl FnOnce(&mut [f32])) {
        let taken = self.free.lock().expect("no panic while the lock is held").pop();
        let mut numbers = taken.unwrap_or_default();
        numbers.grow(length);
        work(&mut numbers[..length]);
        self.free.lock().expect("no panic while the lock is held").push(numbers);
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
}
