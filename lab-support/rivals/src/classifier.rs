use linfa::traits::PredictInplace;
use ndarray::{Array1, Array2};

/// What a rival becomes when it is fitted. linfa's own trait: anything that calls rows of numbers classes.
pub(crate) type Classifier = Box<dyn PredictInplace<Array2<f32>, Array1<usize>>>;
