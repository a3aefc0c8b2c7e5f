use std::path::Path;

use lab_base::{Error, files};
use safetensors::tensor::{Dtype, SafeTensors};
use serde_json::Value;

use crate::data::Source;
use crate::nn::kernels::Padding;
use crate::nn::layers::layer::channels;
use crate::nn::layers::{Activation, Conv, Init};
use crate::nn::model::saving::dtype;
use crate::nn::model::sequential::Sequential;

/// Bytes that a file of weights may have: hundreds of times as many as the lab's largest network takes.
pub(crate) const LIMIT: u64 = 1 << 30;

impl Sequential {
    /// Reads a network that [`save`](Self::save) wrote. It predicts at once; to train it further, compile
    /// it.
    ///
    /// # Errors
    /// When the file can't be read, is damaged, or holds other tensors than its architecture says.
    pub fn load(path: impl AsRef<Path>) -> Result<Sequential, Error> {
        let path = path.as_ref();
        let bytes = files::read(path, LIMIT).map_err(|e| {
            let expected = format!("the file {}", name_of(path));
            Error::new(
                "reading a network",
                expected,
                e,
                "train it first: the notebook that trains it saves it",
            )
        })?;
        let (_, metadata) = SafeTensors::read_metadata(&bytes).map_err(|e| damaged(path, e))?;
        let sequential = metadata.metadata().as_ref().and_then(|m| m.get("sequential"));
        let sequential = sequential.ok_or_else(|| damaged(path, "no description of the layers"))?;
        let description: Value = serde_json::from_str(sequential).map_err(|e| damaged(path, e))?;
        let mut model = from_description(&description, bytes.len() / size_of::<f32>())
            .ok_or_else(|| damaged(path, format!("the layers {sequential}")))?;
        model.check()?;
        model.take_weights(path, &bytes)?;
        Ok(model)
    }

    /// Replaces the weights by those of a safetensors file, such as PyTorch writes for the same layers.
    ///
    /// # Errors
    /// When the file can't be read, or has other tensors than the network. The network is unchanged then.
    pub fn load_weights(&mut self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let bytes = files::read(path, LIMIT).map_err(|e| {
            Error::new("reading weights", format!("the file {}", name_of(path)), e, "check the path")
        })?;
        self.take_weights(path, &bytes)
    }

    fn take_weights(&mut self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        let tensors = SafeTensors::deserialize(bytes).map_err(|e| damaged(path, e))?;
        let names = self.tensor_names();
        let mut values = Vec::with_capacity(names.len());
        for (name, parameter) in names.iter().zip(self.parameters()) {
            let dtype = dtype(parameter);
            let expected = format!("tensor {name} of shape {:?}, {dtype:?}", parameter.shape);
            let unfit = |found: String| {
                let doing = format!("reading the weights in {}", name_of(path));
                Error::new(doing, &expected, found, "describe the same layers as when the file was written")
            };
            let tensor = tensors.tensor(name).map_err(|_| unfit(format!("only {:?}", sorted(&tensors))))?;
            if tensor.shape() != parameter.shape || tensor.dtype() != dtype {
                return Err(unfit(format!("shape {:?}, {:?}", tensor.shape(), tensor.dtype())));
            }
            values.push(from_bytes(dtype, tensor.data()));
        }
        if tensors.len() != names.len() {
            let doing = format!("reading the weights in {}", name_of(path));
            let found = format!("{:?}", sorted(&tensors));
            let advice = "describe the same layers as when the file was written";
            return Err(Error::new(doing, format!("the tensors {names:?}"), found, advice));
        }
        self.parameters_mut().zip(values).for_each(|(parameter, value)| parameter.value = value);
        Ok(())
    }
}

fn from_bytes(dtype: Dtype, bytes: &[u8]) -> Vec<f32> {
    match dtype {
        Dtype::I64 => bytes.as_chunks().0.iter().map(|b| i64::from_le_bytes(*b) as f32).collect(),
        _ => bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
    }
}

/// None where the description is not one, or a layer has more weights than `most`, the numbers in the file.
fn from_description(description: &Value, most: usize) -> Option<Sequential> {
    let shape = description["input_shape"].as_array()?;
    let shape: Option<Vec<usize>> = shape.iter().map(|n| n.as_u64().map(|n| n as usize)).collect();
    let shape = shape?;
    shape.iter().try_fold(1, |product: usize, n| product.checked_mul(*n))?;
    let mut model = Sequential::new(shape);
    for layer in description["layers"].as_array()? {
        let activation = || Activation::ALL.into_iter().find(|a| layer["activation"] == a.name());
        let init = || Init::ALL.into_iter().find(|i| layer["init"] == i.name());
        model = match layer["layer"].as_str()? {
            "Flatten" => model.flatten(),
            "Dense" => {
                let units = units(layer, model.output_shape(), most)?;
                model.dense_with(units, activation()?, init()?)
            }
            "Conv2D" => conv2d(model, layer, most, activation()?, init()?)?,
            "MaxPooling2D" => model.max_pool2d_with(number(layer, "size")?, number(layer, "stride")?),
            "AveragePooling2D" => model.average_pool2d_with(number(layer, "size")?, number(layer, "stride")?),
            "GlobalAveragePooling2D" => model.global_average_pool2d(),
            "Activation" => model.activation(activation()?),
            "Dropout" => model.dropout(layer["rate"].as_f64()? as f32),
            "BatchNormalization" => model.batch_norm(),
            _ => return None,
        };
    }
    model.seed = description["seed"].as_u64()?;
    model.trained_on = Source::ALL.into_iter().find(|source| description["trained_on"] == source.name());
    Some(model)
}

/// Units of a dense layer on inputs of shape `inputs`, where its weights are `most` or fewer.
fn units(layer: &Value, inputs: &[usize], most: usize) -> Option<usize> {
    let (units, inputs) = (number(layer, "units")?, inputs.iter().product::<usize>().max(1));
    inputs.checked_mul(units).is_some_and(|weights| weights <= most).then_some(units)
}

/// With a convolution behind it whose weights are `most` or fewer.
fn conv2d(
    model: Sequential,
    layer: &Value,
    most: usize,
    activation: Activation,
    init: Init,
) -> Option<Sequential> {
    let (filters, kernel) = (number(layer, "filters")?, number(layer, "kernel")?);
    let sizes = [filters, channels(model.output_shape()), kernel, kernel];
    let weights = sizes.iter().try_fold(1, |product: usize, n| product.checked_mul(*n))?;
    let padding = Padding::ALL.into_iter().find(|p| layer["padding"] == p.name())?;
    let settings = Conv::default().stride(number(layer, "stride")?).padding(padding).init(init);
    (weights <= most).then(|| model.conv2d_with(filters, kernel, activation, settings))
}

fn number(layer: &Value, key: &str) -> Option<usize> {
    usize::try_from(layer[key].as_u64()?).ok()
}

fn damaged(path: &Path, found: impl std::fmt::Display) -> Error {
    let doing = format!("reading the network in {}", name_of(path));
    Error::new(doing, "a safetensors file that this lab wrote", found, "delete the file and train again")
}

/// The file's name alone: notebooks are published, and folders are private.
fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn sorted(tensors: &SafeTensors) -> Vec<String> {
    let mut names: Vec<String> = tensors.names().into_iter().map(|name| name.to_string()).collect();
    names.sort();
    names
}
