//! What an answer to each of the six questions must say, and which mistakes it must not make.

mod comparison;
mod counts;
mod data_set;
mod epoch;
mod epoch_mistakes;
mod epoch_numbers;
mod epoch_words;
mod first_image;
mod image_mistakes;
mod improvements;
mod labels;
mod layer_mistakes;
mod layer_parts;
mod layers;
mod normalizing;
mod probability;
mod reasons;
mod set_parts;

use super::claims::claims;
use super::evidence::{Evidence, Kind};
use super::findings::Findings;
use super::measurements;
use super::named::About;
use super::read::Sentence;

/// Judges the answer to question `number`, 1 to 6.
pub(super) fn judge(number: usize, sentences: &[Sentence], evidence: &Evidence, findings: &mut Findings) {
    use Kind::{TestAccuracy, TrainAccuracy, ValidationAccuracy};
    let (about, kinds): (About, &[Kind]) = match number {
        2 => (About::Normalizing, &[TestAccuracy, TrainAccuracy]),
        4 => (About::Epochs, &[TrainAccuracy, TestAccuracy, ValidationAccuracy]),
        _ => (About::Networks, &[TestAccuracy]),
    };
    let claims = match number {
        5 => {
            probability::judge(sentences, evidence, findings);
            Vec::new()
        }
        _ => claims(sentences, evidence, about, kinds, number == 6),
    };
    match number {
        1 => data_set::judge(sentences, findings),
        2 => normalizing::judge(sentences, &claims, findings),
        3 => layers::judge(sentences, findings),
        4 => epoch::judge(sentences, evidence, findings),
        5 => first_image::judge(sentences, evidence.first_image.as_ref(), findings),
        _ => improvements::judge(sentences, &claims, findings),
    }
    measurements::judge(&claims, findings);
}
