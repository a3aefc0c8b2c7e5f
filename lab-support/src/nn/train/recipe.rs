use std::fmt::Debug;

use serde::{Deserialize, Serialize};

use crate::data::{Dataset, Digest};
use crate::nn::loss::CrossEntropy;
use crate::nn::model::{NetworkSpec, Start};
use crate::nn::optim::Optimizer;
use crate::nn::train::plan::Plan;

/// A training: all that decides its result to the last bit. What is recorded, resumed and compared is told apart by
/// this value, never by a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Recipe {
    pub network: NetworkSpec,
    pub start: Start,
    pub optimizer: Optimizer,
    pub loss: CrossEntropy,
    pub plan: Plan,
    pub train: SetSpec,
    pub validation: Option<SetSpec>,
}

/// A set of images, by what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SetSpec {
    pub images: usize,
    pub content: Digest,
}

impl SetSpec {
    pub fn of(data: &Dataset) -> SetSpec {
        SetSpec { images: data.len(), content: data.digest() }
    }
}

impl Recipe {
    /// The same for every seed: where two recipes are, their results may be averaged.
    pub fn of_any_seed(&self) -> Recipe {
        let network = NetworkSpec { seed: 0, ..self.network.clone() };
        Recipe { network, start: self.start.of_any_seed(), ..self.clone() }
    }

    /// The same for every seed and for all data.
    pub fn of_any_data(&self) -> Recipe {
        let train = SetSpec { images: 0, content: Digest::new() };
        Recipe { train, validation: self.validation.map(|_| train), ..self.of_any_seed() }
    }

    /// What was chosen beside network, optimizer and batch size, for people.
    pub fn words(&self) -> String {
        self.plan.words(self.loss)
    }

    pub fn digest(&self) -> Digest {
        let text = serde_json::to_string(self).expect("a recipe is plain numbers and text");
        Digest::new().with(text.as_bytes())
    }

    /// The first thing that another recipe has otherwise: what it is, how it is here, how it is there.
    pub fn difference(&self, other: &Recipe) -> Option<(&'static str, String, String)> {
        fn one<T: PartialEq + Debug>(
            what: &'static str,
            here: &T,
            there: &T,
        ) -> Option<(&'static str, String, String)> {
            (here != there).then(|| (what, format!("{here:?}"), format!("{there:?}")))
        }
        one("network", &self.network, &other.network)
            .or_else(|| one("optimizer", &self.optimizer, &other.optimizer))
            .or_else(|| one("loss", &self.loss, &other.loss))
            .or_else(|| one("plan", &self.plan, &other.plan))
            .or_else(|| one("training set", &self.train, &other.train))
            .or_else(|| one("validation set", &self.validation, &other.validation))
            .or_else(|| one("first weights", &self.start, &other.start))
    }
}
