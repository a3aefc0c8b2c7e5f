use std::ops::Range;
use std::sync::Mutex;

use lab_base::Error;
use ndarray::Array2;

use crate::nn::kernels::transpose::each_row_transposed;
use crate::nn::kernels::{Threads, memory};
use crate::nn::layers::spec::channels;
use crate::nn::loss::{CrossEntropy, argmax};
use crate::nn::model::inputs::{Inputs, Kind, Rows};
use crate::nn::model::samples::{BLOCK, Samples};
use crate::nn::model::sequential::Sequential;
use crate::nn::model::tape::Tape;
use crate::nn::score::{Evidence, Score};
use crate::notebook::progress::Progress;

impl Sequential {
    /// Loss and accuracy on `data`, from which nothing is learned: a data set, or an array with the labels of its
    /// images, `(&images, &labels)`. See [`Inputs`].
    ///
    /// # Errors
    /// When the network does not fit the data or its loss, or its description has a mistake, when an array comes without
    /// labels, or the loss is not a finite number.
    pub fn evaluate<'a>(&self, data: impl Into<Inputs<'a>>) -> Result<Score, Error> {
        let doing = "evaluating";
        match data.into().0 {
            Kind::Set(data) => {
                let score = self.measured(data)?;
                let evidence = Evidence { network: self.digest(), images: data.images().contents() };
                Ok(score.with_evidence(evidence))
            }
            Kind::Array(_, None) => {
                let advice = "write model.evaluate((&images, &labels))";
                Err(Error::new(doing, "labels to compare with", "an array of images alone", advice))
            }
            Kind::Array(array, labels) => {
                self.measured(&Rows::new(&array, labels.as_deref(), &self.input_shape, doing)?)
            }
        }
    }

    fn measured(&self, data: &impl Samples) -> Result<Score, Error> {
        self.check_fits(data, "evaluating")?;
        let loss = self.loss();
        self.check_loss(loss, "evaluating")?;
        let threads = Threads::new()?;
        let progress = Progress::new("evaluating", data.len(), "images");
        let score = threads.run(|| self.score(data, loss, &threads, &|images| progress.advance(images)));
        progress.finish();
        match score.loss.is_finite() {
            true => Ok(score),
            false => Err(not_finite("evaluating", "a finite loss", format!("a loss of {}", score.loss))),
        }
    }

    /// The network's outputs for each image of a data set or an array ([`Inputs`]), `[n, classes]`. Where it ends in an
    /// image, its channels come one after the other, as PyTorch has them.
    ///
    /// # Errors
    /// When the network does not fit the images, or its description has a mistake; when the outputs do not fit into
    /// memory, or are not finite numbers.
    pub fn outputs<'a>(&self, data: impl Into<Inputs<'a>>) -> Result<Array2<f32>, Error> {
        match data.into().0 {
            Kind::Set(data) => self.asked(data),
            Kind::Array(array, _) => self.asked(&Rows::new(&array, None, &self.input_shape, "predicting")?),
        }
    }

    fn asked(&self, data: &impl Samples) -> Result<Array2<f32>, Error> {
        self.check_inputs(data, "predicting")?;
        let progress = Progress::new("predicting", data.len(), "images");
        let outputs = self.fitting_outputs(data, &progress)?;
        progress.finish();
        Ok(outputs)
    }

    /// The same for data that are known to fit.
    ///
    /// # Errors
    /// When the outputs do not fit into memory, or are not finite numbers.
    pub(crate) fn fitting_outputs(
        &self,
        data: &impl Samples,
        progress: &Progress,
    ) -> Result<Array2<f32>, Error> {
        let threads = Threads::new()?;
        let width = self.output_shape().iter().product();
        let doing = "asking a network";
        memory::check(&[data.len(), width]).map_err(|found| {
            let expected = format!("outputs of {} images that fit into memory", data.len());
            Error::new(doing, expected, found, "take fewer images: data.take(1000)")
        })?;
        let channels = channels(self.output_shape());
        let mut outputs = vec![0.0; data.len() * width];
        threads.run(|| {
            let blocks = outputs.chunks_mut(BLOCK * width);
            self.each_block(data, blocks, &threads, |images, found, outputs| {
                each_row_transposed(images.len(), found, channels, outputs);
                progress.advance(images.len());
            });
        });
        match outputs.iter().all(|output| output.is_finite()) {
            true => Ok(Array2::from_shape_vec((data.len(), width), outputs).expect("as many as there are")),
            false => Err(not_finite(doing, "finite outputs", "some that are not".into())),
        }
    }

    /// Loss and accuracy; `done` hears of every block of images.
    pub(crate) fn score(
        &self,
        data: &impl Samples,
        loss: CrossEntropy,
        threads: &Threads,
        done: &(dyn Fn(usize) + Sync),
    ) -> Score {
        let mut losses = vec![(0.0f32, false); data.len()];
        self.each_block(data, losses.chunks_mut(BLOCK), threads, |images, outputs, losses| {
            let rows = outputs.chunks_exact(outputs.len() / images.len());
            for ((image, row), of) in images.clone().zip(rows).zip(losses) {
                let label = data.label(image);
                *of = (loss.of(row, label), argmax(row) == label);
            }
            done(images.len());
        });
        let loss = losses.iter().map(|(loss, _)| f64::from(*loss)).sum();
        let correct = losses.iter().filter(|(_, correct)| *correct).count();
        Score::new(loss, correct, data.len())
    }

    /// Sends all images through the network, [`BLOCK`] at a time. `each` takes the images of a block, their outputs, and
    /// the part of the `results` that is theirs. A thread that is done with a block takes the next one, so that a slower
    /// core, or one that others want, has fewer.
    pub(crate) fn each_block<R: Send>(
        &self,
        data: &impl Samples,
        results: impl Iterator<Item = R> + Send,
        threads: &Threads,
        each: impl Fn(Range<usize>, &[f32], R) + Sync,
    ) {
        let results = Mutex::new(results.enumerate());
        let next = || results.lock().expect("no panic while the lock is held").next();
        threads.for_each(0..data.len().div_ceil(BLOCK).min(threads.crowd().active()), |_| {
            let mut tape = Tape::for_inference(self, BLOCK.min(data.len()));
            while let Some((block, result)) = next() {
                let images = block * BLOCK..data.len().min((block + 1) * BLOCK);
                let rows: Vec<usize> = images.clone().collect();
                data.fill(&rows, tape.input(rows.len()));
                each(images, tape.forward(&self.layers, rows.len()), result);
            }
        });
    }

    /// The loss it was compiled with, or the one that fits its last layer.
    fn loss(&self) -> CrossEntropy {
        match &self.compiled {
            Some((_, loss)) => *loss,
            None if self.ends_in_softmax() => CrossEntropy::from_probabilities(),
            None => CrossEntropy::from_logits(),
        }
    }
}

fn not_finite(doing: &str, expected: &str, found: String) -> Error {
    let advice = "its weights are too large, or the images were not normalized: build the network anew, and train it \
                  with a smaller learning rate";
    Error::new(doing, expected, found, advice)
}
