//! Networks as ONNX, the form in which onnxruntime and many others compute them.

mod graph;
mod layers;
mod proto;

use std::path::Path;

use lab_base::files;
use lab_support::Error;
use lab_support::nn::{Activation, LayerSpec, Sequential};
use prost::Message;

use crate::onnx::graph::Builder;
use crate::onnx::proto::{Entry, Model, OperatorSet};

/// The version of ONNX's operators, and that of the format which came with it: onnxruntime knows both from 1.18 on.
const OPSET: i64 = 21;
const IR_VERSION: i64 = 10;

/// Writing a network as ONNX.
pub trait Onnx {
    /// Writes the network as it predicts: dropout does nothing, batch normalization uses its running means.
    ///
    /// Its input is `input`, float32 of shape `[batch, ...]` with the shape that [`Sequential::new`] was given, scaled as in
    /// training; its output is `logits`, or `probabilities` where the network ends in a softmax. `batch` is as many images as
    /// it is asked about. Opset 21. The weights have the names of PyTorch's `state_dict()`.
    ///
    /// ```
    /// use lab_exchange::*;
    /// use lab_support::prelude::*;
    ///
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("model.onnx");
    /// let model = Sequential::new([28, 28]).flatten().dense(128, Relu).dense(10, Linear);
    /// model.save_onnx(&path)?;
    /// # Ok::<(), lab_support::Error>(())
    /// ```
    ///
    /// ```python
    /// import onnxruntime
    /// session = onnxruntime.InferenceSession("model.onnx")
    /// logits, = session.run(None, {"input": images})       # float32, (n, 28, 28)
    /// ```
    ///
    /// # Errors
    /// When the description of the network has a mistake, or the file can't be written.
    fn save_onnx(&self, path: impl AsRef<Path>) -> Result<(), Error>;
}

impl Onnx for Sequential {
    fn save_onnx(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        files::write_atomically(path.as_ref(), &model(self)?.encode_to_vec())
    }
}

fn model(network: &Sequential) -> Result<Model, Error> {
    let layers = network.layers()?;
    let mut graph = Builder::default();
    let (mut tensor, mut before) = (INPUT.to_string(), Vec::new());
    for (i, layer) in layers.iter().enumerate() {
        graph.layer = format!("layer{i}");
        before.push(tensor.clone());
        tensor = layers::add(&mut graph, layer, &tensor, &before);
        graph.shape(&tensor, &layer.output_shape);
    }
    let learned = layers
        .iter()
        .rev()
        .find(|layer| !matches!(layer.spec, LayerSpec::Dropout { .. } | LayerSpec::Flatten));
    let is_softmax = learned.is_some_and(|layer| {
        matches!(
            layer.spec,
            LayerSpec::Dense { activation: Activation::Softmax, .. }
                | LayerSpec::Activation { activation: Activation::Softmax }
        )
    });
    let output = if is_softmax { "probabilities" } else { "logits" };
    let input_shape = layers.first().map_or(&[][..], |layer| &layer.input_shape);
    let name = network.architecture();
    let graph = graph.finish(name, (INPUT, input_shape), &tensor, (output, network.output_shape()));
    let trained_on =
        network.trained_on().map(|source| Entry { key: "trained_on".into(), value: source.name().into() });
    let notice =
        network.trained_on().and_then(|source| source.notice()).map(|notice| format!("trained on: {notice}"));
    Ok(Model {
        ir_version: IR_VERSION,
        producer_name: "lab-exchange".into(),
        producer_version: env!("CARGO_PKG_VERSION").into(),
        doc_string: notice.unwrap_or_default(),
        graph: Some(graph),
        opset_import: vec![OperatorSet { domain: String::new(), version: OPSET }],
        metadata_props: trained_on.into_iter().collect(),
    })
}

const INPUT: &str = "input";

#[cfg(test)]
mod tests;
