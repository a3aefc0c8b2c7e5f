/// A counter-based random stream: number 17 is the same on every thread, in whatever order the numbers are asked
/// for.
///
/// A 64-bit key says where (seed, epoch, step, layer); a number is its index and that key, mixed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RandomStream {
    key: u64,
}

impl RandomStream {
    pub fn new(seed: u64) -> RandomStream {
        RandomStream { key: scramble(seed ^ APART) }
    }

    /// The numbers of part `part` of this place: an epoch, a step of it, a layer in that step.
    pub fn substream(self, part: u64) -> RandomStream {
        RandomStream { key: scramble(self.key ^ scramble(part.wrapping_add(1))) }
    }

    /// Number `i`: each of the 2³² values is equally likely.
    #[inline(always)]
    pub fn bits(self, i: u32) -> u32 {
        let (low, high) = (self.key as u32, (self.key >> 32) as u32);
        mix(mix(i ^ low).wrapping_add(high))
    }

    /// Number `i`, from 0 to below 1.
    #[inline(always)]
    pub fn uniform(self, i: u32) -> f32 {
        (self.bits(i) >> 8) as f32 / (1 << 24) as f32
    }
}

/// Keeps these numbers apart from the first weights and the shuffles, which come from the same seed.
const APART: u64 = 0x4348_414E_4345_2121;

/// The finalizer of SplitMix64 (Steele, Lea and Flood, 2014).
fn scramble(x: u64) -> u64 {
    let x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// Spreads every bit over all bits; a multiplication and shifts, which vector instructions have too. The
/// constants are those of Wellons's search for the least biased mixer of 32 bits (`lowbias32`, 2018).
#[inline(always)]
fn mix(x: u32) -> u32 {
    let x = (x ^ (x >> 16)).wrapping_mul(0x7FEB_352D);
    let x = (x ^ (x >> 15)).wrapping_mul(0x846C_A68B);
    x ^ (x >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    const N: u32 = 100_000;

    /// Mean 1/2, variance 1/12, and no two neighbours that know of each other, to within four standard errors.
    #[test]
    fn numbers_are_spread_evenly() {
        for key in 0..4 {
            let rng = RandomStream::new(42).substream(key);
            let centred: Vec<f64> = (0..N).map(|i| f64::from(rng.uniform(i)) - 0.5).collect();
            let mean = |f: &dyn Fn(usize) -> f64| (0..N as usize - 1).map(f).sum::<f64>() / f64::from(N);
            let bound = 4.0 / f64::from(N).sqrt();
            assert!(mean(&|i| centred[i]).abs() < 0.3 * bound);
            assert!((mean(&|i| centred[i].powi(2)) - 1.0 / 12.0).abs() < 0.1 * bound);
            assert!(mean(&|i| centred[i] * centred[i + 1]).abs() < 0.1 * bound);
        }
    }

    #[test]
    fn each_part_has_numbers_of_its_own() {
        let all = |rng: RandomStream| (0..100).map(move |i| rng.bits(i));
        let here = RandomStream::new(1).substream(2).substream(3);
        assert!(all(here).eq(all(RandomStream::new(1).substream(2).substream(3))));
        for other in [
            RandomStream::new(2).substream(2).substream(3),
            RandomStream::new(1).substream(3).substream(2),
            RandomStream::new(1).substream(2),
        ] {
            let same = all(here).zip(all(other)).filter(|(a, b)| a == b).count();
            assert_eq!(same, 0);
        }
    }
}
