//! What a trained network is worth: [`Predictions`], [`Confusion`], [`ClassTable`], [`Panel`].

mod class_table;
mod confusion;
mod panel;
mod predictions;

pub use class_table::ClassTable;
pub use confusion::{ClassScore, Confusion};
pub use panel::Panel;
pub use predictions::{Mistake, Predictions};
