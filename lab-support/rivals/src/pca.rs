use lab_support::data::Dataset;
use lab_support::nn::Activations;
use lab_support::{Error, Waiting};
use linfa::DatasetBase;
use linfa::traits::{Fit, Predict};
use linfa_reduction::Pca;
use ndarray::{Array2, Axis};

use crate::projection::Projection;

/// The directions along which data vary most.
pub(crate) struct Components {
    pca: Pca<f64>,
    /// Share of the variance that lies along them, 0 to 1.
    pub kept: f64,
}

impl Components {
    /// The first `count` principal components of `records`, `[n, numbers]`.
    ///
    /// # Errors
    /// When `count` is 0 or more than there are records or numbers, or all records are alike.
    pub fn of(records: &Array2<f64>, count: usize) -> Result<Components, Error> {
        let doing = "looking for principal components";
        let most = records.nrows().min(records.ncols());
        if !(1..=most).contains(&count) {
            return Err(Error::doing(doing)
                .expected(format!("1 to {most} of them"))
                .found(count)
                .advice("use more images, or ask for fewer"));
        }
        let variance: f64 = records.var_axis(Axis(0), 0.0).sum();
        if variance <= 0.0 || !variance.is_finite() {
            let found = format!("a variance of {variance}");
            return Err(Error::new(doing, "data that vary", found, "use several images, and finite numbers"));
        }
        let pca = Pca::params(count).fit(&DatasetBase::from(records.view())).map_err(|e| {
            Error::doing(doing)
                .expected("a decomposition")
                .failed(e)
                .advice("ask for fewer components, or use more images")
        })?;
        let along: f64 = pca.singular_values().iter().map(|s| s * s).sum::<f64>() / records.nrows() as f64;
        Ok(Components { pca, kept: along / variance })
    }

    /// `records` by their distance from the mean along each component, `[n, count]`.
    pub fn project(&self, records: &Array2<f64>) -> Array2<f64> {
        let projected: Array2<f64> = self.pca.predict(records);
        projected.as_standard_layout().into_owned()
    }
}

/// The two directions along which a layer's numbers vary most, as a plane: principal component analysis
/// (Pearson, 1901). `data` are the images that the activations are of; layer `flatten` gives the pixels themselves.
///
/// # Errors
/// When `data` is another set, or the layer has fewer than two numbers that vary.
pub fn pca(activations: &Activations, data: &Dataset) -> Result<Projection, Error> {
    let _waiting = Waiting::new("looking for principal components");
    let records = activations.values.mapv(f64::from);
    let components = Components::of(&records, 2)?;
    let note =
        format!("the two directions that vary most hold {:.0} % of the variance", 100.0 * components.kept);
    let axes = ["first component", "second component"];
    Projection::new(components.project(&records), activations, data, "PCA", &note, axes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points on a line through the plane, with a little beside it.
    #[test]
    fn the_first_component_lies_along_the_longest_spread() {
        let records = Array2::from_shape_fn((101, 2), |(i, axis)| {
            let (along, beside) = (i as f64 - 50.0, if i % 2 == 0 { 0.1 } else { -0.1 });
            if axis == 0 { 0.6 * along - 0.8 * beside } else { 0.8 * along + 0.6 * beside }
        });
        let components = Components::of(&records, 1).unwrap();
        assert!(components.kept > 0.9999 && components.kept < 1.0, "{}", components.kept);
        let projected = components.project(&records);
        let sign = projected[[100, 0]].signum();
        for (i, row) in projected.rows().into_iter().enumerate() {
            assert!((sign * row[0] - (i as f64 - 50.0)).abs() < 0.01, "{i}: {row}");
        }
    }

    #[test]
    fn nothing_to_decompose_is_an_error() {
        let flat = Array2::from_elem((5, 3), 2.0);
        let refused =
            |records: &Array2<f64>, count| Components::of(records, count).err().unwrap().to_string();
        assert!(refused(&flat, 1).contains("a variance of 0"));
        assert!(refused(&flat, 4).contains("1 to 3 of them, found 4"));
        assert!(refused(&flat, 0).contains("found 0"));
    }
}
