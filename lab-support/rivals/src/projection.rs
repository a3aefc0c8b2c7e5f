use std::path::Path;

use lab_support::Error;
use lab_support::data::{Dataset, Source};
use lab_support::nn::Activations;
use lab_support::plot::{Figure, Scatter, scatter};
use ndarray::{Array1, Array2};

/// Images as points in a plane: shows itself as a scatter plot, marked by class.
#[derive(Clone, Debug)]
pub struct Projection {
    /// `[n, 2]`.
    pub points: Array2<f64>,
    /// Share of the images whose nearest neighbour in the plane is of their class, 0 to 1: a tenth by chance.
    pub agreement: f64,
    labels: Array1<u8>,
    title: String,
    note: String,
    axes: [&'static str; 2],
    source: Source,
}

impl Projection {
    pub(crate) fn new(
        points: Array2<f64>,
        activations: &Activations,
        data: &Dataset,
        method: &str,
        note: &str,
        axes: [&'static str; 2],
    ) -> Result<Projection, Error> {
        let images = data.images();
        if points.nrows() != images.len() {
            let expected = format!("the {} images that the activations are of", points.nrows());
            let advice = "pass the data set that was given to `activations`";
            return Err(Error::new("projecting a layer to a plane", expected, images.len(), advice));
        }
        let labels = images.labels.to_owned();
        let agreement = agreement(&points, &labels);
        let title = format!("Layer {} by {method}: {} images", activations.layer, points.nrows());
        let note = format!("{note}; nearest neighbour of the same class: {:.0} %", 100.0 * agreement);
        Ok(Projection { points, agreement, labels, title, note, axes, source: images.source })
    }

    /// The points, a mark for each image.
    ///
    /// # Errors
    /// When the figure can't be encoded.
    pub fn plot(&self) -> Result<Figure, Error> {
        scatter(&Scatter {
            title: &self.title,
            note: &self.note,
            axes: self.axes,
            points: self.points.view(),
            labels: self.labels.view(),
            source: self.source,
        })
    }

    /// Writes the figure to `path`, as SVG where that ends in `.svg`, else as PNG: see [`Figure::save`].
    ///
    /// # Errors
    /// When the figure can't be encoded or written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        self.plot()?.save(path)
    }

    /// Shows the figure in a notebook.
    pub fn evcxr_display(&self) {
        match self.plot() {
            Ok(figure) => figure.evcxr_display(),
            Err(error) => println!("{error}"),
        }
    }
}

/// Share of the points whose nearest other point has their label.
fn agreement(points: &Array2<f64>, labels: &Array1<u8>) -> f64 {
    let distance = |a: usize, b: usize| {
        let (x, y) = (points[[a, 0]] - points[[b, 0]], points[[a, 1]] - points[[b, 1]]);
        x * x + y * y
    };
    let n = points.nrows();
    let nearest =
        |a: usize| (0..n).filter(|b| *b != a).min_by(|b, c| distance(a, *b).total_cmp(&distance(a, *c)));
    let agreeing = (0..n).filter(|a| nearest(*a).is_some_and(|b| labels[*a] == labels[b])).count();
    agreeing as f64 / n.max(1) as f64
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;
    use crate::clouds::{activations, images};
    use crate::pca::pca;

    #[test]
    fn neighbours_of_the_same_class_agree() {
        let points = array![[0.0, 0.0], [0.1, 0.0], [5.0, 5.0], [5.0, 5.2]];
        assert_eq!(agreement(&points, &array![1, 1, 2, 2]), 1.0);
        assert_eq!(agreement(&points, &array![1, 1, 2, 3]), 0.5);
    }

    #[test]
    fn a_projection_is_a_figure_that_says_what_it_is() {
        let projection = pca(&activations(60), &images(60)).unwrap();
        let figure = projection.plot().unwrap();
        assert!(figure.alt().starts_with("Layer flatten by PCA: 60 images"), "{}", figure.alt());
        assert!(figure.alt().contains("nearest neighbour of the same class: 100 %"), "{}", figure.alt());
    }

    #[test]
    fn another_data_set_is_refused() {
        let message = pca(&activations(60), &images(59)).err().unwrap().to_string();
        assert!(message.contains("the 60 images that the activations are of, found 59"), "{message}");
    }
}
