//! Behind the Fashion-MNIST notebooks: one image's way from the disk to a prediction.
//!
//! ```text
//! data    bytes on disk -> verified IDX -> Images (u8) -> Dataset (f32, normalized) -> batches
//! nn      batch -> layers -> logits -> loss -> gradients -> optimizer -> weights
//! eval    predictions -> accuracy, confusion matrix, worst mistakes
//! plot    any of these -> one figure
//! lesson  run records and answers: what ties the notebooks together
//! ```
//!
//! A module uses only what stands above it; `plot` looks at everything, and nothing looks at `plot`
//! or `lesson`.

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
    pub use crate::data::{CLASS_NAMES, Dataset, FashionMnist, Images};
    pub use crate::eval::{Ensemble, gaps};
    pub use crate::lesson::{
        Grid, Sweep, answer, baseline, checks, experiment, guess, keep, long_run, long_runs, record, runs,
        trial, versions,
    };
    pub use crate::nn::Activation::{self, Elu, Gelu, LeakyRelu, Linear, Relu, Sigmoid, Softmax, Tanh};
    pub use crate::nn::{
        Adam, AdamW, Augment, Conv, CrossEntropy, Fit, History, Init, Muon, Optimizer, Padding, RmsProp,
        Schedule, Score, Sequential, Sgd,
    };
    pub use crate::plot::curves;
    pub use ndarray::{self, Array1, Array2, Axis, array, s};
}
