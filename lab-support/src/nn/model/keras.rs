//! Weights of Keras: a network that is described in its JSON, with arrays in the order of its `get_weights()`.

use std::path::Path;

use lab_base::Error;
use ndarray::ArrayD;
use safetensors::tensor::SafeTensors;
use serde_json::Value;

use crate::nn::layers::{Parameter, Role};
use crate::nn::model::foreign::{check_numbers, name_of, numbers};
use crate::nn::model::keras_layers::{EPSILON, KERAS_EPSILON, compare, ours, theirs};
use crate::nn::model::sequential::Sequential;

/// The values of all parameters of `model`.
///
/// # Errors
/// When the description is of another network, or the arrays are not those of it.
pub(super) fn values(
    path: &Path,
    model: &Sequential,
    tensors: &SafeTensors,
    description: &str,
) -> Result<Vec<Vec<f32>>, Error> {
    let doing = format!("reading Keras's weights in {}", name_of(path));
    let (ours, theirs) = (ours(model), theirs(description, &doing)?);
    compare(&ours, &theirs, &doing)?;
    let mut values = Vec::new();
    let (mut next, mut flattened) = (0, None);
    for (ours, (_, theirs)) in ours.iter().zip(&theirs) {
        for parameter in &ours.parameters {
            let array = Array { class: ours.class, parameter, flattened };
            let mut numbers = array.read(tensors, next, &doing)?;
            if parameter.name == "running_var" {
                let epsilon = theirs.get("epsilon").and_then(Value::as_f64).unwrap_or(KERAS_EPSILON) as f32;
                numbers.iter_mut().for_each(|variance| *variance += epsilon - EPSILON);
            }
            check_numbers(parameter, &numbers, &format!("array {next}, a {}", parameter.name), &doing)?;
            values.push(numbers);
            next += 1;
        }
        flattened = match (ours.class, ours.input) {
            ("Flatten", &[channels, height, width]) => Some([height, width, channels]),
            ("Dense" | "Flatten" | "GlobalAveragePooling2D", _) => None,
            _ => flattened,
        };
    }
    if tensors.len() != next {
        let advice = "write all of model.get_weights() into the file, and nothing else";
        return Err(Error::new(doing, format!("{next} arrays"), tensors.len(), advice));
    }
    let mut values = values.into_iter();
    let kept = model.parameters().map(|parameter| match parameter.role {
        Role::Counted => parameter.value.clone(),
        _ => values.next().expect("as many as the network has"),
    });
    Ok(kept.collect())
}

/// An array that is to become a parameter.
struct Array<'a> {
    class: &'static str,
    parameter: &'a Parameter,
    /// `[height, width, channels]` of the image whose numbers lie in a row before the layer, as Keras flattens it.
    flattened: Option<[usize; 3]>,
}

impl Array<'_> {
    /// Its shape in Keras, that shape with the image's own in it, and which of these axes come first here.
    fn layout(&self) -> (Vec<usize>, Vec<usize>, Vec<usize>) {
        let shape = &self.parameter.shape;
        let image = self.flattened.map(Vec::from);
        match (self.class, &shape[..]) {
            ("Dense", &[outputs, inputs]) => match image {
                Some(image) => (vec![inputs, outputs], [image, vec![outputs]].concat(), vec![3, 2, 0, 1]),
                None => (vec![inputs, outputs], vec![inputs, outputs], vec![1, 0]),
            },
            ("Conv2D", &[filters, channels, height, width]) => {
                let keras = vec![height, width, channels, filters];
                (keras.clone(), keras, vec![3, 2, 0, 1])
            }
            ("LayerNormalization", &[channels, height, width]) => {
                let keras = vec![height, width, channels];
                (keras.clone(), keras, vec![2, 0, 1])
            }
            ("BatchNormalization" | "LayerNormalization", &[_]) if image.is_some() => {
                (shape.clone(), image.unwrap_or_default(), vec![2, 0, 1])
            }
            _ => (shape.clone(), shape.clone(), (0..shape.len()).collect()),
        }
    }

    fn read(&self, tensors: &SafeTensors, i: usize, doing: &str) -> Result<Vec<f32>, Error> {
        let (keras, split, axes) = self.layout();
        let expected =
            format!("array {i}, the {} of {}, of shape {keras:?}", self.parameter.name, self.class);
        let refuse = |found: String| {
            let advice = "describe the same layers as in Keras, with input of the same shape, channels first";
            Error::new(doing, &expected, found, advice)
        };
        let tensor =
            tensors.tensor(&i.to_string()).map_err(|_| refuse(format!("{} arrays", tensors.len())))?;
        if tensor.shape() != keras {
            return Err(refuse(format!("shape {:?}", tensor.shape())));
        }
        let numbers = numbers(&tensor, false).ok_or_else(|| refuse(format!("{:?}", tensor.dtype())))?;
        let array = ArrayD::from_shape_vec(split, numbers).map_err(|e| refuse(e.to_string()))?;
        Ok(array.permuted_axes(axes).iter().copied().collect())
    }
}
