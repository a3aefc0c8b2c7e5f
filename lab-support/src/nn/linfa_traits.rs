//! The network where linfa expects an algorithm: `Fit` trains it, `Predict` asks it.

use linfa::DatasetBase;
use linfa::dataset::AsSingleTargets;
use linfa::traits::PredictInplace;
use ndarray::{Array1, ArrayBase, Array2, Data, Ix2};
