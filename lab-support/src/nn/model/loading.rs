use std::path::Path;

use lab_base::Error;
use safetensors::tensor::SafeTensors;

use crate::nn::model::foreign::{self, unreadable};
use crate::nn::model::keras;
use crate::nn::model::naming;
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
        let tensors = foreign::tensors(path, &bytes)?;
        let unfit = |expected: &str, found: String, advice: &str| unreadable(path, expected, found, advice);
        let entries = foreign::entries(path, &bytes)?;
        let entry = |name: &str| entries.get(name);
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
        model.take_weights(path, &tensors)?;
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

    /// Replaces the weights by those of a safetensors file: floats of 16 bits (both kinds), 32 or 64. The optimizer
    /// forgets what it did before.
    ///
    /// From PyTorch, the `state_dict()` of the same layers. Where that has names of its own, as `conv1.weight` and
    /// `fc1.weight`, or the prefix of `torch.compile` or `DataParallel`, they are taken if it is beyond doubt which is which;
    /// else see [`load_weights_named`](Self::load_weights_named).
    ///
    /// ```python
    /// from safetensors.torch import save_file
    /// save_file(model.state_dict(), "weights.safetensors")
    /// ```
    ///
    /// From Keras, its weights and its description, which is compared with this network:
    ///
    /// ```python
    /// from safetensors.numpy import save_file
    /// save_file({str(i): w for i, w in enumerate(model.get_weights())}, "weights.safetensors", {"keras": model.to_json()})
    /// ```
    ///
    /// Its arrays are turned into PyTorch's shapes; those of a dense layer behind `Flatten` are put into this order of the
    /// numbers of an image, channel by channel; and the ε of batch normalization, 0.001 there, is made up for in the running
    /// variance.
    ///
    /// # Errors
    /// When the file can't be read, has other tensors than the network, or names that don't say which is which, or numbers in
    /// them that are not finite; from Keras, when it describes another network. The network is unchanged then.
    pub fn load_weights(&mut self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let bytes = self.read_weights(path)?;
        let tensors = foreign::tensors(path, &bytes)?;
        match foreign::entries(path, &bytes)?.get("keras") {
            Some(description) => {
                let values = keras::values(path, self, &tensors, description)?;
                self.put(values);
            }
            None => self.take_weights(path, &tensors)?,
        }
        self.provenance = Provenance::unknown();
        Ok(())
    }

    /// As [`load_weights`](Self::load_weights), from a file of PyTorch whose names don't say which layer is which: `layers` are
    /// the names there of this network's layers with weights, in its order. What else is in the file is left there.
    ///
    /// ```no_run
    /// # use lab_support::prelude::*;
    /// let mut model = Sequential::new([784]).dense(64, Relu).dense(64, Relu).dense(64, Relu).dense(10, Linear);
    /// model.load_weights_named("weights.safetensors", &["first", "second", "third", "head"])?;
    /// # Ok::<(), lab_support::Error>(())
    /// ```
    ///
    /// # Errors
    /// When there is not a name for each of these layers, and as [`load_weights`](Self::load_weights).
    pub fn load_weights_named(&mut self, path: impl AsRef<Path>, layers: &[&str]) -> Result<(), Error> {
        let path = path.as_ref();
        let bytes = self.read_weights(path)?;
        let tensors = foreign::tensors(path, &bytes)?;
        naming::check_count(self, layers.len(), "reading weights by name")?;
        let names = naming::of_layers(self, layers.iter().copied());
        let values = self.values(path, &tensors, &names)?;
        self.put(values);
        self.provenance = Provenance::unknown();
        Ok(())
    }

    fn read_weights(&self, path: &Path) -> Result<Vec<u8>, Error> {
        let bytes = foreign::read(path, "reading weights", "check the path")?;
        self.check()?;
        Ok(bytes)
    }

    fn take_weights(&mut self, path: &Path, tensors: &SafeTensors) -> Result<(), Error> {
        let sources = naming::sources(path, self, tensors)?;
        let values = self.values(path, tensors, &sources)?;
        naming::check_all_taken(path, tensors, &sources)?;
        self.put(values);
        Ok(())
    }

    fn values(&self, path: &Path, tensors: &SafeTensors, names: &[String]) -> Result<Vec<Vec<f32>>, Error> {
        let all = names.iter().zip(self.parameters());
        all.map(|(name, parameter)| foreign::values(path, tensors, name, parameter)).collect()
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
