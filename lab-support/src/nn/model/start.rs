use serde::{Deserialize, Serialize};

use crate::data::Digest;

/// What a training began with beside the network's description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Start {
    /// Of all weights, what the optimizer remembers, and the counts of steps and epochs.
    state: Digest,
    /// The same without the layers whose weights are those that the seed draws.
    given: Digest,
}

impl Start {
    pub fn new(state: Digest, given: Digest) -> Start {
        Start { state, given }
    }

    /// The same for every seed, as far as that draws the weights.
    pub fn of_any_seed(self) -> Start {
        Start { state: self.given, ..self }
    }
}
