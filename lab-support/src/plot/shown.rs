//! What a notebook shows as a figure.

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
        })*
    };
}
shows_as_figure!(Calibration, Confusion, Gaps, GridTried, History, RateRange, Saliency, Swept);
