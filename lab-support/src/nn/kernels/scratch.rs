use std::sync::Mutex;

/// Memory that whoever works needs for a while: given back afterwards, and so asked of the system only once for each
/// thread.
#[derive(Default)]
pub(crate) struct Room {
    free: Mutex<Vec<Vec<f32>>>,
}

impl Room {
    /// Calls `work` with `length` numbers: 0 at first, later those that an earlier call has left. All calls ask for
    /// the same length.
    pub fn with(&self, length: usize, work: impl FnOnce(&mut [f32])) {
        let taken = self.free.lock().expect("nobody panics while taking").pop();
        let mut numbers = taken.unwrap_or_else(|| vec![0.0; length]);
        work(&mut numbers);
        self.free.lock().expect("nobody panics while giving back").push(numbers);
    }
}

/// A copy makes room of its own.
impl Clone for Room {
    fn clone(&self) -> Room {
        Room::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_back_is_given_out_again() {
        let room = Room::default();
        room.with(2, |outer| {
            outer[0] = 1.0;
            room.with(2, |inner| assert_eq!(inner, [0.0, 0.0]));
        });
        room.with(2, |again| assert_eq!(again, [1.0, 0.0]));
    }
}
