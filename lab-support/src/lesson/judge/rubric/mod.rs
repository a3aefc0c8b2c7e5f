//! What an answer to each of the six questions must say, and which mistakes it must not make.

mod data_set;
mod epoch;
mod improvements;
mod layers;
mod normalizing;

use super::pattern::Pattern;

use data_set::DATA_SET;
use epoch::EPOCH;
use improvements::IMPROVEMENTS;
use layers::LAYERS;
use normalizing::NORMALIZING;

pub(super) struct Rubric {
    pub facts: &'static [Fact],
    pub slips: &'static [Slip],
    /// Numbers that belong to the question, whatever was measured.
    pub numbers: &'static [f64],
}

/// Something that must be said.
pub(super) struct Fact {
    pub expected: &'static str,
    /// A sentence must say one of these.
    pub says: &'static [Pattern],
    /// How many of them must be said: 1, unless they are items of a list.
    pub at_least: usize,
    pub hint: &'static str,
}

/// Something that is not so.
pub(super) struct Slip {
    pub says: &'static [Pattern],
    /// Words that make another sense of the same sentence.
    pub unless: &'static str,
    /// What is so instead.
    pub so: &'static str,
    pub hint: &'static str,
}

const NOT: &str = "not|no|never|nothing|without|nor|neither|rather|instead|unlike|cannot";

const fn fact(expected: &'static str, says: &'static [Pattern], hint: &'static str) -> Fact {
    Fact { expected, says, at_least: 1, hint }
}

const fn slip(says: &'static [Pattern], so: &'static str, hint: &'static str) -> Slip {
    Slip { says, unless: NOT, so, hint }
}

/// In the order of the questions.
pub(super) const RUBRICS: [Rubric; 6] = [DATA_SET, NORMALIZING, LAYERS, EPOCH, FIRST_IMAGE, IMPROVEMENTS];

/// The facts of question 5 depend on the network: see `first_image.rs`.
const FIRST_IMAGE: Rubric = Rubric { facts: &[], slips: &[], numbers: &[10_000., 28., 60_000., 100.] };
