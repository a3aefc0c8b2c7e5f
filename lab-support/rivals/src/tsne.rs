use lab_support::data::Dataset;
use lab_support::nn::Activations;
use lab_support::{Error, Waiting};
use linfa::traits::Transformer;
use linfa_tsne::TSneParams;
use ndarray::Array2;

use crate::pca::Components;
use crate::projection::Projection;

/// Components that the numbers are reduced to first, as the method's authors do.
const COMPONENTS: usize = 30;
const ITERATIONS: usize = 1000;

/// Images as points in a plane such that neighbours among the layer's numbers stay neighbours: t-SNE (van der
/// Maaten and Hinton, 2008), by Barnes and Hut's approximation, 1,000 iterations. The points start from a fixed
/// seed, but the search for neighbours draws lots of its own: two runs differ a little.
///
/// `perplexity` is about how many neighbours an image has: 5 to 50, usually 30. Distances between far groups,
/// and the sizes of groups, mean little. Time grows faster than the number of images: 2,000 take ten seconds or so.
///
/// # Errors
/// When `data` is another set than the activations are of, `perplexity` is not from 1 to a third of the number of
/// images, or there is nothing that varies.
pub fn tsne(activations: &Activations, data: &Dataset, perplexity: f64) -> Result<Projection, Error> {
    let doing = "placing images by t-SNE";
    let records = activations.values.mapv(f64::from);
    let most = records.nrows().saturating_sub(1) / 3;
    if !(1.0..=most as f64).contains(&perplexity) {
        let expected = format!("a perplexity from 1 to {most}, a third of the number of images");
        return Err(Error::doing(doing)
            .expected(expected)
            .found(perplexity)
            .advice("write tsne(&hidden, &sample, 30.0) with 2,000 images"));
    }
    let _waiting = Waiting::new(doing);
    let count = COMPONENTS.min(records.nrows()).min(records.ncols());
    let records = Components::of(&records, count)?.project(&records);
    let points: Array2<f64> = TSneParams::embedding_size(2)
        .perplexity(perplexity)
        .max_iter(ITERATIONS)
        .transform(records)
        .map_err(|e| {
            Error::doing(doing)
                .expected("points in a plane")
                .failed(e)
                .advice("use more images, or a smaller perplexity")
        })?;
    let note = format!("neighbours stay neighbours (perplexity {perplexity}); far distances mean little");
    Projection::new(points, activations, data, "t-SNE", &note, ["no unit", "no unit"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clouds::{activations, images};

    #[test]
    fn clouds_stay_apart() {
        let (layer, data) = (activations(120), images(120));
        let projection = tsne(&layer, &data, 10.0).unwrap();
        assert!(projection.agreement > 0.95, "{}", projection.agreement);
        assert_eq!(projection.points.dim(), (120, 2));
    }

    #[test]
    fn a_perplexity_out_of_range_is_refused() {
        for (n, perplexity) in [(30, 10.0), (30, 0.5), (30, f64::NAN), (1, 1.0)] {
            let message = tsne(&activations(n), &images(n), perplexity).err().unwrap().to_string();
            assert!(message.contains("a third of the number of images"), "{message}");
        }
    }
}
