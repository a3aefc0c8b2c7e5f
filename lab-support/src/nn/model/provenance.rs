use serde::{Deserialize, Serialize};

use crate::data::{ImageIds, Images, Split};

/// Which images had a say in a network's weights: what must not be only tested on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    trained: ImageIds,
    validated: ImageIds,
    /// Whether it has weights of which nobody has written down what they were learned from.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    unknown: bool,
}

impl Provenance {
    /// Of weights that come from elsewhere.
    pub(crate) fn unknown() -> Provenance {
        Provenance { unknown: true, ..Provenance::default() }
    }

    /// Adds what a training learned from and was validated on. Returns how many of these validation images the network
    /// has learned from, now or before.
    pub(crate) fn add(&mut self, train: &Images, validation: Option<&Images>) -> usize {
        self.trained.add(&train.ids());
        let Some(validation) = validation.map(Images::ids) else { return 0 };
        self.validated.add(&validation);
        self.trained.common(&validation)
    }

    /// The parts of the data set that it has learned from.
    pub fn trained(&self) -> Vec<Split> {
        let mut splits = self.trained.splits();
        if self.unknown && !splits.contains(&Split::Unknown) {
            splits.push(Split::Unknown);
        }
        splits
    }

    /// The parts of the data set that it was validated on, as early stopping does.
    pub fn validated(&self) -> Vec<Split> {
        self.validated.splits()
    }
}
