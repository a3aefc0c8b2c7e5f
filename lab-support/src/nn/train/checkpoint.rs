use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use lab_base::Error;
use lab_base::{files, home};
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};

use crate::nn::model::{Sequential, WEIGHTS_LIMIT};
use crate::nn::train::early_stopping::Best;
use crate::nn::train::epoch::Epoch;
use crate::nn::train::plan::Plan;
use crate::nn::train::recipe::Recipe;
use crate::nn::train::schedule::PlateauState;
use crate::nn::train::state::FitState;

/// A file with all that decides how the training goes on of a training, written after each epoch: weights, the
/// optimizer's running means, the best weights so far, the count of steps and epochs (which fix the next shuffle),
/// the history.
///
/// A safetensors file: each parameter under its name in PyTorch, the running means (the optimizer's, and of the weights
/// where they are kept) and the best weights under the same name with an ending; the metadata's entry `checkpoint` is a
/// [`Note`] in JSON.
pub(crate) struct Checkpoint {
    file: PathBuf,
    /// What all parts of a training have in common.
    recipe: Recipe,
    purpose: Purpose,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Purpose {
    /// To go on after an interruption: written after each epoch, removed at the end.
    Resume { quiet: bool },
    /// To have the result again without training: written at the end, if that took so many seconds.
    Reuse { least_seconds: f64 },
}

#[derive(Serialize, Deserialize)]
struct Note {
    recipe: Recipe,
    steps: u64,
    epochs: u64,
    history: Vec<Epoch>,
    #[serde(alias = "decline")]
    plateau: PlateauState,
    /// Epoch and loss of the best weights.
    best: Option<(usize, f32)>,
}

const MOMENTS: [&str; 2] = [".first_moment", ".second_moment"];
const BEST: &str = ".best";
const AVERAGE: &str = ".average";

impl Checkpoint {
    /// Of one training, to be resumed from `file`.
    pub fn new(file: PathBuf, recipe: Recipe, quiet: bool) -> Checkpoint {
        Checkpoint { file, recipe, purpose: Purpose::Resume { quiet } }
    }

    /// Of any training that took `least_seconds` or more, for the next one that would come to the same: a file in
    /// `folder`, named after its recipe.
    pub fn reused(folder: &Path, recipe: Recipe, least_seconds: f64) -> Checkpoint {
        let file = folder.join(format!("{}.safetensors", recipe.digest()));
        Checkpoint { file, recipe, purpose: Purpose::Reuse { least_seconds } }
    }

    /// Whether what it holds is a whole training, to be shown as if it took place now.
    pub fn is_reused(&self) -> bool {
        matches!(self.purpose, Purpose::Reuse { .. })
    }

    /// # Errors
    /// When it can't be written.
    pub fn after_epoch(&self, model: &Sequential, state: &FitState) -> Result<(), Error> {
        if self.is_reused() { Ok(()) } else { self.write(model, state) }
    }

    /// When all epochs are done, and nothing has been restored yet.
    ///
    /// # Errors
    /// When it can't be written, or removed.
    pub fn after_training(&self, model: &Sequential, state: &FitState) -> Result<(), Error> {
        match self.purpose {
            Purpose::Resume { .. } => self.remove(),
            Purpose::Reuse { least_seconds } => {
                let took: f64 = state.epochs.iter().map(|epoch| epoch.seconds).sum();
                if took < least_seconds { Ok(()) } else { self.write(model, state) }
            }
        }
    }

    /// Writes the file anew; a reader sees the old one or the new one.
    ///
    /// # Errors
    /// When it can't be written.
    fn write(&self, model: &Sequential, state: &FitState) -> Result<(), Error> {
        let best = state.early_stopping.as_ref().and_then(|early| early.best.as_ref());
        let note = Note {
            recipe: self.recipe.clone(),
            steps: model.steps,
            epochs: model.epochs,
            history: state.epochs.clone(),
            plateau: state.plateau,
            best: best.map(|best| (best.epoch, best.loss)),
        };
        let note = serde_json::to_string(&note).expect("a note is plain numbers and text");
        let mut tensors = Vec::new();
        for (i, (name, parameter)) in model.tensor_names().into_iter().zip(model.parameters()).enumerate() {
            let moments = MOMENTS.into_iter().zip(&parameter.moments);
            tensors.extend(moments.map(|(ending, numbers)| (format!("{name}{ending}"), bytes(numbers))));
            if !parameter.average.is_empty() {
                tensors.push((format!("{name}{AVERAGE}"), bytes(&parameter.average)));
            }
            tensors.extend(best.map(|best| (format!("{name}{BEST}"), bytes(&best.values[i]))));
            tensors.push((name, bytes(&parameter.value)));
        }
        let views = tensors.iter().map(|(name, bytes)| {
            let view = TensorView::new(Dtype::F32, vec![bytes.len() / size_of::<f32>()], bytes);
            (name, view.expect("4 bytes for each number"))
        });
        let metadata = [("checkpoint".into(), note)].into_iter().collect();
        let bytes = safetensors::serialize(views, Some(metadata));
        let bytes = bytes.map_err(|e| {
            Error::doing("writing a checkpoint")
                .expected("tensors that fit the format")
                .failed(e)
                .advice("report this as a bug")
        })?;
        files::write_atomically(&self.file, &bytes)
    }

    /// How far training has come: nowhere yet where there is no file; otherwise the network becomes what it was
    /// then.
    ///
    /// # Errors
    /// When the file can't be read, is damaged, or is of another training. The network is unchanged then.
    pub fn resume(&self, model: &mut Sequential) -> Result<FitState, Error> {
        let Plan { epochs: all, .. } = self.recipe.plan;
        match (self.read(model), self.purpose) {
            // What can't be read is trained again, and written in its place.
            (Err(_), Purpose::Reuse { .. }) => Ok(FitState::new(&self.recipe.plan)),
            (Ok(state), Purpose::Resume { quiet: false }) if !state.epochs.is_empty() => {
                let done = state.epochs.len();
                println!("Continuing after epoch {done} of {all}, as {} says.", home::display(&self.file));
                Ok(state)
            }
            (read, _) => read,
        }
    }

    fn read(&self, model: &mut Sequential) -> Result<FitState, Error> {
        let bytes = match files::read(&self.file, WEIGHTS_LIMIT) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(FitState::new(&self.recipe.plan)),
            Err(e) => return Err(self.refuse("a file that can be read", e, "check its permissions")),
        };
        let (_, metadata) = SafeTensors::read_metadata(&bytes).map_err(|e| self.damaged(e))?;
        let note = metadata.metadata().as_ref().and_then(|entries| entries.get("checkpoint"));
        let note = note.ok_or_else(|| {
            let advice = "give this training another name, or move that file away";
            self.refuse("a checkpoint that this lab wrote", "no note of how far training had come", advice)
        })?;
        let note: Note = serde_json::from_str(note).map_err(|e| self.damaged(e))?;
        if let Some((what, here, there)) = self.recipe.difference(&note.recipe) {
            let expected = format!("a checkpoint of this training, whose {what} is {here}");
            let advice =
                "give this training another name; where the other one is no longer wanted, delete that file";
            return Err(self.refuse(expected, there, advice));
        }
        self.restore(model, &note, &bytes)
    }

    /// # Errors
    /// When the file can't be removed.
    fn remove(&self) -> Result<(), Error> {
        fs::remove_file(&self.file).map_err(|e| {
            let doing =
                format!("removing the checkpoint of a complete training, {}", home::display(&self.file));
            Error::doing(doing)
                .expected("a file that can be removed")
                .failed(e)
                .advice("remove it by hand before you train again")
        })
    }

    /// Reads everything before it changes anything.
    fn restore(&self, model: &mut Sequential, note: &Note, bytes: &[u8]) -> Result<FitState, Error> {
        let tensors = SafeTensors::deserialize(bytes).map_err(|e| self.damaged(e))?;
        let read = |name: String, n: usize| {
            let tensor = tensors.tensor(&name).map_err(|e| self.damaged(e))?;
            if tensor.dtype() != Dtype::F32 || tensor.shape() != [n] {
                return Err(self.damaged(format!("{name} of shape {:?}", tensor.shape())));
            }
            Ok(tensor.data().as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect::<Vec<f32>>())
        };
        let (mut parameters, mut best) = (Vec::new(), Vec::new());
        for (name, parameter) in model.tensor_names().into_iter().zip(model.parameters()) {
            let [first, second] = &parameter.moments;
            let first = read(format!("{name}{}", MOMENTS[0]), first.len())?;
            let second = read(format!("{name}{}", MOMENTS[1]), second.len())?;
            if note.best.is_some() {
                best.push(read(format!("{name}{BEST}"), parameter.value.len())?);
            }
            let averaged = self.recipe.plan.average.is_some() && !note.history.is_empty();
            let average =
                if averaged { read(format!("{name}{AVERAGE}"), parameter.value.len())? } else { Vec::new() };
            parameters.push((read(name, parameter.value.len())?, [first, second], average));
        }
        let mut state = FitState::new(&self.recipe.plan);
        state.epochs = note.history.clone();
        state.plateau = note.plateau;
        if let Some(early_stopping) = &mut state.early_stopping {
            early_stopping.best = note.best.map(|(epoch, loss)| Best { epoch, loss, values: best });
        }
        (model.steps, model.epochs) = (note.steps, note.epochs);
        for (parameter, (value, moments, average)) in model.parameters_mut().zip(parameters) {
            (parameter.value, parameter.moments, parameter.average) = (value, moments, average);
        }
        Ok(state)
    }

    fn refuse(
        &self,
        expected: impl fmt::Display,
        found: impl fmt::Display,
        advice: impl fmt::Display,
    ) -> Error {
        Error::new(format!("reading the checkpoint {}", home::display(&self.file)), expected, found, advice)
    }

    fn damaged(&self, found: impl fmt::Display) -> Error {
        self.refuse("a checkpoint that this lab wrote", found, "delete that file to begin again")
    }
}

fn bytes(numbers: &[f32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}
