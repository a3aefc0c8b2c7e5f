use std::fmt;

use serde::{Deserialize, Serialize};

/// What numbers or bytes hold, in 64 bits: equal where they are equal, and where they are not, different for all but one
/// in 2⁶⁴ by accident. Not for keeping secrets. As text, sixteen hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Digest(u64);

/// Odd, so that no multiplication loses a bit: the golden ratio's digits, and those of a multiplier of xxHash.
const FACTORS: [u64; 2] = [0x9E37_79B9_7F4A_7C15, 0xC2B2_AE3D_27D4_EB4F];

/// Numbers that are digested together.
const PART: usize = 1024;

impl Digest {
    /// Of nothing yet.
    pub(crate) fn new() -> Digest {
        Digest(FACTORS[1])
    }

    /// Of what it was of, and these bytes behind it.
    pub(crate) fn with(self, bytes: &[u8]) -> Digest {
        let (words, rest) = bytes.as_chunks::<8>();
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        let words = words.iter().map(|word| u64::from_le_bytes(*word));
        self.mixed(words, u64::from_le_bytes(last), bytes.len())
    }

    /// The same for numbers, by their bits.
    pub(crate) fn with_numbers(self, numbers: &[f32]) -> Digest {
        let bits = |number: f32| u64::from(number.to_bits());
        numbers.chunks(PART).fold(self, |digest, part| {
            let (pairs, rest) = part.as_chunks::<2>();
            let words = pairs.iter().map(|[first, second]| bits(*first) | bits(*second) << 32);
            digest.mixed(words, rest.first().map_or(0, |last| bits(*last)), size_of_val(part))
        })
    }

    /// With bytes: eight in each of the words, in `last` those that are left, in all as many as `length` says.
    #[inline(always)]
    fn mixed(self, words: impl Iterator<Item = u64>, last: u64, length: usize) -> Digest {
        let mut hash = self.0;
        for word in words.chain([last, length as u64]) {
            hash = (hash.rotate_left(29) ^ word).wrapping_mul(FACTORS[0]);
        }
        let mixed = (hash ^ (hash >> 32)).wrapping_mul(FACTORS[1]);
        Digest(mixed ^ (mixed >> 29))
    }

    pub(crate) fn bits(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> String {
        digest.to_string()
    }
}

impl TryFrom<String> for Digest {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Digest, Self::Error> {
        u64::from_str_radix(&text, 16).map(Digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_counts_and_where_it_stands() {
        let bytes: Vec<u8> = (0..=255).cycle().take(787).collect();
        let whole = Digest::new().with(&bytes);
        for at in [0, 7, 8, 400, 783, 786] {
            for bit in 0..8 {
                let mut other = bytes.clone();
                other[at] ^= 1 << bit;
                let far = (Digest::new().with(&other).bits() ^ whole.bits()).count_ones();
                assert!((12..=52).contains(&far), "{far} bits differ where bit {bit} of byte {at} does");
            }
        }
        assert_ne!(Digest::new().with(&[0; 8]), Digest::new().with(&[0; 16]));
        assert_ne!(Digest::new().with(&[1]).with(&[2]), Digest::new().with(&[2]).with(&[1]));
        assert_ne!(Digest::new().with_numbers(&[0.0]), Digest::new().with_numbers(&[-0.0]));
    }

    #[test]
    fn numbers_are_digested_by_their_bytes() {
        for length in [1, 2, 5, 1024, 1025, 2050] {
            let numbers: Vec<f32> = (0..length).map(|i| (i as f32 - 7.5) / 3.0).collect();
            let parts = numbers.chunks(PART).map(|part| part.iter().flat_map(|n| n.to_le_bytes()).collect());
            let of_bytes = parts.fold(Digest::new(), |digest, bytes: Vec<u8>| digest.with(&bytes));
            assert_eq!(Digest::new().with_numbers(&numbers), of_bytes, "{length} numbers");
        }
    }

    #[test]
    fn text_is_read_back() {
        let digest = Digest::new().with(b"text");
        let text = serde_json::to_string(&digest).unwrap();
        assert_eq!(text.len(), 18);
        assert_eq!(serde_json::from_str::<Digest>(&text).unwrap(), digest);
        assert!(serde_json::from_str::<Digest>("\"no\"").is_err());
    }
}
