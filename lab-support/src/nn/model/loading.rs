use std::path::Path;

use lab_base::Error;
use safetensors::tensor::SafeTensors;
use serde_json::Value;

use crate::data::Source;
use crate::nn::kernels::Padding;
use crate::nn::layers::layer::channels;
use crate::nn::layers::{Activation, Conv, Init};
use crate::nn::model::foreign::{self, unreadable};
use crate::nn::model::sequential::Sequential;

impl Sequential {
    /// Reads a network that [`save`](Self::save) wrote. It predicts at once; to train it further, compile
    /// it.
    ///
    /// # Errors
    /// When the file can't be read, is damaged, or holds other tensors than its architecture says.
    pub fn load(path: impl AsRef<Path>) -> Result<Sequential, Error> {
        let path = path.as_ref();
        let missing = "train it first: the notebook that trains it saves it";
        let bytes = foreign::read(path, "reading a network", missing)?;
        foreign::tensors(path, &bytes)?;
        let unfit = |expected: &str, found: String, advice: &str| unreadable(path, expected, found, advice);
        let (_, header) = SafeTensors::read_metadata(&bytes)
            .map_err(|e| unfit("a safetensors file", e.to_string(), "save the network again"))?;
        let entry = |name: &str| header.metadata().as_ref().and_then(|entries| entries.get(name));
        let expected = "a network that `save` wrote";
        let sequential = entry("sequential").ok_or_else(|| match entry("checkpoint") {
            Some(_) => {
                let advice = "call `fit` with the same checkpoint to go on with it";
                unfit(expected, "the checkpoint of a training".into(), advice)
            }
            None => {
                let advice = "describe the layers, and read their weights with model.load_weights(path)";
                unfit(expected, "no description of the layers".into(), advice)
            }
        })?;
        let mut model = serde_json::from_str(sequential)
            .ok()
            .and_then(|description: Value| from_description(&description, bytes.len() / 2))
            .ok_or_else(|| {
                let found = format!("a description that is none: {}", beginning(sequential));
                let advice = "describe the layers, and read their weights with model.load_weights(path)";
                unfit(expected, found, advice)
            })?;
        model.check()?;
        model.take_weights(path, &bytes)?;
        Ok(model)
    }

    /// Replaces the weights by those of a safetensors file, such as PyTorch writes for the same layers: floats of 16
    /// bits (both kinds), 32 or 64. The optimizer forgets what it did before.
    ///
    /// # Errors
    /// When the file can't be read, has other tensors than the network, or numbers in them that are not finite. The
    /// network is unchanged then.
    pub fn load_weights(&mut self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let bytes = foreign::read(path, "reading weights", "check the path")?;
        self.check()?;
        self.take_weights(path, &bytes)
    }

    fn take_weights(&mut self, path: &Path, bytes: &[u8]) -> Result<(), Error> {
        let tensors = foreign::tensors(path, bytes)?;
        let names = self.tensor_names();
        let all = names.iter().zip(self.parameters());
        let values = all.map(|(name, parameter)| foreign::values(path, &tensors, &names, name, parameter));
        let values = values.collect::<Result<Vec<_>, Error>>()?;
        if tensors.len() != names.len() {
            let doing = format!("reading the weights in {}", foreign::name_of(path));
            let found = foreign::sorted(&tensors);
            let more: Vec<&String> = found.iter().filter(|name| !names.contains(name)).collect();
            let advice = format!(
                "save the network's own tensors alone, without {more:?}; or describe the layers they are of"
            );
            return Err(Error::new(doing, format!("the tensors {names:?}"), format!("{found:?}"), advice));
        }
        self.parameters_mut().zip(values).for_each(|(parameter, value)| parameter.value = value);
        self.forget_steps();
        self.has_learned();
        self.reused = self.learned;
        Ok(())
    }
}

/// None where the description is not one, or its layers together have more weights than `most`, which the file may hold.
fn from_description(description: &Value, mut most: usize) -> Option<Sequential> {
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
                let units = number(layer, "units")?;
                let inputs = model.output_shape().iter().product();
                take(&mut most, &[inputs, units])?;
                model.dense_with(units, activation()?, init()?)
            }
            "Conv2D" => conv2d(model, layer, &mut most, activation()?, init()?)?,
            "MaxPooling2D" => model.max_pool2d_with(number(layer, "size")?, number(layer, "stride")?),
            "AveragePooling2D" => model.average_pool2d_with(number(layer, "size")?, number(layer, "stride")?),
            "GlobalAveragePooling2D" => model.global_average_pool2d(),
            "Activation" => model.activation(activation()?),
            "Dropout" => model.dropout(layer["rate"].as_f64()? as f32),
            "BatchNormalization" => {
                let numbers = if let [numbers] = model.output_shape() { *numbers } else { 0 };
                take(&mut most, &[4, numbers.max(channels(model.output_shape()))])?;
                model.batch_norm()
            }
            _ => return None,
        };
    }
    model.seed = description["seed"].as_u64()?;
    model.trained_on = Source::ALL.into_iter().find(|source| description["trained_on"] == source.name());
    Some(model)
}

/// Takes as many weights as the product of `sizes` from those that there can be; None where there are not so many.
fn take(left: &mut usize, sizes: &[usize]) -> Option<()> {
    let weights = sizes.iter().try_fold(1, |product: usize, n| product.checked_mul(*n))?;
    *left = left.checked_sub(weights)?;
    Some(())
}

/// With a convolution behind it.
fn conv2d(
    model: Sequential,
    layer: &Value,
    most: &mut usize,
    activation: Activation,
    init: Init,
) -> Option<Sequential> {
    let (filters, kernel) = (number(layer, "filters")?, number(layer, "kernel")?);
    take(most, &[filters, channels(model.output_shape()), kernel, kernel])?;
    let padding = Padding::ALL.into_iter().find(|p| layer["padding"] == p.name())?;
    let settings = Conv::default().stride(number(layer, "stride")?).padding(padding).init(init);
    Some(model.conv2d_with(filters, kernel, activation, settings))
}

fn number(layer: &Value, key: &str) -> Option<usize> {
    usize::try_from(layer[key].as_u64()?).ok()
}

/// As much of a text as a message shows.
fn beginning(text: &str) -> String {
    let shown: String = text.chars().take(200).collect();
    if shown.len() < text.len() { shown + " ..." } else { shown }
}
