//! A network layer by layer, for programs that write it in another form.

use lab_base::Error;
use ndarray::ArrayD;

use crate::nn::layers::{LayerSpec, Role};
use crate::nn::model::sequential::Sequential;

/// A layer of a network: what it is, and what it has learned.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerInfo {
    /// What it is, all settings included.
    pub spec: LayerSpec,
    /// Shape of one image before it. Images are `[channels, height, width]`, or `[height, width]` as given to
    /// [`Sequential::new`].
    pub input_shape: Vec<usize>,
    /// Shape of one image behind it.
    pub output_shape: Vec<usize>,
    /// Its numbers by name, named and shaped as in the `state_dict()` of the same `torch.nn.Sequential`: `1.weight`
    /// `[outputs, inputs]`, `1.bias`, and of batch normalization also `running_mean` and `running_var`.
    pub tensors: Vec<(String, ArrayD<f32>)>,
}

impl Sequential {
    /// All layers, with copies of their numbers.
    ///
    /// ```
    /// # use lab_support::prelude::*;
    /// let model = Sequential::new([28, 28]).flatten().dense(10, Softmax);
    /// let last = &model.layers()?[1];
    /// assert_eq!((&last.output_shape[..], &last.tensors[0].0[..]), (&[10][..], "1.weight"));
    /// # Ok::<(), lab_support::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the description has a mistake.
    pub fn layers(&self) -> Result<Vec<LayerInfo>, Error> {
        self.check()?;
        let mut names = self.tensor_names().into_iter();
        let mut input_shape = self.input_shape.clone();
        let layers = self.layers.iter().map(|layer| {
            let named = layer.parameters().iter().zip(names.by_ref());
            let learned = named.filter(|(parameter, _)| parameter.role != Role::Counted);
            let tensors = learned.map(|(parameter, name)| {
                let array = ArrayD::from_shape_vec(&parameter.shape[..], parameter.value.clone());
                (name, array.expect("as many as its shape says"))
            });
            let tensors = tensors.collect();
            let output_shape = layer.output_shape().to_vec();
            let input_shape = std::mem::replace(&mut input_shape, output_shape.clone());
            LayerInfo { spec: layer.spec(), input_shape, output_shape, tensors }
        });
        Ok(layers.collect())
    }
}
