use std::path::Path;

use lab_base::Error;
use safetensors::tensor::SafeTensors;

use crate::nn::model::foreign::{self, unreadable};
use crate::nn::model::provenance::Provenance;
use crate::nn::model::saving::Saved;
use crate::nn::model::sequential::{Sequential, WeightOrigin};
use crate::nn::model::spec::NetworkSpec;

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
        let saved: Option<Saved> = serde_json::from_str(sequential).ok();
        let built = saved.and_then(|saved| Some((saved.network.build(bytes.len() / 2)?, saved)));
        let (mut model, saved) = built.ok_or_else(|| {
            let found = format!("a description that is none: {}", beginning(sequential));
            let advice = "describe the layers, and read their weights with model.load_weights(path)";
            unfit(expected, found, advice)
        })?;
        model.check()?;
        model.take_weights(path, &bytes)?;
        model.trained_on = saved.trained_on;
        model.provenance = saved.provenance.unwrap_or_else(Provenance::unknown);
        Ok(model)
    }

    /// The network of a description that [`to_json`](Self::to_json) gave, its weights drawn anew by its seed.
    ///
    /// ```
    /// # use lab_support::prelude::*;
    /// let model = Sequential::new([28, 28]).flatten().dense(128, Relu).dense(10, Linear).seed(42);
    /// let again = Sequential::from_json(&model.to_json())?;
    /// assert_eq!(again.weights(), model.weights());
    /// # Ok::<(), lab_support::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the text is no such description, or has a mistake, or the network does not fit into a file of weights.
    pub fn from_json(text: &str) -> Result<Sequential, Error> {
        let spec: Option<NetworkSpec> = serde_json::from_str(text).ok();
        let model = spec.and_then(|spec| spec.build(foreign::LIMIT as usize / size_of::<f32>()));
        let model = model.ok_or_else(|| {
            let found = format!("none: {}", beginning(text));
            let advice = "take the text that model.to_json() gives";
            Error::new("reading the description of a network", "a description in JSON", found, advice)
        })?;
        model.check()?;
        let seed = model.seed;
        Ok(model.seed(seed))
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
        self.take_weights(path, &bytes)?;
        self.provenance = Provenance::unknown();
        Ok(())
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
        self.put(values);
        Ok(())
    }

    /// Replaces the values of all parameters; the optimizer forgets what it did before.
    pub(super) fn put(&mut self, values: Vec<Vec<f32>>) {
        self.parameters_mut().zip(values).for_each(|(parameter, value)| parameter.value = value);
        self.forget_steps();
        self.origins.fill(WeightOrigin::Reused);
    }
}

/// As much of a text as a message shows.
fn beginning(text: &str) -> String {
    let shown: String = text.chars().take(200).collect();
    if shown.len() < text.len() { shown + " ..." } else { shown }
}
