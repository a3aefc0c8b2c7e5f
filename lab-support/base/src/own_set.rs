//! Data sets beside Fashion-MNIST: their names, and those of their classes.

use std::fmt;
use std::sync::Mutex;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::Error;

/// Classes that a data set may have: a label is a byte.
const CLASSES: usize = 256;

/// Letters that a name may have, of a data set or a class.
const LETTERS: usize = 60;

/// A data set of somebody's own. There is one of each for as long as the program runs: whatever is made from its images
/// says what they are without a copy of it.
#[derive(PartialEq, Eq)]
pub struct OwnSet {
    /// As its user calls it.
    pub(crate) name: &'static str,
    /// Of all its images and labels.
    pub(crate) checksum: u32,
    pub(crate) class_names: &'static [&'static str],
    /// Its name as one of a folder, with the checksum: two sets of one name are two.
    pub(crate) recorded_as: &'static str,
    pub(crate) notice: &'static str,
}

impl fmt::Debug for OwnSet {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:?}, {} classes", self.name, self.class_names.len())
    }
}

/// All that there are.
static ALL: Mutex<Vec<&'static OwnSet>> = Mutex::new(Vec::new());

/// As it stands in records and beside saved networks.
#[derive(Serialize, Deserialize)]
struct Described {
    name: String,
    checksum: u32,
    class_names: Vec<String>,
}

impl OwnSet {
    /// # Errors
    /// When there are fewer than 2 names of classes or more than 256, or one is empty, has more than 60 letters or a line
    /// break, or is there twice.
    pub(crate) fn new(name: &str, checksum: u32, class_names: Vec<String>) -> Result<&'static OwnSet, Error> {
        let name: String = name.chars().filter(|c| !c.is_control()).collect();
        let name = if name.trim().is_empty() { "images" } else { name.trim() };
        let wrong = |expected: String, found: String| {
            let advice = "give each class a short name of its own, in the order of the labels";
            Err(Error::new(format!("naming the classes of {name}"), expected, found, advice))
        };
        if !(2..=CLASSES).contains(&class_names.len()) {
            return wrong(format!("2 to {CLASSES} names"), class_names.len().to_string());
        }
        for (label, class) in class_names.iter().enumerate() {
            let is_name = !class.trim().is_empty() && !class.chars().any(char::is_control);
            if !is_name || class.chars().count() > LETTERS {
                let shown: String = class.chars().take(LETTERS).collect();
                return wrong(
                    format!("names of 1 to {LETTERS} letters"),
                    format!("{shown:?} for label {label}"),
                );
            }
            if class_names[..label].contains(class) {
                return wrong("a name of its own for each class".into(), format!("{class:?} twice"));
            }
        }
        Ok(OwnSet::kept(name, checksum, class_names))
    }

    /// The one of its kind.
    fn kept(name: &str, checksum: u32, class_names: Vec<String>) -> &'static OwnSet {
        let mut all = ALL.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let same = |set: &&&OwnSet| {
            set.checksum == checksum && set.name == name && set.class_names.iter().eq(class_names.iter())
        };
        if let Some(set) = all.iter().find(same) {
            return set;
        }
        let plain =
            |c: char| if c.is_ascii_alphanumeric() || c == '-' { c.to_ascii_lowercase() } else { '_' };
        let folder: String = name.chars().take(LETTERS).map(plain).collect();
        let text = |text: String| -> &'static str { text.leak() };
        let set: &'static OwnSet = Box::leak(Box::new(OwnSet {
            checksum,
            recorded_as: text(format!("{folder}-{checksum:08x}")),
            notice: text(format!("{name}, a data set of your own; not Fashion-MNIST")),
            class_names: class_names.into_iter().map(text).collect::<Vec<_>>().leak(),
            name: text(name.to_string()),
        }));
        all.push(set);
        set
    }

    pub(crate) fn write<S: Serializer>(set: &OwnSet, serializer: S) -> Result<S::Ok, S::Error> {
        let class_names = set.class_names.iter().map(|class| class.to_string()).collect();
        Described { name: set.name.to_string(), checksum: set.checksum, class_names }.serialize(serializer)
    }

    pub(crate) fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static OwnSet, D::Error> {
        let Described { name, checksum, class_names } = Described::deserialize(deserializer)?;
        OwnSet::new(&name, checksum, class_names).map_err(serde::de::Error::custom)
    }
}
