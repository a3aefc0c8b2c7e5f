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

    pub fn is_standardized(self) -> bool {
        (self.mean, self.deviation) != (0.0, 1.0)
    }

    /// As a figure shows it.
    pub fn words(self, byte: f32) -> String {
        let number = self.of(byte);
        if self.is_standardized() { format!("{number:.2}") } else { number.to_string() }
    }
}
