//! What must hold before a network computes anything: its description, its data, its loss.

use lab_base::Error;

use crate::nn::kernels::{Threads, memory};
use crate::nn::layers::Parameter;
use crate::nn::loss::CrossEntropy;
use crate::nn::model::samples::{BLOCK, Samples};
use crate::nn::model::sequential::{Sequential, channels_first};
use crate::nn::optim::{Muon, Optimizer};

impl Sequential {
    /// # Errors
    /// When the description has a mistake, or no layers.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if let Some(mistake) = &self.mistake {
            return Err(mistake.clone());
        }
        if self.layers.is_empty() {
            return Err(Error::doing("reading the description of a network")
                .expected("at least one layer")
                .found("none")
                .advice("write Sequential::new([28, 28]).flatten().dense(10, Linear)"));
        }
        Ok(())
    }

    /// # Errors
    /// When `data` is empty, or its images or labels are not what the network takes and gives.
    pub(crate) fn check_fits(&self, data: &impl Samples, doing: &str) -> Result<(), Error> {
        self.check_inputs(data, doing)?;
        let outputs = self.check_classes(data.classes(), doing)?;
        let largest = (0..data.len()).map(|i| data.label(i)).max().unwrap_or(0);
        if largest >= outputs {
            return Err(Error::doing(doing)
                .expected(format!("labels below {outputs}, the network's number of outputs"))
                .found(format!("label {largest}"))
                .advice(format!("end the network with .dense({}, Linear)", largest.saturating_add(1))));
        }
        Ok(())
    }

    /// How many outputs there are.
    ///
    /// # Errors
    /// When they are not in one row, or more than there are classes.
    pub(crate) fn check_classes(&self, classes: Option<usize>, doing: &str) -> Result<usize, Error> {
        let &[outputs] = self.output_shape() else {
            let sizes: Vec<String> = self.output_shape().iter().map(usize::to_string).collect();
            let found = format!("a network that ends in {}", sizes.join(" x "));
            let advice = "write .flatten() behind it, and .dense(10, Linear) where that is not yet a number for each class";
            return Err(Error::new(doing, "outputs in one row, a number for each class", found, advice));
        };
        if let Some(classes) = classes.filter(|classes| outputs > *classes) {
            let found = format!("a network with {outputs} outputs");
            let advice = format!("end the network with .dense({classes}, Linear)");
            return Err(Error::new(doing, format!("an output for each of {classes} classes"), found, advice));
        }
        Ok(outputs)
    }

    /// # Errors
    /// When `data` is empty, or its images are not what the network takes.
    pub(crate) fn check_inputs(&self, data: &impl Samples, doing: &str) -> Result<(), Error> {
        self.check()?;
        if data.len() == 0 {
            let advice = "check how the data set was split";
            return Err(Error::new(doing, "at least one image", "an empty data set", advice));
        }
        let held = [data.len().min(BLOCK), self.numbers_per_image(), Threads::wanted()?];
        memory::check(&held).map_err(|found| {
            Error::new(doing, "layers whose outputs fit into memory", found, "use smaller layers")
        })?;
        let (input, inputs) = (&self.input_shape[..], self.input_shape.iter().product::<usize>());
        let numbers = data.features();
        if inputs != numbers {
            let expected = format!("images of {inputs} numbers, as the network's input shape {input:?} says");
            let advice =
                channels_first(input).unwrap_or("give Sequential::new the shape of one image".into());
            return Err(Error::new(doing, expected, format!("images of {numbers} numbers"), advice));
        }
        match data.image_shape() {
            Some(image @ [height, width])
                if ![&image[..], &[1, height, width], &[numbers]].contains(&input) =>
            {
                let expected = format!("images of the network's input shape, {input:?}");
                let write = || format!("write Sequential::new({image:?})");
                let advice = channels_first(input).unwrap_or_else(write);
                Err(Error::new(doing, expected, format!("images of shape {image:?}"), advice))
            }
            _ => Ok(()),
        }
    }

    /// # Errors
    /// When there is nothing that training would change.
    pub(crate) fn check_learns(&self) -> Result<(), Error> {
        if self.trained_parameters().next().is_some() {
            return Ok(());
        }
        let (found, advice) = match self.params() {
            0 => ("one without weights", "add a layer that has some: .dense(10, Linear)"),
            _ => ("one whose layers are all frozen", "call model.unfreeze(), or freeze fewer layers"),
        };
        Err(Error::new("starting to train", "a network with weights to learn", found, advice))
    }

    /// # Errors
    /// When a layer measures the batch, and batches are of one image.
    pub(crate) fn check_batch(&self, batch: usize) -> Result<(), Error> {
        if batch > 1 || !self.needs_several_images() {
            return Ok(());
        }
        let expected = "batches of at least 2 images, for batch normalization of single numbers";
        let found = "batches of 1, whose variance is 0: every output would be the same";
        Err(Error::doing("starting to train")
            .expected(expected)
            .found(found)
            .advice("write .batch_size(32), and train on more than one image"))
    }

    pub(crate) fn needs_several_images(&self) -> bool {
        self.layers.iter().any(|layer| layer.needs_several_images())
    }

    /// Numbers in the input and in the outputs of all layers, for one image.
    fn numbers_per_image(&self) -> usize {
        let shapes = self.layers.iter().map(|layer| layer.output_shape());
        let widths = std::iter::once(&self.input_shape[..]).chain(shapes);
        widths.map(|shape| shape.iter().product()).fold(0, usize::saturating_add)
    }

    /// # Errors
    /// When training with batches of `batch` images needs more memory than there is.
    pub(crate) fn check_memory(&self, batch: usize, moments: usize) -> Result<(), Error> {
        // A convolution's gradient is added up in parts.
        let copies = |parameter: &Parameter| if parameter.shape.len() > 2 { 12 } else { 2 + moments };
        let weights = self.parameters().map(|p| p.value.len().saturating_mul(copies(p)));
        let weights = weights.fold(0, usize::saturating_add);
        let fits = memory::check_sum(&[&[2, batch, self.numbers_per_image()], &[weights]]);
        fits.map_err(|found| {
            let expected = format!("a network and batches of {batch} images that fit into memory");
            Error::new("starting to train", expected, found, "use smaller batches, or smaller layers")
        })
    }

    pub(crate) fn checked_compilation(&self) -> Result<(Optimizer, CrossEntropy), Error> {
        self.check()?;
        let (optimizer, loss) = self.compiled.ok_or_else(|| {
            Error::doing("starting to train")
                .expected("a compiled network")
                .found("one without optimizer and loss")
                .advice("call model.compile(Adam::default(), CrossEntropy::from_logits()) first")
        })?;
        optimizer.settings().check()?;
        loss.check()?;
        self.check_loss(loss, "starting to train")?;
        if matches!(optimizer, Optimizer::Muon(_)) && !self.parameters().any(Muon::is_for) {
            let advice = "compile with AdamW, which is what Muon does to all other layers";
            let expected = "a network with convolutions, for Muon";
            return Err(Error::new("starting to train", expected, self.architecture(), advice));
        }
        Ok((optimizer, loss))
    }

    /// # Errors
    /// When the loss takes logits and the network gives probabilities, or the other way round.
    pub(crate) fn check_loss(&self, loss: CrossEntropy, doing: &str) -> Result<(), Error> {
        let (found, advice) = match (loss.wants_logits(), self.ends_in_softmax()) {
            (true, true) => (
                "a softmax before a loss that takes logits",
                "compile with CrossEntropy::from_probabilities()",
            ),
            (false, false) => (
                "no softmax before a loss that takes probabilities",
                "compile with CrossEntropy::from_logits()",
            ),
            _ => return Ok(()),
        };
        Err(Error::new(doing, "a loss that fits the last layer", found, advice))
    }
}
