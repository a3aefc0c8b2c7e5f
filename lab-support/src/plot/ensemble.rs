//! The garments that all networks of a ensemble get wrong.

use lab_base::Error;

use crate::data::Dataset;
use crate::eval::Ensemble;
use crate::notebook::display::thousands;
use crate::plot::figure::Figure;

impl Ensemble {
    /// The `n` images that all networks take for the same wrong class with the largest mean probability, each
    /// beside the means of its ten probabilities; fewer where there are fewer.
    ///
    /// # Errors
    /// When `n` is not from 1 to 60, there is no such image, or `data` is not the set that was asked about.
    pub fn hardest(&self, n: usize, data: &Dataset) -> Result<Figure, Error> {
        let (networks, all) = (self.networks, thousands(self.shared.len()));
        let title = |shown| format!("What all {networks} networks get wrong alike: {shown} of {all}");
        self.mean.gallery_of_mistakes(&self.shared, n, title, data)
    }
}
