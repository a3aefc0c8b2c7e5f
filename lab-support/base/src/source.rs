use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::own_set::OwnSet;

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

/// Where images come from, and with it what their classes are called; figures and records say so.
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
    /// Another data set, with classes of its own.
    #[serde(rename = "own", serialize_with = "OwnSet::write", deserialize_with = "OwnSet::read")]
    Own(&'static OwnSet),
}

/// CRC-32 of the four unpacked files of Fashion-MNIST, headers included: training images and labels, then test images
/// and labels. As the packed files have them at their end, whose SHA-256 `cargo lab data` compares.
const FASHION_MNIST: [u32; 4] = [0xb4f2_9f28, 0x741a_4657, 0x678f_e0b1, 0x8014_2c1f];

impl Source {
    /// What four unpacked files are under Fashion-MNIST's names, by their CRC-32 in the order above.
    pub fn of_checksums(checksums: [u32; 4]) -> Source {
        if checksums == FASHION_MNIST { Source::FashionMnist } else { Source::Other }
    }

    /// A data set called `name` (without line breaks; `images` where nothing is left of it), whose images and labels have this `checksum`; the label `i` means `class_names[i]`.
    ///
    /// # Errors
    /// When there are fewer than 2 names of classes or more than 256, or one is empty, has more than 60 letters or a line
    /// break, or is there twice.
    pub fn own(name: &str, checksum: u32, class_names: Vec<String>) -> Result<Source, Error> {
        OwnSet::new(name, checksum, class_names).map(Source::Own)
    }

    /// The same data set with other names for its classes.
    ///
    /// # Errors
    /// When it is no data set of one's own, and as [`own`](Self::own).
    pub fn with_class_names(self, class_names: Vec<String>) -> Result<Source, Error> {
        match self {
            Source::Own(set) => Source::own(set.name, set.checksum, class_names),
            _ => Err(Error::doing("naming the classes of a data set")
                .expected("a data set of your own")
                .found("Fashion-MNIST, whose classes have their names")
                .advice("leave the names out: data.class_names() tells them")),
        }
    }

    /// As records and saved networks call it: `real`, `practice`, `other`, `photos`, or the name of another data set with
    /// its checksum.
    pub fn name(self) -> &'static str {
        match self {
            Source::FashionMnist => "real",
            Source::Practice => "practice",
            Source::Other => "other",
            Source::Photos => "photos",
            Source::Own(set) => set.recorded_as,
        }
    }

    /// As its user calls it: `Fashion-MNIST`.
    pub fn title(self) -> &'static str {
        if let Source::Own(set) = self { set.name } else { "Fashion-MNIST" }
    }

    /// What its classes are called: the label `i` means `class_names()[i]`.
    pub fn class_names(self) -> &'static [&'static str] {
        if let Source::Own(set) = self { set.class_names } else { &CLASS_NAMES }
    }

    /// The sentence that must stand beside every result that is not from Fashion-MNIST.
    pub fn notice(self) -> Option<&'static str> {
        match self {
            Source::FashionMnist => None,
            Source::Practice => Some("practice set, drawn by this lab; not Fashion-MNIST"),
            Source::Other => Some("other images under Fashion-MNIST's file names; not Fashion-MNIST"),
            Source::Photos => Some("your own photos; not Fashion-MNIST"),
            Source::Own(set) => Some(set.notice),
        }
    }

    /// A number below 2^23 that no other source has but by chance.
    pub fn number(self) -> u64 {
        match self {
            Source::FashionMnist => 0,
            Source::Practice => 1,
            Source::Other => 2,
            Source::Photos => 3,
            Source::Own(set) => (1 << 22) + u64::from(set.checksum >> 10),
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

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| name.to_string()).collect()
    }

    #[test]
    fn a_set_is_itself_again_from_a_file_and_no_other() {
        let letters = || Source::own("my létters", 0x00c0_ffee, names(&["a", "b"])).unwrap();
        assert_eq!(letters().name(), "my_l_tters-00c0ffee");
        assert_eq!((letters().title(), letters().class_names()), ("my létters", &["a", "b"][..]));
        assert!(letters().notice().unwrap().contains("my létters"));
        let text = serde_json::to_string(&letters()).unwrap();
        assert_eq!(text, r#"{"own":{"name":"my létters","checksum":12648430,"class_names":["a","b"]}}"#);
        let again: Source = serde_json::from_str(&text).unwrap();
        assert_eq!(again, letters());
        assert!(std::ptr::eq(again.class_names(), letters().class_names()), "it is kept once");
        for other in [
            Source::own("my létters", 1 << 20, names(&["a", "b"])),
            Source::own("other letters", 0x00c0_ffee, names(&["a", "b"])),
            Source::own("my létters", 0x00c0_ffee, names(&["a", "c"])),
        ] {
            assert_ne!(other.unwrap(), letters());
        }
        for (given, title) in [("", "images"), (" \n", "images"), (" my\nset ", "myset")] {
            assert_eq!(Source::own(given, 1, names(&["a", "b"])).unwrap().title(), title);
        }
        assert_eq!(serde_json::to_string(&Source::Practice).unwrap(), r#""practice""#);
        for bad in [r#"{"own":{"name":"x","checksum":1,"class_names":["a"]}}"#, r#"{"own":"x"}"#, r#""own""#]
        {
            assert!(serde_json::from_str::<Source>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn numbers_of_sets_are_small_and_their_own() {
        let own = [0, u32::MAX].map(|checksum| Source::own("x", checksum, names(&["a", "b"])).unwrap());
        let known = [Source::FashionMnist, Source::Practice, Source::Other, Source::Photos];
        let mut numbers: Vec<u64> = known.into_iter().chain(own).map(Source::number).collect();
        numbers.dedup();
        assert!(numbers.len() == 6 && numbers.iter().all(|number| *number < 1 << 23), "{numbers:?}");
    }

    #[test]
    fn names_that_are_none_are_refused() {
        let long = "x".repeat(61);
        let many: Vec<String> = (0..=256).map(|i| i.to_string()).collect();
        assert!(Source::own("x", 1, many[1..].to_vec()).is_ok());
        for (classes, says) in [
            (names(&["a"]), "2 to 256 names, found 1"),
            (many, "found 257"),
            (names(&["a", " "]), "\" \" for label 1"),
            (names(&["a", "b\nc"]), "for label 1"),
            (names(&[&long, "b"]), "1 to 60 letters"),
            (names(&["a", "b", "a"]), "\"a\" twice"),
        ] {
            let told = Source::own("x", 1, classes).unwrap_err().to_string();
            assert!(told.contains(says), "{says}: {told}");
        }
    }
}
