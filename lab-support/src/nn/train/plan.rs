use std::fmt;

use lab_base::Error;
use serde::{Deserialize, Serialize};

use crate::nn::loss::CrossEntropy;
use crate::nn::train::augment::Augment;
use crate::nn::train::schedule::Schedule;

/// What of [`Fit`](crate::nn::Fit) has a say in the result, the data apart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Plan {
    pub epochs: usize,
    pub batch_size: usize,
    pub schedule: Schedule,
    pub augment: Option<Augment>,
    pub clip_norm: Option<f32>,
    pub early_stopping: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class_weight: Option<Vec<f32>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average: Option<f32>,
}

/// More than anyone waits for.
const MOST_EPOCHS: usize = 1_000_000;

impl Plan {
    /// # Errors
    /// When a number is out of its range.
    pub fn check(&self) -> Result<(), Error> {
        let Plan { epochs, batch_size, early_stopping, clip_norm, average, .. } = *self;
        let refused = |expected: &str, found: &dyn fmt::Display, advice: &str| {
            Err(Error::new("reading how to train", expected, found, advice))
        };
        let whole =
            [("epochs", epochs), ("batch_size", batch_size), ("early_stopping", early_stopping.unwrap_or(1))];
        if let Some((what, value)) = whole.into_iter().find(|(_, value)| *value == 0) {
            let advice = "write Fit::epochs(10).batch_size(32).early_stopping(5)";
            return refused(&format!("{what} to be at least 1"), &value, advice);
        }
        if epochs > MOST_EPOCHS {
            let advice = "write Fit::epochs(10), and early_stopping(5)";
            return refused(&format!("at most {MOST_EPOCHS} epochs"), &epochs, advice);
        }
        if let Some(most) = clip_norm.filter(|most| !(*most > 0.0 && most.is_finite())) {
            let expected = "clip_norm to be a finite number above 0";
            return refused(expected, &most, "its usual value is 1");
        }
        let is_weight = |weight: &f32| *weight >= 0.0 && weight.is_finite();
        let are_weights = |all: &[f32]| all.iter().all(is_weight) && all.iter().any(|weight| *weight != 0.0);
        if let Some(weights) = self.class_weight.as_deref().filter(|weights| !are_weights(weights)) {
            let expected = "class weights that are finite numbers of at least 0, and not all 0";
            return refused(expected, &format!("{weights:?}"), "a class that counts as usual has 1");
        }
        if let Some(memory) = average.filter(|memory| !(*memory > 0.0 && *memory < 1.0)) {
            let expected = "average_weights to be a number above 0 and below 1";
            return refused(expected, &memory, "its usual value is 0.999");
        }
        Ok(())
    }

    /// # Errors
    /// When there is not one class weight for each of so many classes.
    pub fn check_class_weights(&self, classes: usize) -> Result<(), Error> {
        match self.class_weight.as_ref().filter(|weights| weights.len() != classes) {
            Some(weights) => Err(Error::new(
                "reading how to train",
                format!("a class weight for each of the {classes} classes"),
                weights.len(),
                format!("start from `let mut weights = vec![1.0; {classes}];`"),
            )),
            None => Ok(()),
        }
    }

    /// What was chosen beside the batch size, for people: `cosine, warm-up 2; gradients clipped to 1`.
    pub fn words(&self, loss: CrossEntropy) -> String {
        let patience = self.early_stopping.map(|patience| format!("early stopping after {patience}"));
        let clip = self.clip_norm.map(|most| format!("gradients clipped to {most}"));
        let augment = self.augment.map(|augment| augment.to_string());
        let average = self.average.map(|memory| format!("weights averaged with memory {memory}"));
        let weights = self.class_weight.as_ref().map(|weights| {
            let others = weights.iter().enumerate().filter(|(_, weight)| **weight != 1.0);
            let others: Vec<String> = others.map(|(class, weight)| format!("{class}: {weight}")).collect();
            format!("class weights {}", if others.is_empty() { "1".into() } else { others.join(", ") })
        });
        let parts = [self.schedule.name(), augment, loss.name(), weights, clip, average, patience];
        parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
    }
}
