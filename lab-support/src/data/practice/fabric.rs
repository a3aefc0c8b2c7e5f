use super::rng::ImageRng;

/// What a garment is made of: its brightness at each place.
pub struct Fabric {
    /// 0 (black) to 1 (white).
    pub tone: f32,
    pattern: Pattern,
    /// How much the pattern changes the brightness.
    contrast: f32,
    /// Pixels from one stripe to the next.
    period: f32,
    start: f32,
    folds: f32,
    slope: [f32; 2],
}

#[derive(Clone, Copy, PartialEq)]
enum Pattern {
    Plain,
    Stripes,
    Pinstripes,
    Checks,
    /// Light and dark patches, each about `period` wide.
    Flowers,
}

/// How often a garment is striped, checked or flowered; the rest is plain.
pub struct Habits {
    pub stripes: f32,
    pub checks: f32,
    pub flowers: f32,
}

impl Fabric {
    pub fn new(rng: &mut ImageRng, habits: &Habits) -> Fabric {
        let roll = rng.uniform(0.0, 1.0);
        let pattern = if roll < habits.stripes {
            if rng.bernoulli(0.75) { Pattern::Stripes } else { Pattern::Pinstripes }
        } else if roll < habits.stripes + habits.checks {
            Pattern::Checks
        } else if roll < habits.stripes + habits.checks + habits.flowers {
            Pattern::Flowers
        } else {
            Pattern::Plain
        };
        // Most garments are light against the black ground, a few are nearly as dark as it.
        let tone = if rng.bernoulli(0.85) { rng.uniform(0.45, 0.95) } else { rng.uniform(0.16, 0.45) };
        Fabric {
            tone,
            pattern,
            contrast: rng.uniform(0.2, 0.7) * if tone > 0.5 { -tone } else { 1.0 - tone },
            period: rng.uniform(2.5, 7.0),
            start: rng.uniform(0.0, 100.0),
            folds: rng.uniform(0.0, 0.14),
            slope: [rng.uniform(-0.008, 0.008), rng.uniform(-0.008, 0.008)],
        }
    }

    /// The same cloth, lighter or darker.
    pub fn shaded(&self, factor: f32) -> impl Fn(f32, f32) -> f32 {
        move |x, y| self.shade(x, y) * factor
    }

    /// Brightness at a pixel.
    pub fn shade(&self, x: f32, y: f32) -> f32 {
        let woven = match self.pattern {
            Pattern::Plain => 0.0,
            Pattern::Stripes => self.stripe(y),
            Pattern::Pinstripes => self.stripe(x),
            Pattern::Checks => (self.stripe(x) + self.stripe(y)) / 2.0,
            Pattern::Flowers => self.patch(x, y),
        };
        let light = self.folds * wave((x + 0.3 * y + self.start) / 5.0)
            + self.slope[0] * (x - 14.0)
            + self.slope[1] * (y - 14.0);
        (self.tone + self.contrast * woven + light * self.tone).clamp(0.06, 1.0)
    }

    fn stripe(&self, at: f32) -> f32 {
        if ((at + self.start) / self.period).fract() < 0.5 { 1.0 } else { 0.0 }
    }

    fn patch(&self, x: f32, y: f32) -> f32 {
        let size = self.period / 2.5;
        let cell = |at: f32| ((at + self.start) / size) as u32;
        // Any scrambling of the cell's two numbers does; one bit of it decides.
        let mixed =
            (cell(x).wrapping_mul(0x9e37_79b1) ^ cell(y).wrapping_mul(0x85eb_ca6b)).wrapping_mul(0xc2b2_ae35);
        (mixed >> 31) as f32
    }
}

/// From -0.5 to 0.5 and back while `t` grows by 1: two parabolas, close to a sine.
fn wave(t: f32) -> f32 {
    let t = t.fract();
    let half = if t < 0.5 { t } else { 1.0 - t };
    4.0 * half * (1.0 - half) - 0.5
}
