use crate::nn::model::Sequential;
use crate::nn::train::early_stopping::EarlyStopping;
use crate::nn::train::history::Epoch;
use crate::nn::train::recipe::Fit;
use crate::nn::train::schedule::PlateauState;

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
    pub fn new(plan: &Fit) -> FitState {
        let early_stopping = plan.early_stopping.map(EarlyStopping::new);
        FitState { epochs: Vec::new(), plateau: PlateauState::default(), early_stopping, restored: None }
    }

    pub fn is_over(&self, plan: &Fit) -> bool {
        let done = self.epochs.len();
        done >= plan.epochs || self.early_stopping.as_ref().is_some_and(|early| early.gives_up(done))
    }

    /// Updates the state after an epoch.
    pub fn after(&mut self, epoch: Epoch, plan: &Fit, model: &Sequential) {
        self.plateau.after(&plan.schedule, epoch.validation.unwrap_or(epoch.train).loss);
        if let Some(early_stopping) = &mut self.early_stopping {
            early_stopping.after(&epoch, model);
        }
        self.epochs.push(epoch);
    }

    /// Goes back to the best weights, where that was asked for.
    pub fn finish(&mut self, model: &mut Sequential, quiet: bool) {
        let Some(best) =
            self.early_stopping.as_ref().and_then(|early| early.restore(model, self.epochs.len()))
        else {
            return;
        };
        self.restored = Some(best);
        if !quiet {
            println!("The validation loss was smallest after epoch {best}: its weights are restored.");
        }
    }
}
