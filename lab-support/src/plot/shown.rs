//! What a notebook shows as a figure.

use std::path::Path;

use lab_base::Error;

use crate::eval::{Calibration, Confusion, Gaps, GridTried, Swept};
use crate::nn::{History, RateRange, Saliency};

macro_rules! shows_as_figure {
    ($($type:ident),*) => {
        $(impl $type {
            /// Shows its figure in a notebook, or says why there is none.
            pub fn evcxr_display(&self) {
                match self.plot() {
                    Ok(figure) => figure.evcxr_display(),
                    Err(error) => println!("{error}"),
                }
            }

            /// Writes its figure to `path`, as SVG where that ends in `.svg`, else as PNG: see
            /// [`Figure::save`](crate::plot::Figure::save).
            ///
            /// # Errors
            /// When there is no figure, or it can't be written there.
            pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
                self.plot()?.save(path)
            }
        })*
    };
}
shows_as_figure!(Calibration, Confusion, Gaps, GridTried, History, RateRange, Saliency, Swept);
