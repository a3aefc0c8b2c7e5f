//! One decision tree, and a vote among many.
//!
//! linfa adds up the classes of a node in the order of a hash map, which differs from run to run: where two
//! questions are nearly as good, another one may be asked, and accuracies move by some tenths of a percent. It counts
//! votes in such a map, too, where a tie would go to any class: that is why they are counted here.

use lab_support::Error;
use linfa::Dataset;
use linfa::traits::{Fit, Predict, PredictInplace};
use linfa_ensemble::{EnsembleLearnerParams, RandomForest};
use linfa_trees::{DecisionTree, DecisionTreeParams};
use ndarray::{Array1, Array2, Axis, Ix1};
use rand::SeedableRng;
use rand::rngs::SmallRng;

use crate::classifier::{Classifier, vote};

/// Shares of the images and of the pixels that each tree of a forest sees.
const IMAGES: f64 = 0.5;
const PIXELS: f64 = 0.05;
const SEED: u64 = 42;

/// # Errors
/// When `depth` is 0.
pub(crate) fn fit_tree(data: Dataset<f32, usize, Ix1>, depth: usize) -> Result<Classifier, Error> {
    let model: DecisionTree<f32, usize> = params(depth)?.fit(&data).map_err(failed)?;
    Ok(Box::new(model))
}

/// # Errors
/// When `trees` or `depth` is 0.
pub(crate) fn fit_forest(
    data: Dataset<f32, usize, Ix1>,
    trees: usize,
    depth: usize,
) -> Result<Classifier, Error> {
    if trees == 0 {
        return Err(Error::new("fitting a forest", "at least one tree", trees, "try 30"));
    }
    let forest = EnsembleLearnerParams::new_fixed_rng(params(depth)?, SmallRng::seed_from_u64(SEED))
        .ensemble_size(trees)
        .bootstrap_proportion(IMAGES)
        .feature_proportion(PIXELS);
    let model: RandomForest<f32, usize> = forest.fit(&data).map_err(failed)?;
    Ok(Box::new(Forest(model)))
}

/// Trees whose votes are counted here.
struct Forest(RandomForest<f32, usize>);

impl PredictInplace<Array2<f32>, Array1<usize>> for Forest {
    fn predict_inplace<'a>(&'a self, x: &'a Array2<f32>, y: &mut Array1<usize>) {
        let Forest(forest) = self;
        let mut votes = vec![Vec::new(); x.nrows()];
        for (tree, pixels) in forest.models.iter().zip(&forest.model_features) {
            let seen = x.select(Axis(1), pixels);
            let called: Array1<usize> = tree.predict(&seen);
            votes.iter_mut().zip(called).for_each(|(votes, class)| votes.push(class));
        }
        y.iter_mut().zip(&votes).for_each(|(y, votes)| *y = vote(votes.iter().copied()));
    }

    fn default_target(&self, x: &Array2<f32>) -> Array1<usize> {
        Array1::zeros(x.nrows())
    }
}

fn params(depth: usize) -> Result<DecisionTreeParams<f32, usize>, Error> {
    match depth {
        0 => Err(Error::new("fitting a tree", "a depth of at least 1", depth, "try 10")),
        _ => Ok(DecisionTree::params().max_depth(Some(depth))),
    }
}

fn failed(error: linfa::Error) -> Error {
    Error::new("fitting trees", "images to learn from", error, "use more images")
}
