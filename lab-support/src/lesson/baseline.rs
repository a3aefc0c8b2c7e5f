//! The network that the notebook on training makes, and that later ones need.

use std::path::PathBuf;

use lab_base::Error;
use lab_base::home;

use crate::data::{Dataset, Source};
use crate::nn::Activation::{Linear, Relu};
use crate::nn::{Adam, CrossEntropy, Fit, Sequential};
use crate::notebook::live;

/// Passes over the training set that the baseline makes.
pub(super) const BASELINE_EPOCHS: usize = 10;

/// Saves a trained network as `data/models/<name>.safetensors` and says so. One trained on the practice
/// set goes to the folder of its own kind.
///
/// # Errors
/// When the name is not made of letters, digits, `-` and `_`, when the network was never trained, or when
/// the file can't be written.
pub fn keep(model: &Sequential, name: &str) -> Result<(), Error> {
    let source = model.trained_on().ok_or_else(|| {
        Error::new(
            "saving a network",
            "a trained network",
            "one that was never trained",
            "call model.fit first",
        )
    })?;
    let path = path_of(name, source)?;
    model.save(&path)?;
    println!("Saved {} ({} parameters).", home::display(&path), model.params());
    Ok(())
}

/// The lab's baseline, 784-128-10 (of another data set with its pixels and classes): as the notebook on training saved it, or else trained now, for 10
/// epochs, and saved.
///
/// ```no_run
/// # use lab_support::prelude::*;
/// let data = FashionMnist::load()?;
/// let model = baseline(&data.train.normalized())?;
/// println!("{}", model.evaluate(&data.test.normalized())?);
/// # Ok::<(), lab_support::Error>(())
/// ```
///
/// # Errors
/// When the saved file is damaged, or training fails or is stopped.
pub fn baseline(train: &Dataset) -> Result<Sequential, Error> {
    let path = path_of("baseline", train.images().source)?;
    if path.exists() {
        println!("The baseline, as {} holds it.", home::display(&path));
        return Sequential::load(path);
    }
    println!("There is no trained baseline yet: training it for {BASELINE_EPOCHS} epochs.");
    let ((_, height, width), source) = (train.shape(), train.images().source);
    let shape = if let Source::Own(_) = source { [height, width] } else { [28, 28] };
    let described =
        Sequential::new(shape).flatten().dense(128, Relu).dense(source.class_names().len(), Linear);
    let mut model = described.seed(42);
    model.compile(Adam::default(), CrossEntropy::from_logits());
    model.fit(train, Fit::epochs(BASELINE_EPOCHS))?;
    live::check_not_stopped("saving the baseline")?;
    keep(&model, "baseline")?;
    Ok(model)
}

pub(super) fn path_of(name: &str, source: Source) -> Result<PathBuf, Error> {
    home::check_name(name, "naming a saved network")?;
    Ok(home::models_dir(source)?.join(format!("{name}.safetensors")))
}
