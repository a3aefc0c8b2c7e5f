//! What a trained network is worth: [`Predictions`], [`Confusion`], [`ClassTable`], [`Calibration`], [`Gaps`],
//! [`Ensemble`], and the outcome of trying several settings, [`Swept`] and [`GridTried`].

mod augmented;
mod calibration;
mod class_table;
mod confusion;
mod ensemble;
mod gaps;
mod predictions;
mod temperature;
mod tried;

pub use calibration::{BINS, Bin, Calibration};
pub use class_table::{ClassScore, ClassTable};
pub use confusion::Confusion;
pub use ensemble::Ensemble;
pub use gaps::{Gap, Gaps, gaps};
pub use predictions::{Mistake, Predictions};
pub use tried::{GridTried, Swept, Tried};
