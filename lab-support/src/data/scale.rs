/// How a byte becomes a number: `(byte / divisor - mean) / deviation`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Scale {
    /// 255 after normalizing, 1 for bytes as they are.
    pub divisor: f32,
    /// 0 where nothing is standardized.
    pub mean: f32,
    /// 1 where nothing is standardized.
    pub deviation: f32,
}

impl Scale {
    pub fn by(divisor: f32) -> Scale {
        Scale { divisor, mean: 0.0, deviation: 1.0 }
    }

    #[inline(always)]
    pub fn of(self, byte: f32) -> f32 {
        let number = byte / self.divisor;
        if self.is_standardized() { (number - self.mean) / self.deviation } else { number }
    }

    /// The numbers of many bytes, the same as [`of`](Self::of) gives. Dividing takes many times as long as multiplying by 1 /
    /// divisor, which is no number; but its first sixteen bits times a byte are exact, and what its others add decides only
    /// how the sum is rounded.
    #[inline(always)]
    pub fn each(self, bytes: &[u8], numbers: &mut [f32]) {
        let first = f32::from_bits((1.0 / self.divisor).to_bits() & !0xff);
        let others = (1.0 / f64::from(self.divisor) - f64::from(first)) as f32;
        let of = |byte: u8| f32::from(byte) * first + f32::from(byte) * others;
        if self.is_standardized() {
            let of = |byte| (of(byte) - self.mean) / self.deviation;
            numbers.iter_mut().zip(bytes).for_each(|(number, byte)| *number = of(*byte));
        } else {
            numbers.iter_mut().zip(bytes).for_each(|(number, byte)| *number = of(*byte));
        }
    }

    pub fn is_standardized(self) -> bool {
        (self.mean, self.deviation) != (0.0, 1.0)
    }

    /// As a figure shows it.
    pub fn words(self, byte: f32) -> String {
        let number = self.of(byte);
        if self.is_standardized() { format!("{number:.2}") } else { number.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_bytes_become_the_numbers_of_each() {
        let bytes: Vec<u8> = (0..=255).collect();
        for scale in
            [Scale::by(255.0), Scale::by(1.0), Scale { mean: 0.286, deviation: 0.353, ..Scale::by(255.0) }]
        {
            let mut numbers = [7.0; 256];
            scale.each(&bytes, &mut numbers);
            for (byte, number) in bytes.iter().zip(numbers) {
                assert_eq!(number.to_bits(), scale.of(f32::from(*byte)).to_bits(), "{byte} by {scale:?}");
            }
        }
    }
}
