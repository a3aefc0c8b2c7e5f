use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The random numbers of one image: the same on every machine, in whatever order the images are drawn.
pub struct ImageRng(ChaCha8Rng);

impl ImageRng {
    /// `stream` numbers the images: each has random numbers of its own.
    pub fn new(seed: u64, stream: u64) -> ImageRng {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        ImageRng(rng)
    }

    /// For what `rand` does with a generator, as shuffling.
    pub fn generator(&mut self) -> &mut ChaCha8Rng {
        &mut self.0
    }

    /// Evenly distributed from `low` to below `high`.
    pub fn uniform(&mut self, low: f32, high: f32) -> f32 {
        self.0.gen_range(low..high)
    }

    /// True with this probability, 0 to 1.
    pub fn bernoulli(&mut self, probability: f32) -> bool {
        self.uniform(0.0, 1.0) < probability
    }

    /// About normally distributed: the sum of four even numbers, mean 0, standard deviation 1.
    pub fn normal(&mut self) -> f32 {
        let sum: f32 = (0..4).map(|_| self.uniform(-0.5, 0.5)).sum();
        sum * 3.0_f32.sqrt()
    }
}
