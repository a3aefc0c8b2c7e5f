use std::ops::{Deref, DerefMut};

/// Numbers that begin where a line of the processor's cache begins: a block of sixteen is then read from one line, not
/// from two.
#[derive(Default)]
pub(crate) struct Aligned {
    numbers: Vec<f32>,
    start: usize,
    length: usize,
}

/// Bytes in a line of the cache.
const LINE: usize = 64;

impl Aligned {
    pub fn zeros(length: usize) -> Aligned {
        let numbers = vec![0.0; length + LINE / size_of::<f32>()];
        let start = numbers.as_ptr().align_offset(LINE);
        // Where the address can't be known, any start will do.
        let start = if start + length <= numbers.len() { start } else { 0 };
        Aligned { numbers, start, length }
    }

    /// Makes it at least `length` numbers long. Where it grows, they are 0 anew.
    pub fn grow(&mut self, length: usize) {
        if self.length < length {
            *self = Aligned::zeros(length);
        }
    }
}

impl Deref for Aligned {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.numbers[self.start..][..self.length]
    }
}

impl DerefMut for Aligned {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.numbers[self.start..][..self.length]
    }
}

/// A copy lies elsewhere, where its first number begins a line, too.
impl Clone for Aligned {
    fn clone(&self) -> Aligned {
        let mut copy = Aligned::zeros(self.length);
        copy.copy_from_slice(self);
        copy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_buffer_begins_a_line_and_a_copy_has_its_numbers() {
        for length in [0, 1, 15, 16, 1000, 1 << 20] {
            let mut numbers = Aligned::zeros(length);
            numbers.iter_mut().enumerate().for_each(|(i, number)| *number = i as f32);
            let copy = numbers.clone();
            assert_eq!(*copy, *numbers);
            for buffer in [&numbers, &copy] {
                assert_eq!((buffer.len(), buffer.as_ptr().addr() % LINE), (length, 0));
            }
        }
    }

    #[test]
    fn it_grows_and_never_shrinks() {
        let mut numbers = Aligned::default();
        numbers.grow(3);
        numbers[0] = 1.0;
        numbers.grow(2);
        assert_eq!(*numbers, [1.0, 0.0, 0.0]);
        numbers.grow(4);
        assert_eq!(*numbers, [0.0; 4]);
    }
}
