//! What a trained network is worth: [`Predictions`], [`Confusion`], [`ClassTable`].

mod class_table;
mod confusion;
mod predictions;

pub use class_table::ClassTable;
pub use confusion::{ClassScore, Confusion};
pub use predictions::{Mistake, Predictions};
