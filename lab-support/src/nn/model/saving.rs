use std::path::Path;

use lab_base::Error;
use lab_base::files;
use safetensors::tensor::{Dtype, TensorView};
use serde::{Deserialize, Serialize};

use crate::data::Source;
use crate::nn::layers::{Parameter, Role};
use crate::nn::model::provenance::Provenance;
use crate::nn::model::sequential::Sequential;
use crate::nn::model::spec::NetworkSpec;

/// What a file says of a network beside its numbers.
#[derive(Serialize, Deserialize)]
pub(super) struct Saved {
    #[serde(flatten)]
    pub network: NetworkSpec,
    pub trained_on: Option<Source>,
    /// Missing in files of earlier versions.
    pub provenance: Option<Provenance>,
}

impl Sequential {
    /// Writes weights and architecture to a safetensors file, which appears whole or not at all.
    ///
    /// The tensors are named and shaped as in the `state_dict()` of the same `torch.nn.Sequential`, where
    /// an activation is a layer of its own: `1.weight` `[128, 784]`, `1.bias`, `3.weight`, `3.bias`. The
    /// architecture, which of it is frozen, and the images that it has learned from are the metadata's entry
    /// `sequential`, in JSON.
    ///
    /// # Errors
    /// When the description has a mistake, or the file can't be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        self.check()?;
        let tensors =
            self.tensor_names().into_iter().zip(self.parameters()).map(|(name, parameter)| {
                (name, parameter.shape.clone(), dtype(parameter), to_bytes(parameter))
            });
        let tensors: Vec<_> = tensors.collect();
        let views = tensors.iter().map(|(name, shape, dtype, bytes)| {
            let view = TensorView::new(*dtype, shape.clone(), bytes).expect("as many bytes as numbers need");
            (name, view)
        });
        let saved = Saved {
            network: self.spec(),
            trained_on: self.trained_on,
            provenance: Some(self.provenance.clone()),
        };
        let saved = serde_json::to_string(&saved).expect("a description is plain numbers and text");
        let metadata = [("sequential".to_string(), saved)].into_iter().collect();
        let bytes = safetensors::serialize(views, Some(metadata)).map_err(|e| {
            Error::doing("writing a network's weights")
                .expected("tensors that fit the format")
                .failed(e)
                .advice("report this as a bug")
        })?;
        files::write_atomically(path.as_ref(), &bytes)
    }

    /// The description of the network, without its numbers, in JSON: input shape, layers with all their settings, seed, and
    /// what is frozen. Keras's `model.to_json()`.
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.spec()).expect("a description is plain numbers and text")
    }

    /// As PyTorch numbers them: every layer counts, and so does every activation that is not linear.
    pub(crate) fn tensor_names(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut index = 0;
        for layer in &self.layers {
            names.extend(layer.parameters().iter().map(|parameter| format!("{index}.{}", parameter.name)));
            index += layer.layers_in_pytorch();
        }
        names
    }
}

/// How PyTorch stores it.
pub(super) fn dtype(parameter: &Parameter) -> Dtype {
    if parameter.role == Role::Counted { Dtype::I64 } else { Dtype::F32 }
}

fn to_bytes(parameter: &Parameter) -> Vec<u8> {
    match dtype(parameter) {
        Dtype::I64 => parameter.value.iter().flat_map(|v| (*v as i64).to_le_bytes()).collect(),
        _ => parameter.value.iter().flat_map(|v| v.to_le_bytes()).collect(),
    }
}
