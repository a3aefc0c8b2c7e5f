//! What must hold before a network computes anything: its description, its data, its loss.

use lab_base::Error;

use crate::nn::loss::CrossEntropy;
use crate::nn::model::samples::Samples;
use crate::nn::model::sequential::Sequential;
use crate::nn::optim::{Muon, Optimizer};

impl Sequential {
    /// # Errors
    /// When the description has a mistake, or no layers.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if let Some(mistake) = &self.mistake {
            return Err(mistake.clone());
        }
        if self.layers.is_empty() {
            return Err(Error::new(
                "reading the description of a network",
                "at least one layer",
                "none",
                "write Sequential::new([28, 28]).flatten().dense(10, Linear)",
            ));
        }
        Ok(())
    }

    /// # Errors
    /// When `data` is empty, or its images or labels are not what the network takes and gives.
    pub(crate) fn check_fits(&self, data: &impl Samples, doing: &str) -> Result<(), Error> {
        self.check()?;
        let (inputs, outputs): (usize, usize) =
            (self.input_shape.iter().product(), self.output_shape().iter().product());
        if data.len() == 0 {
            let advice = "check how the data set was split";
            return Err(Error::new(doing, "at least one image", "an empty data set", advice));
        }
        if data.features() != inputs {
            return Err(Error::new(
                doing,
                format!(
                    "images of {inputs} numbers, as the network's input shape {:?} says",
                    self.input_shape
                ),
                format!("images of {} numbers", data.features()),
                "give Sequential::new the shape of one image",
            ));
        }
        let largest = (0..data.len()).map(|i| data.label(i)).max().unwrap_or(0);
        if largest >= outputs {
            return Err(Error::new(
                doing,
                format!("labels below {outputs}, the network's number of outputs"),
                format!("label {largest}"),
                format!("end the network with .dense({}, Linear)", largest + 1),
            ));
        }
        Ok(())
    }

    pub(crate) fn checked_compilation(&self) -> Result<(Optimizer, CrossEntropy), Error> {
        self.check()?;
        let (optimizer, loss) = self.compiled.ok_or_else(|| {
            Error::new(
                "starting to train",
                "a compiled network",
                "one without optimizer and loss",
                "call model.compile(Adam::default(), CrossEntropy::from_logits()) first",
            )
        })?;
        optimizer.settings().check()?;
        loss.check()?;
        self.check_loss(loss, "starting to train")?;
        if matches!(optimizer, Optimizer::Muon(_)) && !self.parameters().any(Muon::is_for) {
            let advice = "compile with AdamW, which is what Muon does to all other layers";
            let expected = "a network with convolutions, for Muon";
            return Err(Error::new("starting to train", expected, self.architecture(), advice));
        }
        Ok((optimizer, loss))
    }

    /// # Errors
    /// When the loss takes logits and the network gives probabilities, or the other way round.
    pub(crate) fn check_loss(&self, loss: CrossEntropy, doing: &str) -> Result<(), Error> {
        let (found, advice) = match (loss.wants_logits(), self.ends_in_softmax()) {
            (true, true) => (
                "a softmax before a loss that takes logits",
                "compile with CrossEntropy::from_probabilities()",
            ),
            (false, false) => (
                "no softmax before a loss that takes probabilities",
                "compile with CrossEntropy::from_logits()",
            ),
            _ => return Ok(()),
        };
        Err(Error::new(doing, "a loss that fits the last layer", found, advice))
    }
}
