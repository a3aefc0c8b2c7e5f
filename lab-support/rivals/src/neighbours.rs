use lab_support::Error;
use linfa::Dataset;
use linfa::traits::PredictInplace;
use linfa_nn::distance::L2Dist;
use linfa_nn::{CommonNearestNeighbour, NearestNeighbour};
use ndarray::{Array1, Array2, ArrayView2, Axis, Ix1, s};

use crate::classifier::{Classifier, vote};
use crate::pca::Components;

/// Principal components in whose space neighbours are near.
pub(crate) const COMPONENTS: usize = 50;
/// Images that the components are computed from, and images projected at once.
const BLOCK: usize = 10_000;

/// All images learned by heart.
struct Neighbours {
    components: Components,
    /// `[n, COMPONENTS]`.
    points: Array2<f32>,
    labels: Array1<usize>,
    k: usize,
}

/// # Errors
/// When `k` is 0 or more than there are images, or the images don't vary.
pub(crate) fn fit(data: Dataset<f32, usize, Ix1>, k: usize) -> Result<Classifier, Error> {
    let (images, pixels) = data.records.dim();
    if !(1..=images).contains(&k) {
        let expected = format!("1 to {images} neighbours");
        return Err(Error::new("fitting nearest neighbours", expected, k, "try 5"));
    }
    let first = data.records.slice(s![..images.min(BLOCK), ..]).mapv(f64::from);
    let components = Components::of(&first, COMPONENTS.min(first.nrows()).min(pixels))?;
    let points = project(&components, data.records.view());
    Ok(Box::new(Neighbours { components, points, labels: data.targets, k }))
}

/// The images as points, some at a time: all at once in double precision would take much memory.
fn project(components: &Components, records: ArrayView2<f32>) -> Array2<f32> {
    let blocks = records.axis_chunks_iter(Axis(0), BLOCK);
    let points: Vec<f32> = blocks
        .flat_map(|block| components.project(&block.mapv(f64::from)).into_iter().map(|x| x as f32))
        .collect();
    let width = points.len() / records.nrows().max(1);
    Array2::from_shape_vec((records.nrows(), width), points).expect("a row for each image")
}

impl PredictInplace<Array2<f32>, Array1<usize>> for Neighbours {
    fn predict_inplace<'a>(&'a self, x: &'a Array2<f32>, y: &mut Array1<usize>) {
        let tree =
            CommonNearestNeighbour::KdTree.from_batch(&self.points, L2Dist).expect("points were checked");
        let queries = project(&self.components, x.view());
        *y = queries
            .rows()
            .into_iter()
            .map(|query| {
                let nearest = tree.k_nearest(query, self.k).expect("as many numbers as the points have");
                vote(nearest.into_iter().map(|(_, i)| self.labels[i]))
            })
            .collect();
    }

    fn default_target(&self, x: &Array2<f32>) -> Array1<usize> {
        Array1::zeros(x.nrows())
    }
}
