//! What a trained network is worth: [`Predictions`], [`Confusion`], [`ClassTable`], [`Panel`].

mod calibration;
mod class_table;
mod confusion;
mod panel;
mod predictions;
mod temperature;

pub use calibration::{BINS, Bin, Calibration};
pub use class_table::ClassTable;
pub use confusion::{ClassScore, Confusion};
pub use panel::Panel;
pub use predictions::{Mistake, Predictions};
