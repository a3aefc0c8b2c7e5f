use crate::nn::model::Sequential;
use crate::nn::score::Measured;
use crate::nn::train::early_stopping::EarlyStopping;
use crate::nn::train::epoch::Epoch;
use crate::nn::train::plan::Plan;
use crate::nn::train::schedule::PlateauState;

/// Steps after which a network has learned something, if it learns at all.
const ENOUGH: usize = 20;

/// How far one `fit` has come: all that decides how its training goes on beside the network itself, and so what a
/// checkpoint holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FitState {
    pub epochs: Vec<Epoch>,
    pub plateau: PlateauState,
    pub early_stopping: Option<EarlyStopping>,
    /// The epoch that early stopping went back to in the end.
    pub restored: Option<usize>,
}

impl FitState {
    pub fn new(plan: &Plan) -> FitState {
        let early_stopping = plan.early_stopping.map(EarlyStopping::new);
        FitState { epochs: Vec::new(), plateau: PlateauState::default(), early_stopping, restored: None }
    }

    pub fn is_over(&self, plan: &Plan) -> bool {
        let done = self.epochs.len();
        done >= plan.epochs || self.early_stopping.as_ref().is_some_and(|early| early.gives_up(done))
    }

    /// Updates the state after an epoch.
    pub fn after(&mut self, epoch: Epoch, plan: &Plan, model: &Sequential) {
        self.plateau.after(&plan.schedule, epoch.validation.unwrap_or(epoch.train).loss);
        if let Some(early_stopping) = &mut self.early_stopping {
            early_stopping.after(&epoch, model);
        }
        self.epochs.push(epoch);
    }

    /// Gives the network the running means of its weights, and goes back to the best ones, where that was asked for.
    /// `within` an epoch, the weights are no longer those that the last whole one has left.
    pub fn finish(&mut self, model: &mut Sequential, within: bool, quiet: bool) {
        model.swap_averages();
        model.parameters_mut().for_each(|parameter| parameter.average = Vec::new());
        let last = self.epochs.len() + usize::from(within);
        let restored = self.early_stopping.as_ref().and_then(|early| early.restore(model, last));
        self.restored = restored;
        if let Some(best) = restored.filter(|_| !quiet) {
            println!("The validation loss was smallest after epoch {best}: its weights are restored.");
        }
        if let Some(sentence) = self.no_progress(model.output_shape().iter().product()).filter(|_| !quiet) {
            println!("{sentence}");
        }
    }

    /// What to say where no epoch was better than guessing among `classes` classes, which costs ln `classes`. After a few
    /// steps no network is.
    fn no_progress(&self, classes: usize) -> Option<String> {
        if self.epochs.iter().map(|epoch| epoch.steps).sum::<usize>() < ENOUGH {
            return None;
        }
        let guessing = (classes as f32).ln();
        let guesses = |epoch: &Epoch| {
            let Measured { loss, accuracy, .. } = *epoch.train;
            loss >= 0.98 * guessing && (accuracy < 2.0 / classes as f32 || loss > 100.0 * guessing)
        };
        let last = self.epochs.last().filter(|_| self.epochs.iter().all(guesses))?;
        Some(format!(
            "The network has not learned: its training loss is {:.4}, and guessing among {classes} classes costs \
             {guessing:.4}. The usual reasons: a learning rate that is too large or far too small, images that were \
             not normalized, labels that belong to other images, or a layer whose neurons are all silent.",
            last.train.loss
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::train::settings::Fit;

    fn said(epochs: &[(f32, f32)]) -> Option<String> {
        let mut state = FitState::new(&Fit::epochs(epochs.len()).plan);
        state.epochs = (1..)
            .zip(epochs)
            .map(|(number, &(loss, accuracy))| {
                let train = Measured { loss, accuracy, samples: 100 }.into();
                Epoch { number, seconds: 1.0, steps: 100, train, validation: None, learning_rate: 0.1 }
            })
            .collect();
        state.no_progress(10)
    }

    #[test]
    fn a_network_that_only_guesses_is_told_and_no_other() {
        for epochs in [&[(2.305, 0.1), (2.305, 0.1)][..], &[(80.0, 0.1), (4.5e13, 0.25)], &[(2.29, 0.11)]] {
            let sentence = said(epochs).unwrap();
            assert!(sentence.starts_with("The network has not learned: its training loss is "), "{sentence}");
        }
        let mut state = FitState::new(&Fit::epochs(1).plan);
        let train = Measured { loss: 2.4, accuracy: 0.1, samples: 100 }.into();
        state.epochs =
            vec![Epoch { number: 1, seconds: 1.0, steps: 1, train, validation: None, learning_rate: 0.1 }];
        assert_eq!(state.no_progress(10), None, "one step teaches little");
        // It rises, or is too sure of itself and still right: that is learning.
        let learning = [&[(2.305, 0.1), (1.9, 0.4)][..], &[(12.0, 0.6)], &[(2.27, 0.25)], &[(1.0, 0.7)], &[]];
        for epochs in learning {
            assert_eq!(said(epochs), None, "{epochs:?}");
        }
    }
}
