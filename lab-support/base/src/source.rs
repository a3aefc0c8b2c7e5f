use serde::{Deserialize, Serialize};

/// The ten classes of Fashion-MNIST: the label `i` means `CLASS_NAMES[i]`.
pub const CLASS_NAMES: [&str; 10] = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
];

/// Where images come from; figures and records say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// The real Fashion-MNIST.
    #[serde(rename = "real")]
    FashionMnist,
    /// The practice set, drawn by this lab.
    #[serde(rename = "practice")]
    Practice,
    /// What lies under the names of Fashion-MNIST's files and is something else.
    #[serde(rename = "other")]
    Other,
    /// A student's own photos.
    #[serde(rename = "photos")]
    Photos,
}

/// CRC-32 of the four unpacked files of Fashion-MNIST, headers included: training images and labels, then test images
/// and labels. As the packed files have them at their end, whose SHA-256 `cargo lab data` compares.
const FASHION_MNIST: [u32; 4] = [0xb4f2_9f28, 0x741a_4657, 0x678f_e0b1, 0x8014_2c1f];

impl Source {
    pub const ALL: [Source; 4] = [Source::FashionMnist, Source::Practice, Source::Other, Source::Photos];

    /// What four unpacked files are under Fashion-MNIST's names, by their CRC-32 in the order above.
    pub fn of_checksums(checksums: [u32; 4]) -> Source {
        if checksums == FASHION_MNIST { Source::FashionMnist } else { Source::Other }
    }

    /// As records and saved networks call it: `real`, `practice`, `other` or `photos`.
    pub fn name(self) -> &'static str {
        match self {
            Source::FashionMnist => "real",
            Source::Practice => "practice",
            Source::Other => "other",
            Source::Photos => "photos",
        }
    }

    /// The sentence that must stand beside every result that is not from Fashion-MNIST.
    pub fn notice(self) -> Option<&'static str> {
        match self {
            Source::FashionMnist => None,
            Source::Practice => Some("practice set, drawn by this lab; not Fashion-MNIST"),
            Source::Other => Some("other images under Fashion-MNIST's file names; not Fashion-MNIST"),
            Source::Photos => Some("your own photos; not Fashion-MNIST"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_other_file_makes_it_another_set() {
        assert_eq!(Source::of_checksums(FASHION_MNIST), Source::FashionMnist);
        for changed in 0..4 {
            let mut checksums = FASHION_MNIST;
            checksums[changed] ^= 1;
            assert_eq!(Source::of_checksums(checksums), Source::Other);
        }
        assert!(Source::Other.notice().unwrap().contains("not Fashion-MNIST"));
    }
}
