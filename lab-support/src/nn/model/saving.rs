use std::path::Path;

use lab_base::Error;
use lab_base::files;
use safetensors::tensor::{Dtype, TensorView};
use serde_json::{Value, json};

use crate::data::Source;
use crate::nn::layers::{Parameter, Role};
use crate::nn::model::sequential::Sequential;

impl Sequential {
    /// Writes weights and architecture to a safetensors file, which appears whole or not at all.
    ///
    /// The tensors are named and shaped as in the `state_dict()` of the same `torch.nn.Sequential`, where
    /// an activation is a layer of its own: `1.weight` `[128, 784]`, `1.bias`, `3.weight`, `3.bias`. The
    /// architecture is the metadata's entry `sequential`, in JSON.
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
        let mut sequential = self.description();
        sequential["trained_on"] = json!(self.trained_on.map(Source::name));
        let metadata = [("sequential".to_string(), sequential.to_string())].into_iter().collect();
        let bytes = safetensors::serialize(views, Some(metadata)).map_err(|e| {
            Error::new(
                "writing a network's weights",
                "tensors that fit the format",
                e,
                "report this as a bug",
            )
        })?;
        files::write_atomically(path.as_ref(), &bytes)
    }

    /// Everything that is needed to build the network again.
    pub(crate) fn description(&self) -> Value {
        let layers: Vec<Value> = self.layers.iter().map(|layer| layer.config()).collect();
        json!({ "input_shape": self.input_shape, "layers": layers, "seed": self.seed })
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
