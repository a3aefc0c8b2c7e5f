//! Behind the Fashion-MNIST notebooks: one image's way from the disk to a prediction, and what a lesson makes of it.
//!
//! ```text
//! data      bytes on disk -> verified IDX -> Images (u8) -> Dataset (f32) -> batches
//! nn        batch -> layers -> logits -> loss -> gradients -> optimizer -> weights
//! eval      predictions -> accuracy, confusion matrix, calibration, ensembles
//! plot      any of these -> one figure
//! lesson    records of runs, sweeps, answers and their checks
//! notebook  how a cell shows things: outputs, progress, the stop button
//! ```
//!
//! These are the rooms of the crate, a folder each. A room uses those listed above it, and all may use `notebook`,
//! which uses none; a test holds them to it. Below all of them is `lab-base`: errors, where files lie, records.
//!
//! # One image, from disk to prediction
//!
//! **data.** [`FashionMnist::load`](data::FashionMnist::load) finds the four files, unpacks what is packed, and checks
//! name, size and header of each before it reads them; without them the lab draws a practice set of its own. Any other
//! set of small grey images goes the same way, as an [`ImageSet`](data::ImageSet). Both its parts are
//! [`Images`](data::Images): bytes from 0 to 255, `[60000, 28, 28]`, and a label for each.
//! [`normalized`](data::Images::normalized) makes a [`Dataset`](data::Dataset) of them, which still holds the bytes and
//! divides by 255 as each batch is drawn.
//!
//! **nn.** A [`Sequential`](nn::Sequential) is described layer by layer, as in Keras:
//!
//! ```
//! use lab_support::prelude::*;
//!
//! let mut model = Sequential::new([28, 28]).flatten().dense(128, Relu).dense(10, Linear).seed(42);
//! model.compile(Adam::default(), CrossEntropy::from_logits());
//! assert_eq!(model.architecture(), "784-128-10");
//! ```
//!
//! [`fit`](nn::Sequential::fit) takes the data set and a recipe, [`Fit`](nn::Fit). Every epoch shuffles the images; every
//! step takes 32 of them. Our image is now a row of 784 numbers in a batch: forward through the layers to ten logits,
//! into the [`CrossEntropy`](nn::CrossEntropy) and back as a gradient, layer by layer; then the
//! [`Optimizer`](nn::Optimizer) changes the weights. The [`History`](nn::History) keeps the figures of every epoch.
//!
//! **eval.** [`predict`](nn::Sequential::predict) sends the test images forward once more. Its
//! [`Predictions`](eval::Predictions) are a row of ten numbers for each image, and the largest is the answer. From them
//! come the [`Confusion`](eval::Confusion) matrix, the [`Calibration`](eval::Calibration), and with several networks the
//! [`Ensemble`](eval::Ensemble).
//!
//! **plot.** [`show`](eval::Predictions::show) draws our image, "Ankle boot 97% (Ankle boot)" under it and ten bars beside
//! it, as a [`Figure`](plot::Figure): a PNG, and a sentence for those who can't see it.
//!
//! **lesson.** [`record`](lesson::record) adds the run to the records, [`runs`](lesson::runs) sets runs side by side, and
//! [`answer`](lesson::answer) judges what a student says about them.
//!
//! # Where to look
//!
//! [`coming_from`] is for those who know Keras, PyTorch, scikit-learn, linfa or burn. [`prelude`] is what a cell imports. Inside `nn`, the page of the module [`nn`] says which file holds which idea.
//! `CONTRIBUTING.md` beside this crate shows how to add a layer.

#[doc = include_str!("coming_from.md")]
pub mod coming_from {}
pub mod data;
pub mod eval;
pub mod lesson;
pub mod nn;
mod notebook;
pub mod plot;

pub use lab_base::Error;
pub use notebook::Waiting;

/// All that a notebook's cells use.
pub mod prelude {
    pub use crate::data::{CLASS_NAMES, Dataset, FashionMnist, ImageSet, Images};
    pub use crate::eval::{Ensemble, gaps};
    pub use crate::lesson::With as _;
    pub use crate::lesson::{
        Grid, Sweep, answer, baseline, checks, experiment, guess, keep, long_run, long_runs, progress,
        record, runs, task, task_gradient, trial, versions,
    };
    pub use crate::nn::Activation::{self, Elu, Gelu, LeakyRelu, Linear, Relu, Sigmoid, Silu, Softmax, Tanh};
    pub use crate::nn::{
        Adam, AdamW, Augment, Conv, CrossEntropy, Fit, History, Init, Muon, Neurons, Optimizer, Padding,
        RmsProp, Schedule, Score, Sequential, Sgd,
    };
    pub use crate::plot::{curves, plot};
    pub use ndarray::{self, Array1, Array2, Axis, array, s};
}
