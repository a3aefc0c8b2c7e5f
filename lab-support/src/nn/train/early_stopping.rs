use crate::nn::model::Sequential;
use crate::nn::train::epoch::Epoch;

/// Ends training when the validation loss no longer falls, and goes back to the best weights. (Prechelt, 1998;
/// Keras's `EarlyStopping` with `restore_best_weights`.)
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EarlyStopping {
    /// Epochs without a smaller validation loss after which training ends.
    patience: usize,
    /// None before the first epoch.
    pub best: Option<Best>,
}

/// The epoch with the smallest validation loss so far.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Best {
    pub epoch: usize,
    pub loss: f32,
    /// The values of all parameters, in the network's order.
    pub values: Vec<Vec<f32>>,
}

impl EarlyStopping {
    pub fn new(patience: usize) -> EarlyStopping {
        EarlyStopping { patience, best: None }
    }

    /// True where `epochs` epochs are enough.
    pub fn gives_up(&self, epochs: usize) -> bool {
        self.best.as_ref().is_some_and(|best| epochs - best.epoch >= self.patience)
    }

    /// Compares an epoch that has just ended with the best so far.
    pub fn after(&mut self, epoch: &Epoch, model: &Sequential) {
        let loss = epoch.validation.map_or(f32::INFINITY, |score| score.loss);
        if self.best.as_ref().is_none_or(|best| loss < best.loss) {
            let values = model.parameters().map(|parameter| parameter.value.clone()).collect();
            self.best = Some(Best { epoch: epoch.number, loss, values });
        }
    }

    /// Gives the network its best weights back. Returns their epoch, or None where these are the last one's.
    pub fn restore(&self, model: &mut Sequential, last: usize) -> Option<usize> {
        let best = self.best.as_ref().filter(|best| best.epoch < last)?;
        let parameters = model.parameters_mut().zip(&best.values);
        parameters.for_each(|(parameter, value)| parameter.value.copy_from_slice(value));
        Some(best.epoch)
    }
}
