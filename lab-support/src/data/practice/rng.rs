use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The random numbers of one image: the same on every machine, whoever draws the images before it.
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// `stream` numbers the images: each has random numbers of its own.
    pub fn new(seed: u64, stream: u64) -> Dice {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Dice(rng)
    }

    pub fn rng(&mut self) -> &mut ChaCha8Rng {
        &mut self.0
    }

    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        self.0.gen_range(low..high)
    }

    /// True with this probability, 0 to 1.
    pub fn chance(&mut self, probability: f32) -> bool {
        self.between(0.0, 1.0) < probability
    }

    /// About normally distributed: the sum of four even numbers, mean 0, standard deviation 1.
    pub fn normal(&mut self) -> f32 {
        let sum: f32 = (0..4).map(|_| self.between(-0.5, 0.5)).sum();
        sum * 3.0_f32.sqrt()
    }
}
